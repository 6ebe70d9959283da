import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Duration, Effect, Result, Schema } from "effect"
import * as GoDuration from "../../src/text/GoDuration.ts"

const read = (text: string) =>
  Result.match(GoDuration.parse(text), {
    onSuccess: (duration) => `${GoDuration.toNanos(duration)} ${GoDuration.format(duration)}`,
    onFailure: (error) => error.reason
  })

const expectReadings = (readings: Readonly<Record<string, string>>) => {
  for (const [text, expected] of Object.entries(readings)) {
    assert.strictEqual(read(text), expected, JSON.stringify(text))
  }
}

const word = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 0xffff }))
const int64 = Arbitrary.map(
  Arbitrary.schema(Schema.Tuple([word, word, word, word, Schema.Literals([0, 16, 32, 48])])),
  ([a, b, c, d, shift]) =>
    BigInt.asIntN(64, ((BigInt(a) << 48n) | (BigInt(b) << 32n) | (BigInt(c) << 16n) | BigInt(d)) >> BigInt(shift))
)

const fragment = Schema.Literals([
  "-",
  "+",
  "0",
  "7",
  "10",
  "999999999999999999",
  ".",
  "h",
  "m",
  "s",
  "ms",
  "µs",
  " ",
  "e"
])
const likeDuration = Arbitrary.map(Arbitrary.schema(Schema.Array(fragment)), (parts) => parts.join(""))

describe("GoDuration", () => {
  it("CFG-71: reads numbers with units, one after the other", () => {
    expectReadings({
      "1h30m": "5400000000000 1h30m0s",
      "1.5h": "5400000000000 1h30m0s",
      "1m1m": "120000000000 2m0s",
      "+5s": "5000000000 5s",
      "-1.5h": "-5400000000000 -1h30m0s",
      "1.s": "1000000000 1s",
      ".5s": "500000000 500ms",
      "1us": "1000 1µs",
      "1\u00b5s": "1000 1µs",
      "1\u03bcs": "1000 1µs"
    })
  })

  it("CFG-71: only a plain 0 may lack a unit", () => {
    expectReadings({
      "0": "0 0s",
      "-0": "0 0s",
      "+0": "0 0s",
      "00": "missingUnit",
      "0.0": "missingUnit",
      "10": "missingUnit",
      "1.2.3s": "missingUnit",
      "1h10": "missingUnit"
    })
  })

  it("CFG-71: says what is wrong", () => {
    expectReadings({
      "": "invalid",
      "-": "invalid",
      ".s": "invalid",
      " 1m": "invalid",
      "--1m": "invalid",
      "1d": "unknownUnit",
      "1H": "unknownUnit",
      "1m 30s": "unknownUnit",
      "1e3s": "unknownUnit",
      "1m-1s": "unknownUnit"
    })
    const failure = Result.merge(Result.map(GoDuration.parse("hunter2"), GoDuration.format))
    assert.strictEqual(
      failure instanceof GoDuration.GoDurationError && failure.message,
      "not a duration such as \"10m\" or \"1h30m\": it must be numbers with units, without spaces, of at most 292 years"
    )
  })

  it("CFG-72: keeps to an int64 of nanoseconds", () => {
    expectReadings({
      "9223372036854775807ns": "9223372036854775807 2562047h47m16.854775807s",
      "9223372036854775808ns": "invalid",
      "-9223372036854775808ns": "-9223372036854775808 -2562047h47m16.854775808s",
      "-9223372036854775809ns": "invalid",
      "2562047h47m16.854775807s": "9223372036854775807 2562047h47m16.854775807s",
      "2562047h47m16.854775808s": "invalid",
      "3000000h": "invalid",
      "3000000h1x": "invalid", // the first fault counts
      "9223372036854775807ns1ns": "invalid",
      "100000000000000000000ns": "invalid",
      "0000000000000000000000000000001h": "3600000000000 1h0m0s"
    })
  })

  it("CFG-72: two parts of 2⁶³ ns each make 0, as Go's sum wraps there", () => {
    expectReadings({
      "9223372036854775808ns9223372036854775808ns": "0 0s",
      "-9223372036854775808ns9223372036854775.808us1m": "-60000000000 -1m0s",
      "9223372036854775808ns9223372036854775808ns1x": "unknownUnit",
      "9223372036854775808ns9223372036854775807ns": "invalid",
      "9223372036854775807ns9223372036854775.809us": "invalid" // no part may be longer than 2⁶³ ns
    })
  })

  it("CFG-72: cuts off what is finer than a nanosecond", () => {
    expectReadings({
      "0.9999999999s": "999999999 999.999999ms",
      "0.5ns": "0 0s",
      "-0.5ns": "0 0s",
      "1.0000000001s": "1000000000 1s",
      // Go computes fractions in floating point, from as many digits as an int64 has.
      "0.3333333333333333333h": "1200000000000 20m0s",
      "0.99999999999999999999999999999s": "1000000000 1s",
      "0.100000000000000000000h": "360000000000 6m0s",
      "0.830103483285477580700h": "2988372539827 49m48.372539827s",
      "0.00000000000000000000000000001h": "0 0s"
    })
  })

  it("CFG-73: writes as Go does", () => {
    const written: ReadonlyArray<readonly [bigint, string]> = [
      [0n, "0s"],
      [1n, "1ns"],
      [1_100n, "1.1µs"],
      [2_200_000n, "2.2ms"],
      [3_300_000_000n, "3.3s"],
      [245_000_000_000n, "4m5s"],
      [245_001_000_000n, "4m5.001s"],
      [18_367_001_000_000n, "5h6m7.001s"],
      [480_000_000_001n, "8m0.000000001s"],
      [-300_000_000_000n, "-5m0s"],
      [999n, "999ns"]
    ]
    for (const [nanos, text] of written) assert.strictEqual(GoDuration.format(Duration.nanos(nanos)), text)
    assert.strictEqual(GoDuration.format(Duration.minutes(90)), "1h30m0s")
    assert.strictEqual(GoDuration.format(Duration.infinity), "2562047h47m16.854775807s")
    assert.strictEqual(GoDuration.format(Duration.negativeInfinity), "-2562047h47m16.854775808s")
    assert.strictEqual(GoDuration.format(Duration.weeks(1_000_000)), "2562047h47m16.854775807s")
    assert.strictEqual(GoDuration.format(Duration.weeks(-1_000_000)), "-2562047h47m16.854775808s")
  })

  it.prop("parse undoes format, for every int64", { nanos: int64 }, ({ nanos }) => {
    const again = Result.getOrThrow(GoDuration.parse(GoDuration.format(Duration.nanos(nanos))))
    assert.strictEqual(GoDuration.toNanos(again), nanos)
  }, { arbitrary: { runs: 500, size: 70_000 } })

  it.prop("reads or refuses every text, and reads what it wrote as the same", { text: likeDuration }, ({ text }) => {
    const first = GoDuration.parse(text)
    if (Result.isFailure(first)) return
    assert.deepStrictEqual(read(GoDuration.format(first.success)), read(text))
  }, { arbitrary: { runs: 500, size: 12 } })

  it.effect("CFG-70: the schema takes strings only", () =>
    Effect.gen(function*() {
      const decode = Schema.decodeUnknownEffect(GoDuration.GoDuration)
      assert.strictEqual(Duration.toMinutes(yield* decode("90m")), 90)
      assert.strictEqual(yield* Schema.encodeEffect(GoDuration.GoDuration)(Duration.minutes(90)), "1h30m0s")
      for (const wrong of [60, 0, {}, null]) {
        assert.strictEqual((yield* Effect.flip(decode(wrong))).message, "Expected string")
      }
      assert.strictEqual(
        (yield* Effect.flip(decode("hunter2"))).message,
        "Expected a duration such as \"10m\" or \"1h30m\""
      )
    }))
})

import { assert, describe, it } from "@effect/vitest"
import { DeadlineError, within } from "./deadline.ts"
import { secondsOf, seedOf } from "./property.ts"
import { Random } from "./random.ts"
import { type Property, search } from "./search.ts"
import * as Shape from "./shape.ts"

/** Texts of a few letters; what is tested gives them back, or does what the text says. */
const texts = (more: Partial<Property<string, string>>): Property<string, string> => ({
  generate: (random) => random.joined(40, ["a", "b", "c", "x"]),
  shape: Shape.text,
  run: (text) => text,
  check: () => {},
  ...more
})

const ticks = ({ system, user }: NodeJS.CpuUsage): number => system + user

const options = { seed: 7, first: 0, millis: 60_000, most: 500 }

describe("the search for inputs that break a property", { concurrent: false }, () => {
  it("tries as many as it may, and finds nothing where all is well", async () => {
    const report = await search("fine", texts({}), options)
    assert.strictEqual(report.failure, undefined)
    assert.strictEqual(report.cases, 500)
  })

  it("stops when its time is over", async () => {
    const report = await search("fine", texts({}), { ...options, millis: 1, most: undefined })
    assert.isAtLeast(report.cases, 1)
    assert.isBelow(report.millis, 5_000)
  })

  it("makes what fails small", async () => {
    const run = (text: string) => {
      if (text.includes("x") && text.includes("cb")) throw new TypeError("no")
      return text
    }
    const { failure } = await search("small", texts({ run }), options)
    assert.include(failure, { kind: "threw" })
    assert.include(["xcb", "cbx"], failure?.input)
    assert.instanceOf(failure?.error, TypeError)
  })

  it("tells a wrong answer from a crash", async () => {
    const { failure } = await search("wrong", texts({ check: (text) => assert.notInclude(text, "x") }), options)
    assert.include(failure, { kind: "wrong", input: "x" })
  })

  it("finds what is too slow", async () => {
    // The processor's time, as on a loaded machine the clock's would say nothing.
    const busy = (millis: number) => {
      for (const begin = process.cpuUsage(); ticks(process.cpuUsage(begin)) < millis * 1000;);
    }
    const run = (text: string) => {
      if (text.includes("xx")) busy(30)
      return text
    }
    const { failure } = await search("slow", texts({ run }), { ...options, allowed: () => 10 })
    assert.include(failure, { kind: "slow", input: "xx" })
  })

  it("finds what never ends", async () => {
    const run = (text: string) => {
      while (text.includes("xx"));
      return text
    }
    const { failure } = await search("hung", texts({ run }), { ...options, hungAfter: 400 })
    assert.include(failure, { kind: "hung", input: "xx" })
  })

  it("a seed and a number give the same input again", async () => {
    const inputs = async (first: number, seed = 7) => {
      const seen: Array<string> = []
      await search("again", texts({ check: (text) => seen.push(text) }), { ...options, seed, first, most: 3 })
      return seen
    }
    const [, second = "", third] = await inputs(0)
    assert.deepStrictEqual((await inputs(1)).slice(0, 2), [second, third])
    assert.notDeepEqual(await inputs(0, 8), await inputs(0))
    const found = await search("wrong", texts({ check: (text) => assert.notInclude(text, "x") }), options)
    const first = found.failure?.at ?? -1
    const again = await search("wrong", texts({ check: (text) => assert.notInclude(text, "x") }), { ...options, first })
    assert.deepStrictEqual(again.failure?.at, first)
  })

  it("a bound stops a loop and a regular expression, and lets the rest through", () => {
    assert.strictEqual(within(1000, () => 5), 5)
    assert.throws(() => within(1000, () => assert.fail("own")), "own")
    assert.throws(() =>
      within(50, () => {
        for (;;);
      }), DeadlineError)
    assert.throws(() => within(50, () => /^(a+)+$/.test(`${"a".repeat(50)}b`)), DeadlineError)
  })
})

describe("shapes", () => {
  it("every smaller value is smaller, and one by one everything can go", () => {
    const shape = Shape.record({ name: Shape.text, parts: Shape.list(Shape.bytes) })
    const value = { name: "abc", parts: [Uint8Array.of(1, 2), Uint8Array.of(3)] }
    const all = [...shape.smaller(value)]
    for (const smaller of all) assert.isBelow(shape.size(smaller) + smaller.parts.length, shape.size(value) + 2)
    const shown = all.map(shape.show)
    for (const name of ["", "ab", "bc", "ac"]) {
      assert.isTrue(shown.some((text) => text.includes(`name: "${name}"`)), name)
    }
    assert.isTrue(shown.some((text) => text.includes("parts: []")))
  })

  it("bytes are shown so that they can be read back", () => {
    assert.strictEqual(Shape.bytes.show(new TextEncoder().encode("a\né")), "new TextEncoder().encode(\"a\\né\")")
    assert.strictEqual(
      Shape.bytes.show(Uint8Array.of(0x61, 0xff, 0x22, 0x5c)),
      "Buffer.from(\"a\\xff\\x22\\x5c\", \"latin1\")"
    )
  })
})

describe("random choices", () => {
  it("a seed gives the same again, and choices stay within their bounds", () => {
    const draw = (seed: number) => {
      const random = new Random(seed)
      return Array.from({ length: 200 }, () => [random.below(7), random.between(3, 5), random.size(100)] as const)
    }
    assert.deepStrictEqual(draw(5), draw(5))
    assert.notDeepEqual(draw(5), draw(6))
    const seen = draw(5)
    assert.deepStrictEqual([...new Set(seen.map(([below]) => below))].toSorted(), [0, 1, 2, 3, 4, 5, 6])
    assert.deepStrictEqual([...new Set(seen.map(([, between]) => between))].toSorted(), [3, 4, 5])
    for (const [, , size] of seen) assert.isTrue(size >= 0 && size <= 100)
    assert.isAbove(seen.filter(([, , size]) => size < 10).length, 60)
  })
})

describe("the environment", () => {
  it("what it says of time and seed", () => {
    assert.deepStrictEqual(["", undefined, "60", "0.1"].map(secondsOf), [0.3, 0.3, 60, 0.1])
    for (const text of ["0", "-1", "x", "1e9"]) assert.throws(() => secondsOf(text), "CREDLET_FUZZ_SECONDS")
    assert.deepStrictEqual(["7", "7:1500"].map(seedOf), [{ seed: 7, first: 0 }, { seed: 7, first: 1500 }])
    for (const text of ["x", "7:", "-1", "7:1:2"]) assert.throws(() => seedOf(text), "CREDLET_FUZZ_SEED")
    assert.strictEqual(seedOf(undefined).first, 0)
  })
})

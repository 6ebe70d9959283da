/**
 * FAULT-21: a plugin's `cacheDuration`: Go's grammar exactly, and what each value does to the cache. Rules: CFG-70…73,
 * RESP-22…26, EXEC-14.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { KeyringLive, lookup, makeHost, type Plugin } from "./support/dataHost.ts"
import { accepted, answer, holdAgainstRules, type Row } from "./support/dataTable.ts"
import { refused } from "./support/dataVerdict.ts"

const wrong = refused("decode type", "/cacheDuration")
const lasting = (cacheDuration: string | undefined) => answer({ cacheDuration })

const text = (written: string, canonical: string | undefined): Row => [
  JSON.stringify(written).slice(0, 60),
  lasting(JSON.stringify(written)),
  canonical === undefined ? wrong : accepted({ cacheDuration: canonical })
]

const grammar: ReadonlyArray<Row> = [
  text("0s", "0s"),
  text("0", "0s"),
  text("-0", "0s"),
  text("+0", "0s"),
  text("-0s", "0s"),
  text("-5m", "-5m0s"),
  text("+1s", "1s"),
  text("1.5h", "1h30m0s"),
  text("1h1m", "1h1m0s"),
  text("1m1h", "1h1m0s"),
  text("1h1h", "2h0m0s"),
  text("1m30s500ms", "1m30.5s"),
  text(".5s", "500ms"),
  text("1.s", "1s"),
  text("-.5h", "-30m0s"),
  text("00001s", "1s"),
  text("1µs", "1µs"),
  text("1μs", "1µs"),
  text("1us", "1µs"),
  text("1ns", "1ns"),
  text("0.9ns", "0s"),
  text("0.9999999999s", "999.999999ms"),
  text("0.100000000000000000000h", "6m0s"),
  text(`0.${"3".repeat(1000)}h`, "20m0s"),
  text(`${"0".repeat(100_000)}7s`, "7s"),
  text("10000000000h", undefined),
  text("", undefined),
  text("5", undefined),
  text("00", undefined),
  text("0.0", undefined),
  text("+", undefined),
  text("-", undefined),
  text(".", undefined),
  text(".s", undefined),
  text("s", undefined),
  text("h1", undefined),
  text("1h30", undefined),
  text("1.2.3s", undefined),
  text("+-1s", undefined),
  text("1s-1s", undefined),
  text("1h+30m", undefined),
  text("1d", undefined),
  text("1w", undefined),
  text("1M", undefined),
  text("1H", undefined),
  text("1Ms", undefined),
  text("1sec", undefined),
  text("1e9h", undefined),
  text("1e3s", undefined),
  text("0x1s", undefined),
  text("1_000s", undefined),
  text("1,5h", undefined),
  text(" 1m", undefined),
  text("1m ", undefined),
  text("1m 30s", undefined),
  text("1m\n", undefined),
  text("1s\0", undefined),
  text("\ufeff1s", undefined),
  text("１s", undefined),
  text("−5m", undefined),
  text("∞", undefined),
  text("Inf", undefined),
  text("NaN", undefined),
  text("never", undefined),
  text("PT1H", undefined),
  text("canary-word", undefined),
  text("9".repeat(1_000_000), undefined)
]

const bounds: ReadonlyArray<Row> = [
  text("9223372036854775807ns", "2562047h47m16.854775807s"),
  text("9223372036854775808ns", undefined),
  text("-9223372036854775808ns", "-2562047h47m16.854775808s"),
  text("-9223372036854775809ns", undefined),
  text("2562047h47m16.854775807s", "2562047h47m16.854775807s"),
  text("2562047h47m16.854775808s", undefined),
  text("-2562047h47m16.854775808s", "-2562047h47m16.854775808s"),
  text("18446744073709551616ns", undefined),
  text("18446744073709551617ns", undefined),
  text("99999999999999999999h", undefined),
  text("3000000h", undefined),
  text("2562047h", "2562047h0m0s"),
  text("2562048h", undefined)
]

const values: ReadonlyArray<Row> = [
  ["absent", lasting(undefined), accepted()],
  ["null", lasting("null"), accepted()],
  ["0", lasting("0"), wrong],
  ["5", lasting("5"), wrong],
  ["300.5", lasting("300.5"), wrong],
  ["-1", lasting("-1"), wrong],
  ["1e400", lasting("1e400"), wrong],
  ["true", lasting("true"), wrong],
  ["a list", lasting("[\"5m\"]"), wrong],
  ["an object", lasting("{\"Duration\":\"5m\"}"), wrong],
  ["an empty object", lasting("{}"), wrong],
  ["text in escapes", lasting("\"\\u0031h\""), accepted({ cacheDuration: "1h0m0s" })]
]

/** `runs`: how often the plugin was run when two lookups followed each other at once. */
const cached: ReadonlyArray<readonly [what: string, answer: string, defaultCacheDuration: string, runs: number]> = [
  ["0s is not kept", lasting("\"0s\""), "10m", 2],
  ["-0 is not kept", lasting("\"-0\""), "10m", 2],
  ["less than a nanosecond is 0", lasting("\"0.9ns\""), "10m", 2],
  ["-5m is over already", lasting("\"-5m\""), "10m", 2],
  ["the longest negative is over already", lasting("\"-2562047h47m16.854775808s\""), "10m", 2],
  ["1ns is over when somebody asks again", lasting("\"1ns\""), "10m", 2],
  ["1h is kept", lasting("\"1h\""), "0s", 1],
  ["the longest is kept", lasting("\"2562047h47m16.854775807s\""), "0s", 1],
  ["null is the default", lasting("null"), "10m", 1],
  ["null is the default of 0s", lasting("null"), "0s", 2],
  ["absent is the default", lasting(undefined), "10m", 1],
  ["absent is the default of 0s", lasting(undefined), "0s", 2],
  ["what can't be read is not kept", lasting("\"5\""), "10m", 2],
  ["an unknown scope is not kept", answer({ cacheKeyType: "\"image\"", cacheDuration: "\"1h\"" }), "10m", 2],
  ["no credentials are kept", answer({ auth: "null", cacheDuration: "\"1h\"" }), "10m", 1]
]

describe("FAULT-21", () => {
  it.live("FAULT-21: CFG-71, CFG-72: Go's grammar, to the character", () => holdAgainstRules(grammar))

  it.live("FAULT-21: CFG-72: what an int64 of nanoseconds holds, and not one more", () => holdAgainstRules(bounds))

  it.live("FAULT-21: CFG-70, RESP-23: text only; null and nothing are the config's default", () =>
    holdAgainstRules(values))

  it.live("FAULT-21: RESP-22…26, EXEC-14, CACHE-24: what is kept, and what is asked for again", () =>
    Effect.gen(function*() {
      const plugins = cached.map(([, answer, defaultCacheDuration], at): Plugin => ({
        name: `p${at}`,
        matchImages: [`i${at}.reg.example`],
        answer,
        defaultCacheDuration
      }))
      const host = yield* makeHost(plugins)
      yield* Effect.forEach(plugins, (_, at) => Effect.repeat(lookup(`i${at}.reg.example/app`), { times: 1 }), {
        concurrency: 4
      }).pipe(Effect.provide(KeyringLive(host)))
      assert.deepStrictEqual(
        Object.fromEntries(cached.map(([what], at) => [what, host.runs(`p${at}`).length])),
        Object.fromEntries(cached.map(([what, , , runs]) => [what, runs]))
      )
    }))
})

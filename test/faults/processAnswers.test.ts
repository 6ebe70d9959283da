/**
 * FAULT-17…23, with the laboratory's executables: whatever a plugin answers, it is an answer or a typed failure, the good
 * plugin's credentials are there, and no error tells what the answer was. What exactly is accepted stands in the other
 * tests of these numbers.
 */
import { FaultLab } from "@credlet/testing"
import { assert, it } from "@effect/vitest"
import { Effect, Logger, Result } from "effect"
import {
  Hosts,
  KeyringLive,
  leavesNothing,
  live,
  lookup,
  PluginRunnerLive,
  provideHost,
  runPlugin,
  saysNothing
} from "./support/containment.ts"

/** The tag of the failure, or how many of the plugin's credentials are for the image that is asked for. */
type Outcome = string | number

type Variant = readonly [options: FaultLab.Plugin["options"] & {}, Outcome]

const each = (option: string, values: ReadonlyArray<string>, outcome: Outcome): ReadonlyArray<Variant> =>
  values.map((value) => [{ [option]: value }, outcome])

const variants: ReadonlyArray<readonly [number, FaultLab.FaultName, ReadonlyArray<Variant>]> = [
  [17, "not-json", [
    ...each("as", ["empty", "whitespace", "bom", "log", "trailing", "two", "yaml", "html", "list"], "BadOutput")
  ]],
  [18, "bad-text", [
    ...each("as", ["raw-nul", "raw-newline"], "BadOutput"),
    ...each("as", ["invalid-utf8", "lone-surrogate", "nul", "crlf"], 1)
  ]],
  [19, "wrong-shape", [
    ...each(
      "as",
      ["unknown-field", "duplicate-field", "wrong-case", "wrong-type", "wrong-kind", "no-kind"],
      "BadOutput"
    ),
    ...each("as", ["wrong-group", "wrong-version", "no-version"], "WrongApiVersion"),
    ...each("as", ["no-cache-key-type"], "UnknownCacheKeyType")
  ]],
  [20, "odd-auth", [
    ...each("as", ["null", "missing", "empty"], 0),
    ...each("as", ["null-entry", "prototype", "long-key", "long-password"], 1),
    [{ as: "many", count: 20_000 }, 1],
    [{ as: "long-password", bytes: 11 * 1024 * 1024 }, "OutputTooLarge"]
  ]],
  [21, "odd-duration", [
    ...each("value", ["\"0s\"", "\"-5m\"", "\"1.5h\"", "\".5s\"", "null"], 1),
    ...each("value", ["\"1e9h\"", "\"5\"", "5", "\"9999999h\"", "\"\""], "BadOutput")
  ]],
  [22, "deep-json", [
    ...each("of", ["arrays", "objects"], "BadOutput"),
    ...each("closed", ["no"], "BadOutput")
  ]],
  [23, "odd-location", each("location", ["[", "user@host", "[::1]", "host:0", "host.", "//", "%zz", ""], 1)]
]

/** The executable's own outcome: what only the keyring finds is an answer to the runner. */
const ofRun = (outcome: Outcome): string =>
  typeof outcome === "number" || outcome === "UnknownCacheKeyType" ? "answered" : outcome

it.layer(Hosts.layer, live)("a plugin that answers oddly", (it) => {
  it.effect.each(variants)("FAULT-%i: %s", ([, fault, variants]) =>
    Effect.gen(function*() {
      const named = variants.map(([options, outcome]) => ({ name: JSON.stringify(options), options, outcome }))
      const names = named.map((_, at) => `plugin-${at}`)
      const expected = named.map(({ name, outcome }) => [name, outcome] as const)
      const lab = yield* FaultLab.make({
        ...Object.fromEntries(named.map(({ options }, at) => [`plugin-${at}`, { fault, options }] as const)),
        good: { fault: "good", options: { username: "good" } }
      })

      const runs = yield* Effect.forEach(names, (name) => Effect.result(runPlugin(lab, name)), { concurrency: 4 }).pipe(
        leavesNothing(lab),
        provideHost(PluginRunnerLive())
      )
      const ran = runs.map((run, at) => {
        if (Result.isFailure(run)) saysNothing(run.failure, lab)
        return [named[at]?.name, Result.isSuccess(run) ? "answered" : run.failure.reason._tag]
      })
      assert.deepStrictEqual(ran, expected.map(([name, outcome]) => [name, ofRun(outcome)]))

      const { credentials, failures } = yield* lookup.pipe(
        leavesNothing(lab),
        provideHost(KeyringLive(lab)),
        Effect.provide(Logger.layer([]))
      )
      const found = named.map(({ name }, at): readonly [string, Outcome] => {
        const failed = failures.find(({ provider }) => provider === `plugin-${at}`)
        if (failed === undefined) {
          return [name, credentials.filter(({ source }) => provider(source) === `plugin-${at}`).length]
        }
        saysNothing(failed, lab)
        return [name, failed._tag === "PluginError" ? failed.reason._tag : failed._tag]
      })
      assert.deepStrictEqual(found, expected)
      assert.strictEqual(credentials.filter(({ source }) => provider(source) === "good").length, 1)
    }))
})

const provider = (source: { readonly _tag: string; readonly provider?: string }) => source.provider

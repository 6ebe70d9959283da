/** FAULT-20: a plugin's `auth` is very large. Rules: RESP-3, RESP-12, KEY-12, EXEC-7 made finite. */
import { PluginProtocol } from "@credlet/core"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted, Result } from "effect"
import {
  canary,
  KeyringLive,
  lookup,
  makeHost,
  type Plugin,
  PluginRunnerLive,
  runPlugin,
  v1
} from "./support/dataHost.ts"
import { accepted, answer, answerAnd, location } from "./support/dataTable.ts"
import { assertHidesSecrets, type Entry, isAccepted, refused, verdictOf } from "./support/dataVerdict.ts"

const mebibyte = 1024 * 1024

/** Milliseconds. This takes five seconds of a processor, which others may want too. */
const timeout = 120_000

const withAuth = (auth: string) => answer({ auth })
const gives = (...auth: ReadonlyArray<Entry>) => accepted({ auth })
const entry = `{"username":"canary","password":"w"}`

const plugin = (text: string | Uint8Array): Plugin => ({ name: "large", matchImages: ["*.reg.example"], answer: text })
const good: Plugin = {
  name: "good",
  matchImages: ["*.reg.example"],
  answer: withAuth(`{"${location}":{"username":"good","password":"good"}}`)
}

/** What a plugin alone gives, and what a lookup finds with a good one beside it. */
const ask = Effect.fnUntraced(function*(text: string | Uint8Array, execution: { readonly maxStdout?: number } = {}) {
  const large = plugin(text)
  const host = yield* makeHost([large, good])
  const alone = yield* Effect.provide(Effect.result(runPlugin(host, large)), PluginRunnerLive(execution))
  const found = yield* Effect.provide(lookup("a.reg.example/app"), KeyringLive(host, execution))
  assert.strictEqual(found.credentials.at(-1)?.username, "good")
  return { alone, found }
})

const passwordOf = (length: number) => withAuth(`{"${location}":{"username":"u","password":"${"p".repeat(length)}"}}`)
const passwordFor = (length: number) => passwordOf(length - passwordOf(0).length)

describe("FAULT-20, large", () => {
  it.live(
    "FAULT-20: RESP-12, KEY-12: 100,000 locations are kept, and the one that fits is found",
    () =>
      Effect.gen(function*() {
        const others = Array.from({ length: 100_000 }, (_, at) => `"r${at}.example/team":{"username":"u${at}"}`)
        const { alone, found } = yield* ask(withAuth(`{${others.join(",")},"${location}":${entry}}`))
        const verdict = verdictOf(alone)
        if (!isAccepted(verdict)) return assert.fail(`refused: ${JSON.stringify(verdict)}`)
        assert.strictEqual(verdict.auth?.length, 100_001)
        assert.deepStrictEqual(verdict.auth?.at(-2), ["r99999.example/team", "u99999", ""])
        assert.deepStrictEqual(found.failures, [])
        assert.deepStrictEqual(found.credentials.map(({ username }) => username), ["canary", "good"])
      }),
    timeout
  )

  it.live(
    "FAULT-20: RESP-3: 30,000 mistakes are one error, of which a hundred are told and ten are shown",
    () =>
      Effect.gen(function*() {
        const some = (written: (at: number) => string) => Array.from({ length: 30_000 }, (_, at) => written(at))
        const answers: ReadonlyArray<readonly [string, string]> = [
          ["decode strict", answerAnd(...some((at) => `"x${at}":1`))],
          ["decode strict", withAuth(`{${some(() => `"a":${entry}`).join(",")}}`)],
          ["decode type", withAuth(`{${some((at) => `"r${at}":"canary"`).join(",")}}`)]
        ]
        for (const [as, text] of answers) {
          const decoded = PluginProtocol.decodeResponse(v1, new TextEncoder().encode(text))
          if (Result.isSuccess(decoded)) return assert.fail("accepted")
          const { class: verdict, findings, message, stage } = decoded.failure
          assert.strictEqual(`${stage} ${verdict}`, as)
          assert.isAtMost(findings.length, 100)
          assert.isAtMost(message.length, 3_000)
          assertHidesSecrets(decoded.failure, as)
        }
        const { alone, found } = yield* ask(answers[2]![1])
        assert.strictEqual(Result.isFailure(alone), true)
        assert.strictEqual(found.failures.length, 1)
      }),
    timeout
  )

  it.live(
    "FAULT-20: RESP-12: a location of 1 MiB is kept; a field of that length is refused and cut in the error",
    () =>
      Effect.gen(function*() {
        const long = `${canary}/`.repeat(mebibyte / 7)
        const { alone, found } = yield* ask(withAuth(`{"${long}":${entry},"${location}":${entry}}`))
        assert.deepStrictEqual(verdictOf(alone), gives([long, "canary", "w"], [location, "canary", "w"]))
        assert.deepStrictEqual(found.credentials.map(({ username }) => username), ["canary", "good"])

        const refusal = yield* ask(withAuth(`{"${location}":{"${"x".repeat(mebibyte)}":"${canary}"}}`))
        assert.deepStrictEqual(
          verdictOf(refusal.alone),
          refused("decode strict", `/auth/${location}/${"x".repeat(100)}…`)
        )
        const [failure] = refusal.found.failures
        assert.isAtMost(failure?.message.length ?? Infinity, 1_000)
        assertHidesSecrets(failure, "a long field")
      }),
    timeout
  )

  it.live(
    "FAULT-20: EXEC-7: a password of 10 MiB is whole where the cap lets it through, and a failure where not",
    () =>
      Effect.gen(function*() {
        const length = 10 * mebibyte
        const through = yield* ask(passwordOf(length), { maxStdout: 11 * mebibyte })
        const [credential] = through.found.credentials
        assert.strictEqual(credential === undefined ? 0 : Redacted.value(credential.password).length, length)
        assert.isTrue(Result.isSuccess(through.alone))

        const stopped = yield* ask(passwordOf(length))
        assert.deepStrictEqual(verdictOf(stopped.alone), { refused: "OutputTooLarge" })
        const [failure] = stopped.found.failures
        assert.include(failure?.message, `more than ${length} bytes to stdout`)
      }),
    timeout
  )

  it.live(
    "FAULT-20: EXEC-7: an answer of exactly as many bytes as the cap is one, with one byte more it is none",
    () =>
      Effect.gen(function*() {
        const maxStdout = 70_000
        const exact = yield* ask(passwordFor(maxStdout), { maxStdout })
        assert.isTrue(Result.isSuccess(exact.alone))
        assert.deepStrictEqual(exact.found.failures, [])
        const more = yield* ask(passwordFor(maxStdout + 1), { maxStdout })
        assert.deepStrictEqual(verdictOf(more.alone), { refused: "OutputTooLarge" })
      }),
    timeout
  )
})

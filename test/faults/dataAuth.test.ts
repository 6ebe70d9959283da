/** FAULT-20: a plugin's `auth` is empty, has odd keys, or is very large. Rules: RESP-3, RESP-10, RESP-12, RESP-13, RESP-51, CACHE-24. */
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
import { accepted, answer, answerAnd, holdAgainstRules, location, type Row } from "./support/dataTable.ts"
import { assertHidesSecrets, type Entry, isAccepted, refused, verdictOf } from "./support/dataVerdict.ts"

const mebibyte = 1024 * 1024

const withAuth = (auth: string | undefined) => answer({ auth })
const gives = (...auth: ReadonlyArray<Entry>) => accepted({ auth })

const empty: ReadonlyArray<Row> = [
  ["missing", withAuth(undefined), accepted({ auth: null })],
  ["null", withAuth("null"), accepted({ auth: null })],
  ["an empty object", withAuth("{}"), gives()],
  ["a null entry", withAuth(`{"${location}":null}`), gives([location, "", ""])],
  ["an empty entry", withAuth(`{"${location}":{}}`), gives([location, "", ""])],
  ["a username alone", withAuth(`{"${location}":{"username":"canary"}}`), gives([location, "canary", ""])],
  ["a password alone", withAuth(`{"${location}":{"password":"canary"}}`), gives([location, "", "canary"])],
  [
    "another registry alone",
    withAuth(`{"other.example":{"username":"canary"}}`),
    gives(["other.example", "canary", ""])
  ]
]

const entry = `{"username":"canary","password":"w"}`
const own: ReadonlyArray<string> = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "__defineGetter__",
  "length",
  "then",
  ""
]

const keys: ReadonlyArray<Row> = [
  ...own.map((key): Row => [
    `${JSON.stringify(key)} as a location`,
    withAuth(`{"${key}":${entry},"${location}":${entry}}`),
    gives([key, "canary", "w"], [location, "canary", "w"])
  ]),
  [
    "all of them",
    withAuth(`{${own.map((key) => `"${key}":${entry}`).join(",")}}`),
    gives(...own.map((key): Entry => [key, "canary", "w"]))
  ],
  [
    "__proto__ with fields of its own",
    withAuth(`{"__proto__":{"${location}":${entry}}}`),
    refused("decode strict", `/auth/__proto__/${location}`)
  ],
  ["__proto__ twice", withAuth(`{"__proto__":{},"__proto__":{}}`), refused("decode strict", "/auth/__proto__")],
  [
    "__proto__ in escapes too",
    withAuth(`{"__proto__":{},"\\u005f_proto__":{}}`),
    refused("decode strict", "/auth/__proto__")
  ],
  [
    "__proto__ in an entry",
    withAuth(`{"${location}":{"__proto__":{"username":"canary"}}}`),
    refused("decode strict", `/auth/${location}/__proto__`)
  ],
  [
    "constructor in an entry",
    withAuth(`{"${location}":{"constructor":null}}`),
    refused("decode strict", `/auth/${location}/constructor`)
  ],
  ["__proto__ beside auth", answerAnd(`"__proto__":{"cacheKeyType":"Global"}`), refused("decode strict", "/__proto__")],
  [
    "__proto__ in place of fields",
    `{"__proto__":${answer()},"kind":"CredentialProviderResponse","apiVersion":"${v1}"}`,
    refused("decode strict", "/__proto__")
  ],
  [
    "numbers keep their place",
    withAuth(`{"b":{},"10":{},"2":{},"a":{},"1":{}}`),
    gives(["b", "", ""], ["10", "", ""], ["2", "", ""], ["a", "", ""], ["1", "", ""])
  ]
]

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

describe("FAULT-20", () => {
  it.live("FAULT-20: RESP-10, RESP-13, RESP-51: no credentials are an answer, and so are empty ones", () =>
    holdAgainstRules(empty))

  it.live("FAULT-20: RESP-3, RESP-12: names that JavaScript's objects have are locations like any other", () =>
    Effect.gen(function*() {
      yield* holdAgainstRules(keys)
      assert.isUndefined(Reflect.get({}, "username"))
      assert.isUndefined(Reflect.get({}, "cacheKeyType"))
    }))

  it.live("FAULT-20: RESP-12, KEY-12: 100,000 locations are kept, and the one that fits is found", () =>
    Effect.gen(function*() {
      const others = Array.from({ length: 100_000 }, (_, at) => `"r${at}.example/team":{"username":"u${at}"}`)
      const { alone, found } = yield* ask(withAuth(`{${others.join(",")},"${location}":${entry}}`))
      const verdict = verdictOf(alone)
      if (!isAccepted(verdict)) return assert.fail(`refused: ${JSON.stringify(verdict)}`)
      assert.strictEqual(verdict.auth?.length, 100_001)
      assert.deepStrictEqual(verdict.auth?.at(-2), ["r99999.example/team", "u99999", ""])
      assert.deepStrictEqual(found.failures, [])
      assert.deepStrictEqual(found.credentials.map(({ username }) => username), ["canary", "good"])
    }))

  it.live("FAULT-20: RESP-3: 30,000 mistakes are one error, of which a hundred are told and ten are shown", () =>
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
    }))

  it.live("FAULT-20: RESP-12: a location of 1 MiB is kept; a field of that length is refused and cut in the error", () =>
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
    }))

  it.live("FAULT-20: EXEC-7: a password of 10 MiB is whole where the cap lets it through, and a failure where not", () =>
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
    }))

  it.live("FAULT-20: EXEC-7: an answer of exactly as many bytes as the cap is one, with one byte more it is none", () =>
    Effect.gen(function*() {
      const maxStdout = 70_000
      const exact = yield* ask(passwordFor(maxStdout), { maxStdout })
      assert.isTrue(Result.isSuccess(exact.alone))
      assert.deepStrictEqual(exact.found.failures, [])
      const more = yield* ask(passwordFor(maxStdout + 1), { maxStdout })
      assert.deepStrictEqual(verdictOf(more.alone), { refused: "OutputTooLarge" })
    }))
})

/** FAULT-18: odd text in a plugin's answer. JSON is read as Go reads it. Rules: RESP-1, RESP-3, RESP-10, RESP-12, CFG-47. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { KeyringLive, lookup, makeHost, type Plugin } from "./support/dataHost.ts"
import { accepted, answer, answerAnd, holdAgainstRules, location, type Row } from "./support/dataTable.ts"
import { noJson, refused, wrongVersion } from "./support/dataVerdict.ts"

const bad = "\ufffd"

/** The bytes of JSON text in which `¿xx` stands for the byte of these hex digits. */
const bytes = (text: string): Uint8Array =>
  Buffer.concat(
    text.split(/(¿[0-9a-f]{2})/).map((part) =>
      part.startsWith("¿") ? Buffer.from(part.slice(1), "hex") : Buffer.from(part)
    )
  )

/** An answer whose username and password are written as they are between quotes. */
const credential = (username: string, password: string): Uint8Array =>
  bytes(answer({ auth: `{"${location}":{"username":"${username}","password":"${password}"}}` }))

const gives = (username: string, password: string) => accepted({ auth: [[location, username, password]] })

/** What Go makes of a password's bytes, of each that is not part of a character: U+FFFD. */
const illFormed: ReadonlyArray<Row> = [
  ["a lone byte", credential("canary", "a¿ffb"), gives("canary", `a${bad}b`)],
  ["a lone continuation", credential("canary", "a¿80b"), gives("canary", `a${bad}b`)],
  ["a character cut by the quote", credential("canary", "a¿e2¿82"), gives("canary", `a${bad}${bad}`)],
  ["a character cut by a letter", credential("canary", "¿f0¿9f¿98b"), gives("canary", `${bad}${bad}${bad}b`)],
  ["an overlong slash", credential("canary", "¿c0¿af"), gives("canary", `${bad}${bad}`)],
  ["an overlong NUL", credential("canary", "¿e0¿80¿80"), gives("canary", bad.repeat(3))],
  ["half a surrogate pair", credential("canary", "¿ed¿a0¿80"), gives("canary", bad.repeat(3))],
  ["a surrogate pair in CESU-8", credential("canary", "¿ed¿a0¿bd¿ed¿b8¿80"), gives("canary", bad.repeat(6))],
  ["behind Unicode's end", credential("canary", "¿f4¿90¿80¿80"), gives("canary", bad.repeat(4))],
  ["Latin-1", credential("J¿fcrgen", "gr¿fc¿df"), gives(`J${bad}rgen`, `gr${bad}${bad}`)],
  [
    "in a location",
    bytes(answer({ auth: `{"${location}¿ff":{"username":"canary"}}` })),
    accepted({ auth: [[location + bad, "canary", ""]] })
  ],
  [
    "two locations that are one then",
    bytes(answer({ auth: `{"a¿ff":{"username":"canary"},"a¿fe":{"username":"canary"}}` })),
    refused("decode strict", `/auth/a${bad}`)
  ],
  [
    "in a field's name",
    bytes(answer({ "auth": undefined }).replace("cacheKeyType", "cacheKeyType¿ff")),
    refused("decode strict", `/cacheKeyType${bad}`)
  ],
  ["in the version", bytes(answer().replace(".io/v1", ".io/v1¿ff")), wrongVersion()],
  ["in the kind", bytes(answer().replace("Response", "Response¿ff")), refused("decode notRegistered", "/kind")],
  ["between two members", bytes(answer().replace(",", ",¿ff")), noJson],
  ["in place of a quote", bytes(answer().replace("\"kind", "¿93kind")), noJson]
]

const escapes: ReadonlyArray<Row> = [
  ["a character as an escape", credential("canary", "\\u00e9\\u20AC"), gives("canary", "é€")],
  ["a surrogate pair", credential("canary", "\\ud83d\\uDE00"), gives("canary", "😀")],
  ["a high surrogate", credential("canary", "\\ud83d"), gives("canary", bad)],
  ["a low surrogate", credential("canary", "\\ude00x"), gives("canary", `${bad}x`)],
  ["surrogates the wrong way round", credential("canary", "\\ude00\\ud83d"), gives("canary", bad + bad)],
  ["a high surrogate before a pair", credential("canary", "\\ud83d\\ud83d\\ude00"), gives("canary", `${bad}😀`)],
  ["a high surrogate before another escape", credential("canary", "\\ud83d\\n"), gives("canary", `${bad}\n`)],
  ["half an escape behind a high surrogate", credential("canary", "\\ud83d\\u12"), noJson],
  ["all short escapes", credential("canary", "\\\"\\\\\\/\\b\\f\\n\\r\\t"), gives("canary", "\"\\/\b\f\n\r\t")],
  ["three hex digits", credential("canary", "\\u12x4"), noJson],
  ["a hex escape", credential("canary", "\\x41"), noJson],
  ["an octal escape", credential("canary", "\\101"), noJson],
  ["an escaped quote of another kind", credential("canary", "\\'"), noJson],
  ["an escape in braces", credential("canary", "\\u{1f600}"), noJson],
  ["an upper-case escape", credential("canary", "\\N"), noJson],
  ["a field's name in escapes", answer().replace("\"auth\"", "\"\\u0061uth\""), accepted()],
  ["the version in escapes", answer().replace(".io/v1", ".io\\/v\\u0031"), accepted()]
]

/** The kubelet takes them; whoever writes them into a line or a header must look. */
const controls: ReadonlyArray<Row> = [
  ["a NUL in both", credential("canary\\u0000x", "\\u0000\\u0000"), gives("canary\0x", "\0\0")],
  [
    "a line end in the username",
    credential("canary\\r\\nhost=evil.example", "w"),
    gives("canary\r\nhost=evil.example", "w")
  ],
  ["a line end in the password", credential("canary", "w\\nx"), gives("canary", "w\nx")],
  ["an escape sequence of terminals", credential("\\u001b[31m", "\\u009b"), gives("\u001b[31m", "\u009b")],
  ["a colon in the username", credential("a:b", "c:d"), gives("a:b", "c:d")],
  ["delete, as it is", credential("canary", "\u007f"), gives("canary", "\u007f")],
  ["line separators, as they are", credential("canary", "\u2028\u2029\u0085"), gives("canary", "\u2028\u2029\u0085")],
  ["a byte order mark within", credential("\ufeffcanary", "\ufeff"), gives("\ufeffcanary", "\ufeff")],
  ["text from right to left", credential("\u202ecanary", "\u2066"), gives("\u202ecanary", "\u2066")],
  ["characters that are none", credential("\ufffe\uffff", "\u{10ffff}"), gives("\ufffe\uffff", "\u{10ffff}")],
  ["two ways to write one character", credential("e\u0301", "\u00e9"), gives("e\u0301", "\u00e9")],
  ["nothing", credential("", ""), gives("", "")],
  ["a raw NUL", credential("canary\0", "w"), noJson],
  ["a raw line feed", credential("canary\n", "w"), noJson],
  ["a raw carriage return", credential("canary", "w\r"), noJson],
  ["a raw tab", credential("canary", "\tw"), noJson],
  ["a raw unit separator", credential("canary", "w\u001f"), noJson],
  ["a raw line feed in a location", answer({ auth: `{"${location}\n":{}}` }), noJson],
  [
    "a NUL in a location",
    answer({ auth: `{"${location}\\u0000":{}}` }),
    accepted({ auth: [[`${location}\0`, "", ""]] })
  ]
]

const injected = "\\r\\n\\u0085\\u2028level=ERROR evil\\u001b[31m\\u202e"

/** Wherever a plugin may choose text that an error could show. */
const injections: Readonly<Record<string, string>> = {
  "a field's name": answerAnd(`"x${injected}":1`),
  "a field's name that stands twice": answerAnd(`"auth":{"a${injected}":{},"a${injected}":{}}`),
  "a location": answer({ auth: `{"${location}${injected}":{"x":1}}` }),
  "the kind": answer({ kind: `"${injected}"` }),
  "the group": answer({ apiVersion: `"${injected}/v1"` }),
  "the version": answer().replace(".io/v1", `.io/v1${injected}`),
  "slashes in the version": answer().replace(".io/v1", `.io/v1/${injected}`),
  "cacheKeyType": answer({ cacheKeyType: `"${injected}"` }),
  "cacheDuration": answer({ cacheDuration: `"${injected}"` }),
  "a value of the wrong type": answer({ auth: `"${injected}"` })
}

describe("FAULT-18", () => {
  it.live("FAULT-18: RESP-34: whatever stands in an answer, its error is one line that moves no cursor", () =>
    Effect.gen(function*() {
      const names = Object.keys(injections)
      const plugins = Object.values(injections).map((answer, at): Plugin => ({
        name: `p${at}`,
        matchImages: ["a.reg.example"],
        answer
      }))
      const host = yield* makeHost(plugins)
      const { failures } = yield* Effect.provide(lookup("a.reg.example/app"), KeyringLive(host))
      assert.lengthOf(failures, names.length)
      for (const [at, { message }] of failures.entries()) {
        assert.notMatch(message, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u, names[at])
      }
    }))

  it.live("FAULT-18: KEY-1: a location that is no address is told on one line", () =>
    Effect.gen(function*() {
      const answered = answer({ auth: `{"a.reg.example:p${injected}":{}}` })
      const host = yield* makeHost([{ name: "p", matchImages: ["a.reg.example"], answer: answered }])
      const { unusable } = yield* Effect.provide(lookup("a.reg.example/app"), KeyringLive(host))
      assert.lengthOf(unusable, 1)
      assert.notMatch(unusable[0]?.location ?? "", /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
    }))

  it.live("FAULT-18: CFG-47, RESP-3: each byte that is not UTF-8 is U+FFFD within text, and elsewhere no JSON", () =>
    holdAgainstRules(illFormed))

  it.live("FAULT-18: RESP-1: escapes are Go's, a lone surrogate is U+FFFD", () => holdAgainstRules(escapes))

  it.live("FAULT-18: RESP-1, RESP-12: control characters as escapes are kept as they are, raw ones are no JSON", () =>
    holdAgainstRules(controls))
})

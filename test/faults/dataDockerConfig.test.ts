/** FAULT-25, the documents: docker configs in pull secrets. Rules: DOCKER-1…11, SECRET-1…5, RING-1, RING-2. */
import type { PullSecret } from "@credlet/core"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted, Result } from "effect"
import { KeyringLive, lookup, makeHost } from "./support/dataHost.ts"
import { answer } from "./support/dataTable.ts"
import { assertHidesSecrets } from "./support/dataVerdict.ts"

type Kind = "dockerconfigjson" | "dockercfg"

const secretOf = (text: string | Uint8Array, kind: Kind = "dockerconfigjson", name = "s"): PullSecret.PullSecret => ({
  type: `kubernetes.io/${kind}`,
  namespace: "team",
  name,
  uid: `uid-of-${name}`,
  data: { [`.${kind}`]: Redacted.make(Buffer.from(text)) }
})

/** Of each credential the username, password and email. */
type Credentials = ReadonlyArray<readonly [string, string, string?]>

/** Or why the secret, and with it the lookup, fails. */
type Verdict = Credentials | string

type Row = readonly [what: string, text: string | Uint8Array, verdict: Verdict, kind?: Kind]

const makeGoodHost = makeHost([{
  name: "good",
  matchImages: ["reg.example"],
  answer: answer({ auth: `{"reg.example":{"username":"good","password":"good"}}` }),
  defaultCacheDuration: "0s"
}])

/** What pull secrets give for an image, with a good provider behind them. */
const holdAgainstRules = Effect.fnUntraced(function*(rows: ReadonlyArray<Row>) {
  assert.strictEqual(new Set(rows.map(([what]) => what)).size, rows.length, "two rows have the same name")
  const host = yield* makeGoodHost
  const found = yield* Effect.forEach(rows, ([what, text, , kind]) =>
    Effect.gen(function*() {
      const before = host.runs("good").length
      const looked = yield* Effect.result(lookup("reg.example/app", { pullSecrets: [secretOf(text, kind)] }))
      const runs = host.runs("good").length - before
      if (Result.isFailure(looked)) {
        // SECRET-3: the pull fails, nobody else is asked.
        assert.strictEqual(runs, 0, what)
        assertHidesSecrets(looked.failure, what)
        if (looked.failure._tag !== "PullSecretError") return assert.fail(what)
        const { pointer, reason } = looked.failure.reason
        return [what, `${reason} ${pointer}`]
      }
      assert.strictEqual(runs, 1, what)
      const credentials = looked.success.credentials.map((
        { email, password, username }
      ) => [username, Redacted.value(password), ...(email === "" ? [] : [email])])
      assert.deepStrictEqual(credentials.at(-1), ["good", "good"], what)
      return [what, credentials.slice(0, -1)]
    })).pipe(Effect.provide(KeyringLive(host)))
  assert.deepStrictEqual(
    Object.fromEntries(found),
    Object.fromEntries(rows.map(([what, , verdict]) => [what, verdict]))
  )
})

const entry = (json: string) => `{"auths":{"reg.example":${json}}}`
const auth = (written: string) => entry(`{"auth":"${written}"}`)
const base64 = (text: string) => Buffer.from(text, "latin1").toString("base64")
const at = "/auths/reg.example"
const noBase64 = `base64 ${at}/auth`
const noColon = `notUserColonPassword ${at}/auth`

const authFields: ReadonlyArray<Row> = [
  ["padded", auth(base64("canary:w")), [["canary", "w"]]],
  ["unpadded", auth(base64("canary:w").replaceAll("=", "")), [["canary", "w"]]],
  ["with line ends in it", auth("Y2Fu\\r\\nYXJ5\\nOnc=\\n"), [["canary", "w"]]],
  ["with bits too many", auth("dTpwcB=="), [["u", "pp"]]],
  ["with several colons", auth(base64("u:p:q:")), [["u", "p:q:"]]],
  ["a colon alone", auth("Og=="), [["", ""]]],
  ["no username", auth(base64(":w")), [["", "w"]]],
  ["no password", auth(base64("canary:")), [["canary", ""]]],
  ["trailing NULs", auth(base64("u:w\0\0")), [["u", "w\0\0"]]],
  ["a NUL as username", auth(base64("\0:w")), [["\0", "w"]]],
  ["a line end in the password", auth(base64("u:w\r\nx")), [["u", "w\r\nx"]]],
  ["bytes that are no UTF-8", auth(base64("u\xff:\x80w")), [["u\udcff", "\udc80w"]]],
  ["in escapes", auth("dTp\\u0033"), [["u", "w"]]],
  ["no colon", auth(base64("canary-word")), noColon],
  ["nothing but a line end", auth("\\n"), noColon],
  ["NULs without a colon", auth("AAAA"), noColon],
  ["a blank behind it", auth("Y2FuYXJ5Onc= "), noBase64],
  ["a blank within", auth("Y2Fu YXJ5Onc="), noBase64],
  ["a tab behind it", auth("Y2FuYXJ5Onc=\\t"), noBase64],
  ["the alphabet of addresses", auth("dTr-_w=="), noBase64],
  ["one letter", auth("A"), noBase64],
  ["five letters", auth("dTpwY"), noBase64],
  ["one sign of padding where two belong", auth("dTpwcA="), noBase64],
  ["padding too much", auth("dTpw===="), noBase64],
  ["padding alone", auth("="), noBase64],
  ["padding within", auth("dTp=dTpw"), noBase64],
  ["text behind the padding", auth("dTpwcA==canary"), noBase64],
  ["no base64 at all", auth("canary:word"), noBase64],
  ["other letters", auth("Y2FuYXJ5Oné"), noBase64]
]

const fields: ReadonlyArray<Row> = [
  ["username and password", entry(`{"username":"canary","password":"w","email":"c@mail.example"}`), [[
    "canary",
    "w",
    "c@mail.example"
  ]]],
  ["auth wins over both", entry(`{"auth":"dTp3","username":"zz","password":"yy","email":"e"}`), [["u", "w", "e"]]],
  ["auth wins from behind too", entry(`{"username":"zz","password":"yy","auth":"dTp3"}`), [["u", "w"]]],
  ["an empty auth", entry(`{"auth":"","username":"canary","password":"w"}`), [["canary", "w"]]],
  ["a null auth", entry(`{"auth":null,"username":"canary"}`), [["canary", ""]]],
  ["an identity token alone", entry(`{"identitytoken":"canary"}`), [["", ""]]],
  ["an identity token beside auth", entry(`{"auth":"dTp3","identitytoken":"canary","registrytoken":"canary"}`), [[
    "u",
    "w"
  ]]],
  ["a null entry", entry("null"), [["", ""]]],
  ["an empty entry", entry("{}"), [["", ""]]],
  ["names in other case", `{"AUTHS":{"reg.example":{"UserName":"canary","PASSWORD":"w"}}}`, [["canary", "w"]]],
  ["a repeated location", `{"auths":{"reg.example":{"username":"a","email":"e"},"reg.example":{"password":"w"}}}`, [[
    "",
    "w"
  ]]],
  ["a repeated auths", `{"auths":{"reg.example":{"username":"a"}},"auths":{"reg.example/app":{"username":"b"}}}`, [[
    "b",
    ""
  ], ["a", ""]]],
  ["a repeated auths that is null", `{"auths":{"reg.example":{"username":"a"}},"auths":null}`, []],
  ["helpers, which are not run", `{"credsStore":"canary","credHelpers":{"reg.example":"canary"}}`, []],
  ["names that JavaScript's objects have", `{"auths":{"__proto__":{"username":"a"},"constructor":{}}}`, []],
  [
    "a byte that is no UTF-8",
    Buffer.concat([Buffer.from(`{"auths":{"reg.example":{"username":"a`), Buffer.from([0xff]), Buffer.from(`"}}}`)]),
    [["a\ufffd", ""]]
  ],
  ["a location that is no address", `{"auths":{"[other":{"username":"a"},"reg.example":{"username":"b"}}}`, [[
    "b",
    ""
  ]]],
  ["the older form", `{"reg.example":{"auth":"dTp3"}}`, [["u", "w"]], "dockercfg"],
  ["the older form in the newer's place", `{"reg.example":{"auth":"dTp3"}}`, []],
  ["the newer form in the older's place", `{"auths":{"reg.example":{"auth":"dTp3"}}}`, [], "dockercfg"],
  ["an empty object", "{}", []],
  ["null", "null", []],
  ["no auths", `{"auths":null}`, []],
  [
    "a bad entry beside a good one",
    `{"auths":{"other.example":{"auth":"!"},"reg.example":{"auth":"dTp3"}}}`,
    "base64 /auths/other.example/auth"
  ],
  [
    "a bad entry behind a good one",
    `{"reg.example":{"auth":"dTp3"},"other.example":{"auth":"Y2FuYXJ5"}}`,
    "notUserColonPassword /other.example/auth",
    "dockercfg"
  ],
  ["a number as username", entry(`{"username":17}`), `type ${at}/username`],
  ["a number as password", entry(`{"Password":17}`), `type ${at}/password`],
  ["a list as auth", entry(`{"auth":["dTp3"]}`), `type ${at}/auth`],
  ["text as an entry", entry(`"canary"`), `type ${at}`],
  ["a list of auths", `{"auths":[{"username":"canary"}]}`, "type /auths"],
  ["text as auths", `{"auths":"canary"}`, "type /auths"],
  ["a list", `[{"auths":{}}]`, "type "],
  ["text", `"canary"`, "type "],
  ["headers that are none", `{"HttpHeaders":5}`, "type /HttpHeaders"],
  ["a header that is none", `{"HttpHeaders":{"X":5}}`, "type /HttpHeaders/X"]
]

const documents: ReadonlyArray<Row> = [
  ["white space around it", ` \r\n\t${auth("dTp3")}\n\n`, [["u", "w"]]],
  ["a byte order mark", `\ufeff${auth("dTp3")}`, "syntax "],
  ["a word behind it", `${auth("dTp3")} canary`, "syntax "],
  ["twice", auth("dTp3") + auth("dTp3"), "syntax "],
  ["cut off", auth("dTp3").slice(0, -1), "syntax "],
  ["a quote that nobody closes", `{"auths":{"reg.example":{"auth":"canary`, "syntax "],
  ["YAML", "auths:\n  reg.example:\n    auth: canary\n", "syntax "],
  ["base64 of the document", Buffer.from(auth("dTp3")).toString("base64"), "syntax "],
  ["white space", " \n", "syntax "],
  ["a comma too many", `{"auths":{"reg.example":{"auth":"dTp3",}}}`, "syntax "],
  ["a raw line end in a password", entry(`{"password":"canary\n"}`), "syntax "],
  ["UTF-16", Buffer.from(auth("dTp3"), "utf16le"), "syntax "],
  ["depth where nobody looks", `{"x":${"[".repeat(9_999)}${"]".repeat(9_999)}}`, []],
  ["more depth than Go reads", `{"x":${"[".repeat(10_000)}${"]".repeat(10_000)}}`, "syntax "],
  ["100,000 levels", "{\"auths\":".repeat(100_000), "syntax "]
]

const both: ReadonlyArray<Kind> = ["dockerconfigjson", "dockercfg"]

describe("FAULT-25, documents", () => {
  it.live("FAULT-25: DOCKER-7, DOCKER-8: an auth field is base64 of username, colon, password", () =>
    holdAgainstRules(authFields))

  it.live("FAULT-25: DOCKER-1…4, DOCKER-6, DOCKER-9…11: fields are read leniently, one bad entry spoils all", () =>
    holdAgainstRules(fields))

  it.live("FAULT-25: DOCKER-5: a document is one JSON value", () => holdAgainstRules(documents))

  it.live("FAULT-25: DOCKER-5: 10 MiB in one password, and 100,000 entries", () =>
    holdAgainstRules([
      ["a password", auth(base64(`u:${"w".repeat(10 * 1024 * 1024)}`)), [["u", "w".repeat(10 * 1024 * 1024)]]],
      ["a bad one", auth(`${base64(`u:${"w".repeat(10 * 1024 * 1024)}`)}!`), noBase64],
      ["a field nobody reads", entry(`{"auth":"dTp3","x":"${"canary".repeat(1_750_000)}"}`), [["u", "w"]]],
      [
        "entries",
        `{"auths":{${
          Array.from({ length: 100_000 }, (_, at) => `"r${at}.example":{"auth":"dTp3"},`).join("")
        }"reg.example":{"auth":"dTp3"}}}`,
        [["u", "w"]]
      ]
    ]))

  it.live("FAULT-25: SECRET-2: what is no pull secret is passed over, even if it is broken", () =>
    Effect.gen(function*() {
      const host = yield* makeGoodHost
      const broken = Redacted.make(Buffer.from("canary"))
      const secrets = both.flatMap((kind): ReadonlyArray<PullSecret.PullSecret> => [
        { ...secretOf("", kind) },
        { ...secretOf("", kind), data: {} },
        { ...secretOf("", kind), data: { [kind]: broken, [`.${kind}x`]: broken } },
        { ...secretOf("canary", kind), type: "Opaque" },
        { ...secretOf("canary", kind), type: `kubernetes.io/${kind.toUpperCase()}` },
        { ...secretOf("canary", kind), type: `kubernetes.io/${both.find((other) => other !== kind)}` },
        { ...secretOf("canary", kind), type: "" }
      ])
      const { credentials } = yield* Effect.provide(
        lookup("reg.example/app", { pullSecrets: secrets }),
        KeyringLive(host)
      )
      assert.deepStrictEqual(credentials.map(({ username }) => username), ["good"])
    }))

  it.live("FAULT-25: SECRET-3, SECRET-5: one broken secret fails the lookup wherever it stands, and is named", () =>
    Effect.gen(function*() {
      const host = yield* makeGoodHost
      const fine = secretOf(auth("dTp3"), "dockerconfigjson", "fine")
      const broken = secretOf("{", "dockercfg", "broken")
      const look = (...pullSecrets: ReadonlyArray<PullSecret.PullSecret>) => lookup("reg.example/app", { pullSecrets })
      yield* Effect.gen(function*() {
        for (const order of [[fine, broken], [broken, fine], [fine, broken, fine]]) {
          const error = yield* Effect.flip(look(...order))
          assert.include(error.message, "team/broken")
        }
        assert.lengthOf(host.runs("good"), 0)
        const { credentials } = yield* look(fine, { ...fine, name: "other" })
        assert.deepStrictEqual(credentials.map(({ source }) => "name" in source ? source.name : source._tag), [
          "fine",
          "other",
          "Provider"
        ])
      }).pipe(Effect.provide(KeyringLive(host)))
    }))
})

/** Lookups that succeed, and what a plugin writes that fails or lies. */
import type { Keyring } from "@credlet/core"
import { assert } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { createHash } from "node:crypto"
import type { SlotName } from "../slots.ts"
import { namespace } from "../support/cluster.ts"
import { lookUp, short, tight } from "../support/lookups.ts"
import { answerOf, type ProviderName } from "../support/plugins.ts"
import { readApi } from "../support/readApi.ts"
import { World } from "../support/world.ts"
import * as Scene from "./scene.ts"

const passwords = ({ credentials }: Keyring.Lookup): string =>
  credentials.map(({ password }) => Redacted.value(password)).join("\n")

const claimsOf = (token: string): unknown =>
  JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"))

const found = Scene.make(
  "a lookup that succeeds",
  [
    "serviceAccountToken",
    "annotationValue",
    "otherAnnotation",
    "username",
    "password",
    "providerEnv",
    "providerArgs",
    "inheritedEnv",
    "locationUserInfo",
    "secretAuth",
    "secretPassword"
  ],
  Effect.fnUntraced(function*(watch) {
    const { captured, cluster, made } = yield* World
    const [lookup] = Scene.valueOf(yield* lookUp(watch, ["good", "hashed"]))
    if (lookup === undefined) return assert.fail("no lookup")
    const token = made().find(({ slot }) => slot === "serviceAccountToken")?.value ?? ""
    assert.include(claimsOf(token), { sub: `system:serviceaccount:${namespace}:builder` })
    assert.deepStrictEqual(lookup.unusable.map(({ location }) => location), ["…@good.example:port/team"])
    const hash = createHash("sha256").update(token).digest("hex")
    const keys = watch.outlets.filter(({ kind }) => kind === "cacheKey")
    assert.isTrue(keys.some(({ text }) => text.includes(hash)), "the token is in no key, not even as a hash")
    const stdin = captured("good", "stdin")
    return {
      serviceAccountToken: stdin,
      annotationValue: stdin,
      otherAnnotation: yield* readApi(cluster, `namespaces/${namespace}/serviceaccounts/builder`),
      username: lookup.credentials.map(({ username }) => username).join("\n"),
      password: passwords(lookup),
      providerEnv: captured("good", "env"),
      providerArgs: captured("good", "args"),
      inheritedEnv: captured("good", "env"),
      locationUserInfo: captured("good", "stdout"),
      secretAuth: passwords(lookup),
      secretPassword: passwords(lookup)
    }
  })
)

const failed = Scene.make(
  "plugins that fail with an answer on stdout",
  ["failingStdout"],
  (watch) =>
    Effect.gen(function*() {
      const { captured } = yield* World
      const names = ["exits", "killed", "floods", "complains"] as const
      const lookups = Scene.valueOf(yield* lookUp(watch, names, { execution: tight }))
      const late = Scene.valueOf(yield* lookUp(watch, ["hangs"], { execution: short }))
      assert.deepStrictEqual(
        [...lookups, ...late].flatMap(({ failures }) =>
          failures.map((error) => error._tag === "PluginError" && error.reason._tag)
        ),
        ["Exited", "Killed", "OutputTooLarge", "OutputTooLarge", "TimedOut"]
      )
      return { failingStdout: names.map((name) => captured(name, "stdout")).join("\n") }
    })
)

/** Providers whose answer can't be used, and the canary in it. */
const unusable = {
  unknownField: "answerUnknownField",
  wrongType: "answerWrongType",
  truncated: "answerTruncated",
  rubbish: "answerRubbish",
  duplicate: "answerDuplicate",
  duration: "answerDuration"
} as const satisfies { readonly [N in ProviderName]?: SlotName }

/** The line of the plugin's answer that the error names. */
const namedLine = (lookups: ReadonlyArray<Keyring.Lookup>, name: ProviderName): string => {
  const failure = lookups.flatMap(({ failures }) => failures).find(({ provider }) => provider === name)
  const reason = failure?._tag === "PluginError" ? failure.reason : undefined
  if (reason?._tag !== "BadOutput") return assert.fail(`${name} did not answer wrongly: ${failure}`)
  return Scene.lineOf(answerOf(name), reason.response.findings[0]?.line)
}

const answered = Scene.make(
  "plugins whose answer can't be used",
  [...Object.values(unusable), "answerWrongVersion", "answerKeyType"],
  Effect.fnUntraced(function*(watch) {
    const { captured } = yield* World
    const lookups = Scene.valueOf(
      yield* lookUp(watch, [
        "unknownField",
        "wrongType",
        "truncated",
        "rubbish",
        "wrongVersion",
        "duplicate",
        "duration",
        "keyType"
      ])
    )
    assert.deepStrictEqual(lookups.at(-1)?.failures.map(({ _tag }) => _tag), ["UnknownCacheKeyType"])
    return {
      answerUnknownField: namedLine(lookups, "unknownField"),
      answerWrongType: namedLine(lookups, "wrongType"),
      answerTruncated: namedLine(lookups, "truncated"),
      answerRubbish: namedLine(lookups, "rubbish"),
      answerWrongVersion: captured("wrongVersion", "stdout"),
      answerDuplicate: namedLine(lookups, "duplicate"),
      answerDuration: namedLine(lookups, "duration"),
      answerKeyType: captured("keyType", "stdout")
    }
  })
)

export const scenes: ReadonlyArray<Scene.Scene> = [found, failed, answered]

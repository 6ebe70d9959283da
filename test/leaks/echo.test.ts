/**
 * FAULT-45: a plugin that gives the service account's token back. As the password it is refused (SA-30); as a part of one it
 * is warned of, and in neither case is it, or the answer, to be seen anywhere. Rules: SA-30…33, LOG-31.
 */
import type { Keyring } from "@credlet/core"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import * as Scene from "./scenes/scene.ts"
import { assertSealed } from "./support/leaks.ts"
import { explain, lookUp } from "./support/lookups.ts"
import type { ProviderName } from "./support/plugins.ts"
import * as Watch from "./support/watch.ts"
import * as World from "./support/world.ts"

const look = Effect.fnUntraced(function*(name: ProviderName) {
  const watch = Watch.make()
  const [found] = Scene.valueOf(yield* lookUp(watch, [name]))
  if (found === undefined) return assert.fail("no lookup")
  Scene.valueOf(yield* explain(watch, [name]))
  yield* assertSealed(watch)
  const { captured } = yield* World.World
  const token = /"serviceAccountToken":"([^"]+)"/.exec(captured(name, "stdin"))?.[1] ?? ""
  assert.isAbove(token.length, 100, "the plugin was given no token")
  const warnings = watch.outlets.filter(({ where }) => where === "message at Warn").map(({ text }) => text)
  return { found, token, warnings }
})

const passwords = ({ credentials }: Keyring.Lookup) => credentials.map(({ password }) => Redacted.value(password))

describe("FAULT-45: a token that a plugin gives back", () => {
  it.layer(World.layer, { excludeTestServices: true })((it) => {
    it.effect("SA-30: as a password it is refused, and nobody can read it", () =>
      Effect.gen(function*() {
        const { found, token } = yield* look("echoes")
        assert.deepStrictEqual(found.failures.map(({ _tag }) => _tag), ["TokenEchoed"])
        assert.notInclude(passwords(found), token)
      }))

    it.effect("SA-31: as a part of a password it is handed out, with a warning in which nobody can read it", () =>
      Effect.gen(function*() {
        const { found, token, warnings } = yield* look("contains")
        assert.deepStrictEqual(found.failures, [])
        assert.isTrue(passwords(found).some((password) => password.includes(token)), "it is not handed out")
        assert.isTrue(warnings.some((text) => text.includes("token")), "no warning")
      }))

    it.effect("beyond the kubelet: in base64, too, there is a warning", () =>
      Effect.gen(function*() {
        const { found, token, warnings } = yield* look("encodes")
        const decoded = passwords(found).map((password) => Buffer.from(password, "base64").toString("utf8"))
        assert.isTrue(decoded.some((password) => password.includes(token)), "it is not handed out")
        assert.isTrue(warnings.some((text) => text.includes("token")), "no warning")
      }))
  })
})

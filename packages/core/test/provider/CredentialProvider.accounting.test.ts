/** However lookups come together and leave: the steps account for what the services counted. */
import * as Profile from "@credlet/core/Profile"
import { answer } from "@credlet/testing/ScriptedPlugins"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Schema } from "effect"
import { TestClock } from "effect/testing"
import * as Collect from "../telemetry/collect.ts"
import { pod, tokenAttributes } from "./providers.ts"
import { auth, setup } from "./scripted.ts"

const whole = (maximum: number) => Schema.Int.check(Schema.isBetween({ minimum: 0, maximum }))

const Lookups = Schema.Array(Schema.Struct({
  image: Schema.Literals(["reg.example/a", "reg.example/b", "other.reg.example/c"]),
  account: Schema.Literals(["builder", "nobody", ""]),
  begins: whole(6),
  /** Is interrupted after so many seconds; 0: stays. */
  patience: whole(5)
})).check(Schema.isMaxLength(12))

const count = (tags: ReadonlyArray<string>, tag: string) => tags.filter((one) => one === tag).length

describe("the steps of many lookups", () => {
  for (const [name, switches] of [["kubelet", Profile.kubelet], ["recommended", Profile.recommended]] as const) {
    it.effect.prop(
      `are as many as the runs, gets and token requests, and who ran nothing joined (${name})`,
      { lookups: Lookups, lasts: whole(4), scope: Schema.Literals(["Image", "Registry", "Global", "none"]) },
      ({ lasts, lookups, scope }) =>
        Effect.scoped(Effect.gen(function*() {
          const { identity, provide, runs } = yield* setup(
            () =>
              Effect.delay(
                Effect.succeed(answer({ cacheKeyType: scope, cacheDuration: "3 seconds", auth })),
                lasts * 1000
              ),
            { attributes: tokenAttributes(), switches }
          )
          const fibers = yield* Effect.forEach(lookups, ({ account, begins, image, patience }) => {
            const lookup = Effect.ignore(provide(image, pod("team", account)))
            const until = patience === 0
              ? lookup
              : Effect.asVoid(Effect.timeoutOption(lookup, Duration.seconds(patience)))
            return Effect.forkChild(Effect.delay(Collect.steps(until), begins * 1000), { startImmediately: true })
          })
          for (let second = 0; second < 30; second++) yield* TestClock.adjust("1 second")
          // Only now: a run may outlast the lookup that began it.
          const all = (yield* Effect.forEach(fibers, Fiber.join)).map(Collect.tags)
          const tags = all.flat()
          assert.strictEqual(count(tags, "PluginRun"), yield* runs)
          assert.strictEqual(count(tags, "ServiceAccountRead"), (yield* identity.gets).length)
          assert.strictEqual(count(tags, "TokenAsked"), (yield* identity.tokenRequests).length)
          for (const own of all) {
            const questions = count(own, "PluginRun") + count(own, "FlightJoined")
            assert.isAtMost(count(own, "AnswerChecked"), questions)
            assert.isAtMost(questions, count(own, "CacheMissed"))
            assert.isAtMost(count(own, "CacheMissed"), 1 + count(own, "ScopeAwaited"))
          }
        })),
      { arbitrary: { runs: 200 } }
    )
  }
})

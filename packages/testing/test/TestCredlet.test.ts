import { Keyring, PodIdentity } from "@credlet/core"
import { ScriptedIdentity, ScriptedPlugins, TestCredlet } from "@credlet/testing"
import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit, Layer } from "effect"
import { TestClock } from "effect/testing"

const matchImages = ["registry.example"]
const auth = { "registry.example": { username: "robot", password: "secret" } }
const plugin = ScriptedPlugins.answer({ cacheKeyType: "Registry", cacheDuration: "5 minutes", auth })

const users = (pod?: PodIdentity.PodIdentity) =>
  Keyring.Keyring.use((keyring) => keyring.lookup("registry.example/team/app", pod === undefined ? {} : { pod })).pipe(
    Effect.map(({ credentials }) => credentials.map(({ username }) => username))
  )

const runs = ScriptedPlugins.ScriptedPlugins.use(({ calls }) => Effect.map(calls, (all) => all.length))

describe("TestCredlet", () => {
  it.effect("CACHE-20: a keyring over scripted plugins, under the test's clock", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* users(), ["robot"])
      yield* TestClock.adjust("5 minutes")
      assert.deepStrictEqual(yield* users(), ["robot"])
      assert.strictEqual(yield* runs, 1)
      yield* TestClock.adjust("1 nano")
      assert.deepStrictEqual(yield* users(), ["robot"])
      assert.strictEqual(yield* runs, 2)
    }).pipe(Effect.provide(TestCredlet.layer({ acme: { matchImages, plugin } }))))

  it.effect("RING-4: providers are asked in their order; without a duration of the plugin's their own counts", () =>
    Effect.gen(function*() {
      yield* users()
      yield* users()
      const { calls } = yield* ScriptedPlugins.ScriptedPlugins
      assert.deepStrictEqual((yield* calls).map(({ provider }) => provider), ["zeta", "alpha", "zeta"])
    }).pipe(Effect.provide(TestCredlet.layer({
      zeta: { matchImages, plugin: ScriptedPlugins.answer({ cacheKeyType: "Image" }) },
      alpha: {
        matchImages,
        plugin: ScriptedPlugins.answer({ cacheKeyType: "Image" }),
        defaultCacheDuration: "1 minute"
      }
    }))))

  it.effect("SA-17: pods have the accounts and tokens that the test gives them", () =>
    Effect.gen(function*() {
      const pod = new PodIdentity.PodIdentity({
        namespace: "team",
        podName: "app-1",
        podUid: "u",
        serviceAccountName: "app"
      })
      assert.deepStrictEqual(yield* users(pod), ["robot"])
      const { calls } = yield* ScriptedPlugins.ScriptedPlugins
      assert.deepInclude((yield* calls)[0], { hasToken: true, annotations: { "id.example/role": "reader" } })
      const { tokenRequests } = yield* ScriptedIdentity.ScriptedIdentity
      assert.lengthOf(yield* tokenRequests, 1)
    }).pipe(Effect.provide(TestCredlet.layer({
      acme: {
        matchImages,
        plugin,
        tokenAttributes: {
          serviceAccountTokenAudience: "registry.example",
          cacheType: "ServiceAccount",
          requireServiceAccount: true,
          requiredServiceAccountAnnotationKeys: ["id.example/role"]
        }
      }
    }, { accounts: [{ namespace: "team", name: "app", annotations: { "id.example/role": "reader" } }] }))))

  it.effect("CFG-89: a config that the kubelet would refuse is a defect that says why", () =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(Layer.build(TestCredlet.layer({ acme: { matchImages: [], plugin } })))
      assert(Exit.isFailure(exit))
      assert.include(Cause.pretty(exit.cause), "providers[0].matchImages: Required value")
    }).pipe(Effect.scoped))

  it.effect("two layers share nothing", () =>
    Effect.gen(function*() {
      const both = [1, 2].map(() => TestCredlet.layer({ acme: { matchImages, plugin } }))
      for (const one of both) assert.strictEqual(yield* Effect.provide(Effect.andThen(users(), runs), one), 1)
    }))
})

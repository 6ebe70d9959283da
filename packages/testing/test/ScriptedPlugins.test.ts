import { PluginError, PluginRunner } from "@credlet/core"
import { ScriptedPlugins } from "@credlet/testing"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Duration, Effect, Exit, Fiber, Redacted } from "effect"

const plugin = (provider: string): PluginRunner.Plugin => ({
  provider,
  path: provider,
  apiVersion: "credentialprovider.kubelet.k8s.io/v1",
  args: [],
  env: []
})

const run = (provider: string, request: Parameters<PluginRunner.PluginRunner["Service"]["run"]>[1]) =>
  Effect.flatMap(PluginRunner.PluginRunner, (runner) => runner.run(plugin(provider), request))

const answer = ScriptedPlugins.answer({
  cacheKeyType: "Registry",
  cacheDuration: "1 hour",
  auth: { "registry.example": { username: "robot", password: "secret" } }
})
const image = "registry.example/team/app"

describe("ScriptedPlugins", () => {
  it.effect("a provider answers as scripted, and differently once it is scripted anew", () =>
    Effect.gen(function*() {
      const { script } = yield* ScriptedPlugins.ScriptedPlugins
      assert.strictEqual(yield* run("a", { image }), answer)
      const nothing = ScriptedPlugins.answer({ cacheKeyType: "Image" })
      yield* script("a", nothing)
      assert.strictEqual(yield* run("a", { image }), nothing)
    }).pipe(Effect.provide(ScriptedPlugins.layer({ a: answer }))))

  it("an answer has what a plugin's decoded answer has", () => {
    assert.strictEqual(answer.cacheKeyType, "Registry")
    assert.deepStrictEqual(answer.cacheDuration, Duration.hours(1))
    const credential = answer.auth?.get("registry.example")
    assert.isDefined(credential)
    assert.deepStrictEqual([credential.username, Redacted.value(credential.password)], ["robot", "secret"])
    assert.deepStrictEqual(ScriptedPlugins.answer({ cacheKeyType: "" }), {
      cacheKeyType: "",
      cacheDuration: undefined,
      auth: undefined
    })
  })

  it.effect("an error is what the run fails with", () => {
    const error = new PluginError.PluginError({
      provider: "a",
      reason: { _tag: "Exited", code: 3, stderr: "no such role" }
    })
    return Effect.gen(function*() {
      assert.strictEqual(yield* Effect.flip(run("a", { image })), error)
    }).pipe(Effect.provide(ScriptedPlugins.layer({ a: error })))
  })

  it.effect("a function sees the request and can hold the run back", () =>
    Effect.gen(function*() {
      const started = yield* Deferred.make<string>()
      const gate = yield* Deferred.make<void>()
      const { script } = yield* ScriptedPlugins.ScriptedPlugins
      yield* script("a", (request) =>
        Deferred.succeed(started, request.image).pipe(Effect.andThen(Deferred.await(gate)), Effect.as(answer)))
      const fiber = yield* Effect.forkChild(run("a", { image }))
      assert.strictEqual(yield* Deferred.await(started), image)
      assert.isUndefined(fiber.pollUnsafe())
      yield* Deferred.succeed(gate, undefined)
      assert.strictEqual(yield* Fiber.join(fiber), answer)
    }).pipe(Effect.provide(ScriptedPlugins.layer())))

  it.effect("calls are recorded in the order of the runs, failed ones too, and hold no token", () =>
    Effect.gen(function*() {
      const { calls } = yield* ScriptedPlugins.ScriptedPlugins
      yield* run("a", { image })
      yield* Effect.exit(run("b", {
        image: "other.example/app",
        serviceAccountToken: Redacted.make("TOKEN-CANARY"),
        serviceAccountAnnotations: { "role.example/name": "puller" }
      }))
      const recorded = yield* calls
      assert.deepStrictEqual(recorded, [
        { provider: "a", image, hasToken: false, annotations: {} },
        { provider: "b", image: "other.example/app", hasToken: true, annotations: { "role.example/name": "puller" } }
      ])
      yield* run("a", { image })
      assert.lengthOf(recorded, 2, "what was read is a snapshot")
      assert.lengthOf(yield* calls, 3)
    }).pipe(Effect.provide(ScriptedPlugins.layer({
      a: answer,
      b: new PluginError.PluginError({ provider: "b", reason: { _tag: "Killed", signal: "SIGKILL", stderr: "" } })
    }))))

  it.effect("an unscripted provider is a defect that names it", () =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(run("forgotten", { image }))
      assert.isTrue(Exit.hasDies(exit))
      assert.include(String(exit), "forgotten")
    }).pipe(Effect.provide(ScriptedPlugins.layer())))
})

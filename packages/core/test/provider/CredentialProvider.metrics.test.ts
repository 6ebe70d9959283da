/** What one provider counts. */
import { IdentityError } from "@credlet/core/identity/IdentityError"
import { PluginError } from "@credlet/core/plugin/PluginError"
import { UnsupportedApiVersion } from "@credlet/core/plugin/PluginProtocol"
import { ResponseError } from "@credlet/core/plugin/ResponseError"
import * as Profile from "@credlet/core/Profile"
import * as ProviderMetrics from "@credlet/core/telemetry/ProviderMetrics"
import { answer, type Behaviour } from "@credlet/testing/ScriptedPlugins"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Duration, Effect, Fiber, Redacted } from "effect"
import { TestClock } from "effect/testing"
import * as Collect from "../telemetry/collect.ts"
import { pod, tokenAttributes } from "./providers.ts"
import { auth, broken, builderPod, held, image, setup, start } from "./scripted.ts"

const pluginError = (reason: PluginError["reason"]) => new PluginError({ provider: "acme", reason })
const response = new ResponseError({ stage: "decode", class: "syntax", findings: [] })

describe("metrics", () => {
  const plain: ReadonlyArray<readonly [ProviderMetrics.FailureReason, Behaviour, string?]> = [
    ["exec", broken("Exited")],
    ["timeout", broken("TimedOut")],
    ["queue", pluginError({ _tag: "QueueTimedOut", maxConcurrent: 1, maxWait: Duration.minutes(1) })],
    ["version", pluginError({ _tag: "WrongApiVersion", expected: "v1", actual: "", stderr: "" })],
    ["version", pluginError(new UnsupportedApiVersion({ apiVersion: "v9" }))],
    ["decode", pluginError({ _tag: "BadOutput", response, stderr: "" })],
    ["key_type", answer({ cacheKeyType: "image" })],
    ["cache_key", answer({ cacheKeyType: "Image" }), `reg.example/${"a".repeat(70_000)}`]
  ]
  for (const [reason, behaviour, repository] of plain) {
    it.effect(`credlet_provider_failures_total: ${reason}`, () =>
      Collect.counted(Effect.gen(function*() {
        const { provide } = yield* setup(behaviour)
        yield* Effect.flip(provide(repository))
        yield* Effect.flip(provide(repository))
        assert.include(
          yield* Collect.series,
          `credlet_provider_failures_total{plugin_name="acme",reason="${reason}"} 2`
        )
      })))
  }

  it.effect("credlet_provider_failures_total: service_account, token and echo", () =>
    Collect.counted(Effect.gen(function*() {
      const { identity, provide, script } = yield* setup(answer({ cacheKeyType: "Image" }), {
        attributes: tokenAttributes()
      })
      yield* Effect.flip(provide(image, pod("team", "nobody")))
      yield* identity.scriptTokens(new IdentityError({ operation: "get a token", failure: "Forbidden", detail: "" }))
      yield* Effect.flip(provide(image, builderPod))
      yield* identity.scriptTokens(Effect.succeed(Redacted.make("t")))
      yield* script(answer({ cacheKeyType: "Image", auth: { "reg.example": { username: "u", password: "t" } } }))
      yield* Effect.flip(provide(image, builderPod))
      assert.deepStrictEqual(yield* Collect.series, [
        `credlet_cache_misses_total{plugin_name="acme"} 1`,
        `credlet_provider_failures_total{plugin_name="acme",reason="echo"} 1`,
        `credlet_provider_failures_total{plugin_name="acme",reason="service_account"} 1`,
        `credlet_provider_failures_total{plugin_name="acme",reason="token"} 1`,
        `credlet_service_account_gets_total{plugin_name="acme"} 3`,
        `credlet_token_requests_total{plugin_name="acme"} 2`
      ])
    })))

  it.effect("credlet_provider_skipped_total: silent opt-outs are counted, and are no failures (SA-10, SA-13)", () =>
    Collect.counted(Effect.gen(function*() {
      const { provide } = yield* setup(answer({ cacheKeyType: "Image" }), {
        attributes: tokenAttributes({ requireServiceAccount: true, requiredServiceAccountAnnotationKeys: ["b"] })
      })
      yield* provide(image)
      yield* provide(image, pod("team", ""))
      yield* provide(image, builderPod)
      assert.deepStrictEqual(yield* Collect.series, [
        `credlet_provider_skipped_total{plugin_name="acme",reason="annotation_missing"} 1`,
        `credlet_provider_skipped_total{plugin_name="acme",reason="service_account_required"} 2`,
        `credlet_service_account_gets_total{plugin_name="acme"} 1`
      ])
    })))

  it.effect("hits, misses, entries and joined flights; a shared failure counts for each who waited", () =>
    Collect.counted(Effect.gen(function*() {
      const { behaviour, release } = yield* held({ cacheKeyType: "Image", cacheDuration: "1 minute", auth })
      const { provide, script } = yield* setup(behaviour)
      const callers = yield* Effect.all([start(provide()), start(provide()), start(provide())])
      yield* release
      yield* Effect.forEach(callers, Fiber.join)
      yield* provide()
      const gate = yield* Deferred.make<void>()
      yield* script(() => Effect.andThen(Deferred.await(gate), broken("Exited")))
      const failing = yield* Effect.all([start(provide("reg.example/b")), start(provide("reg.example/b"))])
      yield* Deferred.succeed(gate, undefined)
      yield* Effect.forEach(failing, Fiber.await)
      assert.deepStrictEqual(yield* Collect.series, [
        `credlet_cache_entries{plugin_name="acme"} 1`,
        `credlet_cache_hits_total{plugin_name="acme"} 1`,
        `credlet_cache_misses_total{plugin_name="acme"} 5`,
        `credlet_flights_joined_total{plugin_name="acme"} 3`,
        `credlet_provider_failures_total{plugin_name="acme",reason="exec"} 2`
      ])
    })))

  it.effect("bounded: evictions are counted, and entries are as many as the cache holds", () =>
    Collect.counted(Effect.gen(function*() {
      const { provide } = yield* setup(answer({ cacheKeyType: "Image", auth }), {
        switches: { ...Profile.kubelet, cacheCapacity: 2 }
      })
      for (const name of ["a", "b", "c"]) yield* provide(`reg.example/${name}`)
      assert.include(yield* Collect.series, `credlet_cache_evictions_total{plugin_name="acme"} 1`)
      assert.include(yield* Collect.series, `credlet_cache_entries{plugin_name="acme"} 2`)
      yield* TestClock.adjust("11 minutes")
      yield* provide("reg.example/c")
      assert.include(yield* Collect.series, `credlet_cache_entries{plugin_name="acme"} 2`)
      yield* TestClock.adjust("16 minutes")
      yield* provide("reg.example/c")
      assert.include(yield* Collect.series, `credlet_cache_entries{plugin_name="acme"} 1`)
      assert.include(yield* Collect.series, `credlet_cache_evictions_total{plugin_name="acme"} 1`)
    })))

  it.effect("credlet_cache_entries goes back when the provider's scope closes; counters stay", () =>
    Collect.counted(Effect.gen(function*() {
      yield* Effect.scoped(Effect.gen(function*() {
        const { provide } = yield* setup(answer({ cacheKeyType: "Image", auth }))
        for (const name of ["a", "b"]) yield* provide(`reg.example/${name}`)
        assert.include(yield* Collect.series, `credlet_cache_entries{plugin_name="acme"} 2`)
      }))
      assert.deepStrictEqual(yield* Collect.series, [
        `credlet_cache_entries{plugin_name="acme"} 0`,
        `credlet_cache_misses_total{plugin_name="acme"} 2`
      ])
    })))

  it.effect("Enabled is false: a lookup counts nothing", () =>
    Collect.counted(Effect.gen(function*() {
      const { provide } = yield* setup(answer({ cacheKeyType: "Image", auth }), { attributes: tokenAttributes() })
      yield* provide(image, builderPod)
      yield* provide(image, builderPod)
      assert.deepStrictEqual(yield* Collect.series, [])
    })).pipe(Effect.provideService(ProviderMetrics.Enabled, false)))
})

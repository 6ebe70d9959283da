import * as CacheMetrics from "@credlet/core/telemetry/CacheMetrics"
import * as ProviderMetrics from "@credlet/core/telemetry/ProviderMetrics"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Metric, Scope } from "effect"
import { PrometheusMetrics } from "effect/observability"
import { counted, series } from "./collect.ts"

/** Counts something in each of the series. */
const countAll = Effect.gen(function*() {
  const metrics = yield* ProviderMetrics.make("acme")
  const cache = yield* CacheMetrics.make("acme")
  yield* ProviderMetrics.configApplied("sha256:c")
  metrics.failed("exec")
  metrics.skipped("service_account_required")
  metrics.flightJoined()
  metrics.serviceAccountRead()
  metrics.tokenAsked()
  cache.hit()
  cache.missed()
  cache.evicted()
  cache.holds(1)
})

describe("ProviderMetrics", () => {
  it.effect("MET-11: series appear on first use", () =>
    counted(Effect.gen(function*() {
      const metrics = yield* ProviderMetrics.make("acme")
      yield* CacheMetrics.make("acme")
      assert.deepStrictEqual(yield* series, [])
      metrics.flightJoined()
      metrics.failed("echo")
      assert.deepStrictEqual(yield* series, [
        `credlet_flights_joined_total{plugin_name="acme"} 1`,
        `credlet_provider_failures_total{plugin_name="acme",reason="echo"} 1`
      ])
    })))

  it.effect("MET-10: plugin_name is the provider's name as it stands in the config", () =>
    counted(Effect.gen(function*() {
      const metrics = yield* ProviderMetrics.make(`a-b.c "d"`)
      metrics.tokenAsked()
      assert.deepStrictEqual(yield* series, [`credlet_token_requests_total{plugin_name="a-b.c \\"d\\""} 1`])
    })))

  it.effect("providers of one name add up, those of others do not", () =>
    counted(Effect.gen(function*() {
      for (const name of ["acme", "acme", "other"]) {
        const metrics = yield* ProviderMetrics.make(name)
        const cache = yield* CacheMetrics.make(name)
        metrics.serviceAccountRead()
        metrics.skipped("annotation_missing")
        cache.hit()
        cache.hit()
        cache.missed()
        cache.holds(3)
      }
      assert.deepStrictEqual(yield* series, [
        `credlet_cache_entries{plugin_name="acme"} 6`,
        `credlet_cache_entries{plugin_name="other"} 3`,
        `credlet_cache_hits_total{plugin_name="acme"} 4`,
        `credlet_cache_hits_total{plugin_name="other"} 2`,
        `credlet_cache_misses_total{plugin_name="acme"} 2`,
        `credlet_cache_misses_total{plugin_name="other"} 1`,
        `credlet_provider_skipped_total{plugin_name="acme",reason="annotation_missing"} 2`,
        `credlet_provider_skipped_total{plugin_name="other",reason="annotation_missing"} 1`,
        `credlet_service_account_gets_total{plugin_name="acme"} 2`,
        `credlet_service_account_gets_total{plugin_name="other"} 1`
      ])
    })))

  it.effect("entries go with their scope, each layer's its own, and none comes afterwards", () =>
    counted(Effect.gen(function*() {
      const first = yield* Scope.make()
      const second = yield* Scope.make()
      const one = yield* Scope.provide(CacheMetrics.make("acme"), first)
      const two = yield* Scope.provide(CacheMetrics.make("acme"), second)
      one.holds(5)
      one.holds(4)
      two.holds(2)
      yield* Scope.close(first, Exit.void)
      one.holds(9)
      assert.deepStrictEqual(yield* series, [`credlet_cache_entries{plugin_name="acme"} 2`])
      yield* Scope.close(second, Exit.void)
      assert.deepStrictEqual(yield* series, [`credlet_cache_entries{plugin_name="acme"} 0`])
    })))

  it.effect("MET-3, MET-13: the config's hash; another one takes the place of the first", () =>
    counted(Effect.gen(function*() {
      const reloaded = yield* Scope.make()
      yield* Scope.provide(ProviderMetrics.configApplied("sha256:config1"), reloaded)
      assert.deepStrictEqual(yield* series, [`kubelet_credential_provider_config_info{hash="sha256:config1"} 1`])
      yield* Scope.close(reloaded, Exit.void)
      yield* ProviderMetrics.configApplied("sha256:config2")
      assert.deepStrictEqual(yield* series, [`kubelet_credential_provider_config_info{hash="sha256:config2"} 1`])
    })))

  it.effect("MET-3: of two registries of the same files one may go", () =>
    counted(Effect.gen(function*() {
      const first = yield* Scope.make()
      yield* Scope.provide(ProviderMetrics.configApplied("sha256:c"), first)
      yield* ProviderMetrics.configApplied("sha256:c")
      yield* Scope.close(first, Exit.void)
      assert.deepStrictEqual(yield* series, [`kubelet_credential_provider_config_info{hash="sha256:c"} 1`])
    })))

  it.effect("Enabled is false: nothing is counted", () =>
    counted(Effect.gen(function*() {
      yield* countAll
      assert.deepStrictEqual(yield* series, [])
    })).pipe(Effect.provideService(ProviderMetrics.Enabled, false)))

  it.effect("a series that is removed begins anew", () =>
    counted(Effect.gen(function*() {
      const cache = yield* CacheMetrics.make("acme")
      cache.hit()
      cache.hit()
      ;(yield* Metric.MetricRegistry).clear()
      cache.hit()
      assert.deepStrictEqual(yield* series, [`credlet_cache_hits_total{plugin_name="acme"} 1`])
    })))

  it.effect("attributes that a program puts on its metrics are on these too", () =>
    counted(Effect.gen(function*() {
      const cache = yield* CacheMetrics.make("acme")
      cache.hit()
      cache.missed()
      assert.deepStrictEqual(yield* series, [
        `credlet_cache_hits_total{plugin_name="acme",node="n1"} 1`,
        `credlet_cache_misses_total{plugin_name="acme",node="n1"} 1`
      ])
    })).pipe(Effect.provideService(Metric.CurrentMetricAttributes, { node: "n1" })))

  it.effect("each metric has a description, and counters end in _total", () =>
    counted(Effect.gen(function*() {
      yield* countAll
      const lines = (yield* PrometheusMetrics.format()).split("\n")
      const types = lines.filter((line) => line.startsWith("# TYPE"))
      assert.strictEqual(types.length, 10)
      assert.strictEqual(lines.filter((line) => line.startsWith("# HELP")).length, types.length)
      for (const line of types) assert.strictEqual(line.includes("_total "), line.endsWith(" counter"), line)
    })))
})

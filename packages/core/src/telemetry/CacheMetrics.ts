/**
 * How one provider's cache does, which the kubelet does not tell (MET-16). A hit costs some tens of nanoseconds more with
 * metrics than without; labels and registry are those of `ProviderMetrics`.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type * as Scope from "effect/Scope"
import { tally } from "./internal/tally.ts"
import { Enabled } from "./ProviderMetrics.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface CacheMetrics {
  readonly hit: () => void
  readonly missed: () => void
  /** The cache is full: the least recently used entry had to go. */
  readonly evicted: () => void
  /** So many entries are held now, expired ones included. */
  readonly holds: (entries: number) => void
}

const off: CacheMetrics = { hit: () => {}, missed: () => {}, evicted: () => {}, holds: () => {} }

/**
 * The metrics of the cache of the provider of that name; those of two of one name add up. When the scope closes, its
 * entries no longer count.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: (provider: string) => Effect.Effect<CacheMetrics, never, Scope.Scope> = Effect.fnUntraced(
  function*(provider) {
    if (!(yield* Enabled)) return off
    const context = yield* Effect.context<never>()
    const counter = (name: string, description: string) =>
      Metric.counter(name, { description, incremental: true, attributes: { plugin_name: provider } })
    const hits = counter("credlet_cache_hits_total", "Looks into the provider's cache that found an answer")
    const misses = counter("credlet_cache_misses_total", "Looks into the provider's cache that found no answer")
    const evictions = counter(
      "credlet_cache_evictions_total",
      "Answers that were dropped from the provider's cache because it was full"
    )
    const entries = Metric.gauge("credlet_cache_entries", {
      description: "Answers in the provider's cache, expired ones that were not dropped yet included",
      attributes: { plugin_name: provider }
    })
    let held = 0
    let isOpen = true
    const holds = (now: number) => {
      if (now === held || !isOpen) return
      entries.modifyUnsafe(now - held, context)
      held = now
    }
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        holds(0)
        isOpen = false
      })
    )
    return {
      hit: tally(hits, context),
      missed: () => misses.updateUnsafe(1, context),
      evicted: () => evictions.updateUnsafe(1, context),
      holds
    }
  }
)

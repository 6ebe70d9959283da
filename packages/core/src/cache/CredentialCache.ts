/**
 * What plugins answered, until it expires: one cache a provider, in memory, bounded. Time is the clock's monotonic one, as
 * Go compares times within a process, so a corrected wall clock neither revives nor kills an entry. Rules: CACHE-20…33.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { DockerConfig } from "../credential/DockerConfig.ts"
import { LookupTrace, type Recorder } from "../LookupTrace.ts"
import * as Profile from "../Profile.ts"
import * as CacheMetrics from "../telemetry/CacheMetrics.ts"
import * as GoDuration from "../text/GoDuration.ts"
import * as CacheKey from "./CacheKey.ts"

/**
 * One provider's entries.
 *
 * @since 0.1.0
 * @category models
 */
export interface ProviderCache {
  /**
   * The first entry of these keys that has not expired, in their order (CACHE-40); never runs anything. Whether there was
   * one is counted, and told to `LookupTrace`.
   */
  readonly find: (keys: CacheKey.Keys) => Effect.Effect<DockerConfig | undefined>
  /** Replaces what the key held (CACHE-23). A negative duration stores an entry that is expired already (RESP-24). */
  readonly store: (key: string, config: DockerConfig, duration: Duration.Duration) => Effect.Effect<void>
  /** What is held, expired entries included (CACHE-33), the least recently used first. No secrets: keys and times. */
  readonly entries: Effect.Effect<ReadonlyArray<CacheEntry>>
}

/**
 * @since 0.1.0
 * @category models
 */
export interface CacheEntry {
  readonly key: string
  /** Negative if the entry has expired and was not dropped yet. */
  readonly remaining: Duration.Duration
}

/**
 * @since 0.1.0
 * @category services
 */
export class CredentialCache extends Context.Service<CredentialCache, {
  /** A new, empty cache; its purge timer starts now (CACHE-30, CFG-122). Its entries are counted until the scope closes. */
  readonly open: (provider: string) => Effect.Effect<ProviderCache, never, Scope.Scope>
}>()("@credlet/core/cache/CredentialCache") {}

/**
 * Caches in memory, each bounded by `Profile.cacheCapacity`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerMemory: Layer.Layer<CredentialCache> = Layer.effect(
  CredentialCache,
  Effect.map(
    Profile.Profile,
    ({ cacheCapacity }) => CredentialCache.of({ open: (provider) => openMemory(provider, cacheCapacity) })
  )
)

interface Entry {
  readonly expiresAt: bigint
  /** The docker config, made an effect once: a hit allocates nothing. */
  readonly found: Effect.Effect<DockerConfig>
}

/** CACHE-30: expired entries are dropped once in this time, before a lookup; there is no background timer (CACHE-31). */
const purgeInterval = Duration.toNanosUnsafe(Duration.minutes(15))

const now = (clock: Clock.Clock): bigint => clock.monotonicTimeNanosUnsafe()

const openMemory = Effect.fnUntraced(function*(
  provider: string,
  capacity: number
): Effect.fn.Return<ProviderCache, never, Scope.Scope> {
  const metrics = yield* CacheMetrics.make(provider)
  // In the order of use, the least recently used first, wherever there is a bound.
  const entries = new Map<string, Entry>()
  let lastPurge = now(yield* Clock.Clock)
  let newest: string | undefined

  const touch = (key: string, entry: Entry): void => {
    if (key === newest) return
    entries.delete(key)
    entries.set(key, entry)
    newest = key
  }

  const purge = (at: bigint): void => {
    if (at <= lastPurge + purgeInterval) return
    lastPurge = at
    for (const [key, entry] of entries) if (at > entry.expiresAt) entries.delete(key)
    metrics.holds(entries.size)
  }

  const findFirst = (keys: ReadonlyArray<string>, at: bigint): Entry | undefined => {
    purge(at)
    for (const key of keys) {
      const entry = entries.get(key)
      if (entry === undefined) continue
      // CACHE-20: at its very end an entry still counts.
      if (at > entry.expiresAt) {
        entries.delete(key)
        metrics.holds(entries.size)
        continue
      }
      if (capacity !== Infinity) touch(key, entry)
      return entry
    }
    return undefined
  }

  const evict = (): void => {
    const oldest = entries.keys().next()
    if (oldest.done) return
    entries.delete(oldest.value)
    metrics.evicted()
  }

  const reportHit = (recorder: Recorder, keys: CacheKey.Keys, entry: Entry, at: bigint): void => {
    const scope = CacheKey.scopes.find((scope) => entries.get(keys[scope]) === entry)
    if (scope === undefined) return
    recorder.report({ _tag: "CacheHit", provider, scope, remaining: Duration.nanos(entry.expiresAt - at) })
  }

  return {
    find: (keys) =>
      Effect.withFiber((fiber) => {
        const at = now(fiber.getRef(Clock.Clock))
        const entry = findFirst(keys.all, at)
        const recorder = fiber.getRef(LookupTrace)
        if (entry === undefined) {
          metrics.missed()
          recorder?.report({ _tag: "CacheMissed", provider, scopes: CacheKey.scopes })
          return Effect.undefined
        }
        metrics.hit()
        if (recorder !== undefined) reportHit(recorder, keys, entry, at)
        return entry.found
      }),
    store: (key, config, duration) =>
      Effect.clockWith((clock) => {
        entries.delete(key)
        entries.set(key, {
          found: Effect.succeed(config),
          expiresAt: now(clock) + GoDuration.toNanos(duration) // CACHE-29: "for ever" is what Go's durations can say
        })
        newest = key
        if (entries.size > capacity) evict()
        metrics.holds(entries.size)
        return Effect.void
      }),
    entries: Effect.clockWith((clock) => {
      const at = now(clock)
      return Effect.succeed(
        Array.from(entries, ([key, entry]) => ({ key, remaining: Duration.nanos(entry.expiresAt - at) }))
      )
    })
  }
})

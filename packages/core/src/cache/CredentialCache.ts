/**
 * What plugins answered, until it expires: one cache a provider, in memory, bounded. Time is the clock's monotonic one, as
 * Go compares times within a process, so a corrected wall clock neither revives nor kills an entry. Rules: CACHE-20…33.
 *
 * @since 0.1.0
 */
import type * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { DockerConfig } from "../credential/DockerConfig.ts"
import * as Profile from "../Profile.ts"

/**
 * One provider's entries.
 *
 * @since 0.1.0
 * @category models
 */
export interface ProviderCache {
  /** The first entry of these keys that has not expired, in the order given (CACHE-40); never runs anything. */
  readonly find: (keys: ReadonlyArray<string>) => Effect.Effect<DockerConfig | undefined>
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
  /** A new, empty cache; its purge timer starts now (CACHE-30, CFG-122). */
  readonly open: (provider: string) => Effect.Effect<ProviderCache>
}>()("@credlet/core/cache/CredentialCache") {}

/**
 * Caches in memory, each bounded by `Profile.cacheCapacity`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerMemory: Layer.Layer<CredentialCache> = Layer.effect(
  CredentialCache,
  Effect.map(Profile.Profile, ({ cacheCapacity }) => CredentialCache.of({ open: () => openMemory(cacheCapacity) }))
)

interface Entry {
  readonly config: DockerConfig
  readonly expiresAt: bigint
}

/** CACHE-30: expired entries are dropped once in this time, before a lookup; there is no background timer (CACHE-31). */
const purgeInterval = Duration.toNanosUnsafe(Duration.minutes(15))

/** CACHE-29: what Go's durations can say; also for an answer that says "for ever". */
const longest = Duration.nanos(2n ** 63n - 1n)

const now = (clock: Clock.Clock): bigint => clock.monotonicTimeNanosUnsafe()

const openMemory = (capacity: number): Effect.Effect<ProviderCache> =>
  Effect.clockWith((built) =>
    Effect.sync(() => {
      // In the order of use, the least recently used first, wherever there is a bound.
      const entries = new Map<string, Entry>()
      let lastPurge = now(built)
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
      }

      const find = (keys: ReadonlyArray<string>, at: bigint): DockerConfig | undefined => {
        purge(at)
        for (const key of keys) {
          const entry = entries.get(key)
          if (entry === undefined) continue
          // CACHE-20: at its very end an entry still counts.
          if (at > entry.expiresAt) {
            entries.delete(key)
            continue
          }
          if (capacity !== Infinity) touch(key, entry)
          return entry.config
        }
        return undefined
      }

      return {
        find: (keys) => Effect.clockWith((clock) => Effect.succeed(find(keys, now(clock)))),
        store: (key, config, duration) =>
          Effect.clockWith((clock) => {
            entries.delete(key)
            entries.set(key, {
              config,
              expiresAt: now(clock) + Duration.toNanosUnsafe(Duration.min(duration, longest))
            })
            newest = key
            if (entries.size > capacity) {
              const oldest = entries.keys().next()
              if (!oldest.done) entries.delete(oldest.value)
            }
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
  )

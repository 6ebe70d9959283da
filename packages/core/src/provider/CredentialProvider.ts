/**
 * One provider of the config at work: cache → flight → plugin → checks → store. Whether it is asked at all, its patterns
 * decide (`ProviderIndex`). Rules: CACHE-40…45, RESP-20…25, FLIGHT-1…9; in `Profile.flights: "scope"` callers in one
 * scope wait for each other.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as CacheKey from "../cache/CacheKey.ts"
import { CredentialCache, type ProviderCache } from "../cache/CredentialCache.ts"
import * as SingleFlight from "../cache/SingleFlight.ts"
import type { CheckedProvider } from "../config/ProviderConfig.ts"
import type { DockerConfig } from "../credential/DockerConfig.ts"
import type { ImagePattern } from "../image/ImagePattern.ts"
import type { PluginError } from "../plugin/PluginError.ts"
import type { PluginResponse } from "../plugin/PluginProtocol.ts"
import { PluginRunner } from "../plugin/PluginRunner.ts"
import * as Profile from "../Profile.ts"
import type { LookupTarget } from "./LookupTarget.ts"
import { type ProviderError, UncacheableImage, UnknownCacheKeyType } from "./ProviderError.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface CredentialProvider {
  readonly name: string
  readonly patterns: ReadonlyArray<ImagePattern>
  /** The provider answers only for pods with a service account (SA-10): others get nothing from it. */
  readonly requiresServiceAccount: boolean
  /** What the provider has for an image that its patterns match: from its cache, or else from its plugin. */
  readonly provide: (target: LookupTarget) => Effect.Effect<DockerConfig, ProviderError>
  /** For inspection: keys and times, no credentials. */
  readonly cache: ProviderCache
}

/**
 * `path` is the plugin's program, which `ProviderRegistry` has looked at.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = Effect.fnUntraced(function*(config: CheckedProvider, path: string) {
  const { flights: sharing } = yield* Profile.Profile
  const runner = yield* PluginRunner
  const cache = yield* (yield* CredentialCache).open(config.name)
  const flights = yield* SingleFlight.make<PluginResponse, PluginError>()
  const scopeFlights = yield* SingleFlight.make<FirstAnswer, never>()
  const { name } = config
  const plugin = { provider: name, path, apiVersion: config.apiVersion, args: config.args, env: config.env }

  /** The scope of the last answer that was cached: what the next callers may wait for (`Profile.flights`). */
  let lastScope: CacheKey.Scope | undefined

  const accept = Effect.fnUntraced(function*(response: PluginResponse, keys: CacheKey.PlainKeys) {
    const scope = response.cacheKeyType
    if (!CacheKey.isScope(scope)) {
      return yield* new UnknownCacheKeyType({
        provider: name,
        value: /^[A-Za-z]{0,32}$/.test(scope) ? scope : undefined
      })
    }
    const answer = response.auth ?? noCredentials
    const duration = response.cacheDuration ?? config.defaultCacheDuration
    if (Duration.isZero(duration)) {
      lastScope = undefined
    } else {
      lastScope = scope
      yield* cache.store(keys[scope], answer, duration)
    }
    return answer
  })

  const run = (target: LookupTarget, keys: CacheKey.PlainKeys): Effect.Effect<DockerConfig, ProviderError> =>
    Effect.flatMap(
      flights.run(target.repository, runner.run(plugin, { image: target.repository })),
      (response) => accept(response, keys)
    )

  /** The first caller in a scope runs the plugin; the others look in the cache when it is done, and only then run it. */
  const runInScope = (target: LookupTarget, keys: CacheKey.PlainKeys, scope: CacheKey.Scope) => {
    const first = Effect.map(Effect.exit(run(target, keys)), (exit) => ({ repository: target.repository, exit }))
    return Effect.flatMap(
      scopeFlights.run(keys[scope], first),
      ({ exit, repository }) =>
        repository === target.repository
          ? exit
          : Effect.flatMap(
            cache.find(keys.all),
            (found) => found === undefined ? run(target, keys) : Effect.succeed(found)
          )
    )
  }

  const miss = (target: LookupTarget, keys: CacheKey.PlainKeys) =>
    Effect.suspend(() =>
      sharing === "image" || lastScope === undefined || lastScope === "Image"
        ? run(target, keys)
        : runInScope(target, keys, lastScope)
    )

  const provide = (target: LookupTarget): Effect.Effect<DockerConfig, ProviderError> => {
    const keys = target.keys
    if (Result.isFailure(keys)) return new UncacheableImage({ provider: name, reason: keys.failure })
    const onMiss = miss(target, keys.success)
    return Effect.flatMap(
      cache.find(keys.success.all),
      (found) => found === undefined ? onMiss : Effect.succeed(found)
    )
  }

  const provider: CredentialProvider = {
    name,
    patterns: config.patterns,
    requiresServiceAccount: config.tokenAttributes?.requireServiceAccount === true,
    provide,
    cache
  }
  return provider
})

interface FirstAnswer {
  readonly repository: string
  readonly exit: Effect.Effect<DockerConfig, ProviderError>
}

/** An answer without credentials is an answer, and cached like any other (CACHE-24). */
const noCredentials: DockerConfig = new Map()

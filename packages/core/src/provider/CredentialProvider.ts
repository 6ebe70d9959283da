/**
 * One provider of the config at work: identity → cache → plugin (`PluginAnswers`). Whether it is asked at all, its patterns
 * decide (`ProviderIndex`). Rules: CACHE-40…46, FLIGHT-2, FLIGHT-3, SA-10, SA-11, SA-13, SA-20.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as CacheKey from "../cache/CacheKey.ts"
import { CredentialCache, type ProviderCache } from "../cache/CredentialCache.ts"
import type { CheckedProvider, CheckedTokenAttributes } from "../config/ProviderConfig.ts"
import type { DockerConfig } from "../credential/DockerConfig.ts"
import type { PodIdentity } from "../identity/PodIdentity.ts"
import type { ImagePattern } from "../image/ImagePattern.ts"
import * as Profile from "../Profile.ts"
import * as ProviderMetrics from "../telemetry/ProviderMetrics.ts"
import * as IdentityStage from "./IdentityStage.ts"
import { failureReason } from "./internal/failureReason.ts"
import type { LookupTarget } from "./LookupTarget.ts"
import * as PluginAnswers from "./PluginAnswers.ts"
import * as PluginQuestion from "./PluginQuestion.ts"
import type { ProviderAnswer, Skipped } from "./ProviderAnswer.ts"
import { type ProviderError, UncacheableAnswer } from "./ProviderError.ts"
import * as ServiceAccountMode from "./ServiceAccountMode.ts"
import * as TokenHash from "./TokenHash.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface CredentialProvider {
  readonly name: string
  readonly patterns: ReadonlyArray<ImagePattern>
  /** Whether it makes a difference for which pod the provider is asked (CFG-121). */
  readonly usesServiceAccounts: boolean
  /**
   * What the provider has for an image that its patterns match: from its cache, or else from its plugin. Without a pod it
   * is asked as for one that has no service account.
   */
  readonly provide: (target: LookupTarget, pod?: PodIdentity) => Effect.Effect<ProviderAnswer, ProviderError>
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
  const switches = yield* Profile.Profile
  const attributes = ServiceAccountMode.attributesOf(config, switches.serviceAccountTokens)
  const metrics = yield* ProviderMetrics.make(config.name)
  const cache = yield* (yield* CredentialCache).open(config.name)
  const answers = yield* PluginAnswers.make(config, path, cache, metrics)
  const stages = { name: config.name, cache, answers, metrics }
  const providePlain = makePlain(stages)
  const provider: CredentialProvider = {
    name: config.name,
    patterns: config.patterns,
    usesServiceAccounts: attributes !== undefined,
    provide: attributes === undefined
      ? providePlain
      : yield* makeForPod(stages, attributes, providePlain),
    cache
  }
  return provider
})

interface Stages {
  readonly name: string
  readonly cache: ProviderCache
  readonly answers: PluginAnswers.PluginAnswers
  readonly metrics: ProviderMetrics.ProviderMetrics
}

/** Each lookup counts, also one that shares the failure of another's run. */
const counted = <A>({ metrics }: Stages, effect: Effect.Effect<A, ProviderError>): Effect.Effect<A, ProviderError> =>
  Effect.tapError(effect, (error) => Effect.sync(() => metrics.failed(failureReason(error))))

type ProvidePlain = (target: LookupTarget) => Effect.Effect<ProviderAnswer, ProviderError>

const makePlain = (stages: Stages): ProvidePlain => (target) => {
  const { answers, cache, name } = stages
  const { keys } = target
  if (Result.isFailure(keys)) {
    return counted(stages, Effect.fail(new UncacheableAnswer({ provider: name, reason: keys.failure })))
  }
  return Effect.flatMap(
    cache.find(keys.success),
    (found) =>
      found === undefined
        ? Effect.map(counted(stages, answers.ask(PluginQuestion.plain(target.repository, keys.success))), givenPlain)
        : Effect.succeed(givenPlain(found))
  )
}

const givenPlain = (config: DockerConfig): ProviderAnswer => ({ _tag: "Given", config, coordinates: undefined })

const makeForPod = Effect.fnUntraced(function*(
  stages: Stages,
  attributes: CheckedTokenAttributes,
  providePlain: ProvidePlain
) {
  const { answers, cache, metrics, name } = stages
  const { flights } = yield* Profile.Profile
  const identify = yield* IdentityStage.make(name, attributes, metrics)
  const hash = yield* TokenHash.make
  const uncacheable = (reason: CacheKey.CacheKeyTooLong) => new UncacheableAnswer({ provider: name, reason })

  const provideFor = Effect.fnUntraced(function*(
    target: LookupTarget,
    pod: PodIdentity
  ): Effect.fn.Return<ProviderAnswer, ProviderError> {
    const identified = yield* identify(pod, target.repository)
    if (Result.isFailure(identified)) {
      metrics.skipped("annotation_missing")
      const skipped = { provider: name, reason: "AnnotationMissing", annotation: identified.failure } as const
      return { _tag: "Skipped", skipped }
    }
    const { annotations, coordinates, token } = identified.success
    const { cacheType } = attributes
    // The hash is in the cache's keys for one cacheType only, and else in none before the plugin is asked.
    const tokenHash = cacheType === "Token" ? yield* hash(token) : ""
    const part = CacheKey.serviceAccountPart({ ...coordinates, annotations, cacheType, tokenHash })
    const keys = yield* Effect.fromResult(
      Result.flatMap(target.keys, (plain) => Result.flatMap(part, (one) => CacheKey.forServiceAccount(plain, one)))
    ).pipe(Effect.mapError(uncacheable))
    const found = yield* cache.find(keys)
    if (found !== undefined) return { _tag: "Given", config: found, coordinates }
    const flight = CacheKey.flightKey({
      repository: target.repository,
      tokenHash: yield* hash(token),
      annotations,
      account: flights === "scope" ? coordinates : undefined
    })
    if (Result.isFailure(flight)) return yield* uncacheable(flight.failure)
    const question = PluginQuestion.forServiceAccount(target.repository, {
      account: coordinates,
      flight: flight.success,
      keys,
      annotations,
      token,
      guarded: ServiceAccountMode.guardedToken(attributes, token)
    })
    return { _tag: "Given", config: yield* answers.ask(question), coordinates }
  })

  const required: Skipped = { _tag: "Skipped", skipped: { provider: name, reason: "ServiceAccountRequired" } }
  const skip = Effect.sync(() => {
    metrics.skipped("service_account_required")
    return required
  })
  const provideWithout: ProvidePlain = attributes.requireServiceAccount ? () => skip : providePlain
  const provide: CredentialProvider["provide"] = (target, pod) =>
    ServiceAccountMode.hasServiceAccount(pod) ? counted(stages, provideFor(target, pod)) : provideWithout(target)
  return provide
})

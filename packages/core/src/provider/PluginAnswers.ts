/**
 * What one provider's plugin answers, with as few runs as may be: flight → plugin → checks → store. Rules: RESP-20…25,
 * FLIGHT-1…9, SA-30…33; in `Profile.flights: "scope"` callers in one scope wait for each other.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as CacheKey from "../cache/CacheKey.ts"
import type { ProviderCache } from "../cache/CredentialCache.ts"
import * as SingleFlight from "../cache/SingleFlight.ts"
import type { CheckedProvider } from "../config/ProviderConfig.ts"
import type { DockerConfig } from "../credential/DockerConfig.ts"
import * as LookupTrace from "../LookupTrace.ts"
import type { PluginError } from "../plugin/PluginError.ts"
import type { PluginResponse } from "../plugin/PluginProtocol.ts"
import { PluginRunner } from "../plugin/PluginRunner.ts"
import * as Profile from "../Profile.ts"
import * as LookupLog from "../telemetry/LookupLog.ts"
import type { ProviderMetrics } from "../telemetry/ProviderMetrics.ts"
import { stageSpan } from "./internal/stageSpan.ts"
import type { PluginQuestion } from "./PluginQuestion.ts"
import { type ProviderError, TokenEchoed, UnknownCacheKeyType } from "./ProviderError.ts"
import * as ServiceAccountMode from "./ServiceAccountMode.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface PluginAnswers {
  /** Runs the plugin, or waits for somebody who does; what may be kept is in the cache afterwards. */
  readonly ask: (question: PluginQuestion) => Effect.Effect<DockerConfig, ProviderError>
}

/**
 * @since 0.1.0
 * @category constructors
 */
export const make = Effect.fnUntraced(function*(
  config: CheckedProvider,
  path: string,
  cache: ProviderCache,
  metrics: ProviderMetrics
) {
  const { containedToken, flights: sharing } = yield* Profile.Profile
  const runner = yield* PluginRunner
  const flights = yield* SingleFlight.make<PluginResponse, PluginError>()
  const scopeFlights = yield* SingleFlight.make<FirstAnswer, never>()
  const { name } = config
  const plugin = { provider: name, path, apiVersion: config.apiVersion, args: config.args, env: config.env }

  /** The scope of the last answer that was cached: what the next callers may wait for (`Profile.flights`). */
  let lastScope: CacheKey.Scope | undefined

  const joined = Effect.andThen(
    LookupTrace.report(() => ({ _tag: "FlightJoined", provider: name })),
    Effect.sync(metrics.flightJoined)
  )

  const execute = ({ guarded, request }: PluginQuestion) => {
    const run = Effect.andThen(LookupLog.pluginStarting(name, request.image), runner.run(plugin, request))
    if (guarded === undefined || containedToken === "accept") return run
    return Effect.tap(
      run,
      (response) =>
        ServiceAccountMode.isContained(response, guarded) && !ServiceAccountMode.isEchoed(response, guarded)
          ? LookupLog.tokenContained(name, request.image)
          : Effect.void
    )
  }

  const accept = Effect.fnUntraced(function*(response: PluginResponse, question: PluginQuestion) {
    const { guarded, keys } = question
    const isTokenEchoed = guarded && ServiceAccountMode.isEchoed(response, guarded)
    yield* LookupTrace.report(() => ({
      _tag: "AnswerChecked",
      provider: name,
      locations: response.auth?.size ?? 0,
      ...(isTokenEchoed === undefined ? {} : { isTokenEchoed })
    }))
    if (isTokenEchoed) return yield* new TokenEchoed({ provider: name })
    const scope = response.cacheKeyType
    if (!CacheKey.isScope(scope)) {
      return yield* new UnknownCacheKeyType({
        provider: name,
        value: /^[A-Za-z]{0,32}$/.test(scope) ? scope : undefined
      })
    }
    const answer = response.auth ?? noCredentials
    const lifetime = response.cacheDuration ?? config.defaultCacheDuration
    const isDefault = response.cacheDuration === undefined
    if (Duration.isZero(lifetime)) {
      lastScope = undefined
      yield* LookupTrace.report(() => ({ _tag: "NotStored", provider: name, isDefault }))
    } else {
      lastScope = scope
      yield* cache.store(keys[scope], answer, lifetime)
      yield* LookupTrace.report(() => ({ _tag: "Stored", provider: name, scope, lifetime, isDefault }))
    }
    return answer
  })

  /** Only the run itself is shared; each caller checks and stores for himself (FLIGHT-9). */
  const run: PluginAnswers["ask"] = (question) =>
    Effect.flatMap(
      flights.run(question.flight, execute(question), joined),
      (response) => accept(response, question)
    )

  /** The first caller in a scope runs the plugin; the others look in the cache when it is done, and only then run it. */
  const runInScope = Effect.fnUntraced(function*(question: PluginQuestion, scope: CacheKey.Scope) {
    const { flight, keys } = question
    let isFirst = true
    const answer = yield* scopeFlights.run(
      keys[scope],
      Effect.map(Effect.exit(run(question)), (exit) => ({ flight, exit })),
      Effect.sync(() => {
        isFirst = false
      })
    )
    if (answer.flight === flight) {
      if (!isFirst) yield* joined
      return yield* answer.exit
    }
    yield* LookupTrace.report(() => ({ _tag: "ScopeAwaited", provider: name, scope }))
    const found = yield* cache.find(keys)
    return found ?? (yield* run(question))
  })

  const ask: PluginAnswers["ask"] = (question) => {
    const asking = sharing === "image" || lastScope === undefined || lastScope === "Image"
      ? run(question)
      : runInScope(question, lastScope)
    return stageSpan(asking, "credlet.provider.ask", {
      provider: name,
      image: question.request.image,
      account: question.account
    })
  }
  return { ask }
})

interface FirstAnswer {
  /** For which question it is: the flight's key. */
  readonly flight: string
  readonly exit: Effect.Effect<DockerConfig, ProviderError>
}

/** An answer without credentials is an answer, and cached like any other (CACHE-24). */
const noCredentials: DockerConfig = new Map()

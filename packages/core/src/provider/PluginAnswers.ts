/**
 * What one provider's plugin answers, with as few runs as may be: flight → plugin → checks → store. Rules: RESP-20…25,
 * FLIGHT-1…9, SA-30…33; in `Profile.flights: "scope"` callers in one scope wait for each other.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as CacheKey from "../cache/CacheKey.ts"
import type { ProviderCache } from "../cache/CredentialCache.ts"
import * as SingleFlight from "../cache/SingleFlight.ts"
import type { CheckedProvider } from "../config/ProviderConfig.ts"
import type { DockerConfig } from "../credential/DockerConfig.ts"
import type { PluginError } from "../plugin/PluginError.ts"
import type { PluginResponse } from "../plugin/PluginProtocol.ts"
import { PluginRunner } from "../plugin/PluginRunner.ts"
import * as Profile from "../Profile.ts"
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
export const make = Effect.fnUntraced(function*(config: CheckedProvider, path: string, cache: ProviderCache) {
  const { containedToken, flights: sharing } = yield* Profile.Profile
  const runner = yield* PluginRunner
  const flights = yield* SingleFlight.make<PluginResponse, PluginError>()
  const scopeFlights = yield* SingleFlight.make<FirstAnswer, never>()
  const { name } = config
  const plugin = { provider: name, path, apiVersion: config.apiVersion, args: config.args, env: config.env }

  /** The scope of the last answer that was cached: what the next callers may wait for (`Profile.flights`). */
  let lastScope: CacheKey.Scope | undefined

  const warnIfContained = (response: PluginResponse, token: Redacted.Redacted) =>
    ServiceAccountMode.isContained(response, token) && !ServiceAccountMode.isEchoed(response, token)
      ? Effect.logWarning(
        `provider "${name}": the plugin's answer contains the service account's token; it is cached for all pods of the ` +
          "account, so if the registry takes such tokens, set cacheType: Token in the provider's tokenAttributes"
      )
      : Effect.void

  const execute = ({ guarded, request }: PluginQuestion) => {
    const run = runner.run(plugin, request)
    if (guarded === undefined || containedToken === "accept") return run
    return Effect.tap(run, (response) => warnIfContained(response, guarded))
  }

  const accept = Effect.fnUntraced(function*(response: PluginResponse, question: PluginQuestion) {
    const { guarded, keys } = question
    if (guarded !== undefined && ServiceAccountMode.isEchoed(response, guarded)) {
      return yield* new TokenEchoed({ provider: name })
    }
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

  /** Only the run itself is shared; each caller checks and stores for himself (FLIGHT-9). */
  const run: PluginAnswers["ask"] = (question) =>
    Effect.flatMap(flights.run(question.flight, execute(question)), (response) => accept(response, question))

  /** The first caller in a scope runs the plugin; the others look in the cache when it is done, and only then run it. */
  const runInScope = (question: PluginQuestion, scope: CacheKey.Scope) => {
    const { flight, keys } = question
    const first = Effect.map(Effect.exit(run(question)), (exit) => ({ flight, exit }))
    return Effect.flatMap(
      scopeFlights.run(keys[scope], first),
      (answer) =>
        answer.flight === flight
          ? answer.exit
          : Effect.flatMap(
            cache.find(keys.all),
            (found) => found === undefined ? run(question) : Effect.succeed(found)
          )
    )
  }

  const ask: PluginAnswers["ask"] = (question) =>
    sharing === "image" || lastScope === undefined || lastScope === "Image"
      ? run(question)
      : runInScope(question, lastScope)
  return { ask }
})

interface FirstAnswer {
  /** For which question it is: the flight's key. */
  readonly flight: string
  readonly exit: Effect.Effect<DockerConfig, ProviderError>
}

/** An answer without credentials is an answer, and cached like any other (CACHE-24). */
const noCredentials: DockerConfig = new Map()

/**
 * What a plugin is to be asked when the cache has no answer: the request, under which key its run is shared, and under
 * which ones its answer is kept. Rules: FLIGHT-2, FLIGHT-3, SA-11, SA-16, SA-19.
 *
 * @since 0.1.0
 */
import type * as Redacted from "effect/Redacted"
import type * as CacheKey from "../cache/CacheKey.ts"
import type { Coordinates } from "../credential/Credential.ts"
import type { PluginRequest } from "../plugin/PluginProtocol.ts"
import * as ServiceAccountMode from "./ServiceAccountMode.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface PluginQuestion {
  readonly request: PluginRequest
  /** Questions under way with this key are one. */
  readonly flight: string
  readonly keys: CacheKey.Keys
  /** The token that must not be a password in the answer (SA-30). */
  readonly guarded: Redacted.Redacted | undefined
  /** The service account that it is asked for. */
  readonly account: Coordinates | undefined
}

/**
 * Without a service account.
 *
 * @since 0.1.0
 * @category constructors
 */
export const plain = (repository: string, keys: CacheKey.Keys): PluginQuestion => ({
  request: { image: repository },
  flight: repository,
  keys,
  guarded: undefined,
  account: undefined
})

/**
 * @since 0.1.0
 * @category constructors
 */
export const forServiceAccount = (
  repository: string,
  options: Pick<PluginQuestion, "account" | "flight" | "guarded" | "keys"> & {
    readonly annotations: ReadonlyMap<string, string>
    readonly token: Redacted.Redacted
  }
): PluginQuestion => ({
  request: {
    image: repository,
    serviceAccountAnnotations: Object.fromEntries(options.annotations),
    ...(ServiceAccountMode.isEmpty(options.token) ? {} : { serviceAccountToken: options.token })
  },
  flight: options.flight,
  keys: options.keys,
  guarded: options.guarded,
  account: options.account
})

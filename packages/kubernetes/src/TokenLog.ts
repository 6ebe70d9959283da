/**
 * What the tokens write to the log, as fixed messages with fields: for whom a token is, never the token. Rules: LOG-11,
 * LOG-12, LOG-31, LOG-36.
 *
 * @since 0.1.0
 */
import type { IdentityError } from "@credlet/core/identity/IdentityError"
import type { TokenRequest } from "@credlet/core/identity/ServiceAccountTokens"
import * as Effect from "effect/Effect"

/**
 * The messages, for loggers that present an event in another way.
 *
 * @since 0.1.0
 * @category constants
 */
export const messages = {
  refreshFailed: "a service account token could not be refreshed: the old one is used while it is valid",
  withoutLifetime: "the API server did not say how long a service account token lives: it is used until it expires"
} as const

const fieldsOf = ({ audience, pod, serviceAccount }: TokenRequest) => ({
  serviceAccount: `${serviceAccount.namespace}/${serviceAccount.name}`,
  pod: `${serviceAccount.namespace}/${pod.name}`,
  podUID: pod.uid,
  audience
})

/**
 * LOG-11: once for each refresh that failed. The fields are what the kubelet's cache key is made of.
 *
 * @since 0.1.0
 * @category logging
 */
export const refreshFailed = (request: TokenRequest, error: IdentityError): Effect.Effect<void> =>
  Effect.annotateLogs(Effect.logError(messages.refreshFailed), { err: error.message, ...fieldsOf(request) })

/**
 * LOG-12: once for each such answer.
 *
 * @since 0.1.0
 * @category logging
 */
export const withoutLifetime = (request: TokenRequest): Effect.Effect<void> =>
  Effect.annotateLogs(Effect.logError(messages.withoutLifetime), fieldsOf(request))

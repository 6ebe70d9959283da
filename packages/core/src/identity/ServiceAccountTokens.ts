/**
 * Tokens that prove a pod's identity to a plugin: bound to the pod, for one audience. Layers: `@credlet/kubernetes` asks an
 * API server and keeps what it gets as the kubelet's token manager does. Rules: SA-17…19, TR-1, TOKEN-1…17.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type { Coordinates } from "../credential/Credential.ts"
import { IdentityError } from "./IdentityError.ts"

/**
 * For whom, for which pod, for which audience. The service account's UID is a precondition: a token of another account of
 * that name is refused.
 *
 * @since 0.1.0
 * @category models
 */
export interface TokenRequest {
  readonly serviceAccount: Coordinates
  readonly pod: { readonly name: string; readonly uid: string }
  readonly audience: string
}

/**
 * @since 0.1.0
 * @category services
 */
export class ServiceAccountTokens extends Context.Service<ServiceAccountTokens, {
  readonly get: (request: TokenRequest) => Effect.Effect<Redacted.Redacted, IdentityError>
}>()("@credlet/core/identity/ServiceAccountTokens") {}

/**
 * There is no API server: every request fails with `NotConfigured` (CFG-124, TOKEN-16).
 *
 * @since 0.1.0
 * @category layers
 */
export const layerNone: Layer.Layer<ServiceAccountTokens> = Layer.succeed(ServiceAccountTokens, {
  get: ({ serviceAccount: { name, namespace } }) =>
    new IdentityError({
      operation: `create token for serviceaccount ${namespace}/${name}`,
      failure: "NotConfigured",
      detail: ""
    })
})

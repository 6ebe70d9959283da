/**
 * Service accounts by name, as they are now. Each get is a `Request`: equal ones under way are one, the rest come to the
 * layer's resolver in batches. No Kubernetes client in here; `@credlet/kubernetes` has the layer over a real API server.
 * Rules: SA-12, TR-50…52.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Request from "effect/Request"
import { IdentityError } from "./IdentityError.ts"

/**
 * What Credlet needs of a service account: which one it is, and its annotations.
 *
 * @since 0.1.0
 * @category models
 */
export interface ServiceAccount {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly annotations: ReadonlyMap<string, string>
}

/**
 * @since 0.1.0
 * @category models
 */
export class GetServiceAccount extends Request.TaggedClass("GetServiceAccount")<
  { readonly namespace: string; readonly name: string },
  ServiceAccount,
  IdentityError
> {}

/**
 * @since 0.1.0
 * @category services
 */
export class ServiceAccounts extends Context.Service<ServiceAccounts, {
  readonly get: (namespace: string, name: string) => Effect.Effect<ServiceAccount, IdentityError>
}>()("@credlet/core/identity/ServiceAccounts") {}

/**
 * There is no API server: every get fails with `NotConfigured`, as the kubelet's without one do (CFG-124). Providers that
 * want no service accounts are not concerned.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerNone: Layer.Layer<ServiceAccounts> = Layer.succeed(ServiceAccounts, {
  get: (namespace, name) =>
    new IdentityError({ operation: `get serviceaccount ${namespace}/${name}`, failure: "NotConfigured", detail: "" })
})

/**
 * A fixed set, for tests and for programs that know their accounts.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerFixed = (accounts: ReadonlyArray<ServiceAccount>): Layer.Layer<ServiceAccounts> =>
  Layer.succeed(ServiceAccounts, {
    get: (namespace, name) => {
      const found = accounts.find((account) => account.namespace === namespace && account.name === name)
      return found === undefined
        ? new IdentityError({
          operation: `get serviceaccount ${namespace}/${name}`,
          failure: "ServiceAccountNotFound",
          detail: ""
        })
        : Effect.succeed(found)
    }
  })

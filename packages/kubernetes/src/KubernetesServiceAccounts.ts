/**
 * Service accounts from an API server. Each get is a `Request`; equal ones under way are one, and those that come together
 * are grouped by namespace: one or two are GETs, more are one LIST where the server allows it and it is the cheaper way.
 * By default nothing is kept, as the kubelet reads an account for each pull. Rules: SA-12, TR-50…52.
 *
 * @since 0.1.0
 */
import { IdentityError } from "@credlet/core/identity/IdentityError"
import { GetServiceAccount, ServiceAccounts } from "@credlet/core/identity/ServiceAccounts"
import * as Cache from "effect/Cache"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type * as Request from "effect/Request"
import * as RequestResolver from "effect/RequestResolver"
import { ApiServer } from "./ApiServer.ts"
import * as AccountReader from "./internal/AccountReader.ts"
import { isObjectName, shown } from "./internal/objectName.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /**
   * For how long an account that was read may be handed out again. A changed annotation, or an account made anew, is seen
   * that much later (TR-51): until then, lookups that need a token of an account made anew fail with
   * `ServiceAccountReplaced`, as their one retry is given the same old account. Default: not at all, as the kubelet.
   */
  readonly staleness?: Duration.Input
}

/**
 * Lookups that start together come here in some steps of their fibers. No time is waited for them, but as many turns of
 * the scheduler: far less than a request takes.
 */
const othersGoFirst = Effect.repeat(Effect.yieldNow, { times: 10 })

/** So many accounts are kept, or under way, at a time. */
const capacity = 10_000

/**
 * @since 0.1.0
 * @category constructors
 */
export const make: (
  options?: Options
) => Effect.Effect<ServiceAccounts["Service"], never, ApiServer> = Effect.fnUntraced(function*(options) {
  const staleness = Duration.fromInputUnsafe(options?.staleness ?? Duration.zero)
  const reader = yield* AccountReader.make(yield* ApiServer)

  const resolver = RequestResolver.make<GetServiceAccount>((entries) =>
    Effect.forEach(
      byNamespace(entries),
      ([namespace, wanted]) => reader.read(namespace, wanted),
      { concurrency: "unbounded", discard: true }
    )
  ).pipe(RequestResolver.setDelayEffect(othersGoFirst))

  // Merges equal gets, which a resolver does not; with a staleness of zero an answer is forgotten at once.
  const accounts = yield* Cache.makeWith(
    (key: string) => {
      const [namespace = "", name = ""] = key.split("/") // neither holds one: see below
      return Effect.request(new GetServiceAccount({ namespace, name }), resolver)
    },
    { capacity, timeToLive: (exit) => Exit.isSuccess(exit) ? staleness : Duration.zero }
  )

  return ServiceAccounts.of({
    get: (namespace, name) =>
      isObjectName(namespace) && isObjectName(name)
        ? Cache.get(accounts, `${namespace}/${name}`)
        : new IdentityError({
          operation: AccountReader.operation(namespace, name),
          failure: "InvalidRequest",
          detail: `${shown(isObjectName(namespace) ? name : namespace)} is no name of a Kubernetes object`
        })
  })
})

/**
 * A get that is interrupted does not stop the request it shares with others; that ends by itself or by its deadline.
 *
 * @example
 * ```ts
 * import { ApiServer, KubeConfig, KubernetesServiceAccounts, KubernetesTokens } from "@credlet/kubernetes"
 * import { Effect, Layer } from "effect"
 *
 * export const identity = Layer.unwrap(
 *   Effect.map(KubeConfig.make(), (connection) =>
 *     Layer.mergeAll(KubernetesServiceAccounts.layer(), KubernetesTokens.layer).pipe(
 *       Layer.provide(ApiServer.layer(connection))
 *     ))
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options?: Options): Layer.Layer<ServiceAccounts, never, ApiServer> =>
  Layer.effect(ServiceAccounts, make(options))

type Wanted = Map<string, Array<AccountReader.Answer>>

const byNamespace = (
  entries: Iterable<Request.Entry<GetServiceAccount>>
): ReadonlyMap<string, Wanted> => {
  const namespaces = new Map<string, Wanted>()
  for (const entry of entries) {
    const { name, namespace } = entry.request
    const wanted: Wanted = namespaces.get(namespace) ?? new Map()
    namespaces.set(namespace, wanted)
    wanted.set(name, [...wanted.get(name) ?? [], (exit) => entry.completeUnsafe(exit)])
  }
  return namespaces
}

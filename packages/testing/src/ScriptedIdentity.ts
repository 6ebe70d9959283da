/**
 * Service accounts and tokens without an API server: the test says what there is and what fails, and what was asked is on
 * record. In the place of `@credlet/kubernetes`; rules SA-12, SA-17, SA-18, TR-20 as the pipeline sees them.
 *
 * @since 0.1.0
 */
import { IdentityError } from "@credlet/core/identity/IdentityError"
import type { ServiceAccount } from "@credlet/core/identity/ServiceAccounts"
import { ServiceAccounts } from "@credlet/core/identity/ServiceAccounts"
import type { TokenRequest } from "@credlet/core/identity/ServiceAccountTokens"
import { ServiceAccountTokens } from "@credlet/core/identity/ServiceAccountTokens"
import * as LookupTrace from "@credlet/core/LookupTrace"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

/**
 * A service account in few words. Without `uid` it has the one of `uidOf`, without `annotations` none.
 *
 * @since 0.1.0
 * @category models
 */
export interface Account {
  readonly namespace: string
  readonly name: string
  readonly uid?: string
  readonly annotations?: Readonly<Record<string, string>>
}

/**
 * What a get of one account does. An `IdentityError` is an effect too, one that fails with it; a `Deferred` can hold the
 * answer back.
 *
 * @since 0.1.0
 * @category models
 */
export type AccountBehaviour = Effect.Effect<ServiceAccount, IdentityError>

/**
 * What a request for a token does: the same every time, or as the function says.
 *
 * @since 0.1.0
 * @category models
 */
export type TokenBehaviour =
  | Effect.Effect<Redacted.Redacted, IdentityError>
  | ((request: TokenRequest) => Effect.Effect<Redacted.Redacted, IdentityError>)

/**
 * @since 0.1.0
 * @category services
 */
export class ScriptedIdentity extends Context.Service<ScriptedIdentity, {
  /** Adds the account, or replaces the one of that name. Another `uid` stands for an account that was made anew. */
  readonly setAccount: (account: Account) => Effect.Effect<void>
  /** From now on `ServiceAccountNotFound`. */
  readonly deleteAccount: (namespace: string, name: string) => Effect.Effect<void>
  /** What gets of this account do from now on, in the place of an account or of "not found". */
  readonly scriptAccount: (namespace: string, name: string, behaviour: AccountBehaviour) => Effect.Effect<void>
  /** What all requests for tokens do from now on. */
  readonly scriptTokens: (behaviour: TokenBehaviour) => Effect.Effect<void>
  /** The accounts asked for so far, in order. */
  readonly gets: Effect.Effect<ReadonlyArray<{ readonly namespace: string; readonly name: string }>>
  /** The requests for tokens so far, in order. */
  readonly tokenRequests: Effect.Effect<ReadonlyArray<TokenRequest>>
}>()("@credlet/testing/ScriptedIdentity") {}

/**
 * The UID of an account that was set without one.
 *
 * @since 0.1.0
 * @category getters
 */
export const uidOf = (namespace: string, name: string): string => `uid-of-${namespace}/${name}`

/**
 * The token that a request gets unless tokens were scripted: the same for equal requests, another for all others.
 *
 * @since 0.1.0
 * @category getters
 */
export const tokenOf = ({ audience, pod, serviceAccount }: TokenRequest): Redacted.Redacted =>
  Redacted.make(JSON.stringify([
    "token",
    serviceAccount.namespace,
    serviceAccount.name,
    serviceAccount.uid,
    pod.name,
    pod.uid,
    audience
  ]))

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly accounts?: ReadonlyArray<Account>
  /** Default: `tokenOf` the request. */
  readonly tokens?: TokenBehaviour
}

/**
 * The two services for the pipeline, and the strings that move them.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): Effect.Effect<
  ScriptedIdentity["Service"] & {
    readonly accounts: ServiceAccounts["Service"]
    readonly tokens: ServiceAccountTokens["Service"]
  }
> =>
  Effect.sync(() => {
    const scripts = new Map<string, AccountBehaviour>()
    const set = (account: Account) =>
      void scripts.set(keyOf(account.namespace, account.name), Effect.succeed(complete(account)))
    options.accounts?.forEach(set)
    let tokens: TokenBehaviour = options.tokens ?? ((request) => Effect.succeed(tokenOf(request)))
    const gets: Array<{ readonly namespace: string; readonly name: string }> = []
    const tokenRequests: Array<TokenRequest> = []
    return {
      accounts: ServiceAccounts.of({
        get: (namespace, name) =>
          Effect.suspend(() => {
            gets.push({ namespace, name })
            return scripts.get(keyOf(namespace, name)) ?? notFound(namespace, name)
          })
      }),
      tokens: ServiceAccountTokens.of({
        get: (request) =>
          Effect.suspend(() => {
            tokenRequests.push(request)
            const token = typeof tokens === "function" ? tokens(request) : tokens
            return Effect.tap(token, LookupTrace.report(() => ({ _tag: "TokenIssued", isReused: false })))
          })
      }),
      setAccount: (account) => Effect.sync(() => set(account)),
      deleteAccount: (namespace, name) => Effect.sync(() => void scripts.delete(keyOf(namespace, name))),
      scriptAccount: (namespace, name, behaviour) =>
        Effect.sync(() => void scripts.set(keyOf(namespace, name), behaviour)),
      scriptTokens: (behaviour) =>
        Effect.sync(() => {
          tokens = behaviour
        }),
      gets: Effect.sync(() => [...gets]),
      tokenRequests: Effect.sync(() => [...tokenRequests])
    }
  })

/**
 * In the place of the layers over an API server.
 *
 * @example
 * ```ts
 * import { ScriptedIdentity } from "@credlet/testing"
 * import { Effect } from "effect"
 *
 * const program = Effect.gen(function*() {
 *   const identity = yield* ScriptedIdentity.ScriptedIdentity
 *   yield* identity.setAccount({ namespace: "team", name: "builder", uid: "u-2", annotations: { "role.example/id": "b" } })
 *   // … look something up for a pod of team/builder …
 *   return yield* identity.tokenRequests
 * }).pipe(Effect.provide(ScriptedIdentity.layer({ accounts: [{ namespace: "team", name: "builder" }] })))
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options: Options = {}
): Layer.Layer<ScriptedIdentity | ServiceAccounts | ServiceAccountTokens> =>
  Layer.effectContext(
    Effect.map(make(options), ({ accounts, tokens, ...strings }) =>
      Context.make(ServiceAccounts, accounts).pipe(
        Context.add(ServiceAccountTokens, tokens),
        Context.add(ScriptedIdentity, ScriptedIdentity.of(strings))
      ))
  )

// As JSON, so that no two pairs of odd names share a key.
const keyOf = (namespace: string, name: string): string => JSON.stringify([namespace, name])

const complete = ({ annotations = {}, name, namespace, uid = uidOf(namespace, name) }: Account): ServiceAccount => ({
  namespace,
  name,
  uid,
  annotations: new Map(Object.entries(annotations))
})

const notFound = (namespace: string, name: string): IdentityError =>
  new IdentityError({
    operation: `get serviceaccount ${namespace}/${name}`,
    failure: "ServiceAccountNotFound",
    status: 404,
    detail: `serviceaccounts "${name}" not found`
  })

/**
 * A Kubernetes API server on loopback and in this process, for what Credlet asks of one and nothing else: service accounts
 * (get, list by pages), their tokens (create), pods and secrets (get). It checks what a real 1.36 checks, in the same order
 * and words; its answers are held against recorded ones. What a real one could do and this can't is a 501. Rules: TR-1…46,
 * TR-50, NODE-1…7.
 *
 * @since 0.1.0
 */
import * as GoDuration from "@credlet/core/text/GoDuration"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as AccountList from "./internal/api/AccountList.ts"
import * as ApiAnswer from "./internal/api/Answer.ts"
import * as Listener from "./internal/api/Listener.ts"
import type { Account, Answer, Named, Pod, RecordedRequest, Refusal, Rule, Secret } from "./internal/api/Models.ts"
import * as Routes from "./internal/api/Routes.ts"
import * as Certificates from "./internal/api/TestCertificates.ts"
import * as TokenEndpoint from "./internal/api/TokenEndpoint.ts"
import * as Tokens from "./internal/api/Tokens.ts"
import * as World from "./internal/api/World.ts"

export type { Account, Answer, Named, Pod, RecordedRequest, Refusal, Rule, Secret } from "./internal/api/Models.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** Whether it speaks HTTPS, with `certificates`. Default false. */
  readonly tls?: boolean
  /** Whether nodes only get tokens for their own pods (NODE-3…7), as in any real cluster. Default true. */
  readonly nodeRestriction?: boolean
  /** The longest life of a token; longer ones are shortened with a warning. Default: no limit below 2^32 seconds. */
  readonly maxTokenExpiration?: Duration.Input
}

/**
 * What happens to requests before the server looks at them: an answer is sent at once, and `"hangUp"` closes the connection. A
 * function can look at the request, wait (by Effect's `Clock`, or for a `Deferred`), and give one of the two or, with
 * nothing, let the server go on.
 *
 * @since 0.1.0
 * @category models
 */
export type Behaviour =
  | Answer
  | "hangUp"
  | ((request: RecordedRequest) => Effect.Effect<Answer | "hangUp" | undefined>)

/**
 * @since 0.1.0
 * @category services
 */
export class FakeApiServer extends Context.Service<FakeApiServer, {
  /** `http://127.0.0.1:<port>` or `https://…`. */
  readonly server: string
  /** Adds the caller or changes what it may do. Minted tokens are callers too: `system:serviceaccount:<namespace>:<name>`. */
  readonly setCaller: (name: string, rules: ReadonlyArray<Rule>) => Effect.Effect<void>
  /** A new token for the caller. The one before opens nothing any more. */
  readonly issueToken: (caller: string) => Effect.Effect<Redacted.Redacted>
  /** Adds it or changes it, and gives its UID; so do the next two. */
  readonly setAccount: (account: Account) => Effect.Effect<string>
  readonly setPod: (pod: Pod) => Effect.Effect<string>
  readonly setSecret: (secret: Secret) => Effect.Effect<string>
  readonly deleteAccount: (namespace: string, name: string) => Effect.Effect<void>
  readonly deletePod: (namespace: string, name: string) => Effect.Effect<void>
  readonly deleteSecret: (namespace: string, name: string) => Effect.Effect<void>
  /** The namespace is being deleted from now on: what is in it can be read, but there are no tokens. */
  readonly terminateNamespace: (namespace: string) => Effect.Effect<void>
  /** From now on; nothing ends it. */
  readonly refuseTokens: (namespace: string, account: string, refusal: Refusal | undefined) => Effect.Effect<void>
  /** Lists that have not come to their last page can't be continued any more: 410. */
  readonly expirePages: Effect.Effect<void>
  /** From now on, or for the next `times` requests; nothing ends it. */
  readonly intercept: (behaviour: Behaviour | undefined, options?: { readonly times?: number }) => Effect.Effect<void>
  /** What was asked so far, in order, intercepted requests too. */
  readonly requests: Effect.Effect<ReadonlyArray<RecordedRequest>>
  /** How many connections there were so far. */
  readonly connections: Effect.Effect<number>
}>()("@credlet/testing/FakeApiServer") {}

/**
 * May do everything.
 *
 * @since 0.1.0
 * @category rules
 */
export const administrator: ReadonlyArray<Rule> = [{ verbs: ["*"], resources: ["*"] }]

/**
 * The least that an app needs which acts like a node: accounts, their tokens and pods by name, but no lists and no secrets.
 *
 * @since 0.1.0
 * @category rules
 */
export const agent: ReadonlyArray<Rule> = [
  { verbs: ["get"], resources: ["serviceaccounts", "pods"] },
  { verbs: ["create"], resources: ["serviceaccounts/token"] }
]

/**
 * Lists of accounts, to add to `agent`.
 *
 * @since 0.1.0
 * @category rules
 */
export const lister: ReadonlyArray<Rule> = [{ verbs: ["list"], resources: ["serviceaccounts"] }]

/**
 * Test material for a server with `tls`, all PEM: the authority to trust, and certificates of the caller
 * `credlet-test-client`, one good until 2120 and one that expired in 2020. The server's own is for `127.0.0.1` and
 * `localhost`.
 *
 * @since 0.1.0
 * @category constants
 */
export const certificates: {
  readonly ca: string
  readonly client: { readonly cert: string; readonly key: string }
  readonly expiredClient: { readonly cert: string; readonly key: string }
} = { ca: Certificates.ca, client: Certificates.client, expiredClient: Certificates.expiredClient }

/**
 * Too many requests at a time: 429.
 *
 * @since 0.1.0
 * @category answers
 */
export const throttled = (retryAfterSeconds = 1): Answer =>
  ApiAnswer.beforeHandlers(
    ApiAnswer.text(429, "Too many requests, please try again later.\n", { "Retry-After": String(retryAfterSeconds) })
  )

/**
 * The server is about to stop: 429, and the connection is closed.
 *
 * @since 0.1.0
 * @category answers
 */
export const draining: Answer = ApiAnswer.text(429, "The apiserver is shutting down, please try again later.\n", {
  "Retry-After": "5",
  Connection: "close"
})

/**
 * The server can't: 500 `InternalError` or 503 `ServiceUnavailable`.
 *
 * @since 0.1.0
 * @category answers
 */
export const failing = (status: 500 | 503, options: { readonly retryAfterSeconds?: number } = {}): Answer => {
  const headers = options.retryAfterSeconds === undefined ? {} : { "Retry-After": String(options.retryAfterSeconds) }
  return status === 500
    ? ApiAnswer.status(500, "InternalError", "Internal error occurred: etcdserver: leader changed", { headers })
    : ApiAnswer.status(503, "ServiceUnavailable", "the server is currently unable to handle the request", { headers })
}

/**
 * Something that is no API server, such as a proxy's page.
 *
 * @since 0.1.0
 * @category answers
 */
export const html = (status = 200): Answer => ({
  status,
  headers: { "Content-Type": "text/html; charset=utf-8" },
  body: "<!DOCTYPE html><title>Sign in</title><p>Please sign in.</p>"
})

/**
 * Listens until the scope closes. It starts with nothing in it and without callers.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = Effect.fnUntraced(
  function*(options: Options = {}): Effect.fn.Return<FakeApiServer["Service"], never, Scope.Scope> {
    const { maxTokenExpiration, nodeRestriction = true, tls = false } = options
    const apiAudience = "https://kubernetes.default.svc"
    const world = World.make()
    const tokens = Tokens.make(world, apiAudience)
    const accounts = AccountList.make(world)
    const rules = new Map<string, ReadonlyArray<Rule>>()
    const refusals = new Map<string, Refusal>()
    const records: Array<RecordedRequest> = []
    let interception: { readonly behaviour: Behaviour; left: number } | undefined

    const cluster: TokenEndpoint.Cluster = {
      world,
      tokens,
      apiAudience,
      nodeRestriction,
      maxExpirationSeconds: maxTokenExpiration === undefined
        ? undefined
        : Math.floor(Duration.toSeconds(Duration.fromInputUnsafe(maxTokenExpiration))),
      refusalOf: (namespace, account) => refusals.get(`${namespace}/${account}`)
    }
    const served: Routes.Options = { cluster, accounts, rulesOf: (caller) => rules.get(caller) ?? [] }

    const intercepted = (record: RecordedRequest): Effect.Effect<Answer | "hangUp" | undefined> => {
      if (interception === undefined || interception.left === 0) return Effect.succeed(undefined)
      interception.left--
      const { behaviour } = interception
      return typeof behaviour === "function" ? behaviour(record) : Effect.succeed(behaviour)
    }

    const answer = Effect.fnUntraced(function*(request: Listener.Incoming): Effect.fn.Return<Answer | "hangUp"> {
      const caller = Routes.identify(cluster, request, yield* Clock.currentTimeMillis)
      const record = { method: request.method, path: request.path, query: request.search, caller }
      records.push(record)
      const instead = yield* intercepted(record)
      if (instead !== undefined) return instead
      if (request.impersonates) return ApiAnswer.notFaked("impersonation")
      return caller === undefined
        ? ApiAnswer.unauthenticated
        : Routes.route(served, request, caller, yield* Clock.currentTimeMillis)
    })

    const listener = yield* Listener.make({
      tls,
      maxBody: TokenEndpoint.maxBody,
      answer: (request) => {
        const timeout = Result.getOrUndefined(GoDuration.parse(request.query.get("timeout") ?? ""))
        return timeout === undefined ? answer(request) : Effect.timeoutOrElse(answer(request), {
          duration: timeout,
          orElse: () => Effect.succeed(ApiAnswer.timedOut)
        })
      }
    })

    const set = <A extends Named>(store: World.Store<A>) => (value: A): Effect.Effect<string> =>
      Effect.map(Clock.currentTimeMillis, (nowMillis) => store.set(value, nowMillis))
    const remove = <A extends Named>(store: World.Store<A>) => (namespace: string, name: string) =>
      Effect.sync(() => store.remove(namespace, name))

    return FakeApiServer.of({
      server: `${tls ? "https" : "http"}://127.0.0.1:${listener.port}`,
      setCaller: (name, of) => Effect.sync(() => void rules.set(name, of)),
      issueToken: (caller) => Effect.sync(() => Redacted.make(tokens.issue(caller))),
      setAccount: set(world.accounts),
      setPod: set(world.pods),
      setSecret: set(world.secrets),
      deleteAccount: remove(world.accounts),
      deletePod: remove(world.pods),
      deleteSecret: remove(world.secrets),
      terminateNamespace: (namespace) => Effect.sync(() => world.terminate(namespace)),
      refuseTokens: (namespace, account, refusal) =>
        Effect.sync(() => {
          if (refusal === undefined) refusals.delete(`${namespace}/${account}`)
          else refusals.set(`${namespace}/${account}`, refusal)
        }),
      expirePages: Effect.sync(() => accounts.expire()),
      intercept: (behaviour, options) =>
        Effect.sync(() => {
          interception = behaviour === undefined
            ? undefined
            : { behaviour, left: options?.times ?? Number.POSITIVE_INFINITY }
        }),
      requests: Effect.sync(() => [...records]),
      connections: Effect.sync(() => listener.connections())
    })
  }
)

/**
 * @example
 * ```ts
 * import { FakeApiServer } from "@credlet/testing"
 * import { Effect } from "effect"
 *
 * const program = Effect.gen(function*() {
 *   const api = yield* FakeApiServer.FakeApiServer
 *   yield* api.setAccount({ namespace: "team", name: "builder", annotations: { "role.example/id": "b" } })
 *   yield* api.setPod({ namespace: "team", name: "web", serviceAccountName: "builder" })
 *   yield* api.setCaller("system:serviceaccount:credlet:agent", FakeApiServer.agent)
 *   const token = yield* api.issueToken("system:serviceaccount:credlet:agent")
 *   yield* api.intercept(FakeApiServer.throttled(), { times: 1 })
 *   // … connect to `api.server` with the token …
 *   return yield* api.requests
 * }).pipe(Effect.provide(FakeApiServer.layer()))
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<FakeApiServer> => Layer.effect(FakeApiServer, make(options))

/**
 * A small client of a Kubernetes API server, for the few requests that Credlet has: kept connections, names checked before a
 * path is built, a deadline round all tries, retries as the reference client does them. `IdentityError` is all that leaves
 * it, and nothing that it returns, throws, logs or traces holds a credential. Rules: TR-3, TR-10…31, TR-45…47, TOKEN-17,
 * KUBE-11, KUBE-16, and INC-6 improved: after a 401 the token is read again at once.
 *
 * @since 0.1.0
 */
import { IdentityError } from "@credlet/core/identity/IdentityError"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { ApiConnection, ApiCredentials } from "./ApiConnection.ts"
import * as CallError from "./internal/callError.ts"
import * as ConnectionPools from "./internal/ConnectionPools.ts"
import { type Answer, retryAfter, warnings } from "./internal/failureAnswer.ts"
import { isObjectName, shown } from "./internal/objectName.ts"
import * as RequestMetrics from "./internal/RequestMetrics.ts"
import { presentable } from "./internal/serverText.ts"

/**
 * Takes what is wanted out of an answer's text; see `reader`.
 *
 * @since 0.1.0
 * @category models
 */
export type Reader<A> = (text: unknown) => Effect.Effect<A, Schema.SchemaError>

/**
 * What a request is, in metrics: the label `operation`.
 *
 * @since 0.1.0
 * @category models
 */
export type Kind =
  | "create_token"
  | "get_pod"
  | "get_secret"
  | "get_serviceaccount"
  | "list_serviceaccounts"
  | "other"

/**
 * One request. `operation` completes the sentence "could not …", as in `get serviceaccount team/builder`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Call<A> {
  readonly operation: string
  /** Default `other`. */
  readonly kind?: Kind
  /** What comes after the server's address, part by part; each has to be a name as RFC 1123 has it. */
  readonly path: ReadonlyArray<string>
  readonly query?: Readonly<Record<string, string>>
  readonly read: Reader<A>
}

/**
 * @since 0.1.0
 * @category services
 */
export class ApiServer extends Context.Service<ApiServer, {
  readonly get: <A>(call: Call<A>) => Effect.Effect<A, IdentityError>
  /** `body` is sent as JSON; it should hold no secret. Not sent again if the connection breaks. */
  readonly post: <A>(call: Call<A>, body: Schema.Json) => Effect.Effect<A, IdentityError>
}>()("@credlet/kubernetes/ApiServer") {}

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** How long a call may take with all its retries. Default 30 seconds. */
  readonly deadline?: Duration.Input
}

/**
 * A reader of JSON for `Call`. Make it once, at the top of a module. Take secrets out as `Redacted`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const reader = <A, I>(schema: Schema.Codec<A, I>): Reader<A> =>
  Schema.decodeUnknownEffect(Schema.fromJsonString(schema), { errors: "first" })

const defaultDeadline = Duration.seconds(30)
const mostRetries = 10

/**
 * @since 0.1.0
 * @category constructors
 */
export const make: (
  connection: ApiConnection,
  options?: Options
) => Effect.Effect<ApiServer["Service"], never, Scope.Scope> = Effect.fnUntraced(function*(connection, options) {
  const deadline = Duration.fromInputUnsafe(options?.deadline ?? defaultDeadline)
  const pools = yield* ConnectionPools.make(connection)
  const metrics = yield* RequestMetrics.make
  const logged = new Set<string>()

  /** The same warning comes with each answer, so it is logged once (KUBE-16). */
  const logWarnings = (answer: Answer, credentials: ApiCredentials): Effect.Effect<void> =>
    Effect.forEach(warnings(answer), (warning) => {
      const text = presentable(warning, credentials.authorization)
      if (logged.has(text) || logged.size >= mostWarnings) return Effect.void
      logged.add(text)
      return Effect.logWarning(`the API server warns: ${text}`)
    }, { discard: true })

  /** With new credentials once more, if those that were refused can be replaced. */
  const authenticated = (
    request: HttpClientRequest.HttpClientRequest
  ): Effect.Effect<CallError.Attempt, IdentityError> => {
    const once = Effect.flatMap(
      connection.credentials,
      (credentials) =>
        Effect.map(
          Effect.result(pools.exchange(request, credentials)),
          (outcome): CallError.Attempt => ({ credentials, outcome })
        )
    )
    return Effect.flatMap(once, (first) =>
      Result.isSuccess(first.outcome) && first.outcome.success.status === 401
        ? Effect.flatMap(connection.refused(first.credentials), (again) => again ? once : Effect.succeed(first))
        : Effect.succeed(first))
  }

  const attempt = (sending: Sending, until: number, left: number): Effect.Effect<CallError.Accepted, IdentityError> =>
    Effect.gen(function*() {
      const made = yield* authenticated(sending.request)
      const { credentials, outcome } = made
      if (Result.isSuccess(outcome)) {
        yield* logWarnings(outcome.success, credentials)
        if (outcome.success.status >= 200 && outcome.success.status < 300) {
          return { answer: outcome.success, credentials }
        }
      }
      const now = yield* Clock.currentTimeMillis
      const seconds = left > 0 ? pauseBeforeRetry(sending, made) : undefined
      if (seconds === undefined) return yield* CallError.failed(sending, made, now)
      // Many who were sent away at once must not come back at once.
      const pause = Math.ceil((seconds + (yield* Random.next)) * 1_000)
      if (now + pause >= until) return yield* CallError.failed(sending, made, now)
      return yield* Effect.delay(attempt(sending, until, left - 1), pause)
    })

  const run = <A>(call: Call<A>, body?: Schema.Json): Effect.Effect<A, IdentityError> => {
    const { kind = "other", operation } = call
    const strange = call.path.find((part) => !isObjectName(part))
    if (strange !== undefined) {
      const detail = `${shown(strange)} is no name of a Kubernetes object`
      return Effect.fail(new IdentityError({ operation, failure: "InvalidRequest", detail }))
    }
    const sending = prepare(connection.server, call, deadline, body)
    return Clock.currentTimeMillis.pipe(
      Effect.flatMap((now) => attempt(sending, now + Duration.toMillis(deadline), mostRetries)),
      Effect.flatMap((accepted) =>
        Effect.mapError(call.read(accepted.answer.body), CallError.unreadable(sending, accepted))
      ),
      Effect.timeoutOrElse({
        duration: deadline,
        orElse: () =>
          new IdentityError({ operation, failure: "TimedOut", detail: `no answer within ${Duration.format(deadline)}` })
      }),
      Effect.onExit((exit) => Effect.sync(() => metrics.ended(kind, exit))),
      Effect.withSpan("credlet.kubernetes.request", {
        kind: "client",
        attributes: { operation, method: sending.request.method }
      })
    )
  }

  return ApiServer.of({ get: (call) => run(call), post: (call, body) => run(call, body) })
})

/**
 * @since 0.1.0
 * @category layers
 */
export const layer = (connection: ApiConnection, options?: Options): Layer.Layer<ApiServer> =>
  Layer.effect(ApiServer, make(connection, options))

/** So that a server that makes up new warnings does not fill the memory. */
const mostWarnings = 1_000

interface Sending extends CallError.Asked {
  readonly request: HttpClientRequest.HttpClientRequest
}

/** With `timeout` the server gives up too, when we no longer listen. */
const prepare = <A>(server: string, call: Call<A>, deadline: Duration.Duration, body?: Schema.Json): Sending => {
  const request = HttpClientRequest.make(body === undefined ? "GET" : "POST")(`${server}/${call.path.join("/")}`, {
    accept: "application/json",
    headers: { "user-agent": "credlet" },
    urlParams: { ...call.query, timeout: `${Math.ceil(Duration.toSeconds(deadline))}s` }
  })
  return {
    operation: call.operation,
    server,
    request: body === undefined ? request : HttpClientRequest.bodyJsonUnsafe(request, body)
  }
}

/** In seconds; `undefined` if it is not to be sent again (TR-47). */
const pauseBeforeRetry = ({ request }: Sending, { outcome }: CallError.Attempt): number | undefined => {
  if (Result.isFailure(outcome)) return request.method === "GET" && outcome.failure.isBroken ? 1 : undefined
  const { status } = outcome.success
  return status === 429 || status >= 500 ? retryAfter(outcome.success) : undefined
}

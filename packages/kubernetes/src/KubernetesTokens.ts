/**
 * Service account tokens from an API server, bound to the pod and to the account's UID, and kept as the kubelet's token
 * manager keeps them. What differs, and can't be seen in what is handed out: parallel first gets are one request, the jitter
 * is drawn once for an answer, an answer without a lifetime is not kept past its end, and a call has a deadline. Rules:
 * SA-19, TR-1…6, TOKEN-1…17.
 *
 * @since 0.1.0
 */
import * as SingleFlight from "@credlet/core/cache/SingleFlight"
import type { IdentityError } from "@credlet/core/identity/IdentityError"
import { ServiceAccountTokens, type TokenRequest } from "@credlet/core/identity/ServiceAccountTokens"
import { LookupTrace } from "@credlet/core/LookupTrace"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import type * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as ApiServer from "./ApiServer.ts"
import * as HeldToken from "./internal/HeldToken.ts"
import { shown } from "./internal/objectName.ts"
import { quoted } from "./internal/quoted.ts"
import * as TokenAnswer from "./internal/TokenAnswer.ts"
import * as TokenLog from "./TokenLog.ts"

/**
 * The tokens that are held, for an app that knows when pods end.
 *
 * @since 0.1.0
 * @category services
 */
export class KubernetesTokens extends Context.Service<KubernetesTokens, {
  /** A token for a pod: a held one, or a new one if there is none or it is due. */
  readonly get: (request: TokenRequest) => Effect.Effect<Redacted.Redacted, IdentityError>
  /** The pod is gone: its tokens go too (TOKEN-14). */
  readonly forgetPod: (uid: string) => Effect.Effect<void>
  /** How many tokens are held. */
  readonly held: Effect.Effect<number>
}>()("@credlet/kubernetes/KubernetesTokens") {}

/**
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<KubernetesTokens["Service"], never, ApiServer.ApiServer | Scope.Scope> = Effect.gen(
  function*() {
    const api = yield* ApiServer.ApiServer
    const flights = yield* SingleFlight.make<Obtained, IdentityError>()
    const tokens = new Map<string, HeldToken.HeldToken>()
    const underWay = new Set<Flight>()

    const fetch = (request: TokenRequest) => {
      const { name, namespace } = request.serviceAccount
      return api.post({
        operation: operation(request),
        kind: "create_token",
        path: ["api", "v1", "namespaces", namespace, "serviceaccounts", name, "token"],
        read: TokenAnswer.read
      }, TokenAnswer.request(request))
    }

    /** The token that is held, if it need not be refreshed (TOKEN-4). */
    const fresh = (key: string): Effect.Effect<HeldToken.HeldToken | undefined> =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const held = tokens.get(key)
        return held === undefined || HeldToken.isDue(held, now) ? undefined : held
      })

    const store = Effect.fnUntraced(function*(
      key: string,
      request: TokenRequest,
      answer: TokenAnswer.TokenAnswer,
      flight: Flight
    ) {
      const held = HeldToken.make(answer, request.pod.uid, yield* Random.nextIntBetween(0, 9))
      if (!flight.isForgotten) tokens.set(key, held)
      if (answer.lifetime === undefined) yield* TokenLog.withoutLifetime(request)
      return { held, isNew: true }
    })

    const refresh = (key: string, request: TokenRequest): Effect.Effect<Obtained, IdentityError> =>
      Effect.acquireUseRelease(
        Effect.sync((): Flight => {
          const flight = { podUid: request.pod.uid, isForgotten: false }
          underWay.add(flight)
          return flight
        }),
        (flight) =>
          Effect.matchEffect(fetch(request), {
            onSuccess: (answer) => store(key, request, answer, flight),
            onFailure: (error) => keepOld(key, request, error)
          }),
        (flight) => Effect.sync(() => underWay.delete(flight))
      )

    /** TOKEN-6…8. */
    const keepOld = (
      key: string,
      request: TokenRequest,
      error: IdentityError
    ): Effect.Effect<Obtained, IdentityError> =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const held = tokens.get(key)
        return held === undefined || HeldToken.isExpired(held, now)
          ? Effect.fail(error)
          : Effect.as(TokenLog.refreshFailed(request, error), { held, isNew: false })
      })

    /** Those who wait for another's request are given what he gets. */
    const obtain = (key: string, request: TokenRequest): Effect.Effect<Obtained, IdentityError> =>
      Effect.suspend(() => {
        let isJoined = false
        const refreshed = Effect.flatMap(fresh(key), (held) =>
          // Looked at once more: another flight may just have landed.
          held === undefined ? refresh(key, request) : Effect.succeed({ held, isNew: false }))
        const join = Effect.sync(() => {
          isJoined = true
        })
        return Effect.map(
          flights.run(key, refreshed, join),
          ({ held, isNew }) => ({ held, isNew: isNew && !isJoined })
        )
      })

    const get = (request: TokenRequest): Effect.Effect<Redacted.Redacted, IdentityError> => {
      const key = keyOf(request)
      return Effect.flatMap(fresh(key), (held) =>
        held === undefined
          ? Effect.flatMap(obtain(key, request), issue)
          : issue({ held, isNew: false }))
    }

    const forget = (isForgotten: (held: HeldToken.HeldToken) => boolean) => {
      for (const [key, held] of tokens) if (isForgotten(held)) tokens.delete(key)
    }

    yield* Clock.currentTimeMillis.pipe(
      Effect.map((now) => forget((held) => HeldToken.isExpired(held, now))),
      Effect.schedule(Schedule.spaced("1 minute")),
      Effect.forkScoped
    )

    return KubernetesTokens.of({
      get,
      forgetPod: (uid) =>
        Effect.sync(() => {
          forget((held) => held.podUid === uid)
          for (const flight of underWay) if (flight.podUid === uid) flight.isForgotten = true
        }),
      held: Effect.sync(() => tokens.size)
    })
  }
)

/**
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<ServiceAccountTokens | KubernetesTokens, never, ApiServer.ApiServer> = Layer
  .effectContext(
    Effect.map(
      make,
      (tokens) => Context.make(KubernetesTokens, tokens).pipe(Context.add(ServiceAccountTokens, { get: tokens.get }))
    )
  )

interface Obtained {
  readonly held: HeldToken.HeldToken
  /** Whether it was requested for this get. */
  readonly isNew: boolean
}

/** Hands it out, and says so to whoever listens. */
const issue = ({ held, isNew }: Obtained): Effect.Effect<Redacted.Redacted> =>
  Effect.withFiber((fiber) => {
    const recorder = fiber.getRef(LookupTrace)
    if (recorder !== undefined) {
      const left = held.expiresAt - fiber.getRef(Clock.Clock).currentTimeMillisUnsafe()
      const expiresIn = held.expiresAt === TokenAnswer.unsaid ? {} : { expiresIn: Duration.millis(left) }
      recorder.report({ _tag: "TokenIssued", isReused: !isNew, ...expiresIn })
    }
    return Effect.succeed(held.token)
  })

/** A request under way; its token is not kept if the pod is forgotten meanwhile. */
interface Flight {
  readonly podUid: string
  isForgotten: boolean
}

/** Nothing in it is confidential, and no two requests share one: the parts are quoted (TOKEN-1…3). */
const keyOf = ({ audience, pod, serviceAccount }: TokenRequest): string =>
  JSON.stringify([serviceAccount.namespace, serviceAccount.name, serviceAccount.uid, [audience], pod.name, pod.uid])

const operation = ({ audience, pod, serviceAccount }: TokenRequest): string => {
  const { name, namespace } = serviceAccount
  const account = `${shown(namespace)}/${shown(name)}`
  return `get a token of serviceaccount ${account} for pod ${shown(pod.name)} and audience ${quoted(audience, 100)}`
}

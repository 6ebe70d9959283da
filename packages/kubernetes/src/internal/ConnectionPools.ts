/**
 * One pool of connections for each client certificate that is in use, and a new one when the server is not trusted and the
 * file with the authorities has changed since. A pool that nobody has used for a minute is closed.
 */
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as RcMap from "effect/RcMap"
import type * as Scope from "effect/Scope"
import type { ApiConnection, ApiCredentials, ClientCertificate } from "../ApiConnection.ts"
import * as ConnectionPool from "./ConnectionPool.ts"
import type { Answer } from "./failureAnswer.ts"
import type { Lost } from "./lostConnection.ts"

export type { Lost }

export interface ConnectionPools {
  readonly exchange: (
    request: HttpClientRequest.HttpClientRequest,
    credentials: ApiCredentials
  ) => Effect.Effect<Answer, Lost>
}

interface Key {
  readonly certificate: ClientCertificate | undefined
}

/** Two keys of the same certificate are two pools. */
const makeKey = (certificate: ClientCertificate | undefined): Key => Equal.byReferenceUnsafe({ certificate })

export const make = (connection: ApiConnection): Effect.Effect<ConnectionPools, never, Scope.Scope> =>
  Effect.gen(function*() {
    const pools = yield* RcMap.make({
      lookup: (key: Key) => ConnectionPool.make(connection, key.certificate),
      idleTimeToLive: "1 minute"
    })
    let current = makeKey(undefined)

    const keyFor = (certificate: ClientCertificate | undefined): Key => {
      if (current.certificate !== certificate) current = makeKey(certificate)
      return current
    }

    /** Whether another pool may be trusted: the authorities are others than those of the pool that was not. */
    const renew = (used: Key, authority: string | undefined): Effect.Effect<boolean> =>
      Effect.map(connection.tls.authority, (now) => {
        if (now === authority) return false
        if (current === used) current = makeKey(used.certificate)
        return true
      })

    const exchange: ConnectionPools["exchange"] = (request, credentials) =>
      Effect.gen(function*() {
        const key = keyFor(credentials.certificate)
        const pool = yield* RcMap.get(pools, key)
        return yield* Effect.catch(pool.exchange(request, credentials), (lost) =>
          lost.failure !== "Untrusted"
            ? Effect.fail(lost)
            : Effect.flatMap(renew(key, pool.authority), (renewed) =>
              renewed
                ? Effect.flatMap(RcMap.get(pools, keyFor(credentials.certificate)), (other) =>
                  other.exchange(request, credentials))
                : Effect.fail(lost)))
      }).pipe(Effect.scoped)

    return { exchange }
  })

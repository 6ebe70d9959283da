/** The parts of a connection put together: one object of credentials for as long as no part of it changes. */
import { IdentityError } from "@credlet/core/identity/IdentityError"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { ApiConnection, ApiCredentials, ClientCertificate } from "../ApiConnection.ts"
import type { KubeConfigError } from "../KubeConfigError.ts"
import type { Renewable } from "./Renewable.ts"

/** Both parts as one. */
export const combine = (
  authorization: Renewable<Redacted.Redacted | undefined>,
  certificate: Renewable<ClientCertificate | undefined>
): Renewable<ApiCredentials> => {
  let last: ApiCredentials = { authorization: undefined, certificate: undefined }
  return {
    get: Effect.zipWith(authorization.get, certificate.get, (authorization, certificate) => {
      if (last.authorization !== authorization || last.certificate !== certificate) {
        last = { authorization, certificate }
      }
      return last
    }),
    // Of many that come with the same old ones, only the first finds them to be the last.
    renew: (used) =>
      used !== last ? Effect.succeed(true) : Effect.zipWith(
        authorization.renew(last.authorization),
        certificate.renew(last.certificate),
        (first, second) => first || second
      )
  }
}

/** The end of a connection that its users see. */
export const authentication = (
  credentials: Renewable<ApiCredentials>
): Pick<ApiConnection, "credentials" | "refused"> => ({
  credentials: Effect.mapError(credentials.get, asIdentityError),
  refused: credentials.renew
})

const asIdentityError = (error: KubeConfigError): IdentityError =>
  new IdentityError({
    operation: "get credentials for the API server",
    failure: "NoCredentials",
    detail: error.message.slice(0, 500)
  })

/**
 * `auth-provider: oidc`. Its token is used while it is valid. It is not refreshed: that uses up a refresh token which only
 * the kubeconfig's owner may replace. Rule: KUBE-7.
 */
import * as Bytes from "@credlet/core/text/Bytes"
import * as StrictJson from "@credlet/core/text/StrictJson"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { KubeConfigError } from "../KubeConfigError.ts"
import * as DocumentNodes from "./documentNodes.ts"
import { bearer } from "./header.ts"
import type { Renewable } from "./Renewable.ts"

/** None if it is no token with an expiry. The reference, too, stops using it 10 seconds early. */
export const make = (token: string, expired: KubeConfigError): Renewable<Redacted.Redacted> | undefined => {
  const expiry = expiryOf(token)
  const header = bearer(token)
  if (expiry === undefined || header === undefined) return undefined
  return {
    get: Effect.flatMap(
      Clock.currentTimeMillis,
      (now) => now + 10_000 < expiry * 1000 ? Effect.succeed(header) : Effect.fail(expired)
    ),
    renew: () => Effect.succeed(false)
  }
}

/** In seconds since 1970. */
const expiryOf = (token: string): number | undefined => {
  const parts = token.split(".")
  const payload = parts.length === 3 ? Base64Url.decode(parts[1] ?? "") : undefined
  if (payload === undefined || Result.isFailure(payload)) return undefined
  const claims = StrictJson.parse(Bytes.decodeReplacing(payload.success))
  const exp = Result.isSuccess(claims) ? DocumentNodes.member(claims.success, "exp") : undefined
  return exp?.type === "number" ? Number(exp.value) : undefined
}

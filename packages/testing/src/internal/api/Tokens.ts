/**
 * Who holds which bearer token: the callers that the test named, and the tokens that the server itself minted for service
 * accounts. Minted ones look like tokens but have a random signature. Rules: TR-10, TR-44 (without TR-42's extension).
 *
 * @since 0.1.0
 */
import { createHash, randomBytes, randomUUID } from "node:crypto"
import type { World } from "./World.ts"

export interface Minted {
  readonly namespace: string
  readonly account: string
  readonly accountUid: string
  readonly bound: { readonly kind: "Pod" | "Secret"; readonly name: string; readonly uid: string } | undefined
  readonly nodeName: string | undefined
  readonly audiences: ReadonlyArray<string>
  readonly issuedSeconds: number
  readonly expiresSeconds: number
}

export interface Tokens {
  /** A new token for the caller; the one it had is unknown from now on. */
  readonly issue: (caller: string) => string
  readonly mint: (claims: Minted) => string
  /** The caller's name, or nothing for a token that opens nothing (any more). */
  readonly holder: (token: string, nowMillis: number) => string | undefined
}

export const make = (world: World, apiAudience: string): Tokens => {
  // By their hash, so that how long a look-up takes says nothing about a token.
  const callers = new Map<string, string>()
  const minted = new Map<string, Minted>()

  const isGood = (claims: Minted, nowMillis: number): boolean =>
    claims.audiences.includes(apiAudience) &&
    nowMillis < claims.expiresSeconds * 1000 &&
    world.accounts.get(claims.namespace, claims.account)?.uid === claims.accountUid &&
    (claims.bound === undefined || objectOf(world, claims.namespace, claims.bound)?.uid === claims.bound.uid)

  return {
    issue: (caller) => {
      for (const [hash, name] of callers) if (name === caller) callers.delete(hash)
      const token = randomBytes(32).toString("base64url")
      callers.set(hashOf(token), caller)
      return token
    },
    mint: (claims) => {
      const token = write(claims, apiAudience)
      minted.set(hashOf(token), claims)
      return token
    },
    holder: (token, nowMillis) => {
      const hash = hashOf(token)
      const claims = minted.get(hash)
      if (claims === undefined) return callers.get(hash)
      return isGood(claims, nowMillis) ? `system:serviceaccount:${claims.namespace}:${claims.account}` : undefined
    }
  }
}

/** What a token is bound to, if it is there. */
export const objectOf = (
  world: World,
  namespace: string,
  ref: { readonly kind: "Pod" | "Secret"; readonly name: string }
) => ref.kind === "Pod" ? world.pods.get(namespace, ref.name) : world.secrets.get(namespace, ref.name)

const hashOf = (token: string): string => createHash("sha256").update(token).digest("base64")

const write = (claims: Minted, issuer: string): string =>
  [
    part({ alg: "RS256", kid: "fake" }),
    part({
      aud: claims.audiences,
      exp: claims.expiresSeconds,
      iat: claims.issuedSeconds,
      iss: issuer,
      jti: randomUUID(),
      "kubernetes.io": {
        namespace: claims.namespace,
        ...(claims.nodeName === undefined ? {} : { node: { name: claims.nodeName } }),
        ...(claims.bound === undefined
          ? {}
          : { [claims.bound.kind.toLowerCase()]: { name: claims.bound.name, uid: claims.bound.uid } }),
        serviceaccount: { name: claims.account, uid: claims.accountUid }
      },
      nbf: claims.issuedSeconds,
      sub: `system:serviceaccount:${claims.namespace}:${claims.account}`
    }),
    randomBytes(32).toString("base64url")
  ].join(".")

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url")

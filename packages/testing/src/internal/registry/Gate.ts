/**
 * Who may read what, in the two ways a registry can ask for credentials. Rules: REG-3…7, REG-10, REG-12.
 *
 * @since 0.1.0
 */
import { createHash, randomBytes } from "node:crypto"
import { type Answer, error, json } from "./Answer.ts"

export interface Gate {
  /** Whether this `Authorization` header opens the repository, or, without one, the probe `/v2/`. */
  readonly admits: (authorization: string | undefined, repository: string | undefined) => boolean
  /** The `WWW-Authenticate` header for whoever was not admitted. */
  readonly challenge: (repository: string | undefined) => string
  /** The token endpoint's answer, if there is one. Anonymous callers get a token that opens no repository (REG-12). */
  readonly issue: ((query: URLSearchParams, authorization: string | undefined) => Answer) | undefined
}

/** Name and password go with every request. */
export const basic = (isAccount: (authorization: string | undefined) => boolean, realm: string): Gate => ({
  admits: isAccount,
  challenge: () => `Basic realm="${realm}"`,
  issue: undefined
})

interface BearerOptions {
  readonly isAccount: (authorization: string | undefined) => boolean
  /** The token endpoint's absolute URL. */
  readonly realm: string
  readonly service: string
  readonly lifetimeMillis: number
  readonly now: () => number
}

/** Name and password are exchanged for a short-lived token at the token endpoint. */
export const bearer = ({ isAccount, lifetimeMillis, now, realm, service }: BearerOptions): Gate => {
  // By their hash, so that how long a look-up takes says nothing about a token.
  const tokens = new Map<string, { readonly expiresAt: number; readonly repositories: ReadonlySet<string> }>()

  const grant = (repositories: ReadonlySet<string>): Answer => {
    const issuedAt = now()
    for (const [hash, { expiresAt }] of tokens) if (expiresAt <= issuedAt) tokens.delete(hash)
    const token = randomBytes(32).toString("base64url")
    tokens.set(hashOf(token), { expiresAt: issuedAt + lifetimeMillis, repositories })
    return json(200, {
      token,
      access_token: token,
      expires_in: Math.floor(lifetimeMillis / 1000),
      issued_at: new Date(issuedAt).toISOString()
    })
  }

  return {
    admits: (authorization, repository) => {
      const token = /^bearer +(\S+)$/i.exec(authorization ?? "")?.[1]
      const known = token === undefined ? undefined : tokens.get(hashOf(token))
      return known !== undefined && now() < known.expiresAt &&
        (repository === undefined || known.repositories.has(repository))
    },
    challenge: (repository) =>
      `Bearer realm="${realm}",service="${service}"` +
      (repository === undefined ? "" : `,scope="repository:${repository}:pull"`),
    issue: (query, authorization) => {
      if (query.get("service") !== service) return error(400, "UNSUPPORTED", `tokens are for service "${service}" only`)
      if (authorization === undefined) return grant(new Set())
      return isAccount(authorization)
        ? grant(pullable(query.getAll("scope")))
        : error(401, "UNAUTHORIZED", "wrong user name or password", { "WWW-Authenticate": `Basic realm="${service}"` })
    }
  }
}

const hashOf = (token: string): string => createHash("sha256").update(token).digest("base64")

/** The repositories that these scopes ask to pull from: `type:name:actions`, and the name may hold colons (REG-6). */
const pullable = (scopes: ReadonlyArray<string>): ReadonlySet<string> =>
  new Set(
    scopes.flatMap((scope) => scope.split(" ")).flatMap((scope) => {
      const [, name, actions] = /^repository:(.+):([^:]*)$/.exec(scope) ?? []
      return name !== undefined && actions?.split(",").includes("pull") ? [name] : []
    })
  )

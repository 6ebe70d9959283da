/**
 * What it means that no answer came, from the codes of Node and undici. Nothing else of their errors is looked at: their
 * texts and objects may hold the request.
 */
import type { IdentityFailure } from "@credlet/core/identity/IdentityError"

export interface Lost {
  readonly failure: IdentityFailure
  /** The system's code, such as `ECONNREFUSED`, or a few words. */
  readonly text: string
  /** The connection was there and broke: a restart, or one that was closed just when it was used again (TR-47). */
  readonly isBroken: boolean
}

/** Looks for the first code: an error may wrap another, or several, one an address of the host. */
export const codeOf = (cause: unknown): string => {
  let left: ReadonlyArray<unknown> = [cause]
  for (let depth = 0; depth < 5 && left.length > 0; depth++) {
    const next: Array<unknown> = []
    for (const one of left.slice(0, 10)) {
      if (typeof one !== "object" || one === null) continue
      if ("code" in one && typeof one.code === "string" && /^[A-Z][A-Z0-9_]{1,80}$/.test(one.code)) return one.code
      if ("errors" in one && Array.isArray(one.errors)) next.push(...one.errors)
      if ("cause" in one) next.push(one.cause)
    }
    left = next
  }
  return "no code"
}

const failures: ReadonlyArray<readonly [code: RegExp, failure: IdentityFailure]> = [
  [/^ERR_SSL_.*ALERT_.*(CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)/, "Unauthenticated"], // it does not take our certificate
  [/^(CERT_|CRL_|ERR_TLS_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH)/, "Untrusted"],
  [/^(ERR_OSSL_|ERR_CRYPTO_)/, "NotConfigured"], // certificates or a key that can't be read
  [/^UND_ERR_RES_EXCEEDED_MAX_SIZE$/, "ServerFailed"],
  [/^UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT$/, "TimedOut"]
]

/** How long a connection may take with its TLS handshake; few networks let a healthy one take a second. */
export const connectSeconds = 10

const words: ReadonlyMap<string, string> = new Map([
  ["UND_ERR_RES_EXCEEDED_MAX_SIZE", "the answer is too large"],
  [
    "UND_ERR_CONNECT_TIMEOUT",
    `no connection within ${connectSeconds} seconds, TLS included; a firewall may be in the way, or something else listens there`
  ]
])

const broken = /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/

export const lost = (cause: unknown): Lost => {
  const code = codeOf(cause)
  const failure = failures.find(([pattern]) => pattern.test(code))?.[1] ?? "Unreachable"
  return { failure, text: words.get(code) ?? code, isBroken: broken.test(code) }
}

export const notConfigured = (text: string): Lost => ({ failure: "NotConfigured", text, isBroken: false })

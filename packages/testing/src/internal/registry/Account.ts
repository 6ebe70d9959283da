/**
 * The one account that may pull: compares what a client sends in constant time. Rule: REG-4.
 *
 * @since 0.1.0
 */
import * as Bytes from "@credlet/core/text/Bytes"
import * as Redacted from "effect/Redacted"
import { createHash, timingSafeEqual } from "node:crypto"

export interface Account {
  readonly username: string
  readonly password: Redacted.Redacted
}

/** Tells whether an `Authorization` header holds this account's name and password. */
export const verifier = ({ password, username }: Account): (authorization: string | undefined) => boolean => {
  const expected = sha256(Bytes.encode(`${username}:${Redacted.value(password)}`))
  return (authorization) => {
    const encoded = /^basic +(\S+)$/i.exec(authorization ?? "")?.[1]
    return encoded !== undefined && timingSafeEqual(sha256(Buffer.from(encoded, "base64")), expected)
  }
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest()

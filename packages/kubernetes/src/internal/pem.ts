/**
 * Certificates and keys, checked before they are used: afterwards a mistake is only a failed handshake. Node's own errors do
 * not leave this file.
 */
import * as Redacted from "effect/Redacted"
import { X509Certificate } from "node:crypto"
import { createSecureContext } from "node:tls"
import type { ClientCertificate } from "../ApiConnection.ts"

const blocks = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g

/** Whether there is a certificate in it; one is enough, as for Go. */
export const holdsCertificate = (pem: string): boolean =>
  [...pem.matchAll(blocks)].some(([block]) => {
    try {
      return new X509Certificate(block).serialNumber !== ""
    } catch {
      return false
    }
  })

/** Whether both can be read and belong together. */
export const isPair = ({ certificate, key }: ClientCertificate): boolean => {
  try {
    createSecureContext({ cert: certificate, key: Redacted.value(key) })
    return true
  } catch {
    return false
  }
}

export const sameCertificate = (a: ClientCertificate, b: ClientCertificate): boolean =>
  a.certificate === b.certificate && Redacted.value(a.key) === Redacted.value(b.key)

/** What is plainly wrong with our own credentials, looked for only after a server did not take them. Rule: TR-10. */
import * as Option from "effect/Option"
import { X509Certificate } from "node:crypto"
import type { ApiCredentials } from "../ApiConnection.ts"

/** `now` in milliseconds; `undefined` if nothing is seen. */
export const flawOf = ({ authorization, certificate }: ApiCredentials, now: number): string | undefined => {
  if (certificate === undefined) return authorization === undefined ? "no credentials are configured" : undefined
  const end = endOf(certificate.certificate)
  return end === undefined || end > now ? undefined : `the client certificate expired at ${dateTime(end)}`
}

/** Of the first certificate, which is the client's own; `undefined` if it can't be read. */
const endOf = (pem: string): number | undefined => {
  const end = Option.map(readCertificate(pem), ({ validTo }) => Date.parse(validTo))
  return Option.getOrUndefined(Option.filter(end, (millis) => !Number.isNaN(millis)))
}

const readCertificate = Option.liftThrowable((pem: string) => new X509Certificate(pem))

const dateTime = (millis: number): string => new Date(millis).toISOString().replace(".000Z", "Z")

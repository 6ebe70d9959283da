/**
 * What a server wrote, made fit for errors and logs: our own credentials, which a proxy may send back, are taken out, and
 * so is whatever could forge a line.
 */
import * as Redacted from "effect/Redacted"

const longest = 500

/** The parts of an `authorization` header that must not be seen: `Bearer eyJ…` → the header and its last word. */
const secrets = (authorization: Redacted.Redacted | undefined): ReadonlyArray<string> => {
  if (authorization === undefined) return []
  const header = Redacted.value(authorization)
  return [header, header.slice(header.indexOf(" ") + 1)].filter((text) => text !== "")
}

export const masked = (text: string, authorization: Redacted.Redacted | undefined): string =>
  secrets(authorization).reduce((shown, secret) => shown.replaceAll(secret, "<redacted>"), text)

export const presentable = (text: string, authorization: Redacted.Redacted | undefined): string =>
  masked(text, authorization)
    // oxlint-disable-next-line no-control-regex
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ")
    .trim()
    .slice(0, longest)

/**
 * What a server wrote, made fit for errors and logs: our own credentials, which a proxy may send back, are taken out, and
 * so is whatever could forge a line.
 */
import * as Bytes from "@credlet/core/text/Bytes"
import * as Base64 from "effect/encoding/Base64"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"

const longest = 500

/**
 * The parts of an `authorization` header that must not be seen: `Bearer eyJ…` → the header and its last word; of `Basic …`
 * also name and password. A server may write them as they stand in a URL.
 */
const secrets = (authorization: Redacted.Redacted | undefined): ReadonlyArray<string> => {
  if (authorization === undefined) return []
  const header = Redacted.value(authorization)
  const word = header.slice(header.indexOf(" ") + 1)
  return [header, ...(header.startsWith("Basic ") ? nameAndPassword(word) : []), word]
    .flatMap((text) => [text, encodeURIComponent(text.toWellFormed())])
    .filter((text) => text !== "")
}

/** Both together first, so that a short name does not break them up; a name or password by itself only if it is long. */
const nameAndPassword = (word: string): ReadonlyArray<string> => {
  const decoded = Base64.decode(word)
  if (Result.isFailure(decoded)) return []
  const pair = Bytes.decode(decoded.success)
  const colon = pair.indexOf(":")
  return [pair, pair.slice(colon + 1), pair.slice(0, colon)].filter((text) => text.length >= 4)
}

export const masked = (text: string, authorization: Redacted.Redacted | undefined): string =>
  secrets(authorization).reduce((shown, secret) => shown.replaceAll(secret, "<redacted>"), text)

export const presentable = (text: string, authorization: Redacted.Redacted | undefined): string =>
  masked(text, authorization)
    // oxlint-disable-next-line no-control-regex
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ")
    .trim()
    .slice(0, longest)

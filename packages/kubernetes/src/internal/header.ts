/** Values of headers. Go sends the bytes of a text, HTTP clients here take a character for a byte. */
import * as Bytes from "@credlet/core/text/Bytes"
import * as Base64 from "effect/encoding/Base64"
import * as Redacted from "effect/Redacted"

/** Control characters but the tab; Go judges bytes, so those above U+007F may stand. */
const controls = /[^\P{Cc}\t\u0080-\u009f]/u

/** None if the text has a control character, which no header may have. */
export const headerValue = (text: string): string | undefined => controls.test(text) ? undefined : byteText(text)

/** `Bearer …`, unless the token can't be in a header. */
export const bearer = (token: string): Redacted.Redacted | undefined => {
  const value = headerValue(token)
  return value === undefined ? undefined : Redacted.make(`Bearer ${value}`)
}

export const basic = (username: string, password: string): Redacted.Redacted =>
  Redacted.make(`Basic ${Base64.encode(Bytes.encode(`${username}:${password}`))}`)

/** A text of which each character is a byte of its UTF-8. */
export const byteText = (text: string): string =>
  Array.from(Bytes.encode(text), (byte) => String.fromCharCode(byte)).join("")

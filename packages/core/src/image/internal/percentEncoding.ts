/**
 * The percent-encoding of Go's `net/url` in the parts of a URL that a schemeless URL has (URL-4, URL-5, URL-7, URL-9).
 */
import * as Bytes from "../../text/Bytes.ts"

/**
 * `host`: letters, digits and some marks; escapes only for bytes from 0x80 on, and `%25`.
 * `zone`, of an IPv6 address: the same characters, and escapes only for them, `%25` and `%20`.
 * `other`, a path, fragment or user info: all characters, all escapes.
 */
export type Part = "host" | "zone" | "other"

export type Fault = "escape" | "hostCharacter"

const outsideHost = /[^-A-Za-z0-9_.~!$&'()*+,;=:[\]<>"%\u0080-\uffff]/
const escape = /%([0-9A-Fa-f]{2})?/g

const isAllowedEscape = (byte: number, part: Part): boolean => {
  if (part === "other" || byte === 0x25) return true
  if (part === "host") return byte >= 0x80
  return byte === 0x20 || (byte < 0x80 && !outsideHost.test(String.fromCharCode(byte)))
}

/** The first fault from the left, as Go reports it. */
export const faultOf = (text: string, part: Part): Fault | undefined => {
  const outside = part === "other" ? -1 : text.search(outsideHost)
  for (const { 1: digits, index } of text.matchAll(escape)) {
    if (outside >= 0 && outside < index) break
    if (digits === undefined || !isAllowedEscape(Number.parseInt(digits, 16), part)) return "escape"
  }
  return outside < 0 ? undefined : "hostCharacter"
}

/** The text that escapes stand for; bytes that are no UTF-8 are kept as `Bytes` keeps them. All escapes must be valid. */
export const decode = (text: string): string => {
  if (!text.includes("%")) return text
  const bytewise = text.replace(escape, (_, digits: string) => {
    const byte = Number.parseInt(digits, 16)
    return String.fromCharCode(byte < 0x80 ? byte : 0xdc00 | byte)
  })
  return Bytes.decode(Bytes.encode(bytewise)) // bytes that together are a character become it
}

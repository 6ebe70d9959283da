/**
 * The bridge between bytes, which Go's strings are, and JavaScript's strings. A byte that is no part of well-formed
 * UTF-8 is kept as the lone surrogate U+DC80…U+DCFF ("surrogateescape"), so nothing is lost on the way here and back;
 * what is ill-formed is decided as Go does, byte by byte. Order is that of the bytes (KEY-10, CACHE-3).
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import type { Order as OrderOf } from "effect/Order"

const encoder = new TextEncoder()
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const isHigh = (unit: number): boolean => (unit & 0xfc00) === 0xd800
const isLow = (unit: number): boolean => (unit & 0xfc00) === 0xdc00
const isSurrogate = (unit: number): boolean => (unit & 0xf800) === 0xd800
const isEscapedByte = (unit: number): boolean => unit >= 0xdc80 && unit <= 0xdcff

/**
 * The number of bytes that `encode` gives for a text, without making them.
 *
 * @since 0.1.0
 * @category accessors
 */
export const utf8Length = (text: string): number => {
  let length = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit < 0x80) length += 1
    else if (unit < 0x800) length += 2
    else if (isHigh(unit) && isLow(text.charCodeAt(at + 1))) {
      length += 4
      at++
    } else length += isEscapedByte(unit) ? 1 : 3
  }
  return length
}

/**
 * The bytes of a text. U+DC80…U+DCFF, where they stand alone, give the byte that `decode` kept in them; any other
 * lone surrogate gives U+FFFD (EF BF BD). `encode(decode(bytes))` equals `bytes` for all bytes.
 *
 * @since 0.1.0
 * @category encoding
 * @example
 * ```ts
 * import * as Bytes from "@credlet/core/text/Bytes"
 *
 * const bytes = Uint8Array.of(0x61, 0xe4)
 * Bytes.decode(bytes) // "a\udce4"
 * Bytes.encode(Bytes.decode(bytes)) // 61 e4 again
 * ```
 */
export const encode = (text: string): Uint8Array => {
  if (text.isWellFormed()) return encoder.encode(text)
  const bytes = new Uint8Array(utf8Length(text))
  let length = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit < 0x80) bytes[length++] = unit
    else if (unit < 0x800) {
      bytes[length++] = 0xc0 | (unit >> 6)
      bytes[length++] = 0x80 | (unit & 0x3f)
    } else if (isHigh(unit) && isLow(text.charCodeAt(at + 1))) {
      const point = 0x10000 + ((unit & 0x3ff) << 10) + (text.charCodeAt(++at) & 0x3ff)
      bytes[length++] = 0xf0 | (point >> 18)
      bytes[length++] = 0x80 | ((point >> 12) & 0x3f)
      bytes[length++] = 0x80 | ((point >> 6) & 0x3f)
      bytes[length++] = 0x80 | (point & 0x3f)
    } else if (isEscapedByte(unit)) bytes[length++] = unit & 0xff
    else {
      const scalar = isSurrogate(unit) ? 0xfffd : unit
      bytes[length++] = 0xe0 | (scalar >> 12)
      bytes[length++] = 0x80 | ((scalar >> 6) & 0x3f)
      bytes[length++] = 0x80 | (scalar & 0x3f)
    }
  }
  return bytes
}

const isContinuation = (byte: number | undefined): boolean => ((byte ?? 0) & 0xc0) === 0x80

/** The length of the well-formed sequence that starts at `at`, 0 if there is none. */
const sequenceLength = (bytes: Uint8Array, at: number): number => {
  const first = bytes[at] ?? 0
  const second = bytes[at + 1] ?? 0
  if (first < 0x80) return 1
  if (first < 0xc2 || first > 0xf4) return 0
  if (first < 0xe0) return isContinuation(second) ? 2 : 0
  // The second byte's bounds keep out overlong forms, surrogates and what lies beyond U+10FFFF.
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
  if (second < least || second > most || !isContinuation(bytes[at + 2])) return 0
  if (first < 0xf0) return 3
  return isContinuation(bytes[at + 3]) ? 4 : 0
}

const fromUnits = (units: Uint16Array): string => {
  let text = ""
  // In pieces, since a call takes only so many arguments. Spreading them would take eight times as long.
  for (let at = 0; at < units.length; at += 8192) {
    text += Reflect.apply(String.fromCharCode, undefined, units.subarray(at, at + 8192))
  }
  return text
}

const decodeWith = (bytes: Uint8Array, illFormed: (byte: number) => number): string => {
  const units = new Uint16Array(bytes.length)
  let length = 0
  for (let at = 0; at < bytes.length;) {
    const byte = bytes[at] ?? 0
    const size = sequenceLength(bytes, at)
    if (size === 0) units[length++] = illFormed(byte)
    else if (size === 1) units[length++] = byte
    else {
      let point = byte & (0xff >> (size + 1))
      for (let index = at + 1; index < at + size; index++) point = (point << 6) | ((bytes[index] ?? 0) & 0x3f)
      if (point > 0xffff) {
        units[length++] = 0xd7c0 + (point >> 10)
        units[length++] = 0xdc00 + (point & 0x3ff)
      } else units[length++] = point
    }
    at += Math.max(size, 1)
  }
  return fromUnits(units.subarray(0, length))
}

const decodeNative = (bytes: Uint8Array): string | undefined => {
  try {
    return strictDecoder.decode(bytes)
  } catch {
    return undefined
  }
}

/**
 * The text of bytes that must be well-formed UTF-8; none if they are not. A byte order mark is kept.
 *
 * @since 0.1.0
 * @category decoding
 */
export const decodeStrict = (bytes: Uint8Array): Option.Option<string> => Option.fromUndefinedOr(decodeNative(bytes))

/**
 * The text of any bytes; each byte that is no part of well-formed UTF-8 becomes U+DC80…U+DCFF, from which `encode`
 * makes it again. A byte order mark is kept.
 *
 * @since 0.1.0
 * @category decoding
 */
export const decode = (bytes: Uint8Array): string => decodeNative(bytes) ?? decodeWith(bytes, (byte) => 0xdc00 | byte)

/**
 * The text of any bytes; each byte that is no part of well-formed UTF-8 becomes U+FFFD, as in Go. (A `TextDecoder`
 * may make one U+FFFD of several bytes.) A byte order mark is kept.
 *
 * @since 0.1.0
 * @category decoding
 */
export const decodeReplacing = (bytes: Uint8Array): string => decodeNative(bytes) ?? decodeWith(bytes, () => 0xfffd)

const compareBytes = (a: Uint8Array, b: Uint8Array): -1 | 0 | 1 => {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0)
    if (difference !== 0) return difference < 0 ? -1 : 1
  }
  return a.length === b.length ? 0 : a.length < b.length ? -1 : 1
}

/**
 * The order of two texts by their bytes. It is not JavaScript's `<`, which goes by UTF-16 code units: there, `"😀"` comes
 * before `"ｆ"`.
 *
 * @since 0.1.0
 * @category ordering
 */
export const compare = (a: string, b: string): -1 | 0 | 1 => {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  let at = 0
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at++
  const unitA = a.charCodeAt(at) // NaN at the end of the text: no surrogate, and not less than anything
  const unitB = b.charCodeAt(at)
  if (!isSurrogate(unitA) && !isSurrogate(unitB)) {
    if (at === a.length) return -1
    if (at === b.length) return 1
    return unitA < unitB ? -1 : 1
  }
  // Surrogates take part: their bytes decide, together with the half of a pair that both texts may share.
  const from = at > 0 && isHigh(a.charCodeAt(at - 1)) ? at - 1 : at
  return compareBytes(encode(a.slice(from)), encode(b.slice(from)))
}

/**
 * `compare` as an `Order`.
 *
 * @since 0.1.0
 * @category ordering
 */
export const Order: OrderOf<string> = compare

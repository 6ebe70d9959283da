/**
 * Go's `filepath.Match` on the bytes of one label, for the few patterns where characters won't do: an IPv6 address in
 * brackets, which it takes for a character class (URL-28), and bytes that are no UTF-8. Negated classes, `\`, `?` and `/`
 * can't come through URL parsing (URL-25).
 */
import * as Bytes from "../../text/Bytes.ts"

const star = 0x2a
const dash = 0x2d
const open = 0x5b
const close = 0x5d

/** `malformed` is Go's `ErrBadPattern`, found only if what stands before the last `*` to its left matches. */
export type Outcome = "match" | "noMatch" | "malformed"

interface Rune {
  readonly value: number
  readonly size: number
  readonly illFormed: boolean
}

const runeAt = (bytes: Uint8Array, at: number): Rune => {
  const value = Bytes.decode(bytes.subarray(at, at + 4)).codePointAt(0) ?? 0
  if (value >= 0xdc80 && value <= 0xdcff) return { value: 0xfffd, size: 1, illFormed: true }
  return { value, size: Bytes.utf8Length(String.fromCodePoint(value)), illFormed: false }
}

/** One character of a class. After it, at least the closing bracket must follow. */
const classRune = (chunk: Uint8Array, at: number): Rune | undefined => {
  if (at >= chunk.length || chunk[at] === dash || chunk[at] === close) return undefined
  const rune = runeAt(chunk, at)
  return rune.illFormed || at + rune.size >= chunk.length ? undefined : rune
}

/** Whether a class, from behind its opening bracket on, holds a character, and where it ends. */
const matchClass = (chunk: Uint8Array, from: number, value: number) => {
  let holds = false
  for (let at = from;;) {
    const low = classRune(chunk, at)
    if (low === undefined) return undefined
    at += low.size
    let high = low
    if (chunk[at] === dash) {
      const end = classRune(chunk, at + 1)
      if (end === undefined) return undefined
      high = end
      at += 1 + high.size
    }
    holds ||= low.value <= value && value <= high.value
    if (chunk[at] === close) return { holds, end: at + 1 }
  }
}

/**
 * Where a chunk, which has no star outside of classes, ends in a name; -1 if it is not there. After a mismatch the rest
 * of the chunk is still checked.
 */
const matchChunk = (chunk: Uint8Array, name: Uint8Array, from: number): number | "malformed" => {
  let at = from
  let failed = false
  for (let index = 0; index < chunk.length;) {
    if (chunk[index] === open) {
      const rune = failed || at >= name.length ? undefined : runeAt(name, at)
      const found = matchClass(chunk, index + 1, rune?.value ?? -1)
      if (found === undefined) return "malformed"
      failed ||= !found.holds
      at += rune?.size ?? 0
      index = found.end
    } else {
      failed ||= chunk[index] !== name[at]
      at++
      index++
    }
  }
  return failed ? -1 : at
}

export interface Piece {
  readonly afterStar: boolean
  readonly chunk: Uint8Array
}

/** A pattern in pieces: runs of stars, each with what stands behind it up to the next. A star in a class is no star. */
export const compile = (pattern: string): ReadonlyArray<Piece> => {
  const bytes = Bytes.encode(pattern)
  const pieces: Array<Piece> = []
  for (let at = 0; at < bytes.length;) {
    const begin = at
    while (bytes[at] === star) at++
    const from = at
    for (let inClass = false; at < bytes.length && (inClass || bytes[at] !== star); at++) {
      if (bytes[at] === open) inClass = true
      else if (bytes[at] === close) inClass = false
    }
    pieces.push({ afterStar: from > begin, chunk: bytes.subarray(from, at) })
  }
  return pieces
}

/** Where a piece ends in a name if it is found at its first place from `from` on; the last piece must end the name. */
const find = (piece: Piece, isLast: boolean, name: Uint8Array, from: number): number | "malformed" => {
  const last = piece.afterStar ? name.length : from
  for (let at = from; at <= last; at++) {
    const end = matchChunk(piece.chunk, name, at)
    if (end === "malformed" || (end >= 0 && (!isLast || end === name.length))) return end
  }
  return -1
}

export const match = (pieces: ReadonlyArray<Piece>, name: Uint8Array): Outcome => {
  let at = 0
  for (const [index, piece] of pieces.entries()) {
    const isLast = index === pieces.length - 1
    const end = find(piece, isLast, name, at)
    if (end === "malformed") return end
    if (end < 0) return "noMatch"
    at = end
  }
  return at === name.length ? "match" : "noMatch"
}

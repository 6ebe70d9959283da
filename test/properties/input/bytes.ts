/** Ways to spoil a document that know nothing of its structure, or just enough to do damage. */
import type { Random } from "../driver/random.ts"

export type Texts = readonly [string, ...ReadonlyArray<string>]

export const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

/** What is odd in any text. */
const oddBytes: readonly [ReadonlyArray<number>, ...ReadonlyArray<ReadonlyArray<number>>] = [
  [0xff],
  [0xc0, 0x80],
  [0x80],
  [0xe2, 0x82],
  [0xed, 0xa0, 0x80], // a surrogate
  [0xed, 0xb0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xef, 0xbb, 0xbf], // a byte order mark
  [0xff, 0xfe],
  [0x00],
  [0x01],
  [0x0d],
  [0x0a],
  [0x09],
  [0x7f],
  [0xc2, 0x85],
  [0xe2, 0x80, 0xa8],
  [0xc3, 0xa9],
  [0xf0, 0x9f, 0x98, 0x80]
]

export interface Format {
  readonly tokens: Texts
  /** Another document of the same format. */
  readonly other: () => Uint8Array
  /** How large documents get, about. */
  readonly most: number
}

/** A few changes. */
export const mutated = (random: Random, from: Uint8Array, format: Format): Uint8Array => {
  let bytes = from
  for (let left = 1 + random.size(4); left > 0; left--) bytes = changed(random, bytes, format)
  return bytes.subarray(0, 2 * format.most)
}

const changed = (random: Random, bytes: Uint8Array, { most, other, tokens }: Format): Uint8Array => {
  const at = random.below(bytes.length + 1)
  const to = Math.min(bytes.length, at + 1 + random.size(40))
  const replaced = (...parts: ReadonlyArray<Uint8Array>) => joined(bytes.subarray(0, at), ...parts, bytes.subarray(to))
  const inserted = (...parts: ReadonlyArray<Uint8Array>) => joined(bytes.subarray(0, at), ...parts, bytes.subarray(at))
  const token = () => encode(random.pick(tokens))
  switch (random.below(16)) {
    case 0: { // a bit
      const copy = bytes.slice()
      const byte = copy[at]
      if (byte !== undefined) copy[at] = byte ^ (1 << random.below(8))
      return copy
    }
    case 1:
      return inserted(Uint8Array.from(random.pick(oddBytes)))
    case 2:
      return inserted(Uint8Array.of(random.below(256)))
    case 3:
    case 4:
    case 5:
      return inserted(token())
    case 6:
      return replaced(token())
    case 7:
      return replaced()
    case 8:
      return inserted(bytes.subarray(at, to)) // twice
    case 9:
      return bytes.subarray(0, at) // cut off
    case 10: { // from another document
      const donor = other()
      const from = random.below(donor.length + 1)
      return replaced(donor.subarray(from, from + random.size(200)))
    }
    case 11: { // something from elsewhere in the document
      const from = random.below(bytes.length + 1)
      return inserted(bytes.subarray(from, from + random.size(60)))
    }
    case 12:
      return inserted(repeated(random, random.oneIn(2) ? token() : joined(token(), token()), most))
    case 13:
      return inserted(repeated(random, bytes.subarray(at, to), most))
    case 14: { // nested
      const [open, close] = random.pick([["[", "]"], ["{\"a\":", "}"], ["[[{\"a\":[", ""], ["{", ""], ["- ", ""]])
      const depth = random.size(random.oneIn(10) ? 20_000 : 300)
      return inserted(encode(open.repeat(depth)), bytes.subarray(at, to), encode(close.repeat(depth)))
    }
    default:
      return replaced(encode(random.pick(["1", "-1", "0.", "1e", "0x", "1_"]) + "9".repeat(random.size(5_000))))
  }
}

/** Mostly a few times, now and then until the document is as large as documents get. */
const repeated = (random: Random, part: Uint8Array, most: number): Uint8Array => {
  const often = Math.floor(most / Math.max(part.length, 1))
  const times = random.oneIn(30) ? often : random.size(Math.min(often, 200))
  return new Uint8Array(part.length * times).map((_, at) => part[at % part.length] ?? 0)
}

export const joined = (...parts: ReadonlyArray<Uint8Array>): Uint8Array => new Uint8Array(Buffer.concat(parts))

/** The same text in UTF-16, with its byte order mark. */
export const toUtf16 = (bytes: Uint8Array, bigEndian: boolean): Uint8Array => {
  const units = Buffer.from(`\ufeff${Buffer.from(bytes).toString()}`, "utf16le")
  return new Uint8Array(bigEndian ? units.swap16() : units)
}

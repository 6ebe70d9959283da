/**
 * Text written as Go writes it: a JSON string of `encoding/json` (REQ-7, HASH-4), the `%q` form of `strconv.Quote`
 * (CFG-107), lower case (CFG-103, IMG-6). Where bytes are compared or hashed, `JSON.stringify` is not the same.
 *
 * @since 0.1.0
 */

// A surrogate that is no half of a pair matches \p{Cs}; with the u flag the halves of a pair don't.
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const jsonSpecial = /["\\<>&\u0000-\u001f\u2028\u2029\p{Cs}]/gu
const quoteSpecial = /["\\\p{Cs}]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu

const hex = (value: number, width: number): string => value.toString(16).padStart(width, "0")

const jsonShort = new Map([
  ["\"", "\\\""],
  ["\\", "\\\\"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"]
])

const quoteShort = new Map([...jsonShort, ["\u0007", "\\a"], ["\v", "\\v"]])

const jsonEscape = (character: string): string => {
  const short = jsonShort.get(character)
  if (short !== undefined) return short
  const unit = character.charCodeAt(0)
  return unit >= 0xd800 ? "\\ufffd" : `\\u${hex(unit, 4)}`
}

const quoteEscape = (character: string): string => {
  const short = quoteShort.get(character)
  if (short !== undefined) return short
  const point = character.codePointAt(0) ?? 0
  if (point < 0x20 || point === 0x7f) return `\\x${hex(point, 2)}`
  if (point >= 0xdc80 && point <= 0xdcff) return `\\x${hex(point & 0xff, 2)}`
  if (point >= 0xd800 && point <= 0xdfff) return "\ufffd" // what `Bytes.encode` makes of it, and printable
  return point < 0x10000 ? `\\u${hex(point, 4)}` : `\\U${hex(point, 8)}`
}

/**
 * A JSON string with its quotes as Go's `encoding/json` writes it: `<`, `>`, `&`, U+2028 and U+2029 are escaped, all
 * else that is not ASCII stays as it is, and a byte that is not UTF-8 (a lone surrogate here) is written `\ufffd`.
 *
 * @since 0.1.0
 * @category rendering
 * @example
 * ```ts
 * import * as GoText from "@credlet/core/text/GoText"
 *
 * GoText.jsonString("TOK<&>") // "\"TOK\\u003c\\u0026\\u003e\""
 * ```
 */
export const jsonString = (text: string): string => `"${text.replace(jsonSpecial, jsonEscape)}"`

/**
 * A text in quotes as Go's `%q` prints it: what is not printable is escaped, a byte that is not UTF-8 as `\xNN`.
 *
 * @since 0.1.0
 * @category rendering
 * @example
 * ```ts
 * import * as GoText from "@credlet/core/text/GoText"
 *
 * GoText.quote("a\"b\n") // "\"a\\\"b\\n\""
 * ```
 */
export const quote = (text: string): string => `"${text.replace(quoteSpecial, quoteEscape)}"`

/**
 * A text in lower case as Go's `strings.ToLower` gives it: letter by letter, so `İ` becomes `i` and `Σ` always `σ`; in a
 * text that is not ASCII a byte that is not UTF-8 becomes U+FFFD.
 *
 * @since 0.1.0
 * @category rendering
 */
export const toLowerCase = (text: string): string =>
  text.toWellFormed().replaceAll("\u0130", "i").replaceAll("\u03a3", "\u03c3").toLowerCase()

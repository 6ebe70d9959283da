/**
 * Quoted scalars: where one ends, and its text with escapes and line folding undone as go-yaml does it.
 */
import * as Result from "effect/Result"
import { fail, type YamlProblem } from "./YamlProblem.ts"

/** The offset after the closing quote of the scalar that begins at `start`; `undefined` if it is not closed. */
export const endOf = (text: string, start: number, limit: number): number | undefined => {
  const quote = text[start]
  for (let at = start + 1; at < limit; at++) {
    const char = text[at]
    if (char === "\\" && quote === "\"") at++
    else if (char === quote) {
      if (quote === "\"" || text[at + 1] !== "'") return at + 1
      at++
    }
  }
  return undefined
}

/** The content of the scalar between `start` and `end`, its quotes included. */
export const read = (text: string, start: number, end: number): Result.Result<string, YamlProblem> => {
  const folded = text.slice(start + 1, end - 1)
  if (text[start] === "'") return Result.succeed(unfold(folded).replaceAll("''", "'"))
  let badEscape: number | undefined
  const value = folded.replaceAll(escapeOrFold, (part: string, ...rest: ReadonlyArray<unknown>) => {
    if (!part.startsWith("\\")) return fold(part)
    const escaped = /^.[\n\u2028\u2029]/.test(part) ? breaksOf(part).slice(1) : unescape(part.slice(1))
    if (escaped === undefined) badEscape ??= start + 1 + Number(rest.at(-2))
    return escaped ?? ""
  })
  return badEscape === undefined ? Result.succeed(value) : fail("badEscape", badEscape)
}

/** Joins lines: a line break is a space, of several the first is dropped. U+2028 and U+2029 are kept as they are. */
export const unfold = (folded: string): string =>
  /[\n\u2028\u2029]/.test(folded) ? folded.replaceAll(lineFold, fold) : folded

// Blanks are tried from their first one only: from each of them would take the square of the time.
const lineFold = /(?<![ \t])[ \t]*[\n\u2028\u2029][ \t\n\u2028\u2029]*/g

// Blanks without a line break are matched as well, and stay: the first one may stand behind an escaped one.
const escapeOrFold =
  /\\(?:[\n\u2028\u2029][ \t\n\u2028\u2029]*|x[^]{0,2}|u[^]{0,4}|U[^]{0,8}|[^])|[ \t]+(?:[\n\u2028\u2029][ \t\n\u2028\u2029]*)?|[\n\u2028\u2029][ \t\n\u2028\u2029]*/g

const breaksOf = (part: string): string => part.replaceAll(/[^\n\u2028\u2029]/g, "")

const fold = (part: string): string => {
  const breaks = breaksOf(part)
  if (breaks === "") return part
  return breaks === "\n" ? " " : breaks.replace(/^\n/, "")
}

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ["0", "\0"],
  ["a", "\x07"],
  ["b", "\b"],
  ["t", "\t"],
  ["\t", "\t"],
  ["n", "\n"],
  ["v", "\v"],
  ["f", "\f"],
  ["r", "\r"],
  ["e", "\x1b"],
  [" ", " "],
  ["\"", "\""],
  ["'", "'"],
  ["\\", "\\"],
  ["N", "\x85"],
  ["_", "\xa0"],
  ["L", "\u2028"],
  ["P", "\u2029"]
])

const unescape = (escape: string): string | undefined => {
  const hex = /^(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8})$/.test(escape)
  if (!hex) return simpleEscapes.get(escape)
  const point = Number.parseInt(escape.slice(1), 16)
  const isScalar = point < 0xd800 || (point > 0xdfff && point <= 0x10ffff)
  return isScalar ? String.fromCodePoint(point) : undefined
}

/**
 * Flow collections laid out on one line. go-yaml does not look at indentation between brackets or quotes; the `yaml`
 * package does, so what it takes for unclosed is given to it again without line breaks.
 */
import * as Quoted from "./YamlQuoted.ts"

export interface Flattened {
  readonly start: number
  /** As long as what it stands for, with spaces for line breaks and comments. */
  readonly text: string
}

/** The flow collection or quoted scalar at `start` on one line; `undefined` if it isn't closed before `limit`. */
export const flattened = (text: string, start: number, limit: number): Flattened | undefined => {
  const parts: Array<string> = []
  const closers: Array<string> = []
  for (let at = start; at < limit;) {
    const end = tokenEnd(text, at, limit)
    if (end === undefined) return undefined
    const token = text.slice(at, end)
    parts.push(token.startsWith("#") ? " ".repeat(token.length) : token.replaceAll("\n", " "))
    if (token === "[") closers.push("]")
    else if (token === "{") closers.push("}")
    else if ((token === "]" || token === "}") && closers.pop() !== token) return undefined
    at = end
    if (closers.length === 0) return { start, text: parts.join("") }
  }
  return undefined
}

/**
 * The end, always behind `at`, of the token or the white space there, between brackets: a bracket, an indicator,
 * quoted or plain text, a comment; `undefined` for a quote that isn't closed. No `\s`: JavaScript counts a byte order
 * mark and others as blanks.
 */
export const tokenEnd = (text: string, at: number, limit: number): number | undefined => {
  const char = text[at]
  if (char === "\"" || char === "'") return Quoted.endOf(text, at, limit)
  const token = char === "#" ? /[^\n]*/y : /[ \t\n]+|[,?:[\]{}]/y
  token.lastIndex = at
  return Math.min(token.test(text) ? token.lastIndex : plainEnd(text, at), limit)
}

/** Piece by piece: as a repeated group, millions of characters use up the stack. */
const plainEnd = (text: string, at: number): number => {
  const piece = /[^ \t\n,?:[\]{}]+|:(?![ \t\n])|[ \t\n](?!#)/y
  let end = at
  for (piece.lastIndex = at; piece.test(text);) end = piece.lastIndex
  return end
}

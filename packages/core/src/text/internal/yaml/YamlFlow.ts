/**
 * Flow collections laid out on one line. go-yaml does not look at indentation between brackets or quotes; the `yaml`
 * package does, so what it takes for unclosed is given to it again without line breaks.
 */
import * as Quoted from "./YamlQuoted.ts"

/**
 * The text of the same length in which the flow collection or quoted scalar at `start` has spaces for its line breaks
 * and comments; `undefined` if it isn't closed before `limit`.
 */
export const flattened = (text: string, start: number, limit: number): string | undefined => {
  const parts = [text.slice(0, start)]
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
    if (closers.length === 0) return parts.join("") + text.slice(at)
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
  const token = char === "#" ? /[^\n]*/y : /[ \t\n]+|[,?:[\]{}]|(?:[^ \t\n,?:[\]{}]|:(?![ \t\n])|[ \t\n](?!#))+/y
  token.lastIndex = at
  token.test(text)
  return Math.min(token.lastIndex, limit)
}

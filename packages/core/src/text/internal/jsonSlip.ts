/** The slips that people make most often where they write JSON by hand: each is worth a word of its own. */
import type { Reason } from "./JsonReader.ts"

interface Problem {
  readonly reason: Reason
  readonly offset: number
}

/** What was probably meant at the place where reading stopped, or else the problem as it is. */
export const jsonSlip = (text: string, problem: Problem): Problem => {
  const { offset, reason } = problem
  if (!expectations.has(reason)) return problem
  if (comment.test(text.slice(offset, offset + 2))) return { reason: "comment", offset }
  const found = text.charAt(offset)
  const wantsText = reason === "expectedKey" || reason === "expectedValue"
  if (wantsText && found === "'") return { reason: "singleQuote", offset }
  if (wantsText && /[\]}]/.test(found)) {
    const before = lastBefore(text, offset)
    if (text.charAt(before) === ",") return { reason: "trailingComma", offset: before }
  }
  if (reason === "expectedKey" && /[\p{L}_$]/u.test(found)) return { reason: "unquotedKey", offset }
  if (reason === "expectedCommaOrEnd" && /["[{]/.test(found)) return { reason: "missingComma", offset }
  return problem
}

const expectations: ReadonlySet<Reason> = new Set([
  "expectedKey",
  "expectedValue",
  "expectedColon",
  "expectedCommaOrEnd"
])

const comment = /^(?:#|\/\/|\/\*)/

/** Where the last character before this place is that is no white space. */
const lastBefore = (text: string, offset: number): number => {
  let at = offset - 1
  while (at >= 0 && " \n\r\t".includes(text.charAt(at))) at--
  return at
}

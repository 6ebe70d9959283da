/**
 * Tabs where go-yaml refuses them (CFG-46): at the start of a line and after `-`, `?` or an explicit key's `:`.
 */
import * as Result from "effect/Result"
import { fail, type YamlProblem } from "./YamlProblem.ts"

/**
 * Checks the text between `start` and `end`; `free` are the places, in order, where tabs are no indentation: scalars
 * with the blanks after them, and flow collections.
 */
export const check = (
  text: string,
  start: number,
  end: number,
  free: ReadonlyArray<readonly [start: number, end: number]>
): Result.Result<void, YamlProblem> => {
  const lines = new Lines(text)
  let next = 0
  for (let at = text.indexOf("\t", start); at >= 0 && at < end; at = text.indexOf("\t", at + 1)) {
    let place = free[next]
    while (place !== undefined && place[1] <= at) place = free[++next]
    if (place !== undefined && place[0] <= at) {
      at = place[1] - 1
      continue
    }
    if (isIndentation(text, at, lines.startOf(at), free[next - 1]?.[1] ?? 0)) return fail("tabInIndentation", at)
    while (isBlank(text[at + 1])) at++ // further tabs of the same blanks are no other matter
  }
  return Result.void
}

const isBlank = (char: string | undefined): boolean => char === " " || char === "\t"

const isIndentation = (text: string, at: number, lineStart: number, afterScalar: number): boolean => {
  const start = Math.max(lineStart, afterScalar)
  const startsLine = lineStart >= afterScalar
  const before = lastNonBlank(text, at, start)
  if (before < start) return startsLine
  if (text[before] === ":") return startsLine && lastNonBlank(text, before, start) < start
  const isIndicator = text[before] === "-" || text[before] === "?"
  return isIndicator && (before === start || isBlank(text[before - 1])) && !text.slice(start, before).includes("#")
}

/** The offset of the last character before `at` that is no blank; less than `start` if there is none from there on. */
const lastNonBlank = (text: string, at: number, start: number): number => {
  let before = at - 1
  while (before >= start && isBlank(text[before])) before--
  return before
}

/** Asked for one offset after the other, it goes through the text once. */
class Lines {
  private readonly text: string
  private start = 0
  private end: number

  constructor(text: string) {
    this.text = text
    this.end = text.indexOf("\n")
  }

  startOf(offset: number): number {
    while (this.end >= 0 && this.end < offset) {
      this.start = this.end + 1
      this.end = this.text.indexOf("\n", this.start)
    }
    return this.start
  }
}

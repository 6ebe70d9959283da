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
  let next = 0
  for (let at = text.indexOf("\t", start); at >= 0 && at < end; at = text.indexOf("\t", at + 1)) {
    let place = free[next]
    while (place !== undefined && place[1] <= at) place = free[++next]
    if (place !== undefined && place[0] <= at) at = place[1] - 1
    else if (isIndentation(text, at, free[next - 1]?.[1] ?? 0)) return fail("tabInIndentation", at)
  }
  return Result.void
}

const isIndentation = (text: string, at: number, afterScalar: number): boolean => {
  const lineStart = Math.max(text.lastIndexOf("\n", at - 1) + 1, afterScalar)
  const before = text.slice(lineStart, at)
  const isLineStart = lineStart === 0 || text[lineStart - 1] === "\n"
  return (isLineStart && /^[ \t]*(?::[ \t]*)?$/.test(before)) || /^[^#]*(?:^|[ \t])[-?][ \t]*$/.test(before)
}

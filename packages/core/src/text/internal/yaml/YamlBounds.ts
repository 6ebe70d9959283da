/**
 * Where a file's first document begins and ends (CFG-33, CFG-34): after comments, directives and `---`, and before
 * the next line that is a document marker.
 */
import * as Result from "effect/Result"
import { fail, type YamlProblem } from "./YamlProblem.ts"

export interface YamlBounds {
  /** Where the content can begin, after the document's own `---` if it has one. */
  readonly start: number
  readonly end: number
}

const blankLine = () => / *(?:#.*)?(?:\n|$)/y
const directiveLine = () =>
  /%(?:(YAML)[ \t]+1\.1|TAG[ \t]+(!(?:[\w-]*!)?)[ \t]+[\w\-;/?:@&=+$,.!~*'()[\]%]+)[ \t]*(?:#.*)?(?:\n|$)/y
const marker = () => /^(?:---|\.\.\.)(?=[ \t\n]|$)/gm

export const find = (text: string): Result.Result<YamlBounds, YamlProblem> => {
  const directives = new Set<string>()
  const blank = blankLine()
  const directive = directiveLine()
  let at = 0
  for (; at < text.length; at = Math.max(blank.lastIndex, directive.lastIndex)) {
    blank.lastIndex = directive.lastIndex = at
    if (blank.test(text)) continue
    if (text[at] !== "%") break
    const [, version, handle] = directive.exec(text) ?? []
    const name = version ?? handle
    if (name === undefined || directives.has(name)) return fail("directive", at)
    directives.add(name)
  }
  const markers = marker()
  markers.lastIndex = at
  let next = markers.exec(text)
  const isExplicit = next?.index === at && text[at] === "-"
  if (isExplicit) next = markers.exec(text)
  else if (next?.index === at) return fail("unexpected", at)
  else if (directives.size > 0) return fail("directive", at)
  return Result.succeed({ start: isExplicit ? at + 3 : at, end: next?.index ?? text.length })
}

/** The first line from an offset on that is more than a comment or a document marker: what nobody will read. */
export const ignoredFrom = (text: string, offset: number): number | undefined => {
  const line = /^(?!(?:---|\.\.\.)?[ \t]*(?:#.*)?$)[^\n]+/gm
  line.lastIndex = offset
  return line.exec(text)?.index
}

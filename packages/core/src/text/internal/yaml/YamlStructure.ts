/**
 * The structure of a file's first document: what the `yaml` package found, narrowed and widened to what go-yaml
 * accepts (CFG-33…35, CFG-46).
 */
import * as Result from "effect/Result"
import type * as Yaml from "yaml"
import { skipBlanks } from "./YamlBlanks.ts"
import * as YamlBounds from "./YamlBounds.ts"
import { compose, type YamlComposition } from "./YamlComposition.ts"
import { type ProblemCode, type YamlProblem } from "./YamlProblem.ts"
import * as YamlRest from "./YamlRest.ts"
import * as YamlTabs from "./YamlTabs.ts"
import type { YamlText } from "./YamlText.ts"
import type { YamlTree } from "./YamlTree.ts"
import { YamlWalk } from "./YamlWalk.ts"

export interface YamlStructure {
  readonly tree: YamlTree
  /** Where content begins that is not part of the first document. */
  readonly ignoredFrom: number | undefined
}

export const read = (source: YamlText): Result.Result<YamlStructure, YamlProblem> => {
  const text = source.text.slice(0, source.readable)
  const shape = text.replaceAll(/[\u2028\u2029]/g, "\n") // these break lines but stay in scalars
  const found = YamlBounds.find(shape)
  const structure = Result.flatMap(found, (bounds) => within(text, shape, bounds))
  if (source.problem === undefined) return structure
  // go-yaml sees a bad character only if the document, or the token after it, reaches as far.
  const endsBefore = Result.isSuccess(structure) && Result.isSuccess(found) &&
    (found.success.end < text.length || structure.success.ignoredFrom !== undefined)
  return endsBefore ? structure : Result.fail(source.problem)
}

const within = (
  text: string,
  shape: string,
  { end, start }: YamlBounds.YamlBounds
): Result.Result<YamlStructure, YamlProblem> => {
  const composed = compose(shape.slice(0, end))
  if (Result.isFailure(composed)) return Result.fail(composed.failure)
  const composition = composed.success
  const walk = new YamlWalk(text, shape, end)
  const tree = walk.document(composition)
  const rest = restOf(shape, composition.document.contents, walk.end, end)
  const problem = first(walk.problem, errorOf(shape, composition, rest))
  if (tree === undefined || problem !== undefined) return Result.fail(problem ?? { code: "unexpected", offset: start })
  return Result.map(
    Result.andThen(
      YamlTabs.check(shape, start, rest ?? end, walk.free),
      () => rest === undefined ? Result.void : YamlRest.check(shape, rest, end)
    ),
    () => ({ tree, ignoredFrom: rest ?? YamlBounds.ignoredFrom(shape, end) })
  )
}

/**
 * Where text begins that is no part of the root: after a root scalar or flow collection, or left of a root that is
 * indented. Left of nothing there is nothing, so a root at column 0 goes on to the end.
 */
const restOf = (
  text: string,
  root: Yaml.ParsedNode | null,
  rootEnd: number,
  end: number
): number | undefined => {
  if (root === null || root.range[0] === root.range[1]) return undefined
  const rest = skipBlanks(text, rootEnd)
  if (rest >= end) return undefined
  const token = root.srcToken
  if (token?.type !== "block-map" && token?.type !== "block-seq") return rest
  const column = rest - (text.lastIndexOf("\n", rest - 1) + 1)
  return column < token.indent ? rest : undefined
}

/** The package's first error that counts. */
const errorOf = (text: string, { document }: YamlComposition, rest: number | undefined): YamlProblem | undefined => {
  const error = document.errors.find(({ code, pos: [from, to] }) => {
    const isComment = /^#[^\n]*$/.test(text.slice(from, to)) // go-yaml needs no blank before it
    const isEscape = code === "BAD_DQ_ESCAPE" // the walk reads them
    return !isEscape && !(isComment && code === "MISSING_CHAR") && (rest === undefined || from < rest)
  })
  if (error === undefined) return undefined
  const [offset] = error.pos
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1
  const tab = /^ *\t/.exec(text.slice(lineStart))
  if (tab !== null) return { code: "tabInIndentation", offset: lineStart + tab[0].length - 1 }
  return { code: codes[error.code] ?? badStarts.get(text[offset]) ?? "unexpected", offset }
}

const badStarts: ReadonlyMap<string | undefined, ProblemCode> = new Map([
  ["*", "aliasStart"],
  ["&", "badAnchor"],
  ["@", "badStart"],
  ["`", "badStart"],
  ["%", "badStart"]
])

const codes: { readonly [Code in Yaml.ErrorCode]?: ProblemCode } = {
  ALIAS_PROPS: "badAnchor",
  BAD_DIRECTIVE: "directive",
  BAD_INDENT: "badIndentation",
  BAD_SCALAR_START: "badStart",
  KEY_OVER_1024_CHARS: "badKey",
  MULTILINE_IMPLICIT_KEY: "badKey",
  MULTIPLE_ANCHORS: "badAnchor",
  MULTIPLE_TAGS: "badTag",
  RESOURCE_EXHAUSTION: "tooDeep",
  TAB_AS_INDENT: "tabInIndentation",
  TAG_RESOLVE_FAILED: "badTag"
}

const first = (left: YamlProblem | undefined, right: YamlProblem | undefined): YamlProblem | undefined =>
  left === undefined || (right !== undefined && right.offset < left.offset) ? right : left

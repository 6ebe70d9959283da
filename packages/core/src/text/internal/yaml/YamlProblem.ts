/**
 * What can be wrong with a YAML text: a code and a hint for each cause. Neither names anything of the text, so that
 * no secret gets into an error.
 */
import * as Result from "effect/Result"
import { maxDepth } from "./YamlTree.ts"

const hints = {
  encoding: "the file must be UTF-8, or UTF-16 with a byte order mark",
  character: "control characters are not allowed here, except tab and line breaks",
  directive: "only the directives %YAML 1.1 and %TAG are understood, and a line `---` must follow them",
  tabInIndentation: "the kubelet refuses tabs here: indent with spaces",
  aliasStart: "text that begins with a star is an alias: quote patterns that begin with a star",
  badStart: "no value can begin with this character: quote it",
  unclosedQuote: "a closing quote is missing",
  badEscape: "this escape is not known to YAML: use single quotes, or write \\\\ for a backslash",
  unclosedBracket: "a closing bracket or brace is missing, or a comma before this place",
  unexpected:
    "this cannot stand here: check indentation, colons after keys and commas in lists, and quote text with `: ` or ` #`",
  badIndentation: "the indentation fits no line above",
  badKey: "a key must stand on one line, be followed by a colon and have at most 1,024 characters",
  badBlockScalar: "a block scalar has a wrong header or wrong indentation",
  badTag: "this tag cannot be read",
  badAnchor: "anchors and aliases are made of letters, digits, `-` and `_`, and take no tag",
  unknownAnchor: "no anchor of that name stands above; quote patterns that begin with a star",
  aliasLoop: "an alias stands inside what it refers to",
  excessiveAliasing: "aliases multiply the content too much",
  badMerge: "`<<` takes a mapping, an alias of one, or a list of those",
  tagMismatch: "the value is not of the kind that its tag names",
  badBinary: "the value of !!binary is not base64",
  collectionKey: "a list or mapping cannot be a key",
  unsupportedKey: "null and numbers of more than 64 bits cannot be keys: quote the key",
  notANumber: ".nan and .inf cannot be expressed in JSON: quote the value if text is meant",
  tooDeep: `values are nested too deep (at most ${maxDepth} levels)`
} as const

export type ProblemCode = keyof typeof hints

export const problemCodes = Object.keys(hints) as ReadonlyArray<ProblemCode>

export const hintOf = (code: ProblemCode): string => hints[code]

/** A cause and its place; becomes a `YamlError` at the rim. */
export interface YamlProblem {
  readonly code: ProblemCode
  readonly offset: number
}

export const fail = (code: ProblemCode, offset: number): Result.Result<never, YamlProblem> =>
  Result.fail({ code, offset })

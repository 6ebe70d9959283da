/** Findings in a plugin's answer, first as offsets in its text and then as what a `ResponseError` shows. */
import * as Redacted from "effect/Redacted"
import * as Location from "../../credential/Location.ts"
import type { NodePath } from "../../text/NodePath.ts"
import * as SimilarName from "../../text/SimilarName.ts"
import type { Finding, UnknownField } from "../../text/StrictDecoding.ts"
import type { JsonSyntaxError } from "../../text/StrictJson.ts"
import { positionAt } from "../../text/TextNode.ts"
import type { ResponseFinding } from "../ResponseError.ts"

export interface Raw {
  readonly kind: ResponseFinding["kind"]
  readonly path: NodePath
  readonly offset: number
  readonly expected: string
  readonly meant?: string
}

export const value = (path: NodePath, offset: number, expected: string): Raw => ({
  kind: "value",
  path,
  offset,
  expected
})

export const strict = (finding: Finding): Raw => {
  const { offset, path, type: kind } = finding
  switch (finding.type) {
    case "type":
      return { kind, path, offset, expected: finding.expected }
    case "unknownField":
      return { kind, path, offset, ...alternatives(finding) }
    case "duplicateField":
      return { kind, path, offset, expected: "each field only once" }
  }
}

/** The field that was probably meant and is not there yet, or else all fields that there are. */
const alternatives = ({ fields, path, unset }: UnknownField): Pick<Raw, "expected" | "meant"> => {
  const meant = SimilarName.nearest(String(path.at(-1)), unset)
  return meant === undefined
    ? { expected: `only the fields ${fields.join(", ")}` }
    : { expected: `"${meant}", in exactly this spelling`, meant }
}

const expectations: Readonly<Record<JsonSyntaxError["reason"], string>> = {
  unexpectedEnd: "more: the output ends too early",
  trailingComma: "no trailing comma before a closing bracket",
  missingComma: "a comma before this place",
  singleQuote: "double quotes instead of single ones",
  unquotedKey: "double quotes around the key",
  comment: "JSON, which has no comments",
  expectedValue: "a JSON value",
  expectedKey: "a key in double quotes",
  expectedColon: "a colon after the key",
  expectedCommaOrEnd: "a comma or a closing bracket",
  badNumber: "a JSON number",
  badEscape: "an escape that JSON knows",
  controlCharacter: "control characters as escapes",
  trailingData: "the end of the output, but something follows the JSON object, such as logs",
  tooDeep: "less deep nesting"
}

export const syntax = (text: string, error: JsonSyntaxError): Raw => {
  const start = text.search(/[^ \n\r\t]/)
  if (start < 0) {
    return { kind: "syntax", path: [], offset: error.offset, expected: "a JSON object, but the output is empty" }
  }
  // Where reading stopped tells nothing of output that is none from the start: a date begins with a number.
  return text[start] === "{"
    ? { kind: "syntax", path: [], offset: error.offset, expected: expectations[error.reason] }
    : { kind: "syntax", path: [], offset: start, expected: `"{", but the output begins with ${startOf(text, start)}` }
}

// A word or a number in brackets is more likely a log's level or time than a list.
const list = /\[[ \n\r\t]*(?:$|["[\]{])/y

const startOf = (text: string, start: number): string => {
  if (text[start] === "\ufeff") return "a byte order mark"
  list.lastIndex = start
  return list.test(text) ? "a list" : "something else, such as logs"
}

/** Findings come in the order of the text, so lines are counted from the one before: once through the text for all. */
export const locate = (text: string, findings: ReadonlyArray<Raw>): ReadonlyArray<ResponseFinding> => {
  let counted = 0
  let line = 1
  let column = 1
  return findings.map(({ expected, kind, meant, offset, path }) => {
    const between = text.slice(counted, offset)
    const position = positionAt(between, between.length)
    column = position.line === 1 ? column + position.column - 1 : position.column
    line += position.line - 1
    counted = offset
    return {
      kind,
      pointer: Location.pointer(path),
      line,
      column,
      expected,
      ...(meant === undefined ? {} : { meant }),
      path: Redacted.make(path)
    }
  })
}

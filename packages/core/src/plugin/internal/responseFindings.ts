/** Findings in a plugin's answer, first as offsets in its text and then as what a `ResponseError` shows. */
import * as Redacted from "effect/Redacted"
import * as Location from "../../credential/Location.ts"
import * as GoText from "../../text/GoText.ts"
import type { NodePath } from "../../text/NodePath.ts"
import type { Finding } from "../../text/StrictDecoding.ts"
import type { JsonSyntaxError } from "../../text/StrictJson.ts"
import { positionAt } from "../../text/TextNode.ts"
import type { ResponseFinding } from "../ResponseError.ts"

export interface Raw {
  readonly kind: ResponseFinding["kind"]
  readonly path: NodePath
  readonly offset: number
  readonly expected: string
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
      return { kind, path, offset, expected: alternatives(String(path.at(-1)), finding.fields) }
    case "duplicateField":
      return { kind, path, offset, expected: "each field only once" }
  }
}

/** The field that was meant, where only its case is wrong, or else all fields that there are. */
const alternatives = (key: string, fields: ReadonlyArray<string>): string => {
  const meant = fields.find((name) => name.toLowerCase() === key.toLowerCase())
  return meant === undefined ? `only the fields ${fields.join(", ")}` : `"${meant}", in exactly this spelling`
}

const expectations: Readonly<Record<JsonSyntaxError["reason"], string>> = {
  unexpectedEnd: "more: the output ends too early",
  expectedValue: "a JSON value",
  expectedKey: "a key in double quotes",
  expectedColon: "a colon after the key",
  expectedCommaOrEnd: "a comma or a closing bracket",
  badNumber: "a JSON number",
  badEscape: "an escape that JSON knows",
  controlCharacter: "control characters as escapes",
  trailingData: "nothing behind the JSON object, such as diagnostics (write them to stderr)",
  tooDeep: "less deep nesting"
}

export const syntax = (text: string, error: JsonSyntaxError): Raw => {
  const isEmpty = error.reason === "unexpectedEnd" && text.trim() === ""
  const expected = isEmpty ? "a JSON object: the output is empty" : expectations[error.reason]
  return { kind: "syntax", path: [], offset: error.offset, expected }
}

const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** The plugin chooses the names: none may end the line of an error or a log, or be obeyed by a terminal. */
const printable = (text: string): string =>
  text.replace(unprintable, (character) => GoText.quote(character).slice(1, -1))

/** Findings come in the order of the text, so lines are counted from the one before: once through the text for all. */
export const locate = (text: string, findings: ReadonlyArray<Raw>): ReadonlyArray<ResponseFinding> => {
  let counted = 0
  let line = 1
  let column = 1
  return findings.map(({ expected, kind, offset, path }) => {
    const between = text.slice(counted, offset)
    const position = positionAt(between, between.length)
    column = position.line === 1 ? column + position.column - 1 : position.column
    line += position.line - 1
    counted = offset
    return { kind, pointer: printable(Location.pointer(path)), line, column, expected, path: Redacted.make(path) }
  })
}

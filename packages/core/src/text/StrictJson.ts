/**
 * JSON read exactly as Go's `encoding/json` accepts it: white space, numbers, escapes, at most 10,000 levels, and
 * nothing after the value (CFG-32). Every member is kept, repeated ones too (CFG-62), and each value knows where it
 * stands. Errors name a place and a reason and never quote the input, which holds secrets.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { JsonReader, maxDepth as deepest, reasons } from "./internal/JsonReader.ts"
import { jsonSlip } from "./internal/jsonSlip.ts"
import { positionAt, type TextNode } from "./TextNode.ts"

/**
 * The deepest nesting of arrays and objects that is read; Go's own limit.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxDepth = deepest

/**
 * Why a text is not JSON. A common slip has a reason of its own; a trailing comma is told at its own place, everything
 * else where reading stopped.
 *
 * @since 0.1.0
 * @category models
 */
export type JsonSyntaxReason = typeof JsonSyntaxReason.Type

/**
 * @since 0.1.0
 * @category schemas
 */
export const JsonSyntaxReason = Schema.Literals(reasons)

const explanations: Readonly<Record<JsonSyntaxReason, string>> = {
  unexpectedEnd: "the text ends too early: a value, a quote or a closing bracket is missing",
  trailingComma: "a trailing comma: remove it, no comma may stand before a closing bracket",
  missingComma: "a comma is missing before this place, or a quote within text lacks its backslash",
  singleQuote: "single quotes: write double ones, JSON has no others",
  unquotedKey: "a key without quotes: put it in double quotes",
  comment: "a comment: remove it, JSON has none",
  expectedValue: "a JSON value is expected here (text needs double quotes)",
  expectedKey: "a key in double quotes is expected here",
  expectedColon: "a colon is expected after the key",
  expectedCommaOrEnd: "a comma or a closing bracket is expected here",
  badNumber: "this is not a JSON number",
  badEscape: "only \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four hex digits may follow a backslash",
  controlCharacter: "a control character in a string must be written as an escape",
  trailingData: "nothing may follow the JSON value",
  tooDeep: `values are nested deeper than ${deepest} levels`
}

/**
 * The text is not JSON. `offset` counts UTF-16 code units from 0, `line` and `column` count from 1.
 *
 * @since 0.1.0
 * @category errors
 */
export class JsonSyntaxError extends Schema.TaggedError<JsonSyntaxError>()("JsonSyntaxError", {
  reason: JsonSyntaxReason,
  offset: Schema.Int,
  line: Schema.Int,
  column: Schema.Int
}) {
  override get message() {
    return `not valid JSON at line ${this.line}, column ${this.column}: ${explanations[this.reason]}`
  }
}

/**
 * Reads one JSON document. The text must hold no lone surrogates: decode bytes with `Bytes.decodeReplacing`, as Go
 * does (CFG-47). Fails with a `JsonSyntaxError`; throws nothing, however deep or broken the text is.
 *
 * @since 0.1.0
 * @category parsing
 * @example
 * ```ts
 * import * as Result from "effect/Result"
 * import * as StrictJson from "@credlet/core/text/StrictJson"
 *
 * const parsed = StrictJson.parse(`{"a": 1, "a": 2}`)
 * if (Result.isSuccess(parsed) && parsed.success.type === "object") {
 *   console.log(parsed.success.members.map((member) => member.key)) // ["a", "a"]
 * }
 * ```
 */
export const parse = (text: string): Result.Result<TextNode, JsonSyntaxError> => {
  const reader = new JsonReader(text)
  const node = reader.document()
  if (node !== undefined) return Result.succeed(node)
  const { offset, reason } = jsonSlip(text, { reason: reader.reason, offset: reader.at })
  return Result.fail(new JsonSyntaxError({ reason, offset, ...positionAt(text, offset) }))
}

/**
 * What both readers of text, `StrictJson` and `StrictYaml`, give: a tree in which every value and every key
 * knows where it stands. Duplicate keys are kept, so that strictness (CFG-62) can be judged later; line and
 * column are computed only when somebody asks.
 *
 * @since 0.1.0
 */

/**
 * One value of a document. `offset` counts UTF-16 code units from the start of the text.
 *
 * @since 0.1.0
 * @category models
 */
export type TextNode = NullNode | BooleanNode | NumberNode | StringNode | ArrayNode | ObjectNode

/**
 * @since 0.1.0
 * @category models
 */
export interface NullNode {
  readonly type: "null"
  readonly offset: number
}

/**
 * `value` is the truth value itself; YAML 1.1's `yes` and `off` are booleans too (CFG-40).
 *
 * @since 0.1.0
 * @category models
 */
export interface BooleanNode {
  readonly type: "boolean"
  readonly value: boolean
  readonly offset: number
}

/**
 * `value` is the number's JSON text, so that no digit is lost.
 *
 * @since 0.1.0
 * @category models
 */
export interface NumberNode {
  readonly type: "number"
  readonly value: string
  readonly offset: number
}

/**
 * @since 0.1.0
 * @category models
 */
export interface StringNode {
  readonly type: "string"
  readonly value: string
  readonly offset: number
}

/**
 * @since 0.1.0
 * @category models
 */
export interface ArrayNode {
  readonly type: "array"
  readonly items: ReadonlyArray<TextNode>
  readonly offset: number
}

/**
 * Members stand in the order of the reader: a JSON document's own, duplicates included; for YAML, where go-yaml
 * converts to JSON first, the byte order of the keys with duplicates resolved.
 *
 * @since 0.1.0
 * @category models
 */
export interface ObjectNode {
  readonly type: "object"
  readonly members: ReadonlyArray<Member>
  readonly offset: number
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Member {
  readonly key: string
  readonly keyOffset: number
  readonly value: TextNode
}

/**
 * A place in a text, both numbers counted from 1; a column is a UTF-16 code unit.
 *
 * @since 0.1.0
 * @category models
 */
export interface Position {
  readonly line: number
  readonly column: number
}

/**
 * The line and column of an offset. LF, CRLF and a lone CR end a line.
 *
 * @since 0.1.0
 * @category accessors
 */
export const positionAt = (text: string, offset: number): Position => {
  let line = 1
  let start = 0
  const end = Math.min(offset, text.length)
  for (let at = 0; at < end; at++) {
    const unit = text.charCodeAt(at)
    const ends = unit === 0x0a || (unit === 0x0d && text.charCodeAt(at + 1) !== 0x0a)
    if (ends) {
      line++
      start = at + 1
    }
  }
  return { line, column: end - start + 1 }
}

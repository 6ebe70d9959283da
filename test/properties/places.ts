/** Whether the places that errors name are places in the text, found in another way than by the library's own. */
import * as Bytes from "@credlet/core/text/Bytes"
import type { NodePath } from "@credlet/core/text/NodePath"
import type { Position, TextNode } from "@credlet/core/text/TextNode"
import { assert } from "@effect/vitest"

/** The lines of a text that was read as JSON. */
export const jsonLines = (bytes: Uint8Array): ReadonlyArray<string> => Bytes.decodeReplacing(bytes).split(/\r\n|\r|\n/)

/** The lines of a text that was read as YAML: UTF-16 if it says so, without its byte order mark. */
export const yamlLines = (bytes: Uint8Array): ReadonlyArray<string> => {
  const [first, second] = bytes
  const utf16 = first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : ""
  // A byte that is left over counts as a character.
  const text = utf16 === "" ? Bytes.decode(bytes).replace(/^\ufeff/, "") : new TextDecoder(utf16).decode(bytes)
  return text.split(/\r\n|\r|\n|\x85/)
}

export const assertInside = (lines: ReadonlyArray<string>, { column, line }: Position): void => {
  const found = lines[line - 1]
  assert.isDefined(found, `line ${line} of ${lines.length}`)
  assert.isTrue(column >= 1 && column <= (found ?? "").length + 1, `column ${column} of line ${line}`)
}

export interface Place {
  readonly node: TextNode
  /** Where its key stands, if it has one. */
  readonly keyOffset: number | undefined
}

/** What has the path: more than one where keys are repeated. */
export const placesOf = (root: TextNode, path: NodePath): ReadonlyArray<Place> => {
  let places: ReadonlyArray<Place> = [{ node: root, keyOffset: undefined }]
  for (const segment of path) places = places.flatMap(({ node }) => inside(node, segment))
  return places
}

const inside = (node: TextNode, segment: string | number): ReadonlyArray<Place> => {
  if (node.type === "array") {
    const item = node.items[Number(segment)]
    return item === undefined ? [] : [{ node: item, keyOffset: undefined }]
  }
  if (node.type !== "object") return []
  return node.members.filter(({ key }) => key === segment).map(({ keyOffset, value }) => ({ node: value, keyOffset }))
}

/** The offset of a place in a text, from its lines. Each line's end counts as one character: a CR and LF as two. */
export const offsetOf = (text: string, { column, line }: Position): number => {
  const ends = /\r\n|\r|\n/g
  for (let number = 1; number < line; number++) ends.exec(text)
  return ends.lastIndex + column - 1
}

/**
 * What go-yaml's scanner refuses and the `yaml` package lets pass: keys over several lines, `?` in flow text, odd
 * anchors and tags, tabs between the lines of plain text. Each check gives the first problem it finds.
 */
import type { CST } from "yaml"
import type { YamlProblem } from "./YamlProblem.ts"
import { isTag } from "./YamlTag.ts"

/** Anchors and tags before a node. */
export const properties = (shape: string, tokens: ReadonlyArray<CST.SourceToken>): YamlProblem | undefined => {
  for (const { offset, source, type } of tokens) {
    const next = shape[offset + source.length] ?? "\n"
    if (type === "anchor" && !(/^&[\w-]+$/.test(source) && /[ \t\n?:,\]}%@`]/.test(next))) {
      return { code: "badAnchor", offset }
    }
    if (type === "tag" && !(isTag(source) && /[ \t\n]/.test(next))) return { code: "badTag", offset }
  }
  return undefined
}

const isProperty = ({ type }: CST.SourceToken): boolean => type === "anchor" || type === "tag"

/** The items of a list: each with its `-` or within brackets. */
export const items = (shape: string, token: CST.Token | undefined): YamlProblem | undefined => {
  if (token?.type !== "block-seq" && token?.type !== "flow-collection") return undefined
  for (const { start, value } of token.items) {
    const problem = properties(shape, start)
    if (problem !== undefined) return problem
    const isItem = token.type === "flow-collection" || start.some((part) => part.type === "seq-item-ind")
    if (value !== undefined && !isItem) return { code: "unexpected", offset: value.offset }
  }
  return undefined
}

/**
 * A mapping's pair. A key without `?` stands on one line with its colon, at most 1,024 characters before it; after one
 * with `?` the colon stands below the `?`.
 */
export const pair = (
  shape: string,
  item: CST.CollectionItem,
  { inFlow, indent }: { readonly inFlow: boolean; readonly indent: number }
): YamlProblem | undefined => {
  const sep = item.sep ?? []
  const problem = properties(shape, item.start) ?? properties(shape, sep)
  if (problem !== undefined) return problem
  const colon = sep.find((token) => token.type === "map-value-ind")
  if (colon === undefined) {
    const stray = item.value ?? sep.find(isProperty)
    return stray && { code: "unexpected", offset: stray.offset }
  }
  if (item.start.some((token) => token.type === "explicit-key-ind")) {
    const column = colon.offset - (shape.lastIndexOf("\n", colon.offset - 1) + 1)
    return inFlow || column === indent ? undefined : { code: "badIndentation", offset: colon.offset }
  }
  const first = item.start.find(isProperty) ?? item.key
  if (first === undefined || first === null) return inFlow ? { code: "unexpected", offset: colon.offset } : undefined
  const key = shape.slice(first.offset, colon.offset)
  const next = shape[colon.offset + 1] ?? "\n"
  const colonIsText = inFlow && item.key?.type === "scalar" && item.key.source !== "" && !/[ \t\n]/.test(next)
  return key.includes("\n") || key.length > 1024 || colonIsText ? { code: "badKey", offset: first.offset } : undefined
}

/** A plain scalar up to `end`, with the blanks and line breaks up to `next`, in a block collection at column `indent`. */
export const plain = (
  shape: string,
  { end, indent, inFlow, next, offset }: {
    readonly offset: number
    readonly end: number
    readonly next: number
    readonly indent: number
    readonly inFlow: boolean
  }
): YamlProblem | undefined => {
  for (const { 0: line, index } of shape.slice(offset, next).matchAll(/\n *\t/g)) {
    const isIndentation = line.length - 2 <= indent
    if (isIndentation) return { code: "tabInIndentation", offset: offset + index + line.length - 1 }
  }
  const odd = inFlow ? shape.slice(offset, end).search(/^:|\?|[ \t\n]#/) : -1
  return odd < 0 ? undefined : { code: "unexpected", offset: offset + odd }
}

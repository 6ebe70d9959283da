/**
 * From a text's nodes to plain values that a Schema can decode, and back from a Schema's complaint to the node it is about.
 * A null is the same as nothing, as in Go.
 */
import type { ObjectNode, TextNode } from "@credlet/core/text/TextNode"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"

export interface WrongType {
  /** In dots and brackets; keys that may be anything are not shown. */
  readonly path: string
  readonly offset: number
  readonly expected: string
}

/** Decodes nodes with a schema; fails with the first thing that is wrong, which never holds a value. */
export const decoder = <A, I>(schema: Schema.Codec<A, I>): (root: TextNode) => Result.Result<A, WrongType> => {
  const decode = Schema.decodeUnknownResult(schema)
  return (root) => Result.mapError(decode(toValue(root, 0)), (error) => firstProblem(root, error.issue))
}

/** The member of that name, unless it is null. */
export const member = (node: TextNode | undefined, key: string): TextNode | undefined => {
  const value = node?.type === "object" ? node.members.find((candidate) => candidate.key === key)?.value : undefined
  return value?.type === "null" ? undefined : value
}

export const items = (node: TextNode | undefined): ReadonlyArray<TextNode> => node?.type === "array" ? node.items : []

/** No schema here looks so deep, and a text of 10,000 levels must not exhaust the stack. */
const maxDepth = 100

/** What lies deeper than `maxDepth` is left out. */
const toValue = (node: TextNode, depth: number): unknown => {
  switch (node.type) {
    case "null":
      return null
    case "boolean":
    case "string":
      return node.value
    case "number":
      return Number(node.value)
    case "array":
      return depth < maxDepth ? node.items.map((item) => toValue(item, depth + 1)) : []
    case "object":
      return depth < maxDepth
        ? Object.fromEntries(present(node).map(({ key, value }) => [key, toValue(value, depth + 1)]))
        : {}
  }
}

const present = (node: ObjectNode) => node.members.filter(({ value }) => value.type !== "null")

const format = SchemaIssue.makeFormatterStandardSchemaV1({
  // Only what is expected, in words of the schema: an issue's other texts may come from anywhere.
  leafHook: (issue) =>
    issue._tag === "InvalidType" || issue._tag === "InvalidValue"
      ? SchemaIssue.defaultLeafHook(issue)
      : issue._tag === "MissingKey"
      ? "a value"
      : "another value"
})

const firstProblem = (root: TextNode, issue: SchemaIssue.Issue): WrongType => {
  const first = format(issue).issues[0]
  const path = (first?.path ?? []).map((segment) => typeof segment === "object" ? segment.key : segment)
  let node = root
  for (const segment of path) {
    const next = typeof segment === "number" ? items(node)[segment] : member(node, String(segment))
    if (next === undefined) break
    node = next
  }
  const expected = (first?.message ?? "").replace(/^Expected /, "")
  return { path: pathText(path), offset: node.offset, expected: words[expected] ?? expected }
}

/** What the schema's types are called by people who write files. */
const words: Readonly<Record<string, string>> = {
  string: "text (numbers and words such as yes or off need quotes)",
  "string | null": "text (numbers and words such as yes or off need quotes)",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
  "object | null": "a mapping"
}

/** Maps, the keys of which are the user's own and may be anything. */
const maps: ReadonlySet<PropertyKey> = new Set(["as-user-extra", "config"])

const pathText = (path: ReadonlyArray<PropertyKey>): string =>
  path.reduce<string>((text, segment, index) => {
    if (typeof segment === "number") return `${text}[${segment}]`
    const key = maps.has(path[index - 1] ?? "") ? "<hidden>" : String(segment)
    return text === "" ? key : `${text}.${key}`
  }, "")

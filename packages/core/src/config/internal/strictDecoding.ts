/**
 * Decodes a document's nodes with a Schema and finds what Go's strict JSON decoder finds, in its order: wrong types,
 * unknown fields, duplicate fields, also within values that a later duplicate replaces (CFG-60…64). Nothing of a value
 * gets into a finding.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import type { ArrayNode, Member, ObjectNode, TextNode } from "../../text/TextNode.ts"
import { type ConfigPath, formatPath } from "../ConfigLocation.ts"
import * as StrictDecoder from "../StrictDecoder.ts"

export interface StrictFinding {
  readonly type: "type" | "unknownField" | "duplicateField"
  readonly path: ConfigPath
  readonly offset: number
  /** Of a wrong type: what was expected, and what is there, if that is known. */
  readonly expected: string
  readonly found: TextNode["type"] | undefined
}

/** Upstream keeps no more findings than this. */
const maxFindings = 100

/** Values lie at most this deep in a config; what is deeper is unknown or of a wrong type, whatever it holds. */
const maxDepth = 6

const parseOptions = { onExcessProperty: "error", errors: "all" } as const

export const decode = <A>(
  schema: Schema.Codec<A, unknown>,
  root: ObjectNode
): Result.Result<A, ReadonlyArray<StrictFinding>> => {
  const marks: Marks = new Map()
  const decodeRoot = (node: ObjectNode) => {
    const decoded = Schema.decodeUnknownResult(schema, parseOptions)(toValue(node, 0))
    if (Result.isFailure(decoded)) mark(node, decoded.failure.issue, marks)
    return decoded
  }
  const decoded = decodeRoot(root)
  const replaced = replacedDuplicates(root)
  replaced.forEach(decodeRoot)
  if (Result.isSuccess(decoded) && replaced.length === 0) return Result.succeed(decoded.success)
  return Result.fail(collect(root, marks))
}

/** The same for a kind that has no Schema here (CFG-53): its value is of no interest. */
export const decodeOther = (
  decoder: StrictDecoder.StrictDecoder<unknown>,
  root: ObjectNode
): Result.Result<void, ReadonlyArray<StrictFinding>> => {
  const findings = StrictDecoder.decode(decoder, root).findings.map(({ kind, ...finding }) => ({
    ...finding,
    type: kind,
    found: undefined
  }))
  const types = findings.filter(({ type }) => type === "type")
  return findings.length === 0 ? Result.void : Result.fail(types.length > 0 ? types : findings)
}

/** The value that the Schema sees. Of duplicate members the last counts; objects have no prototype, so any key is data. */
const toValue = (node: TextNode, depth: number): unknown => {
  switch (node.type) {
    case "null":
      return null
    case "number":
      return 0 // no field is a number, so all that matters is that this is one
    case "array":
      return depth < maxDepth ? node.items.map((item) => toValue(item, depth + 1)) : []
    case "object": {
      const value: Record<string, unknown> = Object.create(null)
      if (depth < maxDepth) {
        for (const member of node.members) value[member.key] = toValue(member.value, depth + 1)
      }
      return value
    }
    default:
      return node.value
  }
}

/** What the Schema says about a node (a wrong type: what was expected) or a member (unknown). */
type Marks = Map<TextNode | Member, string>

const unknownField = "unknownField"

const formatIssue = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (issue) => issue._tag === "UnexpectedKey" ? unknownField : SchemaIssue.defaultLeafHook(issue)
})

const mark = (root: ObjectNode, issue: SchemaIssue.Issue, marks: Marks): void => {
  const lookUp = memberLookup()
  for (const { message, path = [] } of formatIssue(issue).issues) {
    let node: TextNode = root
    let member: Member | undefined
    for (const segment of path) {
      if (node.type === "array" && typeof segment === "number") node = node.items[segment] ?? node
      else if (node.type === "object" && typeof segment === "string") {
        member = lookUp(node, segment)
        node = member?.value ?? node
      }
    }
    if (message === unknownField && member !== undefined) marks.set(member, message)
    else marks.set(node, message.replace(/^Expected /, ""))
  }
}

/** The last member of a key. An object is indexed once, as there may be as many issues as members. */
const memberLookup = () => {
  const indexes = new Map<ObjectNode, ReadonlyMap<string, Member>>()
  return (node: ObjectNode, key: string): Member | undefined => {
    let index = indexes.get(node)
    if (index === undefined) {
      index = new Map(node.members.map((member) => [member.key, member]))
      indexes.set(node, index)
    }
    return index.get(key)
  }
}

/**
 * For each member that a later one of the same key replaces, a document that holds only that member at its place: Go
 * decodes it too before it goes on.
 */
const replacedDuplicates = (root: ObjectNode): ReadonlyArray<ObjectNode> => {
  const found: Array<ObjectNode> = []
  const visit = (node: TextNode, depth: number, wrap: (inner: TextNode) => TextNode): void => {
    if (depth >= maxDepth) return
    if (node.type === "array") {
      for (const item of node.items) visit(item, depth + 1, (inner) => wrap(onlyItem(node, inner)))
    } else if (node.type === "object") {
      const last = new Map(node.members.map((member) => [member.key, member]))
      for (const member of node.members) {
        if (last.get(member.key) !== member) {
          const document = wrap(onlyMember(node, member, member.value))
          if (document.type === "object") found.push(document)
        }
        visit(member.value, depth + 1, (inner) => wrap(onlyMember(node, member, inner)))
      }
    }
  }
  visit(root, 0, (inner) => inner)
  return found
}

const onlyItem = (node: ArrayNode, item: TextNode): ArrayNode => ({ ...node, items: [item] })

const onlyMember = (node: ObjectNode, member: Member, value: TextNode): ObjectNode => ({
  ...node,
  members: [member.value === value ? member : { ...member, value }]
})

/** The findings in the order of the nodes; each path once a type, as upstream does. A wrong type drops all others. */
const collect = (root: ObjectNode, marks: Marks): ReadonlyArray<StrictFinding> => {
  const types: Array<StrictFinding> = []
  const others: Array<StrictFinding> = []
  const seen = new Set<string>()
  const add = (list: Array<StrictFinding>, finding: StrictFinding): void => {
    const key = `${finding.type} ${formatPath(finding.path)}`
    if (list.length >= maxFindings || seen.has(key)) return
    seen.add(key)
    list.push(finding)
  }
  const visit = (node: TextNode, depth: number, path: ConfigPath): void => {
    const expected = marks.get(node)
    if (expected !== undefined) {
      add(types, { type: "type", path, offset: node.offset, expected, found: node.type })
    } else if (depth < maxDepth && node.type === "array") {
      node.items.forEach((item, index) => visit(item, depth + 1, [...path, index]))
    } else if (depth < maxDepth && node.type === "object") {
      const keys = new Set<string>()
      for (const member of node.members) {
        const inner = [...path, member.key]
        const finding = { path: inner, offset: member.keyOffset, expected: "", found: member.value.type }
        if (marks.has(member)) add(others, { ...finding, type: "unknownField" })
        else {
          if (keys.has(member.key)) add(others, { ...finding, type: "duplicateField" })
          keys.add(member.key)
          visit(member.value, depth + 1, inner)
        }
      }
    }
  }
  visit(root, 0, [])
  return types.length > 0 ? types : others
}

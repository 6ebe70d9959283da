/**
 * Decodes the nodes of a document with a Schema, and finds what Go's strict JSON decoder finds: wrong types, unknown
 * fields, duplicate fields. The Schema says what is right and what was expected; the nodes say where. Two things no
 * Schema can see and are done here: members of the same key, and the order of the document. Nothing of a value gets
 * into a finding. Rules: CFG-60…64, RESP-3, RESP-10, RESP-11.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import * as SchemaIssue from "effect/SchemaIssue"
import { replacedMembers } from "./internal/replacedMembers.ts"
import * as NodePath from "./NodePath.ts"
import type { Member, ObjectNode, TextNode } from "./TextNode.ts"

/**
 * A value of the wrong type, or text that is not in the form that it must have. `offset` is the value's; `expected` and
 * `reason` are the Schema's annotations of these names, `reason` only where its issue has one (see `GoDuration`).
 *
 * @since 0.1.0
 * @category models
 */
export interface WrongType {
  readonly type: "type"
  readonly path: NodePath.NodePath
  readonly offset: number
  readonly expected: string
  readonly reason?: string
  readonly found: TextNode["type"]
}

/**
 * A field that the object must not have; `fields` are those that it may, and `unset` those of them that it has not, or
 * has as null. Names count by exact case. What the field holds is not looked at. `offset` is the key's.
 *
 * @since 0.1.0
 * @category models
 */
export interface UnknownField {
  readonly type: "unknownField"
  readonly path: NodePath.NodePath
  readonly offset: number
  readonly fields: ReadonlyArray<string>
  readonly unset: ReadonlyArray<string>
}

/**
 * A field, or a key of a map, that its object has already. `offset` is the later key's.
 *
 * @since 0.1.0
 * @category models
 */
export interface DuplicateField {
  readonly type: "duplicateField"
  readonly path: NodePath.NodePath
  readonly offset: number
}

/**
 * One thing that is wrong.
 *
 * @since 0.1.0
 * @category models
 */
export type Finding = WrongType | UnknownField | DuplicateField

/**
 * The most findings that are kept: of wrong types, and of unknown and duplicate fields together (upstream's own bound).
 *
 * @since 0.1.0
 * @category constants
 */
export const maxFindings = 100

/**
 * How deep a Schema may look, the root being level 0. Documents may be deeper than that, but only in what the Schema
 * takes as it is, does not know or refuses.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxDepth = 6

const parseOptions = { onExcessProperty: "error", errors: "all" } as const

/**
 * Makes a decoder of a Schema; keep it where it is used often. All numbers are 0 to the Schema, as Kubernetes' documents
 * that are read here have none. Where members have one key, the last counts, but the others are read as well.
 *
 * Findings come in the order of the nodes. An unknown or duplicate field is named once for each path, a wrong type at
 * each place. Go reports less, see `verdict`.
 *
 * @example
 * ```ts
 * import * as GoField from "@credlet/core/text/GoField"
 * import * as StrictDecoding from "@credlet/core/text/StrictDecoding"
 * import * as StrictJson from "@credlet/core/text/StrictJson"
 * import { Result, Schema } from "effect"
 *
 * const decode = StrictDecoding.decode(Schema.Struct({ name: GoField.text }))
 *
 * const decoded = Result.flatMap(StrictJson.parse(`{"Name": "a"}`), decode) // fails: unknownField Name
 * ```
 *
 * @since 0.1.0
 * @category decoding
 */
export const decode = <A>(
  schema: Schema.Decoder<A>
): (root: TextNode) => Result.Result<A, ReadonlyArray<Finding>> => {
  const decodeValue = Schema.decodeUnknownResult(schema, parseOptions)
  return (root) => {
    const marks = new Marks()
    const decodeNode = (node: TextNode) => {
      const decoded = decodeValue(toValue(node, 0))
      if (Result.isFailure(decoded)) marks.add(decoded.failure.issue, node, undefined)
      return decoded
    }
    const decoded = decodeNode(root)
    const replaced = replacedMembers(root, maxDepth)
    replaced.forEach(decodeNode)
    return Result.isSuccess(decoded) && replaced.length === 0
      ? Result.succeed(decoded.success)
      : Result.fail(collect(root, marks))
  }
}

/**
 * What Go makes of findings (CFG-63): a wrong type is all that it reports if there is one.
 *
 * @since 0.1.0
 * @category accessors
 */
export const verdict = (findings: ReadonlyArray<Finding>): "type" | "strict" =>
  findings.some((finding) => finding.type === "type") ? "type" : "strict"

/** The value that the Schema sees. Of members of one key the last counts; there is no prototype, so any key is data. */
const toValue = (node: TextNode, depth: number): unknown => {
  switch (node.type) {
    case "null":
      return null
    case "number":
      return 0
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

/** What the Schema says: of a node, what was expected in its place; of an unknown member, which there are. */
class Marks {
  readonly expected = new Map<TextNode, Pick<WrongType, "expected" | "reason">>()
  readonly fields = new Map<Member, ReadonlyArray<string>>()
  readonly #members = new Map<ObjectNode, ReadonlyMap<string, Member>>()

  /** `member` is the one that has the node as its value. */
  add(issue: SchemaIssue.Issue, node: TextNode, member: Member | undefined): void {
    switch (issue._tag) {
      case "Pointer":
        return this.#pointed(issue, node)
      case "Encoding":
        return this.add(issue.issue, node, member)
      case "Composite":
        return issue.issues.forEach((inner) => this.add(inner, node, member))
      case "AnyOf":
        if (issue.issues.length === 0) break
        return issue.issues.forEach((inner) => this.add(inner, node, member))
      case "UnexpectedKey":
        if (member !== undefined) this.fields.set(member, fieldsOf(issue.ast))
        return
    }
    this.expected.set(node, expectedBy(issue))
  }

  #pointed({ issue, path }: SchemaIssue.Pointer, start: TextNode): void {
    let node = start
    let member: Member | undefined
    for (const segment of path) {
      if (node.type === "array") node = node.items[Number(segment)] ?? node
      else if (node.type === "object") {
        member = this.#lastMember(node, String(segment))
        node = member?.value ?? node
      }
    }
    this.add(issue, node, member)
  }

  /** An object is indexed once, as there may be as many issues as members. */
  #lastMember(node: ObjectNode, key: string): Member | undefined {
    let members = this.#members.get(node)
    if (members === undefined) {
      members = new Map(node.members.map((member) => [member.key, member]))
      this.#members.set(node, members)
    }
    return members.get(key)
  }
}

const format = SchemaIssue.makeFormatterStandardSchemaV1()

const expectedBy = (issue: SchemaIssue.Issue): Pick<WrongType, "expected" | "reason"> => {
  const annotated = "ast" in issue ? SchemaAST.resolve(issue.ast)?.expected : undefined
  if (typeof annotated === "string") return { expected: annotated }
  const expected = format(issue).issues[0]?.message.replace(/^Expected /, "") ?? ""
  const reason = issue._tag === "InvalidValue" ? issue.annotations?.["reason"] : undefined
  return typeof reason === "string" ? { expected, reason } : { expected }
}

const fieldsOf = (ast: SchemaAST.AST): ReadonlyArray<string> =>
  SchemaAST.isObjects(ast) ? ast.propertySignatures.map(({ name }) => String(name)) : []

const namesOfSet = (node: ObjectNode): ReadonlySet<string> => {
  const names = new Set<string>()
  for (const { key, value } of node.members) if (value.type !== "null") names.add(key)
  return names
}

const collect = (root: TextNode, marks: Marks): ReadonlyArray<Finding> => {
  const findings: Array<Finding> = []
  const seen = new Set<string>()
  let types = 0
  const addStrict = (finding: UnknownField | DuplicateField): void => {
    const once = `${finding.type} ${NodePath.format(finding.path)}`
    if (seen.size === maxFindings || seen.has(once)) return
    seen.add(once)
    findings.push(finding)
  }
  const visit = (node: TextNode, depth: number, path: NodePath.NodePath): void => {
    const expected = marks.expected.get(node)
    if (expected !== undefined) {
      if (types++ < maxFindings) {
        findings.push({ type: "type", path, offset: node.offset, ...expected, found: node.type })
      }
    } else if (depth < maxDepth && node.type === "array") {
      node.items.forEach((item, index) => visit(item, depth + 1, [...path, index]))
    } else if (depth < maxDepth && node.type === "object") {
      const keys = new Set<string>()
      let set: ReadonlySet<string> | undefined // made only if it is needed: there may be a million members
      for (const member of node.members) {
        const place = { path: [...path, member.key], offset: member.keyOffset }
        const fields = marks.fields.get(member)
        if (fields !== undefined) {
          const isSet = set ??= namesOfSet(node)
          addStrict({ type: "unknownField", ...place, fields, unset: fields.filter((field) => !isSet.has(field)) })
          continue
        }
        if (keys.has(member.key)) addStrict({ type: "duplicateField", ...place })
        keys.add(member.key)
        visit(member.value, depth + 1, place.path)
      }
    }
  }
  visit(root, 0, [])
  return findings
}

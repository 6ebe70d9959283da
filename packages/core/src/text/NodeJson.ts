/**
 * The JSON text of a tree: compact, keys in the order of their bytes, Go's escapes. For a document read with
 * `StrictYaml` it is what sigs.k8s.io/yaml's `YAMLToJSON` writes.
 *
 * @since 0.1.0
 */
import * as Bytes from "./Bytes.ts"
import * as GoText from "./GoText.ts"
import type { Member, TextNode } from "./TextNode.ts"

/**
 * Writes a tree as JSON. Of members with the same key the last is written, as a Go map keeps it; numbers are written
 * as they were read.
 *
 * @since 0.1.0
 * @category encoding
 * @example
 * ```ts
 * import * as NodeJson from "@credlet/core/text/NodeJson"
 *
 * NodeJson.toJson({ type: "array", items: [{ type: "number", value: "1.50", offset: 1 }], offset: 0 }) // [1.50]
 * ```
 */
export const toJson = (node: TextNode): string => {
  // A stack of our own, since JSON may be 10,000 levels deep: nodes still to be written, and text that is done.
  const parts: Array<string> = []
  const pending: Array<TextNode | string> = [node]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next === "string") parts.push(next)
    else pushParts(pending, next)
  }
  return parts.join("")
}

/** Pushes what a node is made of, the last part first. */
const pushParts = (pending: Array<TextNode | string>, node: TextNode): void => {
  switch (node.type) {
    case "null":
      pending.push("null")
      return
    case "boolean":
      pending.push(String(node.value))
      return
    case "number":
      pending.push(node.value)
      return
    case "string":
      pending.push(GoText.jsonString(node.value))
      return
    case "array":
      pending.push("]")
      for (let index = node.items.length - 1; index >= 0; index--) {
        const item = node.items[index]
        if (item !== undefined) pending.push(item, index === 0 ? "" : ",")
      }
      pending.push("[")
      return
    case "object": {
      const members = sorted(node.members)
      pending.push("}")
      for (let index = members.length - 1; index >= 0; index--) {
        const member = members[index]
        const comma = index === 0 ? "" : ","
        if (member !== undefined) pending.push(member.value, `${comma}${GoText.jsonString(member.key)}:`)
      }
      pending.push("{")
    }
  }
}

const sorted = (members: ReadonlyArray<Member>): ReadonlyArray<Member> =>
  [...new Map(members.map((member) => [member.key, member])).values()]
    .sort((left, right) => Bytes.compare(left.key, right.key))

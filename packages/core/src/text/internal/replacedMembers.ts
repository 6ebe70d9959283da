/**
 * Members that a later one of the same key replaces. Go decodes them too before it goes on, so their mistakes count
 * (CFG-62, CFG-63).
 */
import type { Member, ObjectNode, TextNode } from "../TextNode.ts"

/**
 * For each of them a document that holds nothing else, so that what is at its place in the whole document can be
 * decoded alone. Only what lies above `maxDepth` is looked at.
 */
export const replacedMembers = (root: TextNode, maxDepth: number): ReadonlyArray<TextNode> => {
  const found: Array<TextNode> = []
  const visit = (node: TextNode, depth: number, outer: Outer | undefined): void => {
    if (depth >= maxDepth) return
    if (node.type === "array") {
      for (const item of node.items) visit(item, depth + 1, { outer, wrap: (inner) => ({ ...node, items: [inner] }) })
    } else if (node.type === "object") {
      const last = lastMembers(node)
      for (const member of node.members) {
        const wrap = (inner: TextNode): TextNode => ({
          ...node,
          members: [member.value === inner ? member : { ...member, value: inner }]
        })
        if (last !== undefined && last.get(member.key) !== member) found.push(wrapAll(member.value, { outer, wrap }))
        visit(member.value, depth + 1, { outer, wrap })
      }
    }
  }
  visit(root, 0, undefined)
  return found
}

/** What is around a node. */
interface Outer {
  readonly outer: Outer | undefined
  readonly wrap: (inner: TextNode) => TextNode
}

const wrapAll = (node: TextNode, outer: Outer): TextNode => {
  let whole = node
  for (let next: Outer | undefined = outer; next !== undefined; next = next.outer) whole = next.wrap(whole)
  return whole
}

/** `undefined` if no key stands twice. */
const lastMembers = ({ members }: ObjectNode): ReadonlyMap<string, Member> | undefined => {
  const last = new Map(members.map((member) => [member.key, member]))
  return last.size === members.length ? undefined : last
}

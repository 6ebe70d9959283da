/** For comparisons with `JSON.parse`. */
import type { TextNode } from "@credlet/core/text/TextNode"

/** A node as the value that `JSON.parse` would give; own properties only, so that `__proto__` is a key like any other. */
export const valueOf = (node: TextNode): unknown => {
  switch (node.type) {
    case "null":
      return null
    case "number":
      return Number(node.value)
    case "array":
      return node.items.map(valueOf)
    case "object":
      return Object.fromEntries(node.members.map(({ key, value }) => [key, valueOf(value)]))
    default:
      return node.value
  }
}

/** A value as Go reads it: halves of surrogate pairs become U+FFFD. */
export const wellFormed = (value: unknown): unknown => {
  if (typeof value === "string") return value.toWellFormed()
  if (Array.isArray(value)) return value.map(wellFormed)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toWellFormed(), wellFormed(inner)]))
}

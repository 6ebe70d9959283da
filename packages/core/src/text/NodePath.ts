/**
 * The way from the root of a document to one of its nodes.
 *
 * @since 0.1.0
 */

/**
 * Keys of objects and indexes of arrays, as they are in the document: nothing is escaped. A key can hold a secret.
 *
 * @since 0.1.0
 * @category models
 */
export type NodePath = ReadonlyArray<string | number>

/**
 * The path as Go's strict decoder writes it, `providers[0].env[1].x`: keys are not quoted, so two paths may give one text.
 *
 * @example
 * ```ts
 * import * as NodePath from "@credlet/core/text/NodePath"
 *
 * NodePath.format(["providers", 0, "name"]) // "providers[0].name"
 * ```
 *
 * @since 0.1.0
 * @category rendering
 */
export const format = (path: NodePath): string =>
  path.reduce<string>((text, segment, index) => {
    if (typeof segment === "number") return `${text}[${segment}]`
    return index === 0 ? segment : `${text}.${segment}`
  }, "")

/**
 * A text that was read, and where its nodes stand in it. Only functions get at the text, as it holds secrets: a value
 * that somebody prints must not.
 */
import type { Position, TextNode } from "../../text/TextNode.ts"
import { ConfigLocation, type ConfigPath, pointer } from "../ConfigLocation.ts"

export interface SourceText {
  readonly file: string | undefined
  /** The place of an offset that belongs to a path. */
  readonly locate: (offset: number, path: ConfigPath) => ConfigLocation
}

export const make = (text: string, file: string | undefined): SourceText => {
  const positionAt = positions(text)
  return {
    file,
    locate: (offset, path) =>
      new ConfigLocation({ ...(file === undefined ? {} : { file }), ...positionAt(offset), pointer: pointer(path) })
  }
}

/** As `TextNode.positionAt`, but the text is gone through once, since there may be many findings. */
const positions = (text: string): (offset: number) => Position => {
  let starts: ReadonlyArray<number> | undefined
  return (offset) => {
    starts ??= [0, ...Array.from(text.matchAll(/\r\n?|\n/g), (match) => match.index + match[0].length)]
    let line = 0
    let above = starts.length
    while (line + 1 < above) {
      const middle = (line + above) >> 1
      if ((starts[middle] ?? 0) <= offset) line = middle
      else above = middle
    }
    return { line: line + 1, column: Math.min(offset, text.length) - (starts[line] ?? 0) + 1 }
  }
}

/** The offset of the value at a path, or of the nearest value around it that exists. */
export const offsetOf = (node: TextNode, path: ConfigPath): number => {
  let found = node
  for (const segment of path) {
    const next = found.type === "array" && typeof segment === "number"
      ? found.items[segment]
      : found.type === "object"
      ? found.members.findLast((member) => member.key === segment)?.value
      : undefined
    if (next === undefined) break
    found = next
  }
  return found.offset
}

/**
 * An explanation as a tree for a terminal: at most so many columns wide whatever the names in it are, free of control
 * characters, and in the words of somebody who has watched the lookup.
 *
 * @since 0.1.0
 */
import type { Explanation } from "./Explanation.ts"
import type * as Section from "./internal/section.ts"
import * as Sections from "./internal/sections.ts"
import { wrap } from "./internal/terminal.ts"

/**
 * What a line is about, for callers that give it a colour: `image` is the first; `section` heads a branch; `detail` stands
 * under one; `failure` says what went wrong, and `advice` what to do about it; `result` is about the credentials.
 *
 * @since 0.1.0
 * @category models
 */
export type Role = Section.Role

/**
 * `branch` draws the tree: `├─ `.
 *
 * @since 0.1.0
 * @category models
 */
export interface Line {
  readonly branch: string
  readonly text: string
  readonly role: Role
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** In columns, at least 40. Default 100. */
  readonly width?: number
}

/**
 * The tree's lines; what does not fit on one goes on in the next, a bit to the right.
 *
 * @since 0.1.0
 * @category rendering
 */
export const lines = (explanation: Explanation, options: Options = {}): ReadonlyArray<Line> => {
  const width = Math.max(options.width ?? 100, 40)
  const put = (first: string, next: string, text: string, role: Role): ReadonlyArray<Line> =>
    wrap(text, width - first.length).map((part, at) => ({ branch: at === 0 ? first : next, text: part, role }))
  const sections = Sections.of(explanation)
  return [
    ...put("", "", Sections.title(explanation), "image"),
    ...sections.flatMap(({ details, role, text }, at) => {
      const isLast = at === sections.length - 1
      const trunk = isLast ? "     " : "│    "
      return [
        ...put(isLast ? "└─ " : "├─ ", isLast ? "   " : "│  ", text, role),
        ...details.flatMap((detail) => put(trunk, trunk, detail.text, detail.role))
      ]
    })
  ]
}

/**
 * The tree as text, without a line end. `style` may put colours around a line's text, but must not change its width.
 *
 * @example
 * ```ts
 * import { ExplanationText, Keyring } from "@credlet/core"
 * import { Console, Effect } from "effect"
 *
 * const bold = (text: string) => `\u001b[1m${text}\u001b[0m`
 *
 * const program = Effect.gen(function*() {
 *   const keyring = yield* Keyring.Keyring
 *   const { explanation } = yield* keyring.explain("registry.example/team/app:1.0")
 *   yield* Console.log(ExplanationText.render(explanation, { style: ({ role, text }) => role === "image" ? bold(text) : text }))
 * })
 * ```
 *
 * @since 0.1.0
 * @category rendering
 */
export const render = (
  explanation: Explanation,
  options: Options & { readonly style?: (line: Line) => string } = {}
): string => {
  const { style = ({ text }) => text } = options
  return lines(explanation, options).map((line) => line.branch + style(line)).join("\n")
}

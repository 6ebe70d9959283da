/**
 * Block scalars, `|` and `>`, as go-yaml reads them: the header, the indentation, the folding, and the end of the
 * file without a line break, which leaves the text without one too.
 */
import * as Result from "effect/Result"
import { fail, type YamlProblem } from "./YamlProblem.ts"

export interface BlockScalar {
  readonly text: string
  /** After the scalar, the blank lines that follow it and the blanks that the next line begins with. */
  readonly end: number
}

const header = () => /[|>](?:([-+])([1-9])?|([1-9])([-+])?)?[ \t]*(?:#.*)?(?:[\n\u2028\u2029]|$)/y

const lineBreak = /[\n\u2028\u2029]/

/** The scalar at `start` within a block collection whose items begin at column `parent` (-1 at the root). */
export const read = (
  text: string,
  start: number,
  limit: number,
  parent: number
): Result.Result<BlockScalar, YamlProblem> => {
  const body = limit < text.length ? text.slice(0, limit) : text
  const pattern = header()
  pattern.lastIndex = start
  const match = pattern.exec(body)
  if (match === null) return fail("badBlockScalar", start)
  const explicit = match[2] ?? match[3]
  const lines = new Lines(body, pattern.lastIndex)
  lines.indent = explicit === undefined ? undefined : Math.max(parent, 0) + Number(explicit)
  const content = lines.content(body[start] === ">", Math.max(parent + 1, 1))
  if (lines.tab !== undefined) return fail("tabInIndentation", lines.tab)
  const chomping = match[1] ?? match[4]
  const end = chomping === "-" ? "" : chomping === "+" ? lines.lastBreak + lines.breaks : lines.lastBreak
  return Result.succeed({ text: content + end, end: lines.at })
}

/** A cursor over the lines under a header. */
class Lines {
  at: number
  column = 0
  /** `undefined` until the first line with content shows it. */
  indent: number | undefined
  /** The line break after the last line of content, and those of the empty lines that followed. */
  lastBreak = ""
  breaks = ""
  /** The first tab that stands where only spaces may. */
  tab: number | undefined
  private readonly text: string
  private widest = 0

  constructor(text: string, at: number) {
    this.text = text
    this.at = at
  }

  content(folded: boolean, leastIndent: number): string {
    this.skipBlanks()
    this.indent ??= Math.max(this.widest, leastIndent)
    let content = ""
    let afterBlank = false
    while (this.column === this.indent && this.at < this.text.length && this.tab === undefined) {
      const first = this.text[this.at]
      const isBlank = first === " " || first === "\t"
      const folds = folded && !afterBlank && !isBlank && this.lastBreak === "\n"
      content += (folds ? (this.breaks === "" ? " " : "") : this.lastBreak) + this.breaks + this.line()
      afterBlank = isBlank
      this.skipBlanks()
    }
    return content
  }

  private line(): string {
    const length = this.text.slice(this.at).search(lineBreak)
    const end = length < 0 ? this.text.length : this.at + length
    const line = this.text.slice(this.at, end)
    this.lastBreak = this.text[end] ?? ""
    this.at = end + this.lastBreak.length
    return line
  }

  /** Goes over empty lines and the indentation after them. */
  private skipBlanks(): void {
    this.breaks = ""
    for (;;) {
      this.column = 0
      while (this.isIndentation() && this.text[this.at] === " ") {
        this.at++
        this.column++
      }
      this.widest = Math.max(this.widest, this.column)
      if (this.isIndentation() && this.text[this.at] === "\t") this.tab ??= this.at
      const char = this.text[this.at] ?? ""
      if (!lineBreak.test(char)) return
      this.at++
      this.breaks += char
    }
  }

  private isIndentation(): boolean {
    return this.indent === undefined || this.column < this.indent
  }
}

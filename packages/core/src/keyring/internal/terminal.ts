/** Text that others wrote made fit for a terminal of so many columns: it moves no cursor, changes no colours and fills no screen. */
import * as Printable from "../../text/Printable.ts"

const wide = /\p{Emoji_Presentation}/u

/** Rather too many columns than too few: what is not certainly narrow counts as two. */
const columnsOf = (character: string): number => {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x1100) return 1
  const isSymbol = code >= 0x2000 && code < 0x2e80
  return isSymbol && !wide.test(character) ? 1 : 2
}

const width = (text: string): number => {
  let columns = 0
  for (const character of text) columns += columnsOf(character)
  return columns
}

/** As many of the characters as fit. */
const fitting = (characters: ReadonlyArray<string>, columns: number): ReadonlyArray<string> => {
  let used = 0
  const end = characters.findIndex((character) => (used += columnsOf(character)) > columns)
  return end < 0 ? characters : characters.slice(0, end)
}

/** The middle of what is too long becomes `…`. */
const shorten = (text: string, columns: number): string => {
  if (width(text) <= columns) return text
  const characters = Array.from(text)
  const head = fitting(characters, Math.ceil((columns - 1) / 2))
  const tail = fitting(characters.toReversed(), Math.floor((columns - 1) / 2))
  return `${head.join("")}…${tail.toReversed().join("")}`
}

/** Longer texts are cut before anything else is done with them. */
const longest = 2000

/** Escaped and shortened. */
export const shown = (text: string, columns = 120): string => {
  const short = text.length > longest ? `${text.slice(0, longest / 2)}…${text.slice(-longest / 2)}` : text
  return shorten(Printable.line(short), columns)
}

/** In lines of at most so many columns, all but the first indented by two; a word that is too long is shortened. */
export const wrap = (text: string, columns: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let line: string | undefined
  for (const word of text.split(" ")) {
    const joined = line === undefined ? word : `${line} ${word}`
    if (width(joined) <= columns) {
      line = joined
      continue
    }
    if (line !== undefined) lines.push(line)
    line = shorten(lines.length === 0 ? word : `  ${word}`, columns)
  }
  return line === undefined ? lines : [...lines, line]
}

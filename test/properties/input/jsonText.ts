/** Trees written as JSON, in all the ways that are allowed. */
import type { Random } from "../driver/random.ts"
import { isItems, isMembers, type Tree } from "./tree.ts"

/** How a document is laid out. */
interface Style {
  /** Blanks between tokens. */
  readonly gaps: readonly [string, ...ReadonlyArray<string>]
  /** Writes one character in so many as an escape. */
  readonly escapes: number
  /** Only what YAML 1.1 reads the same. */
  readonly alsoYaml: boolean
}

/** As JSON. */
export const jsonText = (random: Random, tree: Tree): string => write(random, tree, anyStyle(random, false))

/** As JSON that is YAML too: without the characters and escapes that only one of them allows. */
export const jsonTextForYaml = (random: Random, tree: Tree): string => write(random, tree, anyStyle(random, true))

const anyStyle = (random: Random, alsoYaml: boolean): Style => ({
  gaps: random.pick([[""], [" "], ["", " ", "\n", "\n  "], ["\n    "], alsoYaml ? ["\n"] : ["\r\n", "\t"]]),
  escapes: random.pick([0, 0, 20, 2]),
  alsoYaml
})

const write = (random: Random, tree: Tree, style: Style): string => {
  const gap = () => random.pick(style.gaps)
  // A stack of our own, since there are deep trees.
  const parts: Array<string> = []
  const pending: Array<Tree | { readonly written: string }> = [tree]
  const push = (open: string, entries: ReadonlyArray<readonly [key: string, value: Tree]>, close: string) => {
    pending.push({ written: `${gap()}${close}` })
    for (const [at, [key, value]] of [...entries.entries()].toReversed()) {
      pending.push(value, { written: `${at === 0 ? "" : ","}${gap()}${key}` })
    }
    pending.push({ written: open })
  }
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next === null || typeof next === "boolean") parts.push(String(next))
    else if (typeof next === "string") parts.push(quoted(random, next, style))
    else if ("written" in next) parts.push(next.written)
    else if ("numeral" in next) parts.push(next.numeral)
    else if (isItems(next)) push("[", next.items.map((item) => ["", item]), "]")
    else if (isMembers(next)) {
      // In YAML a key and its colon stand on one line.
      const colon = () => style.alsoYaml ? random.pick([":", ": "]) : `${gap()}:${gap()}`
      push("{", next.members.map(([key, value]) => [quoted(random, key, style) + colon(), value]), "}")
    }
  }
  return parts.join("")
}

const quoted = (random: Random, text: string, { alsoYaml, escapes }: Style): string => {
  const escaped = Array.from(alsoYaml ? text.toWellFormed() : text, (character) => {
    const unit = character.charCodeAt(0)
    if (character === "\"" || character === "\\") return `\\${character}`
    if (character.length > 1) return character
    if (unit < 0x20 || (alsoYaml && !plainInYaml.test(character))) return unicodeEscape(unit)
    if (escapes === 0 || !random.oneIn(escapes)) return character
    return character === "/" && !alsoYaml ? "\\/" : unicodeEscape(unit)
  })
  return `"${escaped.join("")}"`
}

const plainInYaml = /^[ -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]$/

const unicodeEscape = (unit: number): string => `\\u${unit.toString(16).padStart(4, "0")}`

/**
 * The reader under `StrictJson`: Go's grammar in one pass, iterative, with every member and its place. Made anew for
 * each text.
 */
import type { Member, TextNode } from "../TextNode.ts"

export const maxDepth = 10_000

export const reasons = [
  "unexpectedEnd",
  "trailingComma",
  "missingComma",
  "singleQuote",
  "unquotedKey",
  "comment",
  "expectedValue",
  "expectedKey",
  "expectedColon",
  "expectedCommaOrEnd",
  "badNumber",
  "badEscape",
  "controlCharacter",
  "trailingData",
  "tooDeep"
] as const

export type Reason = typeof reasons[number]

/** An array or object that is still open; for an object, with the key whose value comes next. */
type Open =
  | { readonly type: "array"; readonly items: Array<TextNode>; readonly offset: number }
  | {
    readonly type: "object"
    readonly members: Array<Member>
    readonly offset: number
    key: string
    keyOffset: number
  }

/**
 * One pass over a text. A method that fails sets `reason`, leaves `at` on the offending place and gives
 * `undefined` or `false`. Open containers stand on a stack of our own, so depth costs no call frames.
 */
export class JsonReader {
  at = 0
  reason: Reason = "expectedValue"
  readonly text: string
  readonly numbers = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
  readonly outer: Array<Open> = []
  open: Open | undefined

  constructor(text: string) {
    this.text = text
  }

  document(): TextNode | undefined {
    for (;;) {
      let node = this.value()
      if (node === undefined) return undefined
      if (node === "opened") continue
      for (;;) {
        this.skipBlanks()
        const open: Open | undefined = this.open
        if (open === undefined) {
          return this.at < this.text.length ? this.fail("trailingData") : node
        }
        add(open, node)
        const next = this.text.charCodeAt(this.at)
        if (next === endOf(open)) {
          this.at++
          node = this.close(open)
          continue
        }
        if (next !== 0x2c) return this.fail("expectedCommaOrEnd")
        this.at++
        if (open.type === "object" && !this.key(open)) return undefined
        break
      }
    }
  }

  /** A whole value, or "opened" when a container that is not empty begins. */
  value(): TextNode | "opened" | undefined {
    this.skipBlanks()
    const { at, text } = this
    switch (text.charCodeAt(at)) {
      case 0x22: { // "
        const value = this.string()
        return value === undefined ? undefined : { type: "string", value, offset: at }
      }
      case 0x7b: // {
        return this.begin({ type: "object", members: [], offset: at, key: "", keyOffset: 0 })
      case 0x5b: // [
        return this.begin({ type: "array", items: [], offset: at })
      case 0x74: // t
        return this.literal("true") ? { type: "boolean", value: true, offset: at } : undefined
      case 0x66: // f
        return this.literal("false") ? { type: "boolean", value: false, offset: at } : undefined
      case 0x6e: // n
        return this.literal("null") ? { type: "null", offset: at } : undefined
      default: {
        const value = this.number()
        return value === undefined ? undefined : { type: "number", value, offset: at }
      }
    }
  }

  begin(open: Open): TextNode | "opened" | undefined {
    if (this.outer.length + (this.open === undefined ? 0 : 1) >= maxDepth) return this.fail("tooDeep")
    this.at++
    this.skipBlanks()
    const empty = this.text.charCodeAt(this.at) === endOf(open)
    if (empty) {
      this.at++
      return finished(open)
    }
    if (open.type === "object" && !this.key(open)) return undefined
    if (this.open !== undefined) this.outer.push(this.open)
    this.open = open
    return "opened"
  }

  close(open: Open): TextNode {
    this.open = this.outer.pop()
    return finished(open)
  }

  /** A key and its colon. */
  key(open: Extract<Open, { readonly type: "object" }>): boolean {
    this.skipBlanks()
    open.keyOffset = this.at
    const key = this.text.charCodeAt(this.at) === 0x22 ? this.string() : this.fail("expectedKey")
    if (key === undefined) return false
    open.key = key
    this.skipBlanks()
    if (this.text.charCodeAt(this.at) !== 0x3a) {
      this.fail("expectedColon")
      return false
    }
    this.at++
    return true
  }

  string(): string | undefined {
    const { text } = this
    let value = ""
    let start = this.at + 1
    for (let at = start;; at++) {
      const unit = text.charCodeAt(at)
      if (unit === 0x22) {
        this.at = at + 1
        return value + text.slice(start, at)
      }
      if (unit === 0x5c) {
        this.at = at + 1
        const escaped = this.escape()
        if (escaped === undefined) return undefined
        value += text.slice(start, at) + escaped
        start = this.at
        at = start - 1
      } else if (!(unit >= 0x20)) { // a control character, or NaN at the end
        this.at = at
        return this.fail("controlCharacter")
      }
    }
  }

  /** What follows a backslash. Two escapes that make a surrogate pair are taken together, a lone one is U+FFFD. */
  escape(): string | undefined {
    const simple = simpleEscapes.get(this.text.charCodeAt(this.at))
    if (simple !== undefined) {
      this.at++
      return simple
    }
    if (this.text.charCodeAt(this.at) !== 0x75) return this.fail("badEscape")
    const unit = this.hexDigits(this.at + 1)
    if (unit === undefined) {
      do this.at++
      while (isHexDigit(this.text.charCodeAt(this.at)))
      return this.fail("badEscape")
    }
    this.at += 5
    if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit)
    const low = unit < 0xdc00 && this.text.startsWith("\\u", this.at) ? this.hexDigits(this.at + 2) : undefined
    if (low === undefined || low < 0xdc00 || low > 0xdfff) return "\ufffd"
    this.at += 6
    return String.fromCharCode(unit, low)
  }

  hexDigits(at: number): number | undefined {
    const digits = this.text.slice(at, at + 4)
    return /^[\da-fA-F]{4}$/.test(digits) ? Number.parseInt(digits, 16) : undefined
  }

  number(): string | undefined {
    const { at, numbers, text } = this
    numbers.lastIndex = at
    if (!numbers.test(text)) return this.fail(text.charCodeAt(at) === 0x2d ? "badNumber" : "expectedValue")
    this.at = numbers.lastIndex
    const next = text.charCodeAt(this.at)
    const goesOn = isDigit(next) || next === 0x2e || next === 0x45 || next === 0x65 // . E e
    return goesOn ? this.fail("badNumber") : text.slice(at, this.at)
  }

  literal(word: string): boolean {
    for (let index = 0; index < word.length; index++, this.at++) {
      if (this.text.charCodeAt(this.at) !== word.charCodeAt(index)) {
        this.fail("expectedValue")
        return false
      }
    }
    return true
  }

  skipBlanks(): void {
    let unit = this.text.charCodeAt(this.at)
    while (unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09) {
      this.at++
      unit = this.text.charCodeAt(this.at)
    }
  }

  fail(reason: Reason): undefined {
    this.reason = this.at < this.text.length ? reason : "unexpectedEnd"
    return undefined
  }
}

const simpleEscapes: ReadonlyMap<number, string> = new Map([
  [0x22, "\""],
  [0x5c, "\\"],
  [0x2f, "/"],
  [0x62, "\b"],
  [0x66, "\f"],
  [0x6e, "\n"],
  [0x72, "\r"],
  [0x74, "\t"]
])

const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39

const isHexDigit = (unit: number): boolean =>
  isDigit(unit) || (unit >= 0x41 && unit <= 0x46) || (unit >= 0x61 && unit <= 0x66)

const endOf = (open: Open): number => open.type === "array" ? 0x5d : 0x7d

const add = (open: Open, value: TextNode): void => {
  if (open.type === "array") open.items.push(value)
  else open.members.push({ key: open.key, keyOffset: open.keyOffset, value })
}

/** The node without what was needed only while it was open. */
const finished = (open: Open): TextNode =>
  open.type === "array" ? open : { type: "object", members: open.members, offset: open.offset }

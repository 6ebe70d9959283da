/**
 * Documents before they are written down, as JSON or as YAML: what the grammars of the real documents make, and ways to
 * spoil it that leave it well-formed.
 */
import type { Random } from "../driver/random.ts"
import { list as listShape, type Shape, text as textShape } from "../driver/shape.ts"

export type Tree = null | boolean | string | Numeral | Items | Members

/** A number, as its text. */
export interface Numeral {
  readonly numeral: string
}

export interface Items {
  readonly items: ReadonlyArray<Tree>
}

/** Keys may stand more than once. */
export interface Members {
  readonly members: ReadonlyArray<Member>
}

export type Member = readonly [key: string, value: Tree]

export const number = (numeral: string): Numeral => ({ numeral })

export const list = (...items: ReadonlyArray<Tree>): Items => ({ items })

export const object = (fields: Readonly<Record<string, Tree>>): Members => ({ members: Object.entries(fields) })

export const isItems = (tree: Tree): tree is Items => typeof tree === "object" && tree !== null && "items" in tree

export const isMembers = (tree: Tree): tree is Members => typeof tree === "object" && tree !== null && "members" in tree

/** A tree in place of each of its parts, then one with less in it. */
export const shape: Shape<Tree> = {
  *smaller(tree) {
    if (typeof tree === "string") yield* textShape.smaller(tree)
    else if (isItems(tree)) {
      yield* tree.items
      for (const items of listShape(shape).smaller(tree.items)) yield { items }
    } else if (isMembers(tree)) {
      yield* tree.members.map(([, value]) => value)
      for (const members of listShape(memberShape).smaller(tree.members)) yield { members }
    } else if (tree !== null) yield null
  },
  size: (tree) => JSON.stringify(tree).length,
  show: (tree) => JSON.stringify(tree)
}

const memberShape: Shape<Member> = {
  *smaller([key, value]) {
    for (const smaller of textShape.smaller(key)) yield [smaller, value]
    for (const smaller of shape.smaller(value)) yield [key, smaller]
  },
  size: ([key, value]) => key.length + shape.size(value),
  show: (member) => JSON.stringify(member)
}

/** Without some of its members. */
export const thinned = (random: Random, { members }: Members): Members => ({
  members: members.filter(() => !random.oneIn(16))
})

const numerals = [
  "0",
  "-0",
  "1",
  "5",
  "-1",
  "60",
  "1.5",
  "1e3",
  "1E400",
  "-1e-400",
  "9223372036854775807",
  "9223372036854775808",
  "18446744073709551616",
  "123456789012345678901234567890",
  "0.1"
] as const // dprint-ignore

const oddTexts = [
  "", " ", "x", "null", "true", "~", "0", "-", "yes", "1h", "a: b", "a #b", "*", "&a", "!!int 5", "<<", "\"", "\\", "'",
  "\n", "a\n\nb\n", "\t", "\0", "\u007f", "\u0085", "\u2028", "\ufeff", "\ufffd", "é", "😀", "__proto__", "constructor",
  "toString", "{}", "[", "%zz"
] as const // dprint-ignore

const oddKeys = [
  "__proto__", "constructor", "hasOwnProperty", "", "x", "kind", "Kind", "ſ", "\u212aind", "apiversion", "name", "value",
  "auth", "AUTHS", "auths", "10", "2", "-1", "a/b", "a~b", "<<", "y", "null", "HttpHeaders", "env", "args", "metadata"
] as const // dprint-ignore

export const oddText = (random: Random): string => random.pick(oddTexts)

/** Anything at all, without much depth. */
export const anything = (random: Random, depth = 2): Tree => {
  switch (random.below(depth > 0 ? 8 : 5)) {
    case 0:
      return null
    case 1:
      return random.oneIn(2)
    case 2:
      return number(random.pick(numerals))
    case 3:
    case 4:
      return oddText(random)
    case 5:
      return list(...random.list(4, () => anything(random, depth - 1)))
    default:
      return { members: random.list(4, (): Member => [random.pick(oddKeys), anything(random, depth - 1)]) }
  }
}

/** One change somewhere. */
export const spoiled = (random: Random, tree: Tree): Tree => {
  if (isItems(tree) && tree.items.length > 0 && !random.oneIn(6)) {
    const at = random.below(tree.items.length)
    return { items: tree.items.with(at, spoiled(random, tree.items[at] ?? null)) }
  }
  if (isMembers(tree) && tree.members.length > 0 && !random.oneIn(4)) {
    const at = random.below(tree.members.length)
    const [key, value] = tree.members[at] ?? ["", null]
    return { members: tree.members.with(at, [key, spoiled(random, value)]) }
  }
  return spoiledHere(random, tree)
}

const spoiledHere = (random: Random, tree: Tree): Tree => {
  if (isMembers(tree) && tree.members.length > 0 && !random.oneIn(4)) {
    return { members: spoiledMembers(random, tree.members) }
  }
  if (isItems(tree) && tree.items.length > 0 && !random.oneIn(4)) {
    return { items: tree.items.flatMap((item) => random.pick([[], [item], [item], [item], [item, item], [null]])) }
  }
  switch (random.below(5)) {
    case 0:
      return list(tree)
    case 1:
      return object({ [random.pick(oddKeys)]: tree })
    case 2:
      return nested(random, tree)
    case 3:
      return typeof tree === "string" ? tree + oddText(random) : anything(random)
    default:
      return anything(random)
  }
}

const spoiledMembers = (random: Random, members: ReadonlyArray<Member>): ReadonlyArray<Member> => {
  const at = random.below(members.length)
  const [key, value] = members[at] ?? ["", null]
  switch (random.below(6)) {
    case 0:
      return members.toSpliced(at, 1)
    case 1: // twice, with the same value or another one
      return members.toSpliced(random.below(members.length + 1), 0, [key, random.oneIn(2) ? value : anything(random)])
    case 2:
      return members.with(at, [random.pick([key.toUpperCase(), key.toLowerCase(), `${key}x`, key.slice(1)]), value])
    case 3:
      return members.toSpliced(at, 0, [random.pick(oddKeys), anything(random)])
    case 4:
      return members.with(at, [key, anything(random)])
    default:
      return members.toSorted(([left], [right]) => left < right ? -1 : 1)
  }
}

const nested = (random: Random, tree: Tree): Tree => {
  const depth = random.size(300)
  let whole = tree
  for (let level = 0; level < depth; level++) whole = random.oneIn(2) ? list(whole) : object({ a: whole })
  return whole
}

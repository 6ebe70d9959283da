/** Trees written as YAML, in the ways that people write it: blocks and brackets, plain, quoted and block scalars. */
import type { Random } from "../driver/random.ts"
import { jsonTextForYaml } from "./jsonText.ts"
import { isItems, isMembers, type Member, type Tree } from "./tree.ts"

/** The root of an object stands at column 0; nothing else is asked of a tree. */
export const yamlText = (random: Random, tree: Tree): string => {
  const head = random.pick(["", "", "", "---\n", "# a comment\n", "%YAML 1.1\n---\n"])
  // A brace at the beginning would make it JSON.
  const body = isMembers(tree) && tree.members.length > 0 ? block(random, tree, 0) : `# x\n${inline(random, tree, 0)}\n`
  const tail = random.pick(["", "", "", "# a comment\n", "...\n", "---\nmore: [\n"])
  const whole = head + body.replace(/^\n/, "") + tail
  return random.oneIn(8) ? whole.replaceAll("\n", "\r\n") : whole
}

/** A value behind a key or dash, from the blank on to the end of its last line. */
const value = (random: Random, tree: Tree, indent: number): string => {
  const isBlock = (isMembers(tree) && tree.members.length > 0) || (isItems(tree) && tree.items.length > 0)
  if (isBlock && indent < 60 && !random.oneIn(8)) return block(random, tree, indent)
  if (typeof tree === "string" && random.oneIn(4) && fitsLiteral.test(tree)) return literal(tree, indent)
  return ` ${inline(random, tree, indent)}${random.oneIn(20) ? " # why" : ""}\n`
}

const block = (random: Random, tree: Tree, indent: number): string => {
  const blanks = " ".repeat(indent)
  const deeper = indent + random.pick([2, 2, 2, 1, 4])
  const noise = random.oneIn(20) ? `\n${blanks}# a note\n` : "\n"
  if (isItems(tree)) {
    return noise + tree.items.map((item) => `${blanks}-${value(random, item, deeper)}`).join("")
  }
  if (!isMembers(tree)) return noise
  const line = ([key, inner]: Member) => {
    // Lists may stand at the column of their key.
    const indentOfList = isItems(inner) && random.oneIn(2) ? indent : deeper
    return `${blanks}${keyText(random, key)}:${value(random, inner, indentOfList)}`
  }
  return noise + tree.members.map(line).join("")
}

const keyText = (random: Random, key: string): string => {
  if (safePlain.test(key) && !looksTyped.test(key) && !random.oneIn(8)) return key
  return jsonTextForYaml(random, key)
}

const inline = (random: Random, tree: Tree, indent: number): string => {
  if (typeof tree !== "string") return jsonTextForYaml(random, tree).replaceAll("\n", `\n${" ".repeat(indent)} `)
  if (safePlain.test(tree) && !looksTyped.test(tree) && !random.oneIn(4)) return tree
  if (fitsSingle.test(tree) && random.oneIn(2)) return `'${tree.replaceAll("'", "''")}'`
  return jsonTextForYaml(random, tree)
}

/** Text that no reader can take for anything else, apart from what `looksTyped` knows. */
const safePlain = /^[A-Za-z\d/](?:[\w./+=$!-]| (?=\w))*$/

const looksTyped = /^(?:[-+.\d]|(?:y|yes|n|no|on|off|true|false|null)$)/i

const fitsSingle = /^[ -~]*$/

const fitsLiteral = /^(?:[!-~][ -~]*\n)+$/

const literal = (text: string, indent: number): string => {
  const blanks = " ".repeat(Math.max(indent, 1))
  return ` |\n${text.replaceAll(/^(?=.)/gm, blanks)}`
}

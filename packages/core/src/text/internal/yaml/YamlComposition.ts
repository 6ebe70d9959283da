/**
 * The `yaml` package at work: the nodes of one document with its errors, nothing resolved, nothing printed. Where it
 * minds indentation between brackets or quotes, which go-yaml does not, it gets the text again without line breaks.
 */
import * as Yaml from "yaml"
import { flattened } from "./YamlFlow.ts"
import { quietly } from "./YamlQuiet.ts"
import * as Quoted from "./YamlQuoted.ts"

export interface YamlComposition {
  /** Its offsets are those of the text; what its scalars hold must be read from the text. */
  readonly document: Yaml.Document.Parsed
  /** What stands before the root: an anchor, a tag. */
  readonly start: ReadonlyArray<Yaml.CST.SourceToken>
}

const options: Yaml.ParseOptions & Yaml.DocumentOptions & Yaml.SchemaOptions = {
  version: "1.1",
  schema: "failsafe",
  customTags: [],
  resolveKnownTags: false,
  merge: false,
  uniqueKeys: false,
  strict: true,
  prettyErrors: false,
  logLevel: "silent",
  keepSourceTokens: true
}

/**
 * How many characters are composed at most, all attempts together. Each bracket or quote with lines left of its place
 * takes one attempt, so only files with very many of them are refused.
 */
const maxWork = 10_000_000

/** `undefined` if the text is nested too deep. */
export const compose = (text: string): YamlComposition | undefined =>
  quietly(() => {
    try {
      return composeFlattened(text)
    } catch {
      return undefined // only an exhausted stack is known to be thrown; what is thrown may quote the text
    }
  })

/**
 * Letters in place of characters that go-yaml reads differently where they stand: the star of an alias that is a key
 * (`*x: y`), and in brackets a colon or dash before another bracket or a comma, which is plain text (`{a:}`, `[-]`).
 */
const reread = (text: string): string =>
  text.replaceAll(/\*(?=[\w-]+:(?:[ \t\n]|$))|(?<![\]}"'][ \t]*):(?=[,[\]{}])|(?<=[ \t\n[{,:])-(?=[,[\]{}])/g, "A")

const composeFlattened = (source: string): YamlComposition | undefined => {
  const text = reread(source)
  let input = text
  for (let work = text.length;; work += text.length) {
    const composition = composeOnce(input)
    const unclosed = composition?.document.errors.length === 0 ? undefined : firstUnclosed(composition?.document)
    const next = unclosed === undefined || work > maxWork ? undefined : flattened(text, unclosed, text.length)
    if (unclosed === undefined || next === undefined) return composition
    const again = input.slice(0, unclosed) + next.slice(unclosed)
    if (again === input) return composition // it can't be mended this way
    input = again
  }
}

const composeOnce = (text: string): YamlComposition | undefined => {
  const composer = new Yaml.Composer(options)
  let start: ReadonlyArray<Yaml.CST.SourceToken> = []
  for (const token of new Yaml.Parser().parse(text)) {
    if (token.type === "document") start = token.start
    for (const document of composer.next(token)) return { document, start }
    if (token.type === "error") break // the first tells enough
  }
  for (const document of composer.end(true, text.length)) return { document, start }
  return undefined
}

/** Where the first node begins that the package could not close. */
const firstUnclosed = (document: Yaml.Document | undefined): number | undefined => {
  let found: number | undefined
  const look = (node: Yaml.Node) => {
    if (isClosed(node)) return undefined
    found = node.range?.[0]
    return Yaml.visit.BREAK
  }
  if (document !== undefined) {
    Yaml.visit(document, {
      Scalar: (_, node) => look(node),
      Collection: (_, node) => look(node)
    })
  }
  return found
}

/** Whether a node's closing quote or bracket was found; plain, block and invented nodes have none. */
export const isClosed = (node: Yaml.Node): boolean => {
  const token = node.srcToken
  switch (token?.type) {
    case "double-quoted-scalar":
    case "single-quoted-scalar":
      return Quoted.endOf(token.source, 0, token.source.length) === token.source.length
    case "flow-collection":
      return token.end[0]?.source === (token.start.source === "{" ? "}" : "]")
    default:
      return true
  }
}

/**
 * The `yaml` package at work: the nodes of one document with its errors, nothing resolved, nothing printed. Where it
 * minds indentation between brackets or quotes, which go-yaml does not, it gets the text again without line breaks.
 */
import * as Result from "effect/Result"
import * as Yaml from "yaml"
import { type Flattened, flattened } from "./YamlFlow.ts"
import { fail, type YamlProblem } from "./YamlProblem.ts"
import { quietly } from "./YamlQuiet.ts"
import * as Quoted from "./YamlQuoted.ts"
import { maxDepth } from "./YamlTree.ts"

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
 * How many characters are composed at most, all attempts together, and how often a large text. Most brackets and quotes
 * with lines left of their place are mended in one attempt, so only files with very many odd ones are refused.
 */
const maxWork = 1_000_000
const leastAttempts = 4

type Composed = Result.Result<YamlComposition, YamlProblem>

/** Fails only with `tooDeep`: other mistakes are in the document's errors. */
export const compose = (text: string): Composed =>
  quietly(() => {
    try {
      return composeFlattened(text)
    } catch {
      return fail("tooDeep", 0) // only an exhausted stack is known to be thrown; what is thrown may quote the text
    }
  })

/**
 * Letters in place of characters that go-yaml reads differently where they stand: the star of an alias that is a key
 * (`*x: y`), and in brackets a colon or dash before another bracket or a comma, which is plain text (`{a:}`, `[-]`).
 */
const reread = (text: string): string =>
  text.replaceAll(/\*(?=[\w-]+:(?:[ \t\n]|$))|(?<![\]}"'][ \t]*):(?=[,[\]{}])|(?<=[ \t\n[{,:])-(?=[,[\]{}])/g, "A")

const composeFlattened = (source: string): Composed => {
  const text = reread(source)
  let input = text
  let composition = composeOnce(input)
  const most = Math.max(maxWork, leastAttempts * text.length)
  for (let work = text.length; work < most; work += text.length) {
    let parts = openParts(composition, text, input)
    if (parts.length === 0) break
    let next = replaced(input, parts)
    let attempt = composeOnce(next)
    // What comes after the first open part may have been misread, so it must turn out to be one.
    const confirmed = Math.max(1, confirmedOf(attempt, parts))
    if (confirmed < parts.length) {
      parts = parts.slice(0, confirmed)
      next = replaced(input, parts)
      attempt = composeOnce(next)
      work += text.length
    }
    input = next
    composition = attempt
  }
  return composition
}

const replaced = (text: string, parts: ReadonlyArray<Flattened>): string => {
  let at = 0
  const pieces = parts.flatMap((part) => {
    const before = text.slice(at, part.start)
    at = part.start + part.text.length
    return [before, part.text]
  })
  return pieces.join("") + text.slice(at)
}

const composeOnce = (text: string): Composed => {
  const composer = new Yaml.Composer(options)
  let start: ReadonlyArray<Yaml.CST.SourceToken> = []
  for (const token of new Yaml.Parser().parse(text)) {
    if (token.type === "document") {
      start = token.start
      const offset = firstTooDeep(token.value)
      if (offset !== undefined) return fail("tooDeep", offset)
    }
    for (const document of composer.next(token)) return Result.succeed({ document, start })
    if (token.type === "error") break // the first tells enough
  }
  for (const document of composer.end(true, text.length)) return Result.succeed({ document, start })
  return fail("unexpected", 0) // can't be: the end of the text makes a document
}

/** Where the first collection begins that is nested too deep for the package, which would use up the stack with it. */
const firstTooDeep = (root: Yaml.CST.Token | undefined): number | undefined => {
  const pending = [{ token: root, depth: 0 }]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { depth, token } = next
    if (token === undefined || !("items" in token)) continue
    if (depth === maxDepth) return token.offset
    for (const { key, value } of token.items.toReversed()) {
      pending.push({ token: value, depth: depth + 1 }, { token: key ?? undefined, depth: depth + 1 })
    }
  }
  return undefined
}

/**
 * The first bracket or quote that the package could not close, on one line, and others behind it that may be no better;
 * none if all is closed, or can't be mended this way.
 */
const openParts = (composed: Composed, text: string, input: string): ReadonlyArray<Flattened> => {
  const first = Result.isSuccess(composed) ? firstUnclosed(composed.success) : undefined
  const parts: Array<Flattened> = []
  for (let start = first; start !== undefined;) {
    const part = flattened(text, start, text.length)
    if (part === undefined) break
    const end = start + part.text.length
    if (start === first ? input.slice(start, end) !== part.text : goesLeft(text, start, end)) parts.push(part)
    else if (start === first) break
    start = nextEnclosed(text, end)
  }
  return parts
}

/** Where the next bracket or quote stands that may begin a value: after a key's colon, a dash, or nothing at all. */
const nextEnclosed = (text: string, from: number): number | undefined => {
  const opening = /(?:^[ \t]*|[-?:,[{][ \t]+)(?:[&!][^ \t\n]*[ \t]+)?["'[{]/gm
  opening.lastIndex = from
  return opening.test(text) ? opening.lastIndex - 1 : undefined
}

/** Whether a later line stands no further right than what is on the line of the start, dashes not counted. */
const goesLeft = (text: string, start: number, end: number): boolean => {
  const [, ...lines] = text.slice(start, end).split("\n")
  if (lines.length === 0) return false
  const before = text.slice(text.lastIndexOf("\n", start) + 1, start)
  const content = before.search(/[^ ?-]|[?-](?! )/)
  const indent = content < 0 ? before.length : content
  return lines.some((line) => {
    const column = line.search(/[^ ]/)
    return column >= 0 && column <= indent
  })
}

const firstUnclosed = (composition: YamlComposition): number | undefined => {
  if (composition.document.errors.length === 0) return undefined
  let found: number | undefined
  visitEnclosed(composition, (node, start) => {
    if (isClosed(node)) return undefined
    found = start
    return Yaml.visit.BREAK
  })
  return found
}

/** How many of the parts, from the first one on, are a closed node of the composition, and so is all before them. */
const confirmedOf = (composed: Composed, parts: ReadonlyArray<Flattened>): number => {
  if (Result.isFailure(composed)) return 0
  const ends = new Map<number, number>()
  visitEnclosed(composed.success, (node, start, end) => {
    if (!isClosed(node)) return Yaml.visit.BREAK
    ends.set(start, end)
    return undefined
  })
  const wrong = parts.findIndex(({ start, text }) => ends.get(start) !== start + text.length)
  return wrong < 0 ? parts.length : wrong
}

/** Goes over collections and scalars in the order of the text. */
const visitEnclosed = (
  { document }: YamlComposition,
  look: (node: Yaml.Node, start: number, end: number) => symbol | undefined
): void => {
  const visit = (_: unknown, node: Yaml.Node) => node.range ? look(node, node.range[0], node.range[1]) : undefined
  Yaml.visit(document, { Scalar: visit, Collection: visit })
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

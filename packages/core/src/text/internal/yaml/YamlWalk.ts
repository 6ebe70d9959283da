/**
 * From the nodes of the `yaml` package to a tree of ours. Structure comes from the nodes, what scalars hold from the
 * text; the guards see everything on the way.
 */
import * as Result from "effect/Result"
import * as Yaml from "yaml"
import * as BlockScalar from "./YamlBlockScalar.ts"
import { isClosed, type YamlComposition } from "./YamlComposition.ts"
import * as Guards from "./YamlGuards.ts"
import type { ProblemCode, YamlProblem } from "./YamlProblem.ts"
import * as Quoted from "./YamlQuoted.ts"
import type { YamlPair, YamlTree } from "./YamlTree.ts"

/** What a node's surroundings decide. */
interface Context {
  /** The column of the block collection that the node is in, -1 at the root. */
  readonly indent: number
  readonly inFlow: boolean
  readonly depth: number
}

interface Span {
  readonly offset: number
  readonly end: number
}

/** A method that gives `undefined` has set `problem`. */
export class YamlWalk {
  problem: YamlProblem | undefined
  /** Where tabs are no indentation: scalars and flow collections, in order. */
  readonly free: Array<readonly [start: number, end: number]> = []
  /** The end of the node that was read last. */
  end = 0
  private readonly anchors = new Map<string, YamlTree>()
  private readonly text: string
  private readonly shape: string
  private readonly limit: number

  /** `shape` is the text up to `limit` with LF for each character that breaks lines. */
  constructor(text: string, shape: string, limit: number) {
    this.text = text
    this.shape = shape
    this.limit = limit
  }

  document({ document, start }: YamlComposition): YamlTree | undefined {
    if (!this.passes(Guards.properties(this.shape, start))) return undefined
    return this.node(document.contents, { indent: -1, inFlow: false, depth: 0 })
  }

  private node(node: Yaml.Node | null, context: Context): YamlTree | undefined {
    const [offset, end] = node?.range ?? [this.end, this.end]
    if (Yaml.isSeq<Yaml.Node>(node)) return this.sequence(node, { offset, end }, context)
    if (Yaml.isMap<Yaml.Node, Yaml.Node>(node)) return this.mapping(node, { offset, end }, context)
    this.end = end
    const isAlias = Yaml.isAlias(node) || (this.shape[offset] === "*" && end > offset)
    if (isAlias) return this.alias(node, { offset, end })
    if (Yaml.isScalar(node)) return this.scalar(node, { offset, end }, context)
    return { kind: "scalar", text: "", tag: undefined, plain: true, offset }
  }

  /** An alias, which as a key is plain text to the package (see `reread`). */
  private alias(node: Yaml.Node | null, { end, offset }: Span): YamlTree | undefined {
    const name = this.shape.slice(offset + 1, end)
    if (!/^[\w-]+$/.test(name)) return this.fail("aliasStart", offset)
    if (Yaml.isScalar(node) && (node.anchor ?? node.tag) !== undefined) return this.fail("badAnchor", offset)
    const target = this.anchors.get(name)
    return target === undefined ? this.fail("unknownAnchor", offset) : { kind: "alias", target, offset }
  }

  private scalar(node: Yaml.Scalar, span: Span, context: Context): YamlTree | undefined {
    const text = this.scalarText(node, span, context)
    const plain = node.type === undefined || node.type === "PLAIN"
    return text === undefined
      ? undefined
      : this.anchored(node, { kind: "scalar", text, tag: node.tag, plain, offset: span.offset })
  }

  private scalarText(node: Yaml.Scalar, { end, offset }: Span, context: Context): string | undefined {
    switch (node.type) {
      case "QUOTE_DOUBLE":
      case "QUOTE_SINGLE":
        if (!isClosed(node)) return this.fail("unclosedQuote", offset)
        if (!context.inFlow) this.free.push([offset, end])
        return this.success(Quoted.read(this.text, offset, end))
      case "BLOCK_FOLDED":
      case "BLOCK_LITERAL": {
        const scalar = this.success(BlockScalar.read(this.text, offset, this.limit, context.indent))
        if (scalar === undefined) return undefined
        this.free.push([offset, scalar.end])
        this.end = scalar.end
        // What follows a root is judged apart; elsewhere the package must have seen the same end.
        const agrees = context.depth === 0 || this.afterBlanks(scalar.end) === this.afterBlanks(end)
        return agrees ? scalar.text : this.fail("badBlockScalar", offset)
      }
      default: {
        if (offset === end) return ""
        const next = this.afterBlanks(end)
        if (!context.inFlow) this.free.push([offset, next])
        const passes = this.passes(Guards.plain(this.shape, { offset, end, next, ...context }))
        return passes ? Quoted.unfold(this.text.slice(offset, end)) : undefined
      }
    }
  }

  private sequence(node: Yaml.YAMLSeq<Yaml.Node>, span: Span, context: Context): YamlTree | undefined {
    const inner = this.inner(node, span, context)
    if (inner === undefined || !this.passes(Guards.items(this.shape, node.srcToken))) return undefined
    const items: Array<YamlTree> = []
    const tree = this.anchored(node, { kind: "sequence", items, offset: span.offset })
    for (const child of node.items) {
      const item = this.node(child, inner)
      if (item === undefined) return undefined
      items.push(item)
    }
    if (inner.inFlow) this.end = span.end
    return tree
  }

  private mapping(node: Yaml.YAMLMap<Yaml.Node, Yaml.Node>, span: Span, context: Context): YamlTree | undefined {
    const inner = this.inner(node, span, context)
    if (inner === undefined) return undefined
    const pairs: Array<YamlPair> = []
    const tree = this.anchored(node, { kind: "mapping", pairs, offset: span.offset })
    for (const { key: keyNode, srcToken, value: valueNode } of node.items) {
      if (srcToken !== undefined && !this.passes(Guards.pair(this.shape, srcToken, inner))) return undefined
      const key = this.node(keyNode, inner)
      const value = key && this.node(valueNode, inner)
      if (key === undefined || value === undefined) return undefined
      pairs.push({ key, value })
    }
    if (inner.inFlow) this.end = span.end
    return tree
  }

  /** What a collection's children have around them. */
  private inner(node: Yaml.YAMLMap | Yaml.YAMLSeq, { end, offset }: Span, context: Context): Context | undefined {
    const depth = context.depth + 1
    const token = node.srcToken
    if (token?.type === "block-map" || token?.type === "block-seq") {
      return { indent: token.indent, inFlow: false, depth }
    }
    if (!isClosed(node)) return this.fail("unclosedBracket", offset)
    if (!context.inFlow) this.free.push([offset, end])
    return { indent: context.indent, inFlow: true, depth }
  }

  private anchored(node: Yaml.Scalar | Yaml.YAMLMap | Yaml.YAMLSeq, tree: YamlTree): YamlTree {
    if (node.anchor !== undefined) this.anchors.set(node.anchor, tree)
    return tree
  }

  private afterBlanks(at: number): number {
    const blanks = /[ \t\n]*/y
    blanks.lastIndex = at
    blanks.test(this.shape)
    return Math.min(blanks.lastIndex, this.limit)
  }

  private success<A>(result: Result.Result<A, YamlProblem>): A | undefined {
    if (Result.isSuccess(result)) return result.success
    this.problem ??= result.failure
    return undefined
  }

  private passes(problem: YamlProblem | undefined): boolean {
    this.problem ??= problem
    return problem === undefined
  }

  private fail(code: ProblemCode, offset: number): undefined {
    this.problem ??= { code, offset }
    return undefined
  }
}

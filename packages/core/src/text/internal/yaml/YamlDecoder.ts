/**
 * From structure to values, as go-yaml v2 does it: tags, aliases (read anew at each use, within a limit of work),
 * merge keys and repeated keys (CFG-45, CFG-62).
 */
import * as Result from "effect/Result"
import { keyIdentity, keyText } from "./YamlKey.ts"
import type { ProblemCode, YamlProblem } from "./YamlProblem.ts"
import { mergeTag, resolvePlain, resolveTagged } from "./YamlScalarType.ts"
import {
  maxDepth,
  type YamlAlias,
  type YamlMapping,
  type YamlScalar,
  type YamlSequence,
  type YamlTree
} from "./YamlTree.ts"
import type { YamlEntry, YamlMap, YamlScalarValue, YamlValue } from "./YamlValue.ts"

/** A key that its mapping had already. */
export interface RepeatedKey {
  /** `undefined` for a key that is not a string. */
  readonly key: string | undefined
  /** Where the repetition stands. */
  readonly offset: number
  /** The mapping that it is in. */
  readonly path: ReadonlyArray<string | number>
}

export interface Decoded {
  readonly value: YamlValue
  /** In the order of go-yaml's report: those within a value before the value's own key. */
  readonly repeatedKeys: ReadonlyArray<RepeatedKey>
}

export const decode = (tree: YamlTree): Result.Result<Decoded, YamlProblem> => {
  const decoder = new Decoder()
  const value = decoder.value(tree)
  return value === undefined
    ? Result.fail(decoder.problem)
    : Result.succeed({ value, repeatedKeys: decoder.repeatedKeys })
}

/** A method that gives `undefined` (or `false`) has set `problem`. */
class Decoder {
  problem: YamlProblem = { code: "unexpected", offset: 0 }
  readonly repeatedKeys: Array<RepeatedKey> = []
  private readonly path: Array<string | number> = []
  private readonly openAliases = new Set<YamlAlias>()
  private depth = 0
  private visits = 0
  private visitsByAlias = 0

  value(tree: YamlTree): YamlValue | undefined {
    if (!this.visit(tree)) return undefined
    switch (tree.kind) {
      case "scalar":
        return this.scalar(tree)
      case "sequence":
        return this.sequence(tree)
      case "mapping": {
        const map: YamlMap = { type: "map", entries: new Map(), offset: tree.offset }
        return this.addAll(map, tree) ? map : undefined
      }
      case "alias":
        return this.followed(tree, (target) => this.value(target))
    }
  }

  private scalar(scalar: YamlScalar): YamlScalarValue | undefined {
    const { offset, tag, text } = scalar
    if (tag === undefined) {
      return scalar.plain ? { ...resolvePlain(text), offset } : { type: "string", value: text, offset }
    }
    const value = resolveTagged(tag, text)
    return Result.isSuccess(value) ? { ...value.success, offset } : this.fail(value.failure, offset)
  }

  private sequence(sequence: YamlSequence): YamlValue | undefined {
    if (!this.enter(sequence)) return undefined
    const items: Array<YamlValue> = []
    for (const item of sequence.items) {
      this.path.push(items.length)
      const value = this.value(item)
      if (value === undefined) return undefined
      this.path.pop()
      items.push(value)
    }
    this.depth--
    return { type: "list", items, offset: sequence.offset }
  }

  /** Adds a mapping's pairs to a map, which is another one's when it is merged. */
  private addAll(map: YamlMap, mapping: YamlMapping): boolean {
    if (!this.enter(mapping)) return false
    for (const pair of mapping.pairs) {
      const done = isMerge(pair.key) ? this.merge(map, pair.value) : this.add(map, pair.key, pair.value)
      if (!done) return false
    }
    this.depth--
    return true
  }

  private add(map: YamlMap, keyTree: YamlTree, valueTree: YamlTree): boolean {
    const key = this.value(keyTree)
    if (key === undefined) return false
    if (key.type === "list" || key.type === "map") return this.refuse("collectionKey", keyTree.offset)
    this.path.push(keyText(key) ?? "")
    const value = this.value(valueTree)
    this.path.pop()
    if (value === undefined) return false
    this.set(map, { key, value }, keyTree.offset)
    return true
  }

  private set(map: YamlMap, entry: YamlEntry, offset: number): void {
    const isNaNKey = entry.key.type === "float" && Number.isNaN(entry.key.value) // equals nothing, not even itself
    const identity = isNaNKey ? `float:NaN#${map.entries.size}` : keyIdentity(entry.key)
    if (map.entries.has(identity)) {
      const key = entry.key.type === "string" ? entry.key.value : undefined
      this.repeatedKeys.push({ key, offset, path: [...this.path] })
    }
    map.entries.set(identity, entry)
  }

  private merge(map: YamlMap, tree: YamlTree): boolean {
    if (tree.kind !== "sequence") return this.mergeOne(map, tree)
    // Backwards, as earlier mappings win.
    return tree.items.toReversed().every((item) => this.mergeOne(map, item))
  }

  private mergeOne(map: YamlMap, tree: YamlTree): boolean {
    const mapping = tree.kind === "alias" ? tree.target : tree
    if (mapping.kind !== "mapping") return this.refuse("badMerge", tree.offset)
    if (!this.visit(tree)) return false
    if (tree.kind !== "alias") return this.addAll(map, mapping)
    return this.followed(tree, () => this.visit(mapping) && this.addAll(map, mapping) ? map : undefined) !== undefined
  }

  private followed<A>(alias: YamlAlias, read: (target: YamlTree) => A | undefined): A | undefined {
    if (this.openAliases.has(alias)) return this.fail("aliasLoop", alias.offset)
    this.openAliases.add(alias)
    const value = read(alias.target)
    this.openAliases.delete(alias)
    return value
  }

  /** Counts the work. */
  private visit(tree: YamlTree): boolean {
    this.visits++
    if (this.openAliases.size > 0) this.visitsByAlias++
    const isExcessive = this.visitsByAlias > 100 && this.visits > 1000 &&
      this.visitsByAlias / this.visits > allowedAliasShare(this.visits)
    return !isExcessive || this.refuse("excessiveAliasing", tree.offset)
  }

  /** Counts the levels, which aliases can add to. */
  private enter(tree: YamlTree): boolean {
    this.depth++
    return this.depth <= maxDepth || this.refuse("tooDeep", tree.offset)
  }

  private refuse(code: ProblemCode, offset: number): false {
    this.fail(code, offset)
    return false
  }

  private fail(code: ProblemCode, offset: number): undefined {
    this.problem = { code, offset }
    return undefined
  }
}

/** go-yaml's bound: 0.99 up to 400,000 visits, falling in a line to 0.10 at 4,000,000. */
const allowedAliasShare = (visits: number): number =>
  0.99 - 0.89 * Math.min(Math.max((visits - 400_000) / 3_600_000, 0), 1)

/** `<<` where it is not quoted; with the tag `!` quotes do not count. */
const isMerge = (key: YamlTree): boolean =>
  key.kind === "scalar" && key.text === "<<" &&
  (key.tag === undefined ? key.plain : key.tag === mergeTag || key.tag === "!")

/**
 * A YAML document's structure before any of its scalars has a type: what the reader of the structure hands to the
 * decoder. Aliases point at their target, which may be a collection they stand in.
 */

/** The deepest nesting, aliases followed: little enough for the `yaml` package, which recurses. */
export const maxDepth = 500

export type YamlTree = YamlScalar | YamlSequence | YamlMapping | YamlAlias

export interface YamlScalar {
  readonly kind: "scalar"
  /** The text, with quotes, escapes and folding undone. */
  readonly text: string
  /** The resolved tag, such as `tag:yaml.org,2002:int`, `!x` or `!`. */
  readonly tag: string | undefined
  /** Neither quoted nor a block scalar. */
  readonly plain: boolean
  readonly offset: number
}

export interface YamlSequence {
  readonly kind: "sequence"
  readonly items: ReadonlyArray<YamlTree>
  readonly offset: number
}

export interface YamlMapping {
  readonly kind: "mapping"
  readonly pairs: ReadonlyArray<YamlPair>
  readonly offset: number
}

export interface YamlPair {
  readonly key: YamlTree
  readonly value: YamlTree
}

export interface YamlAlias {
  readonly kind: "alias"
  readonly target: YamlTree
  readonly offset: number
}

/**
 * A YAML document after its scalars, tags, aliases and merge keys are resolved, before its keys become text.
 */
import type { ScalarValue } from "./YamlScalarType.ts"

export type YamlValue = YamlScalarValue | YamlList | YamlMap

export type YamlScalarValue = ScalarValue & { readonly offset: number }

export interface YamlList {
  readonly type: "list"
  readonly items: ReadonlyArray<YamlValue>
  readonly offset: number
}

export interface YamlMap {
  readonly type: "map"
  /** By identity of the key (`keyIdentity`), in order of first appearance; the last value given to a key. */
  readonly entries: Map<string, YamlEntry>
  readonly offset: number
}

export interface YamlEntry {
  readonly key: YamlScalarValue
  readonly value: YamlValue
}

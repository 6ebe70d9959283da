/**
 * YAML read as the kubelet does it, which is go-yaml v2's YAML 1.1 converted to JSON by sigs.k8s.io/yaml: one document
 * (CFG-33…35), tabs refused (CFG-46), `yes` and `010` and merge keys understood (CFG-40…45), keys as text and in the
 * order of their bytes (CFG-41), repeated keys reported (CFG-62). `docs/spec/differences.md` lists what still differs.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as YamlDecoder from "./internal/yaml/YamlDecoder.ts"
import { hintOf, problemCodes, type YamlProblem } from "./internal/yaml/YamlProblem.ts"
import * as YamlStructure from "./internal/yaml/YamlStructure.ts"
import * as YamlText from "./internal/yaml/YamlText.ts"
import * as YamlToJson from "./internal/yaml/YamlToJson.ts"
import { positionAt, type TextNode } from "./TextNode.ts"

/**
 * A document that could be read. Offsets count UTF-16 code units in `text`.
 *
 * @since 0.1.0
 * @category models
 */
export interface YamlDocument {
  /** Members in the byte order of their keys; of a repeated key the last value. */
  readonly root: TextNode
  /** Every repetition of a key, those inside a value before the value's own. A strict reader refuses them. */
  readonly duplicateKeys: ReadonlyArray<DuplicateKey>
  /** The decoded file, with LF for every kind of line break. */
  readonly text: string
  /** Where content begins that the kubelet ignores without a word, such as a second document. */
  readonly ignoredFrom: number | undefined
}

/**
 * A key that its mapping had already, be it by merging.
 *
 * @since 0.1.0
 * @category models
 */
export type DuplicateKey = typeof DuplicateKey.Type

/**
 * @since 0.1.0
 * @category schemas
 */
export const DuplicateKey = Schema.Struct({
  /** Absent for a number, boolean or null. */
  key: Schema.UndefinedOr(Schema.String),
  offset: Schema.Int,
  /** The mapping that has the key twice. */
  path: Schema.Array(Schema.Union([Schema.String, Schema.Int]))
})

/**
 * What is wrong with a file.
 *
 * @since 0.1.0
 * @category models
 */
export type YamlErrorCode = typeof YamlErrorCode.Type

/**
 * @since 0.1.0
 * @category schemas
 */
export const YamlErrorCode = Schema.Literals(problemCodes)

/**
 * The file is not YAML that the kubelet reads. Names places and reasons, never anything of the file's content but
 * repeated keys. `offset` counts UTF-16 code units from 0, `line` and `column` count from 1.
 *
 * @since 0.1.0
 * @category errors
 */
export class YamlError extends Schema.TaggedError<YamlError>()("YamlError", {
  code: YamlErrorCode,
  /** `type` if the YAML is fine and only a value has no counterpart in JSON: `.nan` and `.inf`. */
  stage: Schema.Literals(["yaml", "type"]),
  offset: Schema.Int,
  line: Schema.Int,
  column: Schema.Int,
  /** Repeated keys, if the file could be read so far that they are known. */
  duplicateKeys: Schema.Array(DuplicateKey)
}) {
  /** What to do about it. */
  get hint(): string {
    return hintOf(this.code)
  }

  override get message() {
    return `not readable YAML at line ${this.line}, column ${this.column}: ${this.hint}`
  }
}

/**
 * Reads the first YAML document of a file. Fails with a `YamlError` and throws nothing, whatever the bytes are. At most
 * 500 levels of nesting are read (fewer if the caller has used up most of the stack), and aliases stop at go-yaml's
 * own limit of work.
 *
 * @since 0.1.0
 * @category parsing
 * @example
 * ```ts
 * import * as Result from "effect/Result"
 * import * as NodeJson from "@credlet/core/text/NodeJson"
 * import * as StrictYaml from "@credlet/core/text/StrictYaml"
 *
 * const bytes = new TextEncoder().encode("b: yes\na: 0x10\n")
 * const json = Result.map(StrictYaml.parse(bytes), (document) => NodeJson.toJson(document.root))
 * // {"a":16,"b":true}
 * ```
 */
export const parse = (bytes: Uint8Array): Result.Result<YamlDocument, YamlError> => {
  const source = YamlText.read(bytes)
  const { text } = source
  const structure = YamlStructure.read(source)
  if (Result.isFailure(structure)) return Result.fail(yamlError(text, structure.failure))
  const decoded = YamlDecoder.decode(structure.success.tree)
  if (Result.isFailure(decoded)) return Result.fail(yamlError(text, decoded.failure))
  const { repeatedKeys: duplicateKeys, value } = decoded.success
  return Result.mapBoth(YamlToJson.toTextNode(value), {
    onSuccess: (root) => ({ root, duplicateKeys, text, ignoredFrom: structure.success.ignoredFrom }),
    onFailure: (problem) => yamlError(text, problem, duplicateKeys)
  })
}

const yamlError = (
  text: string,
  { code, offset }: YamlProblem,
  duplicateKeys: ReadonlyArray<DuplicateKey> = []
): YamlError =>
  new YamlError({
    code,
    stage: code === "notANumber" ? "type" : "yaml",
    offset,
    ...positionAt(text, offset),
    duplicateKeys
  })

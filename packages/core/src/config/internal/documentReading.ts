/**
 * From bytes to a tree of nodes: JSON if the first character after white space is `{`, else YAML (CFG-30…36). The name
 * of the file has no say in it.
 */
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Bytes from "../../text/Bytes.ts"
import * as StrictJson from "../../text/StrictJson.ts"
import * as StrictYaml from "../../text/StrictYaml.ts"
import * as TextFormat from "../../text/TextFormat.ts"
import type { Position, TextNode } from "../../text/TextNode.ts"
import { ConfigDecodeError, ConfigFinding, type DecodeReason } from "../ConfigError.ts"
import { ConfigLocation } from "../ConfigLocation.ts"
import { ConfigWarning } from "../ConfigWarning.ts"
import * as SourceText from "./sourceText.ts"

/** A document as its reader gave it. */
export interface Document {
  readonly format: "json" | "yaml"
  readonly root: TextNode
  readonly source: SourceText.SourceText
  /** Keys that stand twice in a mapping of a YAML text; the tree has the last of each. */
  readonly duplicateKeys: ReadonlyArray<ConfigFinding>
  readonly warnings: ReadonlyArray<ConfigWarning>
}

const protobuf = [0x6b, 0x38, 0x73, 0x00] // "k8s\0"

export const read = (bytes: Uint8Array, file: string | undefined): Result.Result<Document, ConfigDecodeError> => {
  if (protobuf.every((byte, index) => bytes[index] === byte)) {
    return fail(file, "other", { line: 1, column: 1 }, "this is Kubernetes' binary form: expected YAML or JSON")
  }
  return TextFormat.detect(bytes) === "json" ? readJson(Bytes.decodeReplacing(bytes), file) : readYaml(bytes, file)
}

const fail = (file: string | undefined, reason: DecodeReason, { column, line }: Position, detail: string) => {
  const location = new ConfigLocation({ ...(file === undefined ? {} : { file }), line, column, pointer: "" })
  const finding = new ConfigFinding({ type: "syntax", exactPath: Redacted.make([]), detail, location })
  return Result.fail(decodeError(file, reason, [finding], false))
}

export const decodeError = (
  file: string | undefined,
  reason: DecodeReason,
  findings: ReadonlyArray<ConfigFinding>,
  restWasRead: boolean
): ConfigDecodeError =>
  new ConfigDecodeError({ ...(file === undefined ? {} : { file }), reason, findings, restWasRead })

const readJson = (text: string, file: string | undefined): Result.Result<Document, ConfigDecodeError> => {
  const parsed = StrictJson.parse(text)
  if (Result.isFailure(parsed)) {
    // The place stands before each finding already.
    const detail = parsed.failure.message.replace(/ at line \d+, column \d+/, "")
    return fail(file, "interpret", parsed.failure, detail)
  }
  const source = SourceText.make(text, file)
  return Result.succeed({ format: "json", root: parsed.success, source, duplicateKeys: [], warnings: [] })
}

const readYaml = (bytes: Uint8Array, file: string | undefined): Result.Result<Document, ConfigDecodeError> => {
  const parsed = StrictYaml.parse(bytes)
  if (Result.isFailure(parsed)) {
    const { hint, stage } = parsed.failure
    return fail(file, stage, parsed.failure, stage === "yaml" ? `not readable YAML: ${hint}` : hint)
  }
  const { duplicateKeys, ignoredFrom, root, text } = parsed.success
  const source = SourceText.make(text, file)
  return Result.succeed({
    format: "yaml",
    root,
    source,
    duplicateKeys: duplicateKeys.map((duplicate) => duplicateKey(duplicate, source)),
    warnings: ignoredFrom === undefined ? [] : [
      new ConfigWarning({ reason: "ignoredDocuments", path: [], location: source.locate(ignoredFrom, []) })
    ]
  })
}

const duplicateKey = ({ key, offset, path }: StrictYaml.DuplicateKey, source: SourceText.SourceText): ConfigFinding => {
  const whole = key === undefined ? path : [...path, key]
  return new ConfigFinding({
    type: "duplicateKey",
    exactPath: Redacted.make(whole),
    ...(key === undefined ? {} : { exactKey: Redacted.make(key) }),
    detail: "this key stands twice in its mapping: remove one; a merge (<<) may not bring a key that is there already",
    location: source.locate(offset, whole)
  })
}

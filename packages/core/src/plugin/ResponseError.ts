/**
 * Why a plugin's answer can't be used: every mistake in it with its place and with what should stand there, and never a
 * value, since the answer holds passwords. Rules: RESP-1…4, RESP-34, RESP-35.
 *
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { PluginApiVersion } from "../config/ProviderConfig.ts"

/**
 * One mistake. `pointer` is a JSON pointer to it; names in it are cut at 100 characters, what is not printable in them is
 * escaped, and user information in a registry location is left out. Line and column count from 1. `expected`
 * completes "expected …".
 *
 * @since 0.1.0
 * @category schemas
 */
export const ResponseFinding = Schema.Struct({
  kind: Schema.Literals(["syntax", "type", "value", "unknownField", "duplicateField"]),
  pointer: Schema.String,
  line: Schema.Int,
  column: Schema.Int,
  expected: Schema.String,
  /** Of an unknown field: the one that was probably meant. */
  meant: Schema.optionalKey(Schema.String),
  /** The names as they are, for programs. Registry locations may hold passwords. */
  path: Schema.Redacted(Schema.Array(Schema.Union([Schema.String, Schema.Int])), { disallowJsonEncode: true })
})

/**
 * @since 0.1.0
 * @category models
 */
export type ResponseFinding = typeof ResponseFinding.Type

const classes = {
  syntax: "it is not one JSON object",
  type: "values in it have the wrong type",
  badGroupVersion: "its apiVersion is malformed",
  versionMismatch: "its apiVersion is not the one that the provider is configured with",
  missingKind: "it does not say of what kind it is",
  missingVersion: "it does not say of what version it is",
  notRegistered: "it is of a kind that does not exist",
  strict: "it has fields that must not be there",
  wrongKind: "it is not a response"
}

/**
 * @since 0.1.0
 * @category schemas
 */
export const ResponseErrorClass = Schema.Literals([
  "syntax",
  "type",
  "badGroupVersion",
  "versionMismatch",
  "missingKind",
  "missingVersion",
  "notRegistered",
  "strict",
  "wrongKind"
])

const labels: Readonly<Record<ResponseFinding["kind"], string>> = {
  syntax: "",
  type: "wrong type, ",
  value: "",
  unknownField: "unknown field, ",
  duplicateField: "repeated field, "
}

/** How many findings the message shows; the field has them all. */
const shown = 10

/**
 * A plugin's answer can't be used. `stage` is how far reading came: to see what the answer is (`"interpret"`), to compare
 * its version (`"apiVersion"`), or to read all of it (`"decode"`). `class` is the kubelet's verdict; `findings` also
 * has what the kubelet would not get to see, such as unknown fields beside a wrong type.
 *
 * @since 0.1.0
 * @category errors
 */
export class ResponseError extends Schema.TaggedError<ResponseError>()("ResponseError", {
  stage: Schema.Literals(["interpret", "apiVersion", "decode"]),
  class: ResponseErrorClass,
  findings: Schema.Array(ResponseFinding),
  /** The answer's own version where it is another one that plugins can have, `""` where it has none. */
  actualApiVersion: Schema.optional(Schema.Union([PluginApiVersion, Schema.Literal("")])),
  /** The answer's kind where it is another one that the kubelet knows, such as `CredentialProviderRequest`. */
  actualKind: Schema.optional(Schema.String)
}) {
  /** The paths of unknown fields as the kubelet finds them: none if the class is not `"strict"`. */
  get unknownFields(): ReadonlyArray<ReadonlyArray<string | number>> {
    return strictPaths(this, "unknownField")
  }

  /** The paths of repeated fields, as `unknownFields`. */
  get duplicateFields(): ReadonlyArray<ReadonlyArray<string | number>> {
    return strictPaths(this, "duplicateField")
  }

  override get message() {
    const { actualApiVersion: version, actualKind: kind } = this
    // That fields are not another kind's helps nobody.
    const findings = kind === undefined ? this.findings : this.findings.filter(({ pointer }) => pointer === "/kind")
    const found = findings.slice(0, shown).map(textOf)
    const more = findings.length - found.length
    if (more > 0) found.push(`and ${more} more`)
    if (version !== undefined && version !== "") found.push(`it is ${version}`)
    const verdict = kind === undefined ? classes[this.class] : `it is of kind ${kind}`
    return `the plugin's answer can't be used: ${verdict}: ${found.join("; ")}`
  }
}

const textOf = ({ column, expected, kind, line, meant, pointer }: ResponseFinding): string => {
  const position = `line ${line}, column ${column}`
  const place = kind === "syntax" ? position : `${pointer === "" ? "the answer" : pointer} (${position})`
  return `${place}: ${
    meant === undefined ? `${labels[kind]}expected ${expected}` : `unknown field (did you mean "${meant}"?)`
  }`
}

const strictPaths = (error: ResponseError, kind: ResponseFinding["kind"]) =>
  error.class === "strict"
    ? error.findings.filter((finding) => finding.kind === kind).map((finding) => Redacted.value(finding.path))
    : []

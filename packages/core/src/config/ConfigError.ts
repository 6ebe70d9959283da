/**
 * Why a config can't be used. Each error lists all that is wrong, one line a finding, with file, line and column, what
 * was expected and what to do. Names, patterns and versions are shown; values of environment variables, arguments and
 * unknown fields never, nor keys that look odd, nor any message of a parser. Rules: CFG-5, CFG-10…17, CFG-30…36, CFG-51…67, CFG-76, CFG-80.
 *
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { ConfigLocation, ConfigPath, display, displayPath, placeText, prefix } from "./ConfigLocation.ts"
import { ConfigProblem } from "./ConfigProblem.ts"
import * as MessageOrder from "./internal/messageOrder.ts"

/**
 * No path was given (CFG-5).
 *
 * @since 0.1.0
 * @category errors
 */
export class ConfigPathEmpty extends Schema.TaggedError<ConfigPathEmpty>()("ConfigPathEmpty", {}) {
  override get message() {
    return "the path of the config is empty: give a file, or a directory with .json, .yaml and .yml files"
  }
}

/**
 * What the system said about a file.
 *
 * @since 0.1.0
 * @category schemas
 */
export const FileFailure = Schema.Literals(["NotFound", "PermissionDenied", "IsDirectory", "NotAFile", "Other"])

/**
 * @since 0.1.0
 * @category models
 */
export type FileFailure = typeof FileFailure.Type

const failureText: { readonly [F in FileFailure]: string } = {
  NotFound: "it does not exist, or is a link to something that does not",
  PermissionDenied: "permission denied: check its mode and that of the directories above it",
  IsDirectory: "it is a directory, or a link to one, where a file should be",
  NotAFile: "it is no ordinary file, but a pipe, socket or device",
  Other: "the system could not read it"
}

/**
 * The path of the config can't be looked at, or the directory can't be listed (CFG-10).
 *
 * @since 0.1.0
 * @category errors
 */
export class ConfigNotAccessible extends Schema.TaggedError<ConfigNotAccessible>()("ConfigNotAccessible", {
  path: Schema.String,
  failure: FileFailure
}) {
  override get message() {
    return `${this.path}: the config is not accessible: ${failureText[this.failure]}`
  }
}

/**
 * The directory holds nothing that counts as a config file (CFG-16).
 *
 * @since 0.1.0
 * @category errors
 */
export class ConfigNoFiles extends Schema.TaggedError<ConfigNoFiles>()("ConfigNoFiles", {
  path: Schema.String
}) {
  override get message() {
    return `${this.path}: no config files in this directory: their names must end in .json, .yaml or .yml, in lower case`
  }
}

/**
 * A config file can't be read (CFG-14, CFG-17).
 *
 * @since 0.1.0
 * @category errors
 */
export class ConfigUnreadable extends Schema.TaggedError<ConfigUnreadable>()("ConfigUnreadable", {
  file: Schema.String,
  failure: FileFailure
}) {
  override get message() {
    return `${this.file}: the config file can't be read: ${failureText[this.failure]}`
  }
}

/**
 * The class of a decoding error, the same that the kubelet's would have. The first that applies, in this order:
 *
 * - `other`: the bytes are Kubernetes' binary form (protobuf)
 * - `yaml`: not YAML as the kubelet reads it
 * - `interpret`: not JSON; or the document is no object, or `kind` or `apiVersion` is no text
 * - `badGroupVersion`: `apiVersion` holds more than one `/`
 * - `missingKind`, `missingVersion`
 * - `notRegistered`: no such kind in such a version
 * - `type`: a value of the wrong type, or a bad duration
 * - `strict`: unknown or duplicate fields, duplicate keys
 * - `wrongKind`: a valid document of another kind
 *
 * @since 0.1.0
 * @category schemas
 */
export const DecodeReason = Schema.Literals([
  "other",
  "yaml",
  "interpret",
  "badGroupVersion",
  "missingKind",
  "missingVersion",
  "notRegistered",
  "type",
  "strict",
  "wrongKind"
])

/**
 * @since 0.1.0
 * @category models
 */
export type DecodeReason = typeof DecodeReason.Type

/**
 * One finding of the decoder. `detail` says what is wrong and what to do, without any value that may be secret.
 *
 * @since 0.1.0
 * @category models
 */
export class ConfigFinding extends Schema.Class<ConfigFinding>("ConfigFinding")({
  type: Schema.Literals(["syntax", "document", "type", "unknownField", "duplicateField", "duplicateKey"]),
  /** With the keys as they are in the document, of which an unknown one may hold a secret. */
  exactPath: Schema.Redacted(ConfigPath, { disallowJsonEncode: true }),
  /** Of a `duplicateKey`, if it is text. */
  exactKey: Schema.optionalKey(Schema.Redacted(Schema.String, { disallowJsonEncode: true })),
  detail: Schema.String,
  location: ConfigLocation
}) {
  /** The exact path. To show it, use `ConfigLocation.displayPath`. */
  get path(): ConfigPath {
    return Redacted.value(this.exactPath)
  }

  /** The exact key. */
  get key(): string | undefined {
    return this.exactKey === undefined ? undefined : Redacted.value(this.exactKey)
  }

  /** One line for people. */
  get message(): string {
    const path = this.path.length === 0 ? "" : `${displayPath(this.path)}: `
    return `${prefix(this.location)}${path}${this.detail}`
  }
}

/**
 * A text is no config. `reason` is the kubelet's; `findings` holds at least one, in the kubelet's order: at most 100
 * wrong types and 100 unknown and duplicate fields. Where `reason` is `type`, the kubelet names only the wrong types;
 * the other mistakes are listed too, so that all can be corrected at once. `message` has them in the order of the lines.
 *
 * @since 0.1.0
 * @category errors
 */
export class ConfigDecodeError extends Schema.TaggedError<ConfigDecodeError>()("ConfigDecodeError", {
  file: Schema.optionalKey(Schema.String),
  reason: DecodeReason,
  findings: Schema.Array(ConfigFinding),
  /** Whether the rest of the file can be checked in spite of the findings. If not, the message says so. */
  restWasRead: Schema.Boolean
}) {
  override get message() {
    return MessageOrder.lines(entriesOf(this))
  }
}

/**
 * A provider has the name of an earlier one (CFG-76).
 *
 * @since 0.1.0
 * @category errors
 */
export class DuplicateProviderName extends Schema.TaggedError<DuplicateProviderName>()("DuplicateProviderName", {
  name: Schema.String,
  path: ConfigPath,
  location: Schema.optionalKey(ConfigLocation),
  /** Where the name was first used. */
  first: Schema.optionalKey(ConfigLocation)
}) {
  override get message() {
    const first = this.first === undefined
      ? "an earlier provider"
      : `the provider at ${placeText(this.first)}`
    return `${prefix(this.location)}${displayPath(this.path)}: duplicate provider name ${display(this.name)}: ` +
      `${first} has it already, give one of them another name (CFG-76)`
  }
}

/**
 * What can be wrong with one file.
 *
 * @since 0.1.0
 * @category errors
 */
export const ConfigFileError = Schema.Union([ConfigUnreadable, ConfigDecodeError, DuplicateProviderName])

/**
 * @since 0.1.0
 * @category errors
 */
export type ConfigFileError = typeof ConfigFileError.Type

const entriesOf = (error: ConfigFileError): ReadonlyArray<MessageOrder.Entry> => {
  switch (error._tag) {
    case "ConfigUnreadable":
      return [{ message: error.message, place: { file: error.file } }]
    case "DuplicateProviderName":
      return [MessageOrder.entryOf(error)]
    case "ConfigDecodeError": {
      const findings = error.findings.map(MessageOrder.entryOf)
      const { file } = error
      const message = `${file ?? "config"}: the rest of this file was not checked: mend this first`
      const rest = { message, place: { ...(file === undefined ? {} : { file }), line: Infinity } }
      return error.restWasRead ? findings : [...findings, rest]
    }
  }
}

/**
 * Files can't be read, decoded or merged: all that is wrong with any of them, in the order of loading. The kubelet stops
 * at the first (CFG-17). `problems` is what validation finds in all that could be read nevertheless; the kubelet does not
 * get so far. `message` has both, in the order of the files and their lines.
 *
 * @since 0.1.0
 * @category errors
 */
export class ConfigFilesInvalid extends Schema.TaggedError<ConfigFilesInvalid>()("ConfigFilesInvalid", {
  errors: Schema.NonEmptyArray(ConfigFileError),
  problems: Schema.Array(ConfigProblem)
}) {
  override get message() {
    return MessageOrder.lines([...this.errors.flatMap(entriesOf), ...this.problems.map(MessageOrder.entryOf)])
  }
}

/**
 * The config was read, but validation refuses it: all problems of all providers (CFG-80…109), in the kubelet's order;
 * `message` has them in that of the lines.
 *
 * @since 0.1.0
 * @category errors
 */
export class ConfigInvalid extends Schema.TaggedError<ConfigInvalid>()("ConfigInvalid", {
  problems: Schema.NonEmptyArray(ConfigProblem)
}) {
  override get message() {
    return MessageOrder.lines(this.problems.map(MessageOrder.entryOf))
  }
}

/**
 * Everything that `ConfigLoading.read` can fail with.
 *
 * @since 0.1.0
 * @category errors
 */
export type ConfigReadError = ConfigPathEmpty | ConfigNotAccessible | ConfigNoFiles | ConfigFilesInvalid

/**
 * Everything that `ConfigLoading.load` can fail with.
 *
 * @since 0.1.0
 * @category errors
 */
export type ConfigError = ConfigReadError | ConfigInvalid

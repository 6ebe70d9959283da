/**
 * Why there is no way to an API server: which file, which entry of it, what was expected and what to do. Names of
 * entries and paths are shown; tokens, passwords, arguments, keys and the output of programs never.
 *
 * @since 0.1.0
 */
import * as GoText from "@credlet/core/text/GoText"
import * as Schema from "effect/Schema"

/**
 * - `FileUnreadable`: a kubeconfig can't be read. `InvalidYaml`, `DuplicateKey`: it is not YAML, or a key stands twice.
 * - `NotAKubeConfig`: it is something else, such as an HTML page. `WrongType`: a value has the wrong type.
 * - `DuplicateName`: two entries of one file have the same name.
 * - `NoConfiguration`: no file says anything. `NoCurrentContext`: no context is chosen.
 * - `UnknownContext`, `UnknownCluster`, `UnknownUser`: something is named that is not there.
 * - `InvalidServer`, `InvalidProxy`: the server is missing or no URL that can be used; the same of the proxy.
 * - `Conflict`: two settings that exclude each other. `Incomplete`: a setting lacks what belongs to it.
 * - `ReferenceUnreadable`: a certificate, key or token file can't be read. `InvalidCertificate`, `InvalidToken`: it can't
 *   be used.
 * - `InsecureCredentials`: credentials would be sent without TLS.
 * - `UnsupportedAuthProvider`, `IdTokenExpired`: an `auth-provider` that can't be used, or no longer.
 * - `InvalidExec`: the plugin can't be run as configured. `ExecNotStarted`, `ExecFailed`, `InvalidExecAnswer`: it was not
 *   there, it failed, it answered nothing of use.
 * - `NotInCluster`: this is not a pod.
 *
 * @since 0.1.0
 * @category schemas
 */
export const KubeConfigReason = Schema.Literals([
  "FileUnreadable",
  "InvalidYaml",
  "DuplicateKey",
  "NotAKubeConfig",
  "WrongType",
  "DuplicateName",
  "NoConfiguration",
  "NoCurrentContext",
  "UnknownContext",
  "UnknownCluster",
  "UnknownUser",
  "InvalidServer",
  "InvalidProxy",
  "Conflict",
  "Incomplete",
  "ReferenceUnreadable",
  "InvalidCertificate",
  "InvalidToken",
  "InsecureCredentials",
  "UnsupportedAuthProvider",
  "IdTokenExpired",
  "InvalidExec",
  "ExecNotStarted",
  "ExecFailed",
  "InvalidExecAnswer",
  "NotInCluster"
])

/**
 * @since 0.1.0
 * @category models
 */
export type KubeConfigReason = typeof KubeConfigReason.Type

/**
 * The configuration can't be used. `line` and `column` count from 1.
 *
 * @since 0.1.0
 * @category errors
 */
export class KubeConfigError extends Schema.TaggedError<KubeConfigError>()("KubeConfigError", {
  reason: KubeConfigReason,
  file: Schema.optionalKey(Schema.String),
  line: Schema.optionalKey(Schema.Int),
  column: Schema.optionalKey(Schema.Int),
  /** The entry of the kubeconfig that it is about. */
  entry: Schema.optionalKey(Schema.Struct({
    kind: Schema.Literals(["context", "cluster", "user"]),
    name: Schema.String
  })),
  /** What is wrong and what to do. */
  detail: Schema.String
}) {
  override get message() {
    const place = this.line === undefined ? "" : `:${this.line}:${this.column}`
    const file = this.file === undefined ? "" : `${this.file}${place}: `
    const entry = this.entry === undefined ? "" : `${this.entry.kind} ${GoText.quote(this.entry.name)}: `
    return `${file}${entry}${this.detail}`
  }
}

/**
 * A Kubernetes secret that holds a docker config. Which secrets count is decided by type and key together, and one that
 * counts but can't be read is an error, as it fails the whole pull. Rules: SECRET-2…4.
 *
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as DockerConfig from "./DockerConfig.ts"

/**
 * The parts of a secret that matter; the values of `data` already decoded from base64, and redacted.
 *
 * @since 0.1.0
 * @category models
 */
export interface PullSecret {
  readonly type: string
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly data: Readonly<Record<string, Redacted.Redacted<Uint8Array>>>
}

/**
 * A pull secret can't be read. As on a node, no other secret should be tried in its place (SECRET-3).
 *
 * @since 0.1.0
 * @category errors
 */
export class PullSecretError extends Schema.TaggedError<PullSecretError>()("PullSecretError", {
  namespace: Schema.String,
  name: Schema.String,
  /** The key in the secret's `data`. */
  key: Schema.String,
  reason: DockerConfig.DockerConfigError
}) {
  override get message() {
    return `the pull secret ${this.namespace}/${this.name}, key ${this.key}: ${this.reason.message}`
  }
}

const accepted: ReadonlyMap<string, { readonly key: string; readonly kind: DockerConfig.DockerConfigKind }> = new Map([
  ["kubernetes.io/dockerconfigjson", { key: ".dockerconfigjson", kind: "dockerconfigjson" }],
  ["kubernetes.io/dockercfg", { key: ".dockercfg", kind: "dockercfg" }]
])

/**
 * Reads a secret. `undefined` if it is not a pull secret: another type, or no data under the key that belongs to the
 * type (SECRET-2).
 *
 * @since 0.1.0
 * @category parsing
 */
export const parse = (
  secret: PullSecret
): Result.Result<DockerConfig.DockerConfig | undefined, PullSecretError> => {
  const { data, name, namespace, type } = secret
  const form = accepted.get(type)
  const value = form && Object.hasOwn(data, form.key) ? data[form.key] : undefined
  if (form === undefined || value === undefined) return Result.succeed(undefined)
  const bytes = Redacted.value(value)
  if (bytes.length === 0) return Result.succeed(undefined)
  return Result.mapError(
    DockerConfig.parse(bytes, form.kind),
    (reason) => new PullSecretError({ namespace, name, key: form.key, reason })
  )
}

/**
 * A pod as an API server knows it: its identity, and its pull secrets. As on a node, the secrets are those that the pod
 * names, in its order; those of its service account are among them already, because the server copies them into a pod that
 * names none when the pod is made. Rules: SA-2, SA-3, SECRET-1.
 *
 * @since 0.1.0
 */
import type { PullSecret } from "@credlet/core/credential/PullSecret"
import { IdentityError } from "@credlet/core/identity/IdentityError"
import { PodIdentity } from "@credlet/core/identity/PodIdentity"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as ApiServer from "./ApiServer.ts"
import { shown } from "./internal/objectName.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Pod {
  readonly identity: PodIdentity
  /** The names of the secrets, in the order of the pod's spec; empty names are left out. */
  readonly imagePullSecrets: ReadonlyArray<string>
}

/**
 * @since 0.1.0
 * @category models
 */
export interface PullSecretOptions {
  /**
   * Also those that the service account names now, after the pod's own. A node would not see what was added to the account
   * after the pod was made. Default `false`.
   */
  readonly ofServiceAccount?: boolean
}

/**
 * @since 0.1.0
 * @category models
 */
export interface PullSecrets {
  /** In the order in which they are named. `data` has only what can hold a docker config. */
  readonly secrets: ReadonlyArray<PullSecret>
  /** Why some are left out; a node would pull without them too, and write an event. */
  readonly missing: ReadonlyArray<IdentityError>
}

/**
 * @since 0.1.0
 * @category services
 */
export class KubernetesPods extends Context.Service<KubernetesPods, {
  readonly get: (namespace: string, name: string) => Effect.Effect<Pod, IdentityError>
  /** Does not fail: a secret that can't be had is left out, and told (SECRET-1). */
  readonly pullSecrets: (pod: Pod, options?: PullSecretOptions) => Effect.Effect<PullSecrets>
}>()("@credlet/kubernetes/KubernetesPods") {}

const References = Schema.optionalKey(
  Schema.NullOr(Schema.Array(Schema.Struct({ name: Schema.optionalKey(Schema.String) })))
)

const readPod = ApiServer.reader(Schema.Struct({
  metadata: Schema.Struct({ name: Schema.String, namespace: Schema.String, uid: Schema.String }),
  spec: Schema.Struct({ serviceAccountName: Schema.optionalKey(Schema.String), imagePullSecrets: References })
}))

const readReferences = ApiServer.reader(Schema.Struct({ imagePullSecrets: References }))

const Data = Schema.optionalKey(Schema.RedactedFromValue(Schema.String, { label: "secret data" }))

const readSecret = ApiServer.reader(Schema.Struct({
  metadata: Schema.Struct({ name: Schema.String, namespace: Schema.String, uid: Schema.String }),
  type: Schema.optionalKey(Schema.String),
  data: Schema.optionalKey(Schema.NullOr(Schema.Struct({ ".dockerconfigjson": Data, ".dockercfg": Data })))
}))

const secretsAtOnce = 8

/**
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<KubernetesPods["Service"], never, ApiServer.ApiServer> = Effect.gen(function*() {
  const api = yield* ApiServer.ApiServer

  const getNamed = <A extends { readonly metadata: { readonly namespace: string; readonly name: string } }>(
    kind: "pod" | "secret",
    namespace: string,
    name: string,
    read: ApiServer.Reader<A>
  ): Effect.Effect<A, IdentityError> => {
    const operation = `get ${kind} ${shown(namespace)}/${shown(name)}`
    return Effect.flatMap(
      api.get({ operation, kind: `get_${kind}`, path: ["api", "v1", "namespaces", namespace, `${kind}s`, name], read }),
      (object) =>
        object.metadata.namespace === namespace && object.metadata.name === name
          ? Effect.succeed(object)
          : new IdentityError({ operation, failure: "ForeignAnswer", detail: `the answer is another ${kind}'s` })
    )
  }

  const get = (namespace: string, name: string): Effect.Effect<Pod, IdentityError> =>
    Effect.map(getNamed("pod", namespace, name, readPod), ({ metadata, spec }) => ({
      identity: new PodIdentity({
        namespace,
        podName: name,
        podUid: metadata.uid,
        serviceAccountName: spec.serviceAccountName ?? ""
      }),
      imagePullSecrets: namesIn(spec.imagePullSecrets)
    }))

  const getSecret = (namespace: string, name: string): Effect.Effect<PullSecret, IdentityError> =>
    Effect.flatMap(getNamed("secret", namespace, name, readSecret), ({ data, metadata, type }) => {
      const decoded = decodeData(data ?? {})
      return decoded === undefined
        ? new IdentityError({
          operation: `get secret ${namespace}/${name}`,
          failure: "ServerFailed",
          detail: "its data is not base64"
        })
        : Effect.succeed({ type: type ?? "", namespace, name, uid: metadata.uid, data: decoded })
    })

  /** Names that the account has besides the pod's. */
  const ofServiceAccount = (
    { identity, imagePullSecrets }: Pod
  ): Effect.Effect<ReadonlyArray<string>, IdentityError> => {
    const { namespace, serviceAccountName } = identity
    if (serviceAccountName === "") return Effect.succeed([])
    return Effect.map(
      api.get({
        operation: `get serviceaccount ${shown(namespace)}/${shown(serviceAccountName)}`,
        kind: "get_serviceaccount",
        path: ["api", "v1", "namespaces", namespace, "serviceaccounts", serviceAccountName],
        read: readReferences
      }),
      (account) => namesIn(account.imagePullSecrets).filter((name) => !imagePullSecrets.includes(name))
    )
  }

  const pullSecrets = Effect.fnUntraced(function*(pod: Pod, options?: PullSecretOptions) {
    const more = options?.ofServiceAccount === true
      ? yield* Effect.result(ofServiceAccount(pod))
      : Result.succeed<ReadonlyArray<string>>([])
    const names = [...pod.imagePullSecrets, ...Result.isSuccess(more) ? more.success : []]
    const results = yield* Effect.forEach(
      names,
      (name) => Effect.result(getSecret(pod.identity.namespace, name)),
      { concurrency: secretsAtOnce }
    )
    return {
      secrets: results.flatMap((result) => Result.isSuccess(result) ? [result.success] : []),
      missing: [...failuresOf(results), ...failuresOf([more])]
    }
  })

  return KubernetesPods.of({ get, pullSecrets })
})

/**
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<KubernetesPods, never, ApiServer.ApiServer> = Layer.effect(KubernetesPods, make)

const failuresOf = <A>(results: ReadonlyArray<Result.Result<A, IdentityError>>): ReadonlyArray<IdentityError> =>
  results.flatMap((result) => Result.isFailure(result) ? [result.failure] : [])

const namesIn = (
  references: ReadonlyArray<{ readonly name?: string }> | null | undefined
): ReadonlyArray<string> => (references ?? []).flatMap(({ name }) => name === undefined || name === "" ? [] : [name])

/** `undefined` if something is not base64, which a server does not send. */
const decodeData = (
  data: Readonly<Record<string, Redacted.Redacted | undefined>>
): PullSecret["data"] | undefined => {
  const decoded: Record<string, Redacted.Redacted<Uint8Array>> = {}
  for (const [key, value] of Object.entries(data)) {
    if (value === undefined) continue
    const bytes = Base64.decode(Redacted.value(value))
    if (Result.isFailure(bytes)) return undefined
    decoded[key] = Redacted.make(bytes.success, { label: "secret data" })
  }
  return decoded
}

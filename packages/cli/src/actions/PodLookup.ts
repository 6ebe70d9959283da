/**
 * What a lookup for a pod takes: asks the API server about it, then the keyring on its behalf. Loaded only when a
 * pod is asked for, as the client of an API server takes its time to load. Rules: SA-2, SA-3, SECRET-1, RING-1.
 *
 * @since 0.1.0
 */
import { IdentityError } from "@credlet/core/identity/IdentityError"
import { PodIdentity } from "@credlet/core/identity/PodIdentity"
import { ServiceAccounts } from "@credlet/core/identity/ServiceAccounts"
import * as ServiceAccountTokens from "@credlet/core/identity/ServiceAccountTokens"
import type { Keyring, LookupOptions } from "@credlet/core/keyring/Keyring"
import type { KubeConfigError } from "@credlet/kubernetes/KubeConfigError"
import { KubernetesPods } from "@credlet/kubernetes/KubernetesPods"
import * as Credlet from "@credlet/node/Credlet"
import * as Kubernetes from "@credlet/node/Kubernetes"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { WantedPod, Workload } from "../commands/PodFlags.ts"

/**
 * Runs `use` with a keyring and with what there is to know of the pod. A pod that is to be read has to be readable: without
 * its pull secrets the answer would not be a node's. For one given by hand, an API server that can't be asked is a failure of
 * the providers that want a service account, and of no other.
 *
 * @since 0.1.0
 * @category running
 */
export const run = <A, E>(
  { context, kubeconfig, pod }: Workload,
  options: Pick<Credlet.Options, "config" | "binDir" | "execution">,
  use: (options: LookupOptions) => Effect.Effect<A, E, Keyring>
) => {
  const kubernetes = Kubernetes.layer({ kubeconfig, context, onExecStderr })
  switch (pod._tag) {
    case "Named":
      return Effect.flatMap(read(pod), use).pipe(
        Effect.provide(Layer.provideMerge(Credlet.layer({ ...options, identity: kubernetes }), kubernetes))
      )
    case "ByHand": {
      const { namespace, podName, podUid, serviceAccountName } = pod
      return use({ pod: new PodIdentity({ namespace, podName, podUid, serviceAccountName }) }).pipe(
        Effect.provide(Credlet.layer({ ...options, identity: Layer.catch(kubernetes, unusable) }))
      )
    }
  }
}

/** The plugin may ask to sign in somewhere. */
const onExecStderr = (bytes: Uint8Array): void => void process.stderr.write(bytes)

const read = Effect.fnUntraced(function*({ name, namespace }: Extract<WantedPod, { readonly _tag: "Named" }>) {
  const pods = yield* KubernetesPods
  const pod = yield* pods.get(namespace, name)
  const { missing, secrets } = yield* pods.pullSecrets(pod)
  yield* Effect.forEach(missing, (error) => Effect.logWarning(missingText(error)), { discard: true })
  return { pod: pod.identity, pullSecrets: secrets }
})

/** What is not there is missing on a node too; what we can't read, a node can. */
const missingText = ({ failure, message }: IdentityError): string =>
  `${message}; ${
    failure === "SecretNotFound"
      ? "a node does without it too"
      : "a node may have credentials from it that are not shown"
  }`

/** Who wants a service account is told what is wrong with the configuration. */
const unusable = (error: KubeConfigError): Layer.Layer<ServiceAccounts | ServiceAccountTokens.ServiceAccountTokens> =>
  Layer.merge(
    Layer.succeed(ServiceAccounts, {
      get: (namespace, name) =>
        new IdentityError({
          operation: `get serviceaccount ${namespace}/${name}`,
          failure: "NotConfigured",
          detail: error.message
        })
    }),
    ServiceAccountTokens.layerNone
  )

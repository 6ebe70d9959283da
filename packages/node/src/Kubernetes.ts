/**
 * Everything that is to be known of pods, from a real API server: one layer for Node, from a kubeconfig, or from what is
 * mounted into a pod, to the identity services. A module apart from `Credlet`: who needs no API server does not load its
 * client.
 *
 * @since 0.1.0
 */
import type { ServiceAccounts } from "@credlet/core/identity/ServiceAccounts"
import type { ServiceAccountTokens } from "@credlet/core/identity/ServiceAccountTokens"
import * as ApiServer from "@credlet/kubernetes/ApiServer"
import type * as InCluster from "@credlet/kubernetes/InCluster"
import * as KubeConfig from "@credlet/kubernetes/KubeConfig"
import type { KubeConfigError } from "@credlet/kubernetes/KubeConfigError"
import * as KubernetesPods from "@credlet/kubernetes/KubernetesPods"
import * as KubernetesServiceAccounts from "@credlet/kubernetes/KubernetesServiceAccounts"
import * as KubernetesTokens from "@credlet/kubernetes/KubernetesTokens"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as NodePluginProcess from "./NodePluginProcess.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The path of one file that must be there. Default: the files of `KUBECONFIG`, else `~/.kube/config`, else the pod's own. */
  readonly kubeconfig?: string | undefined
  /** Default: the `current-context` of the files. */
  readonly context?: string | undefined
  /**
   * Gets what an exec credential plugin writes to its stderr, as it comes: a command shows it, since it may ask its user to
   * sign in somewhere. Default: it is thrown away.
   */
  readonly onExecStderr?: ((bytes: Uint8Array) => void) | undefined
  /** Where a pod finds its token. */
  readonly inCluster?: InCluster.Options | undefined
}

/**
 * What there is to ask about pods.
 *
 * @since 0.1.0
 * @category models
 */
export type Services =
  | ServiceAccounts
  | ServiceAccountTokens
  | KubernetesTokens.KubernetesTokens
  | KubernetesPods.KubernetesPods

/**
 * Building it reads the configuration and fails if that can't be used; the server is asked when something is wanted of it.
 * Each call makes a layer with connections and tokens of its own, so that two clusters are never mixed up; give the same
 * layer to all who shall share them.
 *
 * @example
 * ```ts
 * import { Keyring } from "@credlet/core"
 * import { KubernetesPods } from "@credlet/kubernetes"
 * import { Credlet, Kubernetes } from "@credlet/node"
 * import { Effect, Layer } from "effect"
 *
 * const KubernetesLive = Kubernetes.layer({ context: "staging" })
 *
 * const CredletLive = Credlet.layer({
 *   config: "/etc/kubernetes/credential-providers.yaml",
 *   binDir: "/usr/libexec/kubernetes/kubelet-plugins/credential-provider/exec",
 *   identity: KubernetesLive
 * })
 *
 * const program = Effect.gen(function*() {
 *   const keyring = yield* Keyring.Keyring
 *   const pods = yield* KubernetesPods.KubernetesPods
 *   const pod = yield* pods.get("team", "web")
 *   const { secrets } = yield* pods.pullSecrets(pod)
 *   return yield* keyring.lookup("registry.example/team/app:1.0", { pod: pod.identity, pullSecrets: secrets })
 * }).pipe(Effect.provide([CredletLive, KubernetesLive]))
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<Services, KubeConfigError> =>
  Layer.unwrap(
    Effect.map(KubeConfig.makeOrInCluster(configuration(options)), (connection) =>
      Layer.mergeAll(KubernetesServiceAccounts.layer(), KubernetesTokens.layer, KubernetesPods.layer).pipe(
        Layer.provide(ApiServer.layer(connection)),
        // Layers are built once a program, by reference: the one of tokens would be another cluster's.
        Layer.fresh
      ))
  ).pipe(
    Layer.provide([NodePluginProcess.layer, NodeFileSystem.layer, NodePath.layer])
  )

const configuration = ({ context, inCluster, kubeconfig, onExecStderr }: Options) => ({
  ...(kubeconfig === undefined ? {} : { path: kubeconfig }),
  ...(context === undefined ? {} : { context }),
  ...(onExecStderr === undefined ? {} : { onExecStderr }),
  ...(inCluster === undefined ? {} : { inCluster })
})

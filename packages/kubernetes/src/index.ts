/**
 * Layers of Credlet over a real Kubernetes API server: connection → server → service accounts, tokens, pods.
 *
 * @since 0.1.0
 */
export * as ApiConnection from "./ApiConnection.ts"
export * as ApiServer from "./ApiServer.ts"
export * as InCluster from "./InCluster.ts"
export * as KubeConfig from "./KubeConfig.ts"
export * as KubeConfigError from "./KubeConfigError.ts"
export * as KubernetesPods from "./KubernetesPods.ts"
export * as KubernetesServiceAccounts from "./KubernetesServiceAccounts.ts"
export * as KubernetesTokens from "./KubernetesTokens.ts"
export * as TokenLog from "./TokenLog.ts"

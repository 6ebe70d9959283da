export * as Credlet from "./Credlet.ts"
export * as Kubernetes from "./Kubernetes.ts"
export * as NodePluginProcess from "./NodePluginProcess.ts"

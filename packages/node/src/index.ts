export * as Credlet from "./Credlet.ts"
export * as NodePluginProcess from "./NodePluginProcess.ts"

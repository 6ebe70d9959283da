/** One run of one plugin over a scripted process: what tests of the runner say, and what they look at. */
import type * as ExecutionPolicy from "@credlet/core/plugin/ExecutionPolicy"
import type { PluginError } from "@credlet/core/plugin/PluginError"
import type { PluginRequest } from "@credlet/core/plugin/PluginProtocol"
import * as PluginRunner from "@credlet/core/plugin/PluginRunner"
import { Cause, Effect } from "effect"
import { inspect } from "node:util"
import * as ScriptedProcess from "./ScriptedProcess.ts"

export const v1 = "credentialprovider.kubelet.k8s.io/v1"
export const answer = JSON.stringify({
  kind: "CredentialProviderResponse",
  apiVersion: v1,
  cacheKeyType: "Registry",
  auth: { "registry.example": { username: "u", password: "canary-password" } }
})

export const plugin = (options: Partial<PluginRunner.Plugin> = {}): PluginRunner.Plugin => ({
  provider: "acme",
  path: "/plugins/acme",
  apiVersion: v1,
  args: ["get", "canary-argument"],
  env: [],
  ...options
})

export const run = (
  script: Parameters<typeof ScriptedProcess.make>[0],
  options: {
    readonly plugin?: Partial<PluginRunner.Plugin>
    readonly request?: Partial<PluginRequest>
    readonly policy?: Partial<ExecutionPolicy.ExecutionPolicy>
  } = {}
) =>
  Effect.flatMap(
    PluginRunner.makeExec(options.policy),
    (runner) => runner.run(plugin(options.plugin), { image: "registry.example/app", ...options.request })
  ).pipe(
    Effect.provide(ScriptedProcess.make(script).layer)
  )

export const ends = (status: number, stdout: string, stderr = "") => (program: ScriptedProcess.Program) => {
  program.writes("stdout", stdout)
  program.writes("stderr", stderr)
  program.closes()
  program.exits(status)
}

export const failsWith = (
  script: Parameters<typeof ScriptedProcess.make>[0],
  options: Parameters<typeof run>[1] = {}
) => Effect.flip(run(script, options))

export const everythingSaidOf = (error: PluginError) =>
  [
    error.message,
    String(error),
    inspect(error, { depth: 20, showHidden: true }),
    JSON.stringify(error),
    Cause.pretty(Cause.fail(error))
  ]
    .join("\n")

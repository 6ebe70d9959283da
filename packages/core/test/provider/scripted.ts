/** One provider over scripted plugins and identities. */
import * as CredentialCache from "@credlet/core/cache/CredentialCache"
import type { CheckedProvider } from "@credlet/core/config/ProviderConfig"
import type { PodIdentity } from "@credlet/core/identity/PodIdentity"
import { PluginError } from "@credlet/core/plugin/PluginError"
import * as Profile from "@credlet/core/Profile"
import * as CredentialProvider from "@credlet/core/provider/CredentialProvider"
import * as LookupTarget from "@credlet/core/provider/LookupTarget"
import * as ScriptedIdentity from "@credlet/testing/ScriptedIdentity"
import * as ScriptedPlugins from "@credlet/testing/ScriptedPlugins"
import { NodeCrypto } from "@effect/platform-node"
import { Deferred, Duration, Effect } from "effect"
import { pod, provider } from "./providers.ts"

export const auth = { "reg.example": { username: "u", password: "canary-password" } }
export const image = "reg.example/app"
export const builder = { namespace: "team", name: "builder", annotations: { a: "canary-annotation" } }
export const builderPod = pod("team", "builder", "a")

/** `provide` takes a repository. */
export const setup = Effect.fnUntraced(function*(
  behaviour: ScriptedPlugins.Behaviour,
  options: {
    readonly accounts?: ReadonlyArray<ScriptedIdentity.Account>
    readonly attributes?: CheckedProvider["tokenAttributes"]
    readonly switches?: Profile.Switches
    readonly defaultCacheDuration?: Duration.Input
  } = {}
) {
  return yield* Effect.gen(function*() {
    const plugins = yield* ScriptedPlugins.ScriptedPlugins
    const identity = yield* ScriptedIdentity.ScriptedIdentity
    const config = provider("acme", {
      tokenAttributes: options.attributes,
      defaultCacheDuration: options.defaultCacheDuration ?? "10 minutes"
    })
    const made = yield* CredentialProvider.make(config, "/plugins/acme")
    return {
      calls: plugins.calls,
      identity,
      made,
      provide: (repository = image, pod?: PodIdentity) => made.provide(LookupTarget.make(repository), pod),
      script: (next: ScriptedPlugins.Behaviour) => plugins.script("acme", next),
      runs: Effect.map(plugins.calls, (calls) => calls.length)
    }
  }).pipe(
    Effect.provide([
      ScriptedPlugins.layer({ acme: behaviour }),
      ScriptedIdentity.layer({ accounts: options.accounts ?? [builder] }),
      CredentialCache.layerMemory,
      NodeCrypto.layerDigest
    ]),
    Effect.provideService(Profile.Profile, options.switches ?? Profile.kubelet)
  )
})

/** A plugin that answers when the test lets it. */
export const held = (response: Parameters<typeof ScriptedPlugins.answer>[0]) =>
  Effect.map(Deferred.make<void>(), (gate) => ({
    behaviour: () => Effect.as(Deferred.await(gate), ScriptedPlugins.answer(response)),
    release: Deferred.succeed(gate, undefined)
  }))

export const start = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.forkChild(effect, { startImmediately: true })

export const broken = (failure: "Exited" | "TimedOut") =>
  new PluginError({
    provider: "acme",
    reason: failure === "Exited"
      ? { _tag: "Exited", code: 1, stderr: "" }
      : { _tag: "TimedOut", deadline: Duration.minutes(1), stderr: "" }
  })

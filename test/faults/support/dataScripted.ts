/** A keyring over plugins without processes and service accounts without an API server, for faults of time. */
import {
  CredentialCache,
  ImagePattern,
  Keyring,
  PluginError,
  PodIdentity,
  Profile,
  type ProviderConfig,
  ProviderRegistry
} from "@credlet/core"
import { ScriptedIdentity, ScriptedPlugins } from "@credlet/testing"
import { Duration, Effect, Layer, Logger, Result } from "effect"
import { Digest } from "effect/crypto"
import { v1 } from "./dataHost.ts"

export const provider = (
  name: string,
  options:
    & { readonly matchImages?: ReadonlyArray<string>; readonly defaultCacheDuration?: Duration.Input }
    & { readonly tokenAttributes?: Partial<ProviderConfig.CheckedTokenAttributes> } = {}
): ProviderConfig.CheckedProvider => ({
  name,
  patterns: (options.matchImages ?? ["reg.example", "*.reg.example"]).map((text) =>
    Result.getOrThrow(ImagePattern.parse(text))
  ),
  defaultCacheDuration: Duration.fromInputUnsafe(options.defaultCacheDuration ?? "10 minutes"),
  apiVersion: v1,
  args: [],
  env: [],
  tokenAttributes: options.tokenAttributes === undefined ? undefined : {
    serviceAccountTokenAudience: "reg.example",
    cacheType: "ServiceAccount",
    requireServiceAccount: false,
    requiredServiceAccountAnnotationKeys: [],
    optionalServiceAccountAnnotationKeys: [],
    ...options.tokenAttributes
  }
})

export const pod = (namespace: string, serviceAccountName: string, podUid = "pod"): PodIdentity.PodIdentity =>
  new PodIdentity.PodIdentity({ namespace, podName: podUid, podUid, serviceAccountName })

export const KeyringScripted = (
  providers: ReadonlyArray<ProviderConfig.CheckedProvider>,
  switches: Profile.Switches = Profile.recommended
) =>
  Keyring.layer.pipe(
    Layer.provideMerge(ProviderRegistry.layerFixed(providers)),
    Layer.provideMerge([ScriptedPlugins.layer(), ScriptedIdentity.layer()]),
    Layer.provide([CredentialCache.layerMemory, Digest.layerWebCrypto]),
    Layer.provide(Layer.succeed(Profile.Profile, switches)),
    Layer.provideMerge(Logger.layer([])),
    Layer.fresh
  )

/** Credentials for all hosts of these tests. */
export const gives = (
  username: string,
  options: { readonly cacheKeyType?: string; readonly cacheDuration?: Duration.Input } = {}
) =>
  ScriptedPlugins.answer({
    cacheKeyType: "Image",
    ...options,
    auth: Object.fromEntries(
      ["reg.example", "*.reg.example"].map((location) => [location, { username, password: "w" }])
    )
  })

export const exited = (name: string, code = 1): PluginError.PluginError =>
  new PluginError.PluginError({ provider: name, reason: { _tag: "Exited", code, stderr: "" } })

export const script = (name: string, behaviour: ScriptedPlugins.Behaviour) =>
  Effect.flatMap(ScriptedPlugins.ScriptedPlugins, (plugins) => plugins.script(name, behaviour))

/** The runs so far, each as `provider image`. */
export const runs = Effect.flatMap(
  ScriptedPlugins.ScriptedPlugins,
  ({ calls }) => Effect.map(calls, (all) => all.map(({ image, provider }) => `${provider} ${image}`))
)

export const usernames = ({ credentials }: Keyring.Lookup) => credentials.map(({ username }) => username)

/** Both sets of switches: what holds, holds under each. */
export const profiles = [["kubelet", Profile.kubelet], ["recommended", Profile.recommended]] as const

/** Providers without processes: they answer at once, for a registry, for an hour. */
import * as CredentialCache from "@credlet/core/cache/CredentialCache"
import type { CheckedProvider } from "@credlet/core/config/ProviderConfig"
import * as ServiceAccounts from "@credlet/core/identity/ServiceAccounts"
import * as ServiceAccountTokens from "@credlet/core/identity/ServiceAccountTokens"
import * as ImagePattern from "@credlet/core/image/ImagePattern"
import * as Keyring from "@credlet/core/keyring/Keyring"
import * as PluginRunner from "@credlet/core/plugin/PluginRunner"
import * as ProviderRegistry from "@credlet/core/provider/ProviderRegistry"
import { Duration, Effect, Layer, Redacted, Result } from "effect"
import { Digest } from "effect/crypto"

export const pattern = (text: string) => Result.getOrThrow(ImagePattern.parse(text))

export const provider = (name: string, ...patterns: ReadonlyArray<string>): CheckedProvider => ({
  name,
  patterns: patterns.map(pattern),
  defaultCacheDuration: Duration.hours(1),
  apiVersion: "credentialprovider.kubelet.k8s.io/v1",
  args: [],
  env: [],
  tokenAttributes: undefined
})

const Runner = Layer.succeed(PluginRunner.PluginRunner, {
  run: (_plugin, { image }) =>
    Effect.succeed({
      cacheKeyType: "Registry",
      cacheDuration: undefined,
      auth: new Map([[image.slice(0, image.indexOf("/")), {
        username: "user",
        password: Redacted.make("word"),
        email: ""
      }]])
    })
})

export const layer = (providers: ReadonlyArray<CheckedProvider>) =>
  Keyring.layer.pipe(
    Layer.provideMerge(ProviderRegistry.layerFixed(providers)),
    Layer.provide([CredentialCache.layerMemory, Runner, Digest.layerWebCrypto]),
    Layer.provide([ServiceAccounts.layerNone, ServiceAccountTokens.layerNone])
  )

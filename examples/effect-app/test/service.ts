/**
 * The service with other layers below: scripted plugins, fixed providers, metrics of its own.
 */
import {
  CredentialCache,
  ImagePattern,
  Keyring,
  type ProviderConfig,
  ProviderRegistry,
  ServiceAccounts,
  ServiceAccountTokens
} from "@credlet/core"
import { ScriptedPlugins } from "@credlet/testing"
import { Duration, Effect, Layer, Metric, Result } from "effect"
import { Digest } from "effect/crypto"
import * as ImageScanner from "../src/ImageScanner.ts"
import { Puller } from "../src/Puller.ts"

export const password = "CANARY"

const provider = (name: string, pattern: string): ProviderConfig.CheckedProvider => ({
  name,
  patterns: [Result.getOrThrow(ImagePattern.parse(pattern))],
  defaultCacheDuration: Duration.zero,
  apiVersion: "credentialprovider.kubelet.k8s.io/v1",
  args: [],
  env: [],
  tokenAttributes: undefined
})

/** A plugin that has credentials for `registry`. */
export const plugin = (registry: string) =>
  ScriptedPlugins.answer({
    cacheKeyType: "Registry",
    cacheDuration: "5 minutes",
    auth: { [registry]: { username: "robot", password } }
  })

/** In the place of `Credlet.layer`: each provider's pattern, and what its plugin does. */
export const credlet = (
  providers: Readonly<Record<string, { readonly pattern: string; readonly plugin: ScriptedPlugins.Behaviour }>>
): Layer.Layer<Keyring.Keyring | ScriptedPlugins.ScriptedPlugins> => {
  const plugins = Object.fromEntries(Object.entries(providers).map(([name, { plugin }]) => [name, plugin]))
  return Keyring.layer.pipe(
    Layer.provide(
      ProviderRegistry.layerFixed(Object.entries(providers).map(([name, { pattern }]) => provider(name, pattern)))
    ),
    Layer.provide([CredentialCache.layerMemory, ServiceAccounts.layerNone, ServiceAccountTokens.layerNone]),
    Layer.provide(Digest.layerWebCrypto),
    Layer.provideMerge(ScriptedPlugins.layer(plugins))
  )
}

/** Registries that let in whom they shall, by user name. */
export const registries = (isLetIn: (username: string | undefined) => boolean) =>
  Layer.succeed(Puller, { accepts: (_, credential) => Effect.succeed(isLetIn(credential?.username)) })

/** The service over any `Keyring`. */
export const scanner = <S, E, R>(below: Layer.Layer<Keyring.Keyring | S, E, R>, puller: Layer.Layer<Puller>) =>
  ImageScanner.layer.pipe(
    Layer.provide(puller),
    Layer.provideMerge(below),
    Layer.provideMerge(Layer.effect(Metric.MetricRegistry, Effect.sync(() => new Map())))
  )

/**
 * Everything wired for tests: in the place of `Credlet.layer`, with plugins and identities that do what the test says. No
 * file is read and no process started; what is between is the pipeline itself, under the test's `Clock` and `Profile`.
 *
 * @since 0.1.0
 */
import * as CredentialCache from "@credlet/core/cache/CredentialCache"
import * as ConfigValidation from "@credlet/core/config/ConfigValidation"
import * as LocatedProvider from "@credlet/core/config/LocatedProvider"
import * as ProviderConfig from "@credlet/core/config/ProviderConfig"
import * as Keyring from "@credlet/core/keyring/Keyring"
import * as Profile from "@credlet/core/Profile"
import * as ProviderRegistry from "@credlet/core/provider/ProviderRegistry"
import * as Digest from "effect/crypto/Digest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Record from "effect/Record"
import * as ScriptedIdentity from "./ScriptedIdentity.ts"
import * as ScriptedPlugins from "./ScriptedPlugins.ts"

/**
 * An entry of the config, and what its plugin does.
 *
 * @since 0.1.0
 * @category models
 */
export interface Provider {
  readonly matchImages: ReadonlyArray<string>
  readonly plugin: ScriptedPlugins.Behaviour
  /** Default: zero, so that nothing is kept but for as long as the plugin says. */
  readonly defaultCacheDuration?: Duration.Input
  readonly tokenAttributes?: ConstructorParameters<typeof ProviderConfig.TokenAttributes>[0]
}

/**
 * By the providers' names, in the order in which they are asked. A config that the kubelet would refuse is a defect with
 * its problems as message. Each call makes a layer with a cache of its own.
 *
 * @example
 * ```ts
 * import { Keyring } from "@credlet/core"
 * import { ScriptedPlugins, TestCredlet } from "@credlet/testing"
 * import { Effect } from "effect"
 * import { TestClock } from "effect/testing"
 *
 * const auth = { "registry.example": { username: "robot", password: "secret" } }
 * const CredletTest = TestCredlet.layer({
 *   acme: {
 *     matchImages: ["registry.example"],
 *     plugin: ScriptedPlugins.answer({ cacheKeyType: "Registry", cacheDuration: "5 minutes", auth })
 *   }
 * })
 *
 * // In a test: the plugin runs again when its answer has expired.
 * const program = Effect.gen(function*() {
 *   const keyring = yield* Keyring.Keyring
 *   yield* keyring.lookup("registry.example/team/app")
 *   yield* TestClock.adjust("6 minutes")
 *   yield* keyring.lookup("registry.example/team/app")
 *   const plugins = yield* ScriptedPlugins.ScriptedPlugins
 *   return (yield* plugins.calls).length // 2
 * }).pipe(Effect.provide(CredletTest))
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  providers: Readonly<Record<string, Provider>>,
  identity?: ScriptedIdentity.Options
): Layer.Layer<
  | Keyring.Keyring
  | ProviderRegistry.ProviderRegistry
  | ScriptedPlugins.ScriptedPlugins
  | ScriptedIdentity.ScriptedIdentity
> =>
  Layer.unwrap(Effect.map(check(providers), (checked) =>
    Keyring.layer.pipe(
      Layer.provideMerge(ProviderRegistry.layerFixed(checked)),
      Layer.provide([CredentialCache.layerMemory, Digest.layerWebCrypto]),
      Layer.provideMerge([
        ScriptedPlugins.layer(Record.map(providers, ({ plugin }) => plugin)),
        ScriptedIdentity.layer(identity)
      ]),
      Layer.fresh
    ))).pipe(Layer.orDie)

const check = Effect.fnUntraced(function*(providers: Readonly<Record<string, Provider>>) {
  const { serviceAccountTokens } = yield* Profile.Profile
  const entries = Object.entries(providers).map(([name, { defaultCacheDuration, matchImages, tokenAttributes }]) =>
    new ProviderConfig.Provider({
      name,
      matchImages,
      defaultCacheDuration: Duration.fromInputUnsafe(defaultCacheDuration ?? 0),
      apiVersion: "credentialprovider.kubelet.k8s.io/v1",
      ...(tokenAttributes === undefined
        ? {}
        : { tokenAttributes: new ProviderConfig.TokenAttributes(tokenAttributes) })
    })
  )
  return yield* Effect.fromResult(
    ConfigValidation.validate(LocatedProvider.unlocated(entries), { serviceAccountTokens })
  )
})

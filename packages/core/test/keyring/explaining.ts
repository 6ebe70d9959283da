/** Explanations of lookups among scripted plugins and service accounts, whose clock stands still unless a plugin takes its time. */
import * as CredentialCache from "@credlet/core/cache/CredentialCache"
import type { CheckedProvider } from "@credlet/core/config/ProviderConfig"
import type { PullSecret } from "@credlet/core/credential/PullSecret"
import * as ExplanationText from "@credlet/core/keyring/ExplanationText"
import * as Keyring from "@credlet/core/keyring/Keyring"
import { PluginError } from "@credlet/core/plugin/PluginError"
import * as Profile from "@credlet/core/Profile"
import * as ProviderRegistry from "@credlet/core/provider/ProviderRegistry"
import * as ScriptedIdentity from "@credlet/testing/ScriptedIdentity"
import * as ScriptedPlugins from "@credlet/testing/ScriptedPlugins"
import { NodeCrypto } from "@effect/platform-node"
import { type Duration, Effect, Fiber, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"

export interface World {
  readonly providers: ReadonlyArray<CheckedProvider>
  readonly plugins?: Readonly<Record<string, ScriptedPlugins.Behaviour>>
  readonly identity?: ScriptedIdentity.Options
  readonly switches?: Partial<Profile.Switches>
}

export const worldLayer = ({ identity, plugins, providers, switches }: World) =>
  Keyring.layer.pipe(
    Layer.provide(ProviderRegistry.layerFixed(providers)),
    Layer.provideMerge([ScriptedPlugins.layer(plugins), ScriptedIdentity.layer(identity)]),
    Layer.provide([CredentialCache.layerMemory, NodeCrypto.layerDigest]),
    Layer.provide(Layer.succeed(Profile.Profile, { ...Profile.recommended, ...switches }))
  )

/** While it waits, time passes. */
export const inTime = <A, E, R>(self: Effect.Effect<A, E, R>, time: Duration.Input = "2 minutes") =>
  Effect.gen(function*() {
    const fiber = yield* Effect.forkChild(self, { startImmediately: true })
    yield* TestClock.adjust(time)
    return yield* Fiber.join(fiber)
  })

/** With `########` for what differs each time. */
export const treeOf = (explained: Keyring.Explained): string =>
  ExplanationText.render(explained.explanation).replaceAll(/#[0-9a-f]{8}\b/g, "########")

/** The tree of one lookup in a world of its own. */
export const explain = (world: World, image: string, options?: Keyring.LookupOptions) =>
  Effect.gen(function*() {
    const keyring = yield* Keyring.Keyring
    return treeOf(yield* inTime(keyring.explain(image, options)))
  }).pipe(Effect.provide(worldLayer(world)))

export const { answer } = ScriptedPlugins

/** An answer with one password for all locations. */
export const gives = (username: string, ...locations: ReadonlyArray<string>) =>
  answer({
    cacheKeyType: "Registry",
    auth: Object.fromEntries(locations.map((location) => [location, { username, password: `${username}-word` }]))
  })

export const failing = (provider: string, reason: PluginError["reason"]) => new PluginError({ provider, reason })

export const secret = (name: string, auths: Readonly<Record<string, string>>): PullSecret => ({
  type: "kubernetes.io/dockerconfigjson",
  namespace: "team",
  name,
  uid: `uid-${name}`,
  data: {
    ".dockerconfigjson": Redacted.make(new TextEncoder().encode(JSON.stringify({
      auths: Object.fromEntries(
        Object.entries(auths).map(([location, username]) => [location, { username, password: `${username}-word` }])
      )
    })))
  }
})

/** A tree as it stands in a test: without the line ends around it and the indentation of its first line. */
export const inTree = (strings: TemplateStringsArray): string => {
  const lines = strings.join("").split("\n").slice(1, -1)
  const indent = /^ */.exec(lines[0] ?? "")?.[0].length ?? 0
  return lines.map((line) => line.slice(indent)).join("\n")
}

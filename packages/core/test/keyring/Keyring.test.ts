import * as CredentialCache from "@credlet/core/cache/CredentialCache"
import type { CheckedProvider } from "@credlet/core/config/ProviderConfig"
import type { PullSecret } from "@credlet/core/credential/PullSecret"
import { ImageReference } from "@credlet/core/image/ImageReference"
import * as Keyring from "@credlet/core/keyring/Keyring"
import { PluginError } from "@credlet/core/plugin/PluginError"
import * as Profile from "@credlet/core/Profile"
import * as ProviderRegistry from "@credlet/core/provider/ProviderRegistry"
import * as ScriptedIdentity from "@credlet/testing/ScriptedIdentity"
import * as ScriptedPlugins from "@credlet/testing/ScriptedPlugins"
import { NodeCrypto } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { provider, tokenAttributes } from "../provider/providers.ts"

const { answer } = ScriptedPlugins
const gives = (username: string, ...locations: ReadonlyArray<string>) =>
  answer({
    cacheKeyType: "Image",
    cacheDuration: "1 minute",
    auth: Object.fromEntries(locations.map((location) => [location, { username, password: `${username}-word` }]))
  })
const fails = (name: string) =>
  Effect.fail(new PluginError({ provider: name, reason: { _tag: "Exited", code: 1, stderr: "" } }))

const setup = Effect.fnUntraced(function*(
  providers: ReadonlyArray<CheckedProvider>,
  behaviours: Readonly<Record<string, ScriptedPlugins.Behaviour>>,
  switches: Profile.Switches = Profile.kubelet
) {
  const layer = Keyring.layer.pipe(
    Layer.provide(ProviderRegistry.layerFixed(providers)),
    Layer.provideMerge(ScriptedPlugins.layer(behaviours)),
    Layer.provide([CredentialCache.layerMemory, ScriptedIdentity.layer(), NodeCrypto.layerDigest]),
    Layer.provide(Layer.succeed(Profile.Profile, switches))
  )
  return yield* Effect.provide(
    Effect.gen(function*() {
      const { lookup } = yield* Keyring.Keyring
      const { calls, script } = yield* ScriptedPlugins.ScriptedPlugins
      return { lookup, script, runs: Effect.map(calls, (all) => all.map((call) => `${call.provider} ${call.image}`)) }
    }),
    layer
  )
})

const usernames = (lookup: Keyring.Lookup) => lookup.credentials.map((credential) => credential.username)

describe("Keyring.lookup", () => {
  it.effect("IMG-1: the image is normalised before anybody is asked", () =>
    Effect.gen(function*() {
      const { lookup, runs } = yield* setup([provider("hub", { matchImages: ["docker.io"] })], {
        hub: gives("u", "docker.io")
      })
      const found = yield* lookup("busybox:1.36")
      assert.strictEqual(found.repository, "docker.io/library/busybox")
      assert.deepStrictEqual(found.providers, ["hub"])
      assert.deepStrictEqual(yield* runs, ["hub docker.io/library/busybox"])
      assert.deepStrictEqual(usernames(found), ["u"])
    }))

  it.effect("IMG-11: a name that is none fails, and no provider is asked", () =>
    Effect.gen(function*() {
      const { lookup, runs } = yield* setup([provider("acme")], { acme: gives("u", "reg.example") })
      assert.strictEqual((yield* Effect.flip(lookup("reg.example/App")))._tag, "ImageReferenceError")
      assert.deepStrictEqual(yield* runs, [])
    }))

  it.effect("a reference that was parsed elsewhere is taken as it is", () =>
    Effect.gen(function*() {
      const { lookup, runs } = yield* setup([provider("acme")], { acme: gives("u", "reg.example") })
      yield* lookup(new ImageReference({ repository: "reg.example", tag: "", digest: "" }))
      assert.deepStrictEqual(yield* runs, ["acme reg.example"])
    }))

  it.effect("RESP-30: providers that don't match are not asked", () =>
    Effect.gen(function*() {
      const { lookup, runs } = yield* setup([provider("acme"), provider("other", { matchImages: ["other.example"] })], {
        acme: gives("u", "reg.example")
      })
      const found = yield* lookup("third.example/app")
      assert.deepInclude(found, { credentials: [], providers: [], failures: [], skipped: [] })
      yield* lookup("reg.example/app")
      assert.deepStrictEqual(yield* runs, ["acme reg.example/app"])
    }))

  it.effect("RING-4: index keys in descending byte order come first, then the order of the providers", () =>
    Effect.gen(function*() {
      const { lookup, runs } = yield* setup([provider("p1"), provider("p2")], {
        p1: gives("p1", "reg.example", "*.example", "reg.example/a"),
        p2: gives("p2", "reg.example/a", "*.example", "reg.example")
      })
      const found = yield* lookup("reg.example/a/b")
      assert.deepStrictEqual(
        found.credentials.map(({ location, source, username }) => [location, username, source]),
        ["reg.example/a", "reg.example", "*.example"].flatMap((location) =>
          ["p1", "p2"].map((
            name
          ) => [location, name, { _tag: "Provider" as const, provider: name, coordinates: undefined }])
        )
      )
      assert.deepStrictEqual(yield* runs, ["p1 reg.example/a/b", "p2 reg.example/a/b"])
    }))

  it.effect("RESP-40: a provider that fails costs nobody else anything, and its failure is in the answer", () =>
    Effect.gen(function*() {
      const { lookup } = yield* setup([provider("p1"), provider("p2"), provider("p3")], {
        p1: gives("p1", "reg.example"),
        p2: fails("p2"),
        p3: gives("p3", "reg.example")
      })
      const found = yield* lookup("reg.example/app")
      assert.deepStrictEqual(usernames(found), ["p1", "p3"])
      assert.deepStrictEqual(found.failures.map((failure) => [failure._tag, failure.provider]), [["PluginError", "p2"]])
    }))

  it.effect("KEY-1: a location that is no address is told, and the others are used", () =>
    Effect.gen(function*() {
      const { lookup } = yield* setup([provider("acme")], { acme: gives("u", "reg.example:x", "reg.example") })
      const found = yield* lookup("reg.example/app")
      assert.deepStrictEqual(usernames(found), ["u"])
      assert.deepStrictEqual(found.unusable, [{
        location: "reg.example:x",
        reason: "port",
        source: { _tag: "Provider", provider: "acme", coordinates: undefined }
      }])
    }))

  it.effect("a failure is told as long as it lasts, and no longer", () =>
    Effect.gen(function*() {
      const { lookup, script } = yield* setup([provider("acme")], { acme: fails("acme") })
      assert.strictEqual((yield* lookup("reg.example/app")).failures.length, 1)
      assert.strictEqual((yield* lookup("reg.example/app")).failures.length, 1)
      yield* script("acme", gives("u", "reg.example"))
      const found = yield* lookup("reg.example/app")
      assert.deepStrictEqual([found.failures.length, usernames(found)], [0, ["u"]])
    }))

  it.effect("a repeated lookup is answered from the cache, and with fresh credentials after their end", () =>
    Effect.gen(function*() {
      const { lookup, runs, script } = yield* setup([provider("p1"), provider("p2")], {
        p1: gives("old", "reg.example"),
        p2: answer({ cacheKeyType: "Registry", cacheDuration: "1 hour" })
      })
      assert.deepStrictEqual(usernames(yield* lookup("reg.example/app:1")), ["old"])
      yield* script("p1", gives("new", "reg.example"))
      assert.deepStrictEqual(usernames(yield* lookup("reg.example/app:1")), ["old"])
      assert.deepStrictEqual(usernames(yield* lookup("reg.example/app:2")), ["old"])
      yield* TestClock.adjust(Duration.sum(Duration.minutes(1), Duration.nanos(1n)))
      assert.deepStrictEqual(usernames(yield* lookup("reg.example/app:1")), ["new"])
      assert.strictEqual((yield* runs).length, 3)
    }))

  it.effect("CACHE-45: what is cached for a registry is filtered for each image", () =>
    Effect.gen(function*() {
      const { lookup, runs } = yield* setup([provider("acme")], {
        acme: answer({
          cacheKeyType: "Registry",
          auth: { "reg.example/a": { username: "a", password: "w" }, "reg.example/b": { username: "b", password: "w" } }
        })
      })
      assert.deepStrictEqual(usernames(yield* lookup("reg.example/a")), ["a"])
      assert.deepStrictEqual(usernames(yield* lookup("reg.example/b")), ["b"])
      assert.deepStrictEqual(usernames(yield* lookup("reg.example/c")), [])
      assert.strictEqual((yield* runs).length, 1)
    }))

  it.effect("KEY-14: the kubelet gives Docker Hub's credentials to localhost; recommended does not", () =>
    Effect.gen(function*() {
      const providers = [provider("hub", { matchImages: ["localhost", "docker.io"] })]
      const behaviours = { hub: gives("hub", "https://index.docker.io/v1/") }
      const kubelet = yield* setup(providers, behaviours, Profile.kubelet)
      const recommended = yield* setup(providers, behaviours, Profile.recommended)
      assert.deepStrictEqual(usernames(yield* kubelet.lookup("localhost/app")), ["hub"])
      assert.deepStrictEqual(usernames(yield* recommended.lookup("localhost/app")), [])
      for (const { lookup } of [kubelet, recommended]) {
        assert.deepStrictEqual(usernames(yield* lookup("busybox")), ["hub"])
      }
    }))

  it.effect("SA-10: a provider that needs a service account is passed over, and that is told", () =>
    Effect.gen(function*() {
      const { lookup, runs } = yield* setup([
        provider("acme", { tokenAttributes: tokenAttributes({ requireServiceAccount: true }) })
      ], {})
      const found = yield* lookup("reg.example/app")
      assert.deepInclude(found, { providers: ["acme"], credentials: [], failures: [] })
      assert.deepStrictEqual(found.skipped, [{ provider: "acme", reason: "ServiceAccountRequired" }])
      assert.deepStrictEqual(yield* runs, [])
    }))

  it.effect("SA-11: one that only likes to have a service account is asked without", () =>
    Effect.gen(function*() {
      const { lookup } = yield* setup([provider("acme", { tokenAttributes: tokenAttributes() })], {
        acme: gives("u", "reg.example")
      })
      assert.deepStrictEqual(usernames(yield* lookup("reg.example/app")), ["u"])
    }))

  const secret = (name: string, auths: Readonly<Record<string, string>>): PullSecret => ({
    type: "kubernetes.io/dockerconfigjson",
    namespace: "team",
    name,
    uid: `uid-${name}`,
    data: {
      ".dockerconfigjson": Redacted.make(new TextEncoder().encode(JSON.stringify({
        auths: Object.fromEntries(
          Object.entries(auths).map(([location, username]) => [location, { username, password: "w" }])
        )
      })))
    }
  })

  it.effect("RING-1, SECRET-5: pull secrets come first, as one keyring; the providers are asked all the same", () =>
    Effect.gen(function*() {
      const { lookup, runs } = yield* setup([provider("acme")], { acme: gives("plugin", "reg.example/app") })
      const pullSecrets = [
        secret("a", { "reg.example": "a" }),
        secret("b", { "reg.example": "b", "reg.example/app": "c" })
      ]
      const found = yield* lookup("reg.example/app", { pullSecrets })
      assert.deepStrictEqual(usernames(found), ["c", "a", "b", "plugin"])
      assert.deepStrictEqual(found.credentials[0]?.source, {
        _tag: "PullSecret",
        namespace: "team",
        name: "b",
        uid: "uid-b"
      })
      assert.strictEqual((yield* runs).length, 1)
      assert.deepStrictEqual(usernames(yield* lookup("reg.example/app")), ["plugin"], "secrets are not remembered")
    }))

  it.effect("SECRET-3: a pull secret that can't be read fails the lookup, and nobody is asked", () =>
    Effect.gen(function*() {
      const { lookup, runs } = yield* setup([provider("acme")], { acme: gives("u", "reg.example") })
      const broken = {
        ...secret("b", {}),
        data: { ".dockerconfigjson": Redacted.make(new TextEncoder().encode("{canary")) }
      }
      const error = yield* Effect.flip(lookup("reg.example/app", { pullSecrets: [secret("a", {}), broken] }))
      assert.deepInclude(error, { _tag: "PullSecretError", name: "b" })
      assert.notInclude(error.message + JSON.stringify(error), "canary")
      assert.deepStrictEqual(yield* runs, [])
    }))

  it.effect("RING-5: Docker Hub's fallback holds for the secrets' keyring alone", () =>
    Effect.gen(function*() {
      const { lookup } = yield* setup([provider("hub", { matchImages: ["docker.io"] })], {
        hub: gives("plugin", "https://index.docker.io/v1/")
      })
      const found = yield* lookup("busybox", { pullSecrets: [secret("a", { "docker.io": "a" })] })
      assert.deepStrictEqual(usernames(found), ["a", "plugin"])
    }))

  it.effect("passwords come redacted", () =>
    Effect.gen(function*() {
      const { lookup } = yield* setup([provider("acme")], { acme: gives("u", "reg.example") })
      const found = yield* lookup("reg.example/app")
      assert.notInclude(JSON.stringify(found), "u-word")
      assert.deepStrictEqual(found.credentials.map(({ password }) => Redacted.value(password)), ["u-word"])
    }))
})

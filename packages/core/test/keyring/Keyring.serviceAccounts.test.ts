/** Lookups for pods: whose credentials they are, and that one provider's trouble is its own. */
import * as CredentialCache from "@credlet/core/cache/CredentialCache"
import type { CheckedProvider } from "@credlet/core/config/ProviderConfig"
import { IdentityError } from "@credlet/core/identity/IdentityError"
import * as ServiceAccounts from "@credlet/core/identity/ServiceAccounts"
import * as ServiceAccountTokens from "@credlet/core/identity/ServiceAccountTokens"
import * as Keyring from "@credlet/core/keyring/Keyring"
import * as Profile from "@credlet/core/Profile"
import * as ProviderRegistry from "@credlet/core/provider/ProviderRegistry"
import * as ScriptedIdentity from "@credlet/testing/ScriptedIdentity"
import * as ScriptedPlugins from "@credlet/testing/ScriptedPlugins"
import { NodeCrypto } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { pod, provider, tokenAttributes } from "../provider/providers.ts"

const { answer } = ScriptedPlugins
const gives = (username: string) =>
  answer({ cacheKeyType: "Image", auth: { "reg.example": { username, password: `${username}-word` } } })

const image = "reg.example/app:1"
const builderPod = pod("team", "builder")
const inMode = (name: string, requiredServiceAccountAnnotationKeys: ReadonlyArray<string> = []) =>
  provider(name, {
    tokenAttributes: tokenAttributes({ requireServiceAccount: true, requiredServiceAccountAnnotationKeys })
  })

const setup = Effect.fnUntraced(function*(
  providers: ReadonlyArray<CheckedProvider>,
  switches: Profile.Switches = Profile.recommended
) {
  const layer = Keyring.layer.pipe(
    Layer.provide(ProviderRegistry.layerFixed(providers)),
    Layer.provideMerge([
      ScriptedPlugins.layer(Object.fromEntries(providers.map(({ name }) => [name, gives(name)]))),
      ScriptedIdentity.layer({ accounts: [{ namespace: "team", name: "builder" }, { namespace: "b", name: "b" }] })
    ]),
    Layer.provide([CredentialCache.layerMemory, NodeCrypto.layerDigest]),
    Layer.provide(Layer.succeed(Profile.Profile, switches))
  )
  return yield* Effect.provide(
    Effect.gen(function*() {
      const { lookup } = yield* Keyring.Keyring
      const identity = yield* ScriptedIdentity.ScriptedIdentity
      const { calls, script } = yield* ScriptedPlugins.ScriptedPlugins
      return { lookup, identity, script, runs: Effect.map(calls, (all) => all.map((call) => call.provider)) }
    }),
    layer
  )
})

const sources = (lookup: Keyring.Lookup) => lookup.credentials.map(({ source, username }) => [username, source])
const source = (provider: string, namespace?: string, name?: string) => ({
  _tag: "Provider" as const,
  provider,
  coordinates: namespace === undefined || name === undefined
    ? undefined
    : { namespace, name, uid: ScriptedIdentity.uidOf(namespace, name) }
})

describe("Keyring.lookup for a pod", () => {
  it.effect("SA-20, HASH-2: credentials come with the service account's coordinates, others without, on hits too", () =>
    Effect.gen(function*() {
      const { lookup, runs } = yield* setup([inMode("sa"), provider("plain")])
      for (let turn = 0; turn < 2; turn++) {
        const found = yield* lookup(image, { pod: builderPod })
        assert.deepStrictEqual(sources(found), [
          ["sa", source("sa", "team", "builder")],
          ["plain", source("plain")]
        ])
        assert.deepStrictEqual([found.failures, found.skipped], [[], []])
      }
      assert.deepStrictEqual(yield* runs, ["sa", "plain"])
    }))

  it.effect("SA-10: the same image for pods with and without a service account, in any order", () =>
    Effect.gen(function*() {
      const { lookup, runs } = yield* setup([inMode("sa"), provider("plain")])
      const skipped = [{ provider: "sa", reason: "ServiceAccountRequired" as const }]
      for (let turn = 0; turn < 2; turn++) {
        for (const options of [undefined, { pod: undefined }, { pod: pod("team", "") }]) {
          const without = yield* lookup(image, options)
          assert.deepStrictEqual(sources(without), [["plain", source("plain")]])
          assert.deepStrictEqual(without.skipped, skipped)
        }
        for (const [namespace, name] of [["team", "builder"], ["b", "b"]] as const) {
          const found = yield* lookup(image, { pod: pod(namespace, name) })
          assert.deepStrictEqual(sources(found), [["sa", source("sa", namespace, name)], ["plain", source("plain")]])
          assert.deepStrictEqual(found.skipped, [])
        }
      }
      assert.deepStrictEqual((yield* runs).toSorted(), ["plain", "sa", "sa"])
    }))

  it.effect("SA-13: a missing annotation is told as such, and is no failure", () =>
    Effect.gen(function*() {
      const { identity, lookup } = yield* setup([inMode("sa", ["id.example/role"]), provider("plain")])
      const found = yield* lookup(image, { pod: builderPod })
      assert.deepStrictEqual(found.skipped, [
        { provider: "sa", reason: "AnnotationMissing", annotation: "id.example/role" }
      ])
      assert.deepStrictEqual([found.failures, sources(found)], [[], [["plain", source("plain")]]])
      yield* identity.setAccount({ namespace: "team", name: "builder", annotations: { "id.example/role": "r" } })
      const later = yield* lookup(image, { pod: builderPod })
      assert.deepStrictEqual([later.skipped, later.credentials.length], [[], 2])
    }))

  it.effect("RESP-40: what can't be had of the API server is that provider's failure; the others still answer", () =>
    Effect.gen(function*() {
      const { identity, lookup, runs } = yield* setup([provider("before"), inMode("sa"), provider("after")])
      yield* identity.scriptTokens(
        new IdentityError({ operation: "create token", failure: "TimedOut", detail: "" })
      )
      const noToken = yield* lookup(image, { pod: builderPod })
      assert.deepStrictEqual(noToken.credentials.map(({ username }) => username), ["before", "after"])
      assert.deepStrictEqual(noToken.failures.map((error) => [error._tag, error.provider]), [["IdentityFailed", "sa"]])
      const noAccount = yield* lookup(image, { pod: pod("team", "nobody") })
      assert.deepStrictEqual(noAccount.credentials.map(({ username }) => username), ["before", "after"])
      const [failure] = noAccount.failures
      assert(failure?._tag === "IdentityFailed")
      assert.strictEqual(failure.reason.failure, "ServiceAccountNotFound")
      assert.deepStrictEqual(yield* runs, ["before", "after"])
    }))

  it.effect("SA-30, RESP-40: a provider that echoes the token fails alone", () =>
    Effect.gen(function*() {
      const { lookup, script } = yield* setup([inMode("echoing"), inMode("sa")])
      yield* script("echoing", ({ serviceAccountToken }) =>
        Effect.succeed({
          cacheKeyType: "Image",
          cacheDuration: undefined,
          auth: serviceAccountToken === undefined
            ? undefined
            : new Map([["reg.example", { username: "u", password: serviceAccountToken, email: "" }]])
        }))
      const found = yield* lookup(image, { pod: builderPod })
      assert.deepStrictEqual(found.failures.map((error) => [error._tag, error.provider]), [["TokenEchoed", "echoing"]])
      assert.deepStrictEqual(sources(found), [["sa", source("sa", "team", "builder")]])
    }))

  it.effect("CFG-123: with the gate off the pod makes no difference", () =>
    Effect.gen(function*() {
      const { identity, lookup } = yield* setup([inMode("sa")], { ...Profile.kubelet, serviceAccountTokens: false })
      assert.deepStrictEqual(sources(yield* lookup(image, { pod: builderPod })), [["sa", source("sa")]])
      assert.deepStrictEqual(yield* identity.gets, [])
    }))

  it.effect("SA-1: providers in plain mode are told nothing of a pod, and nobody is asked about it", () =>
    Effect.gen(function*() {
      const { identity, lookup } = yield* setup([provider("plain")])
      assert.deepStrictEqual(sources(yield* lookup(image, { pod: builderPod })), [["plain", source("plain")]])
      assert.strictEqual(yield* lookup(image, { pod: builderPod }), yield* lookup(image))
      assert.deepStrictEqual(yield* identity.gets, [])
    }))

  it.effect("CFG-124: without an API server only providers that want a service account fail", () =>
    Effect.gen(function*() {
      const keyring = yield* Keyring.Keyring
      const found = yield* keyring.lookup(image, { pod: builderPod })
      assert.deepStrictEqual(found.credentials.map(({ username }) => username), ["plain"])
      const [failure] = found.failures
      assert(failure?._tag === "IdentityFailed")
      assert.strictEqual(failure.reason.failure, "NotConfigured")
    }).pipe(
      Effect.provide(Keyring.layer.pipe(
        Layer.provide(ProviderRegistry.layerFixed([inMode("sa"), provider("plain")])),
        Layer.provide([
          ScriptedPlugins.layer({ plain: gives("plain") }),
          ServiceAccounts.layerNone,
          ServiceAccountTokens.layerNone,
          CredentialCache.layerMemory,
          NodeCrypto.layerDigest
        ])
      ))
    ))
})

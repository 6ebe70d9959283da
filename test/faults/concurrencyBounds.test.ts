/**
 * FAULT-35: a cache that is asked for more than it may hold. The kubelet's has no bound (CACHE-26); Credlet's recommended
 * profile keeps `cacheCapacity` entries a provider, and lets the least recently used go. Rules: CACHE-7, CACHE-8, CACHE-42.
 */
import { type CacheKey, CredentialCache, Profile, ProviderRegistry } from "@credlet/core"
import { ScriptedIdentity } from "@credlet/testing"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { lookup } from "./support/dataHost.ts"
import { gives, KeyringScripted, pod, provider, runs, script, usernames } from "./support/dataScripted.ts"

const image = "reg.example/app"
const capacity = 10_000

/** Each pod has a token of its own, and so a key of its own. */
const perToken = provider("acme", { defaultCacheDuration: "1 hour", tokenAttributes: { cacheType: "Token" } })

const entries = Effect.flatMap(
  ProviderRegistry.ProviderRegistry,
  ({ current }) => Effect.flatMap(current, ({ providers }) => providers[0]!.cache.entries)
)

const prepare = Effect.gen(function*() {
  const identity = yield* ScriptedIdentity.ScriptedIdentity
  yield* identity.setAccount({ namespace: "team", name: "builder" })
  yield* script("acme", gives("acme"))
})

const ofPod = (at: number) => lookup(image, { pod: pod("team", "builder", `pod-${at}`) })
const countRuns = Effect.map(runs, (all) => all.length)

const keysOf = (key: string): CacheKey.Keys => ({ Image: key, Registry: "", Global: "", all: [key] })

/** Much work for a processor that others may want too. */
const timeout = 120_000

describe("FAULT-35", { timeout }, () => {
  it.effect("FAULT-35: 30,000 tokens leave 10,000 entries, at no moment more, and the latest are the ones kept", () =>
    Effect.gen(function*() {
      yield* prepare
      const pods = 3 * capacity
      for (let at = 0; at < pods; at++) {
        yield* ofPod(at)
        if (at % 1_000 === 999) assert.lengthOf(yield* entries, Math.min(at + 1, capacity))
      }
      assert.strictEqual(yield* countRuns, pods)
      for (let at = pods - capacity; at < pods; at += 997) yield* ofPod(at)
      assert.strictEqual(yield* countRuns, pods, "what is kept is not asked for again")
      for (let at = 0; at < pods - capacity; at += 997) yield* ofPod(at)
      assert.isAbove(yield* countRuns, pods, "what has gone is")
      assert.lengthOf(yield* entries, capacity)
    }).pipe(Effect.provide(KeyringScripted([perToken]))))

  it.effect("FAULT-35: a million tokens leave no more than 10,000 entries", () =>
    Effect.gen(function*() {
      const { open } = yield* CredentialCache.CredentialCache
      const { entries, find, store } = yield* open("acme")
      const token = (at: number) => `token-${at}`
      yield* store("in use", new Map(), Duration.hours(1))
      for (let at = 1; at <= 1_000_000; at++) {
        yield* store(token(at), new Map(), Duration.hours(1))
        if (at % 5_000 === 0) yield* find(keysOf("in use"))
        if (at % 100_000 === 0) assert.lengthOf(yield* entries, capacity)
      }
      const kept = new Set((yield* entries).map(({ key }) => key))
      assert.isTrue(kept.has("in use"))
      assert.isTrue(kept.has(token(1_000_000)))
      assert.isTrue(kept.has(token(1_000_000 - capacity + 2)))
      assert.isFalse(kept.has(token(1_000_000 - capacity)))
    }).pipe(
      Effect.scoped,
      Effect.provide(CredentialCache.layerMemory),
      Effect.provideService(Profile.Profile, Profile.recommended)
    ))

  it.effect("FAULT-35: an entry in use stays, however many others come and go", () =>
    Effect.gen(function*() {
      yield* prepare
      yield* ofPod(-1)
      for (let at = 0; at < 1_000; at++) {
        yield* ofPod(at)
        if (at % 50 === 0) yield* ofPod(-1)
      }
      assert.strictEqual(yield* countRuns, 1_001)
      assert.deepStrictEqual(usernames(yield* ofPod(-1)), ["acme"])
      assert.strictEqual(yield* countRuns, 1_001)
      assert.lengthOf(yield* entries, 100)
    }).pipe(Effect.provide(KeyringScripted([perToken], { ...Profile.recommended, cacheCapacity: 100 }))))

  it.effect("FAULT-35: the bound is each provider's own: one that is flooded costs another none of its entries", () =>
    Effect.gen(function*() {
      yield* prepare
      yield* script("quiet", gives("quiet"))
      yield* ofPod(0)
      for (let at = 1; at <= 500; at++) yield* ofPod(at)
      const quiet = (yield* runs).filter((run) => run.startsWith("quiet"))
      assert.lengthOf(quiet, 1)
      assert.lengthOf(yield* entries, 100)
    }).pipe(
      Effect.provide(KeyringScripted(
        [perToken, provider("quiet", { tokenAttributes: { cacheType: "ServiceAccount" } })],
        { ...Profile.recommended, cacheCapacity: 100 }
      ))
    ))

  it.effect("FAULT-35: CACHE-26: the kubelet's profile keeps all of them", () =>
    Effect.gen(function*() {
      yield* prepare
      for (let at = 0; at < capacity + 1_000; at++) yield* ofPod(at)
      yield* ofPod(0)
      assert.strictEqual(yield* countRuns, capacity + 1_000)
      assert.lengthOf(yield* entries, capacity + 1_000)
    }).pipe(Effect.provide(KeyringScripted([perToken], Profile.kubelet))))
})

import type * as CacheKey from "@credlet/core/cache/CacheKey"
import * as CredentialCache from "@credlet/core/cache/CredentialCache"
import type { DockerConfig } from "@credlet/core/credential/DockerConfig"
import * as Profile from "@credlet/core/Profile"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Duration, Effect, Redacted, Schema } from "effect"
import { TestClock } from "effect/testing"

const config = (username: string): DockerConfig =>
  new Map([["registry.example", { username, password: Redacted.make("word"), email: "" }]])
const one = config("one")
const two = config("two")

const opened = Effect.flatMap(CredentialCache.CredentialCache, (caches) => caches.open("provider"))
const bounded = (cacheCapacity: number) =>
  opened.pipe(
    Effect.provide(CredentialCache.layerMemory),
    Effect.provideService(Profile.Profile, { ...Profile.kubelet, cacheCapacity })
  )
const open = bounded(Infinity)
/** Keys of an image that are looked up in this order; the last counts for the rest. */
const keys = (Image: string, Registry = Image, Global = Registry): CacheKey.Keys => ({
  Image,
  Registry,
  Global,
  all: [Image, Registry, Global]
})
const heldKeys = (cache: CredentialCache.ProviderCache) =>
  Effect.map(cache.entries, (entries) => entries.map((entry) => entry.key))

describe("CredentialCache", () => {
  it.effect("CACHE-20: valid at its very end, expired one nanosecond later", () =>
    Effect.gen(function*() {
      const cache = yield* open
      yield* cache.store("k", one, Duration.minutes(1))
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(yield* cache.find(keys("k")), one)
      yield* TestClock.adjust(Duration.nanos(1n))
      assert.isUndefined(yield* cache.find(keys("k")))
    }))

  it.effect("CACHE-21: a hit does not make it live longer", () =>
    Effect.gen(function*() {
      const cache = yield* open
      yield* cache.store("k", one, Duration.minutes(1))
      yield* TestClock.adjust("59 seconds")
      assert.strictEqual(yield* cache.find(keys("k")), one)
      yield* TestClock.adjust("1001 millis")
      assert.isUndefined(yield* cache.find(keys("k")))
    }))

  it.effect("CACHE-22: reading an expired entry deletes it", () =>
    Effect.gen(function*() {
      const cache = yield* open
      yield* cache.store("k", one, Duration.minutes(1))
      yield* TestClock.adjust("61 seconds")
      assert.deepStrictEqual(yield* heldKeys(cache), ["k"])
      yield* cache.find(keys("k"))
      assert.deepStrictEqual(yield* heldKeys(cache), [])
    }))

  it.effect("CACHE-23: storing replaces, also with an earlier end", () =>
    Effect.gen(function*() {
      const cache = yield* open
      yield* cache.store("k", one, Duration.hours(1))
      yield* cache.store("k", two, Duration.seconds(1))
      assert.strictEqual(yield* cache.find(keys("k")), two)
      yield* TestClock.adjust("2 seconds")
      assert.isUndefined(yield* cache.find(keys("k")))
    }))

  it.effect("RESP-26: one nanosecond is a life, though a short one", () =>
    Effect.gen(function*() {
      const cache = yield* open
      yield* cache.store("k", one, Duration.nanos(1n))
      assert.strictEqual(yield* cache.find(keys("k")), one)
      yield* TestClock.adjust(Duration.nanos(1n))
      assert.strictEqual(yield* cache.find(keys("k")), one)
      yield* TestClock.adjust(Duration.nanos(1n))
      assert.isUndefined(yield* cache.find(keys("k")))
    }))

  it.effect("RESP-24: a negative duration stores what is expired already", () =>
    Effect.gen(function*() {
      const cache = yield* open
      yield* cache.store("k", one, Duration.minutes(-1))
      const [entry] = yield* cache.entries
      assert.strictEqual(entry && Duration.toMinutes(entry.remaining), -1)
      assert.isUndefined(yield* cache.find(keys("k")))
    }))

  it.effect("CACHE-29: 292 years are fine", () =>
    Effect.gen(function*() {
      const cache = yield* open
      yield* cache.store("k", one, Duration.nanos(2n ** 63n - 1n))
      yield* TestClock.adjust("36500 days")
      assert.strictEqual(yield* cache.find(keys("k")), one)
    }))

  it.effect("CACHE-40: the first live entry of the keys counts, in their order", () =>
    Effect.gen(function*() {
      const cache = yield* open
      yield* cache.store("image", one, Duration.minutes(1))
      yield* cache.store("registry", two, Duration.minutes(2))
      assert.strictEqual(yield* cache.find(keys("image", "registry", "global")), one)
      yield* TestClock.adjust("61 seconds")
      assert.strictEqual(yield* cache.find(keys("image", "registry", "global")), two)
    }))

  it.effect("CACHE-30: expired entries are dropped before a lookup, once 15 minutes have passed and no earlier", () =>
    Effect.gen(function*() {
      const cache = yield* open
      yield* cache.store("short", one, Duration.minutes(1))
      yield* cache.store("long", one, Duration.hours(1))
      yield* TestClock.adjust("15 minutes")
      yield* cache.find(keys("other"))
      assert.deepStrictEqual(yield* heldKeys(cache), ["short", "long"])
      yield* TestClock.adjust(Duration.nanos(1n))
      assert.deepStrictEqual(yield* heldKeys(cache), ["short", "long"], "CACHE-31: without a lookup nothing is purged")
      yield* cache.find(keys("other"))
      assert.deepStrictEqual(yield* heldKeys(cache), ["long"])
    }))

  it.effect("CACHE-30: the next purge comes 15 minutes after the last one", () =>
    Effect.gen(function*() {
      const cache = yield* open
      yield* TestClock.adjust("16 minutes")
      yield* cache.find(keys("other"))
      yield* cache.store("k", one, Duration.seconds(1))
      yield* TestClock.adjust("15 minutes")
      yield* cache.find(keys("other"))
      assert.deepStrictEqual(yield* heldKeys(cache), ["k"])
      yield* TestClock.adjust(Duration.nanos(1n))
      yield* cache.find(keys("other"))
      assert.deepStrictEqual(yield* heldKeys(cache), [])
    }))

  it.effect("the wall clock may jump: an entry lives by the monotonic clock", () =>
    Effect.gen(function*() {
      const cache = yield* open
      yield* TestClock.adjust("2 days")
      yield* cache.store("k", one, Duration.minutes(1))
      yield* TestClock.setTime(0)
      assert.strictEqual(yield* cache.find(keys("k")), one)
    }))

  it.effect("CACHE-26: the kubelet's cache has no bound", () =>
    Effect.gen(function*() {
      const cache = yield* open
      for (let at = 0; at < 10_001; at++) yield* cache.store(`k${at}`, one, Duration.hours(24))
      assert.strictEqual((yield* cache.entries).length, 10_001)
    }))

  it.effect("bounded: the least recently used entry goes first", () =>
    Effect.gen(function*() {
      const cache = yield* bounded(2)
      yield* cache.store("a", one, Duration.hours(1))
      yield* cache.store("b", one, Duration.hours(1))
      yield* cache.find(keys("a"))
      yield* cache.store("c", one, Duration.hours(1))
      assert.deepStrictEqual(yield* heldKeys(cache), ["a", "c"])
    }))

  it.effect("bounded: storing is use, also of a key that was there", () =>
    Effect.gen(function*() {
      const cache = yield* bounded(2)
      for (const key of ["a", "b", "a", "c"]) yield* cache.store(key, one, Duration.hours(1))
      assert.deepStrictEqual(yield* heldKeys(cache), ["a", "c"])
      yield* cache.find(keys("a"))
      yield* cache.store("d", one, Duration.hours(1))
      assert.deepStrictEqual(yield* heldKeys(cache), ["a", "d"])
    }))

  it.effect("an answer that is to be kept for ever is kept as long as Go's durations go", () =>
    Effect.gen(function*() {
      const cache = yield* open
      yield* cache.store("k", one, Duration.infinity)
      yield* TestClock.adjust("36500 days")
      assert.strictEqual(yield* cache.find(keys("k")), one)
    }))

  it.effect("RESP-24: an answer that expired for ever ago is none", () =>
    Effect.gen(function*() {
      const cache = yield* open
      yield* cache.store("k", one, Duration.negativeInfinity)
      assert.isUndefined(yield* cache.find(keys("k")))
    }))

  it.effect("CFG-122: caches share nothing", () =>
    Effect.gen(function*() {
      const [a, b] = yield* Effect.provide(
        Effect.flatMap(CredentialCache.CredentialCache, ({ open }) => Effect.all([open("a"), open("a")])),
        CredentialCache.layerMemory
      )
      yield* a.store("k", one, Duration.hours(1))
      assert.isUndefined(yield* b.find(keys("k")))
    }))

  it.effect.prop(
    "never an entry past its end, never one missing before it, whatever the steps",
    {
      steps: Arbitrary.schema(Schema.Array(Schema.Struct({
        key: Schema.Literals(["a", "b", "c"]),
        life: Schema.Int.check(Schema.isBetween({ minimum: -5, maximum: 30 })),
        pass: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 20 }))
      })))
    },
    ({ steps }) =>
      Effect.gen(function*() {
        const cache = yield* open
        const ends = new Map<string, number>()
        let minute = 0
        for (const { key, life, pass } of steps) {
          yield* cache.store(key, one, Duration.minutes(life))
          ends.set(key, minute + life)
          yield* TestClock.adjust(Duration.minutes(pass))
          minute += pass
          for (const probe of ["a", "b", "c"]) {
            const end = ends.get(probe)
            const expected = end !== undefined && minute <= end
            assert.strictEqual((yield* cache.find(keys(probe))) !== undefined, expected)
            if (!expected) ends.delete(probe)
          }
        }
      })
  )
})

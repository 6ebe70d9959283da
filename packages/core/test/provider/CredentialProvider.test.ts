import type { DockerConfig } from "@credlet/core/credential/DockerConfig"
import { PluginError } from "@credlet/core/plugin/PluginError"
import * as Profile from "@credlet/core/Profile"
import type { ProviderAnswer } from "@credlet/core/provider/ProviderAnswer"
import * as ScriptedPlugins from "@credlet/testing/ScriptedPlugins"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Duration, Effect, Exit, Fiber, Redacted } from "effect"
import { TestClock } from "effect/testing"
import * as Scripted from "./scripted.ts"

const { answer } = ScriptedPlugins
const { held, start } = Scripted
const auth = { "reg.example": { username: "u", password: "canary" } }
const broken = new PluginError({ provider: "acme", reason: { _tag: "Exited", code: 1, stderr: "" } })

/** `provide` gives what was answered for a repository, `runs` the repositories that the plugin was asked for. */
const setup = Effect.fnUntraced(function*(...parameters: Parameters<typeof Scripted.setup>) {
  const { calls, made, provide, script } = yield* Scripted.setup(...parameters)
  return {
    cache: made.cache,
    provide: (repository: string) => Effect.map(provide(repository), configOf),
    script,
    runs: Effect.map(calls, (calls) => calls.map((call) => call.image))
  }
})

const configOf = (answer: ProviderAnswer): DockerConfig => {
  assert(answer._tag === "Given")
  return answer.config
}

const usernames = (config: DockerConfig) => Array.from(config.values(), (credential) => credential.username)

describe("CredentialProvider", () => {
  it.effect("CACHE-20: an answer is used until its end, and the plugin runs again one nanosecond later", () =>
    Effect.gen(function*() {
      const { provide, runs } = yield* setup(answer({ cacheKeyType: "Image", cacheDuration: "1 minute", auth }))
      assert.deepStrictEqual(usernames(yield* provide("reg.example/app")), ["u"])
      yield* TestClock.adjust("1 minute")
      yield* provide("reg.example/app")
      assert.strictEqual((yield* runs).length, 1)
      yield* TestClock.adjust(Duration.nanos(1n))
      yield* provide("reg.example/app")
      assert.strictEqual((yield* runs).length, 2)
    }))

  it.effect("RESP-23: without a duration the config's default counts", () =>
    Effect.gen(function*() {
      const { provide, runs } = yield* setup(answer({ cacheKeyType: "Image", auth }))
      yield* provide("reg.example/app")
      yield* TestClock.adjust("10 minutes")
      yield* provide("reg.example/app")
      assert.strictEqual((yield* runs).length, 1)
      yield* TestClock.adjust(Duration.nanos(1n))
      yield* provide("reg.example/app")
      assert.strictEqual((yield* runs).length, 2)
    }))

  for (
    const [rule, cacheDuration, defaultCacheDuration] of [
      ["RESP-22: a duration of zero is not cached, whatever the default", Duration.zero, "10 minutes"],
      ["RESP-23: no duration and a default of zero: not cached", undefined, Duration.zero],
      ["RESP-24: a negative duration is as good as not cached", Duration.minutes(-1), "10 minutes"]
    ] as const
  ) {
    it.effect(rule, () =>
      Effect.gen(function*() {
        const { provide, runs } = yield* setup(
          answer({ cacheKeyType: "Image", auth, ...(cacheDuration !== undefined && { cacheDuration }) }),
          { defaultCacheDuration }
        )
        assert.deepStrictEqual(usernames(yield* provide("reg.example/app")), ["u"])
        assert.deepStrictEqual(usernames(yield* provide("reg.example/app")), ["u"])
        assert.strictEqual((yield* runs).length, 2)
      }))
  }

  it.effect("RESP-25: the life of an answer begins when the plugin has returned", () =>
    Effect.gen(function*() {
      const { provide, runs } = yield* setup(() =>
        Effect.delay(Effect.succeed(answer({ cacheKeyType: "Image", cacheDuration: "1 minute", auth })), "30 seconds")
      )
      const first = yield* Effect.forkChild(provide("reg.example/app"), { startImmediately: true })
      yield* TestClock.adjust("30 seconds")
      yield* Fiber.join(first)
      yield* TestClock.adjust("60 seconds")
      yield* provide("reg.example/app")
      assert.strictEqual((yield* runs).length, 1)
    }))

  it.effect("CACHE-24: an answer without credentials is cached like any other", () =>
    Effect.gen(function*() {
      const { provide, runs } = yield* setup(answer({ cacheKeyType: "Image", cacheDuration: "1 minute" }))
      assert.strictEqual((yield* provide("reg.example/app")).size, 0)
      assert.strictEqual((yield* provide("reg.example/app")).size, 0)
      assert.strictEqual((yield* runs).length, 1)
    }))

  it.effect("CACHE-40: image before registry before global, each while it lives", () =>
    Effect.gen(function*() {
      const { provide, script } = yield* setup(
        answer({ cacheKeyType: "Global", cacheDuration: "3 hours", auth: { a: { username: "global", password: "w" } } })
      )
      const scripted = (cacheKeyType: string, cacheDuration: Duration.Input, username: string) =>
        script(answer({ cacheKeyType, cacheDuration, auth: { a: { username, password: "w" } } }))
      yield* scripted("Image", "1 hour", "image")
      yield* provide("reg.example/app")
      yield* scripted("Registry", "2 hours", "registry")
      yield* provide("reg.example/other")
      yield* scripted("Global", "3 hours", "global")
      yield* provide("x.reg.example/app")
      assert.deepStrictEqual(usernames(yield* provide("reg.example/app")), ["image"])
      yield* TestClock.adjust("61 minutes")
      assert.deepStrictEqual(usernames(yield* provide("reg.example/app")), ["registry"])
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(usernames(yield* provide("reg.example/app")), ["global"])
    }))

  it.effect("RESP-20: an unknown cacheKeyType loses the credentials and caches nothing, also with duration 0", () =>
    Effect.gen(function*() {
      const { cache, provide, script } = yield* setup(answer({ cacheKeyType: "image", cacheDuration: "1 hour", auth }))
      const error = yield* Effect.flip(provide("reg.example/app"))
      assert(error._tag === "UnknownCacheKeyType")
      assert.strictEqual(error.value, "image")
      yield* script(answer({ cacheKeyType: "", cacheDuration: 0, auth }))
      assert.strictEqual((yield* Effect.flip(provide("reg.example/app")))._tag, "UnknownCacheKeyType")
      assert.deepStrictEqual(yield* cache.entries, [])
    }))

  it.effect("a cacheKeyType that may be a misplaced secret is not told", () =>
    Effect.gen(function*() {
      const { provide } = yield* setup(answer({ cacheKeyType: "canary-word-1", auth }))
      const error = yield* Effect.flip(provide("reg.example/app"))
      assert.notInclude(error.message + JSON.stringify(error), "canary")
    }))

  it.effect("CACHE-25, EXEC-14: a failure is not remembered", () =>
    Effect.gen(function*() {
      const { provide, runs, script } = yield* setup(Effect.fail(broken))
      assert.strictEqual(yield* Effect.flip(provide("reg.example/app")), broken)
      yield* script(answer({ cacheKeyType: "Image", auth }))
      assert.deepStrictEqual(usernames(yield* provide("reg.example/app")), ["u"])
      assert.strictEqual((yield* runs).length, 2)
    }))

  it.effect("CACHE-2: an image with too long a name fails before the plugin is run", () =>
    Effect.gen(function*() {
      const { provide, runs } = yield* setup(answer({ cacheKeyType: "Image", auth }))
      const error = yield* Effect.flip(provide(`reg.example/${"x".repeat(65_536)}`))
      assert.strictEqual(error._tag, "UncacheableAnswer")
      assert.deepStrictEqual(yield* runs, [])
    }))

  describe("concurrent lookups", () => {
    for (const [name, switches] of [["kubelet", Profile.kubelet], ["recommended", Profile.recommended]] as const) {
      it.effect(`FLIGHT-1: of one image run the plugin once (${name})`, () =>
        Effect.gen(function*() {
          const { behaviour, release } = yield* held({ cacheKeyType: "Image", auth })
          const { provide, runs } = yield* setup(behaviour, { switches })
          const callers = yield* Effect.all(Array.from({ length: 1000 }, () => start(provide("reg.example/app"))))
          yield* release
          for (const caller of callers) assert.deepStrictEqual(usernames(yield* Fiber.join(caller)), ["u"])
          assert.strictEqual((yield* runs).length, 1)
        }))

      it.effect(`FLIGHT-1: share an error, and the next one runs the plugin again (${name})`, () =>
        Effect.gen(function*() {
          const gate = yield* Deferred.make<void>()
          const { provide, runs } = yield* setup(() => Effect.andThen(Deferred.await(gate), Effect.fail(broken)), {
            switches
          })
          const callers = yield* Effect.all([start(provide("reg.example/app")), start(provide("reg.example/app"))])
          yield* Deferred.succeed(gate, undefined)
          for (const caller of callers) assert.deepStrictEqual(yield* Fiber.await(caller), Exit.fail(broken))
          assert.strictEqual((yield* runs).length, 1)
          yield* Effect.flip(provide("reg.example/app"))
          assert.strictEqual((yield* runs).length, 2)
        }))

      it.effect(`one that is given up leaves the run to the others; the last one ends it (${name})`, () =>
        Effect.gen(function*() {
          let ended = 0
          const gate = yield* Deferred.make<void>()
          const { provide } = yield* setup(
            () =>
              Effect.as(Deferred.await(gate), answer({ cacheKeyType: "Image", auth })).pipe(
                Effect.onInterrupt(() => Effect.sync(() => ended++))
              ),
            { switches }
          )
          const [first, second] = yield* Effect.all([
            start(provide("reg.example/app")),
            start(provide("reg.example/app"))
          ])
          yield* Fiber.interrupt(first)
          assert.strictEqual(ended, 0)
          yield* Fiber.interrupt(second)
          assert.strictEqual(ended, 1)
        }))
    }

    it.effect("FLIGHT-6: of different images run the plugin for each, as the kubelet does", () =>
      Effect.gen(function*() {
        const { behaviour, release } = yield* held({ cacheKeyType: "Registry", auth })
        const { cache, provide, runs } = yield* setup(behaviour)
        const callers = yield* Effect.all(["a", "b", "c"].map((image) => start(provide(`reg.example/${image}`))))
        yield* release
        yield* Effect.forEach(callers, Fiber.join)
        assert.strictEqual((yield* runs).length, 3)
        assert.strictEqual((yield* cache.entries).length, 1)
      }))

    /** The provider has answered for its registry before, but nothing of that is left in the cache. */
    const experienced = Effect.gen(function*() {
      const provider = yield* setup(answer({ cacheKeyType: "Registry", cacheDuration: "1 minute", auth }), {
        switches: Profile.recommended
      })
      yield* provider.provide("reg.example/first")
      yield* TestClock.adjust("2 minutes")
      return provider
    })

    it.effect("scope-aware flights: 1,000 images of a registry make one run, once the scope is known", () =>
      Effect.gen(function*() {
        const { behaviour, release } = yield* held({ cacheKeyType: "Registry", cacheDuration: "1 minute", auth })
        const { provide, runs, script } = yield* experienced
        yield* script(behaviour)
        const callers = yield* Effect.all(
          Array.from({ length: 1000 }, (_, at) => start(provide(`reg.example/image-${at}`)))
        )
        yield* release
        for (const caller of callers) assert.deepStrictEqual(usernames(yield* Fiber.join(caller)), ["u"])
        assert.deepStrictEqual(yield* runs, ["reg.example/first", "reg.example/image-0"])
      }))

    it.effect("scope-aware flights: who waited for another image's failure runs the plugin himself", () =>
      Effect.gen(function*() {
        const gate = yield* Deferred.make<void>()
        const { provide, runs, script } = yield* experienced
        yield* script(({ image }) =>
          Effect.andThen(
            Deferred.await(gate),
            image === "reg.example/a" ? Effect.fail(broken) : Effect.succeed(answer({ cacheKeyType: "Registry", auth }))
          )
        )
        const [a, b] = yield* Effect.all([start(provide("reg.example/a")), start(provide("reg.example/b"))])
        yield* Deferred.succeed(gate, undefined)
        assert.deepStrictEqual(yield* Fiber.await(a), Exit.fail(broken))
        assert.deepStrictEqual(usernames(yield* Fiber.join(b)), ["u"])
        assert.strictEqual((yield* runs).length, 3)
      }))

    it.effect("scope-aware flights: an answer that turns out to be for one image only is not used for another", () =>
      Effect.gen(function*() {
        const gate = yield* Deferred.make<void>()
        const { provide, script } = yield* experienced
        yield* script(({ image }) =>
          Effect.as(
            Deferred.await(gate),
            answer({ cacheKeyType: "Image", auth: { "reg.example": { username: image, password: "w" } } })
          )
        )
        const images = ["reg.example/a", "reg.example/b"]
        const callers = yield* Effect.all(images.map((image) => start(provide(image))))
        yield* Deferred.succeed(gate, undefined)
        assert.deepStrictEqual(
          (yield* Effect.forEach(callers, Fiber.join)).flatMap(usernames),
          images
        )
      }))

    it.effect("scope-aware flights: after an answer that was not cached nobody waits for another image", () =>
      Effect.gen(function*() {
        const { provide, runs, script } = yield* experienced
        yield* script(answer({ cacheKeyType: "Registry", cacheDuration: 0, auth }))
        yield* provide("reg.example/uncached")
        const { behaviour, release } = yield* held({ cacheKeyType: "Registry", auth })
        yield* script(behaviour)
        const callers = yield* Effect.all(["a", "b"].map((image) => start(provide(`reg.example/${image}`))))
        assert.strictEqual((yield* runs).length, 4)
        yield* release
        yield* Effect.forEach(callers, Fiber.join)
      }))

    it.effect("scope-aware flights: other registries don't wait", () =>
      Effect.gen(function*() {
        const gate = yield* Deferred.make<void>()
        const { provide, script } = yield* experienced
        yield* script(({ image }) =>
          Effect.as(
            image.startsWith("x.") ? Effect.void : Deferred.await(gate),
            answer({ cacheKeyType: "Registry", auth })
          )
        )
        const waiting = yield* start(provide("reg.example/a"))
        assert.deepStrictEqual(usernames(yield* provide("x.reg.example/a")), ["u"])
        assert.isUndefined(waiting.pollUnsafe())
        yield* Deferred.succeed(gate, undefined)
        yield* Fiber.join(waiting)
      }))
  })

  it.effect("a password stays redacted all the way", () =>
    Effect.gen(function*() {
      const { provide } = yield* setup(answer({ cacheKeyType: "Image", auth }))
      const config = yield* provide("reg.example/app")
      assert.notInclude(JSON.stringify([...config]), "canary")
      const credential = config.get("reg.example")
      assert.strictEqual(credential && Redacted.value(credential.password), "canary")
    }))
})

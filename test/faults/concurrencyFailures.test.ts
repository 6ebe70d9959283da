/**
 * FAULT-33 and FAULT-34: a provider that fails or is slow. Rules: FLIGHT-1, FLIGHT-7, FLIGHT-11, FLIGHT-12, EXEC-14,
 * RESP-40, CACHE-25, RING-3, RING-6, RING-7. The providers of one lookup are asked one after the other, as on a node.
 */
import type { Keyring } from "@credlet/core"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Deferred, Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { lookup } from "./support/dataHost.ts"
import { exited, gives, KeyringScripted, profiles, provider, runs, script, usernames } from "./support/dataScripted.ts"

const image = "reg.example/app"

const start = (name = image) => Effect.forkChild(lookup(name), { startImmediately: true })
const tags = ({ failures }: Keyring.Lookup) => failures.map((failure) => failure._tag)

for (const [name, switches] of profiles) {
  const withProviders = (...names: ReadonlyArray<string>) =>
    Effect.provide(KeyringScripted(names.map((name) => provider(name)), switches))

  describe(`FAULT-33, ${name}`, () => {
    it.effect("FAULT-33: FLIGHT-1, EXEC-14: all who wait get the leader's failure, and it is not kept as an answer", () =>
      Effect.gen(function*() {
        const gate = yield* Deferred.make<void>()
        yield* script("acme", () => Effect.andThen(Deferred.await(gate), exited("acme")))
        const waiters = yield* Effect.all(Array.from({ length: 20 }, () => start()))
        yield* Deferred.succeed(gate, undefined)
        for (const waiter of waiters) {
          const found = yield* Fiber.join(waiter)
          assert.deepStrictEqual(tags(found), ["PluginError"])
          assert.deepStrictEqual(found.credentials, [])
        }
        assert.lengthOf(yield* runs, 1)
        yield* script("acme", gives("acme"))
        assert.deepStrictEqual(usernames(yield* lookup(image)), ["acme"])
        assert.lengthOf(yield* runs, 2)
      }).pipe(withProviders("acme")))

    it.effect("FAULT-33: FLIGHT-7: a failure is not shared beyond its flight; each later lookup fails for itself", () =>
      Effect.gen(function*() {
        let code = 0
        yield* script("acme", () => Effect.suspend(() => exited("acme", ++code)))
        const codes = yield* Effect.forEach(
          [1, 2, 3],
          () => Effect.map(lookup(image), ({ failures }) => failures.map((failure) => failure.message))
        )
        assert.deepStrictEqual(codes.map((messages) => /status (\d)/.exec(messages.join())?.[1]), ["1", "2", "3"])
        assert.lengthOf(yield* runs, 3)
      }).pipe(withProviders("acme")))

    it.effect("FAULT-33: CACHE-25: a failure after an answer has expired does not bring it back, nor spoil the next", () =>
      Effect.gen(function*() {
        yield* script("acme", gives("first", { cacheDuration: "1 minute" }))
        assert.deepStrictEqual(usernames(yield* lookup(image)), ["first"])
        yield* script("acme", exited("acme"))
        yield* TestClock.adjust("1 minute")
        // CACHE-20: at its very end the answer still counts.
        assert.deepStrictEqual(usernames(yield* lookup(image)), ["first"])
        yield* TestClock.adjust("1 milli")
        const failed = yield* lookup(image)
        assert.deepStrictEqual([usernames(failed), tags(failed)], [[], ["PluginError"]])
        yield* script("acme", gives("second"))
        assert.deepStrictEqual(usernames(yield* lookup(image)), ["second"])
      }).pipe(withProviders("acme")))

    it.effect("FAULT-33: FLIGHT-6: the leader's failure for one image is not that of another image", () =>
      Effect.gen(function*() {
        yield* script("acme", gives("acme", { cacheKeyType: "Registry", cacheDuration: "1 second" }))
        yield* lookup(image)
        yield* TestClock.adjust("1 minute")
        const gate = yield* Deferred.make<void>()
        yield* script("acme", (request) =>
          Effect.andThen(
            Deferred.await(gate),
            request.image === image ? exited("acme") : Effect.succeed(gives(request.image))
          ))
        const leader = yield* start()
        const others = yield* Effect.all([start("reg.example/a"), start("reg.example/b")])
        yield* Deferred.succeed(gate, undefined)
        assert.deepStrictEqual(tags(yield* Fiber.join(leader)), ["PluginError"])
        assert.deepStrictEqual(usernames(yield* Fiber.join(others[0])), ["reg.example/a"])
        assert.deepStrictEqual(usernames(yield* Fiber.join(others[1])), ["reg.example/b"])
      }).pipe(withProviders("acme")))

    it.effect("FAULT-33: FLIGHT-11: a defect reaches all who wait, and nobody after them", () =>
      Effect.gen(function*() {
        const gate = yield* Deferred.make<void>()
        yield* script("acme", () => Effect.andThen(Deferred.await(gate), Effect.die(new Error("broken"))))
        const waiters = yield* Effect.all([start(), start(), start()])
        yield* Deferred.succeed(gate, undefined)
        for (const waiter of waiters) assert.isTrue(Exit.hasDies(yield* Fiber.await(waiter)))
        yield* script("acme", gives("acme"))
        assert.deepStrictEqual(usernames(yield* lookup(image)), ["acme"])
        assert.lengthOf(yield* runs, 2)
      }).pipe(withProviders("acme")))

    it.effect("FAULT-33: RESP-20, CACHE-25: an answer that is refused after it was read is shared and not kept", () =>
      Effect.gen(function*() {
        const gate = yield* Deferred.make<void>()
        const answer = gives("acme", { cacheKeyType: "image" })
        yield* script("acme", () => Effect.as(Deferred.await(gate), answer))
        const waiters = yield* Effect.all([start(), start()])
        yield* Deferred.succeed(gate, undefined)
        for (const waiter of waiters) {
          assert.deepStrictEqual(tags(yield* Fiber.join(waiter)), ["UnknownCacheKeyType"])
        }
        yield* script("acme", gives("acme"))
        assert.deepStrictEqual(usernames(yield* lookup(image)), ["acme"])
        assert.lengthOf(yield* runs, 2)
      }).pipe(withProviders("acme")))
  })

  describe(`FAULT-34, ${name}`, () => {
    it.effect("FAULT-34: RING-3, FLIGHT-12: A is asked before B, and B when A is done, however slow either is", () =>
      Effect.gen(function*() {
        for (const [slow, quick] of [["a", "b"], ["b", "a"]] as const) {
          yield* script(slow, () => Effect.as(Effect.sleep("30 seconds"), gives(slow, { cacheDuration: 0 })))
          yield* script(quick, () => Effect.as(Effect.sleep("1 second"), gives(quick, { cacheDuration: 0 })))
          const before = yield* Clock.currentTimeMillis
          const looking = yield* start()
          yield* TestClock.adjust("31 seconds")
          assert.deepStrictEqual(usernames(yield* Fiber.join(looking)), ["a", "b"])
          assert.strictEqual((yield* Clock.currentTimeMillis) - before, 31_000)
        }
        assert.deepStrictEqual(yield* runs, [`a ${image}`, `b ${image}`, `a ${image}`, `b ${image}`])
      }).pipe(withProviders("a", "b")))

    it.effect("FAULT-34: RING-6, RING-7, RESP-40: whatever becomes of A, B's answer is the same, and behind A's", () =>
      Effect.gen(function*() {
        yield* script("b", gives("b", { cacheDuration: 0 }))
        const outcomes = [
          [gives("a", { cacheDuration: 0 }), ["a", "b"], []],
          [exited("a"), ["b"], ["PluginError"]],
          [gives("a", { cacheKeyType: "" }), ["b"], ["UnknownCacheKeyType"]],
          [() => Effect.andThen(Effect.sleep("1 minute"), exited("a")), ["b"], ["PluginError"]],
          [() => Effect.as(Effect.sleep("1 minute"), gives("a", { cacheDuration: 0 })), ["a", "b"], []]
        ] as const
        for (const [behaviour, names, failures] of outcomes) {
          yield* script("a", behaviour)
          const looking = yield* start()
          yield* TestClock.adjust("1 minute")
          const found = yield* Fiber.join(looking)
          assert.deepStrictEqual([usernames(found), tags(found)], [names, failures])
        }
      }).pipe(withProviders("a", "b")))

    it.effect("FAULT-34: RING-7: B's failure takes nothing from A", () =>
      Effect.gen(function*() {
        yield* script("a", gives("a"))
        yield* script("b", () => Effect.andThen(Effect.sleep("1 minute"), exited("b")))
        const looking = yield* start()
        yield* TestClock.adjust("1 minute")
        const found = yield* Fiber.join(looking)
        assert.deepStrictEqual([usernames(found), tags(found)], [["a"], ["PluginError"]])
      }).pipe(withProviders("a", "b")))

    it.effect("FAULT-34: FLIGHT-12: a slow A holds up no lookup that only B is asked for", () =>
      Effect.gen(function*() {
        yield* script("a", () => Effect.as(Effect.sleep("1 minute"), gives("a")))
        yield* script("b", () => Effect.as(Effect.sleep("1 second"), gives("b")))
        const both = yield* start("both.reg.example/app")
        const onlyB = yield* start("b.example/app")
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual((yield* Fiber.join(onlyB)).providers, ["b"])
        assert.isUndefined(both.pollUnsafe())
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual(usernames(yield* Fiber.join(both)), ["a", "b"])
      }).pipe(Effect.provide(KeyringScripted(
        [provider("a"), provider("b", { matchImages: ["*.reg.example", "b.example"] })],
        switches
      ))))

    it.effect("FAULT-34: FLIGHT-1, FLIGHT-12: who waits for A together runs B once", () =>
      Effect.gen(function*() {
        yield* script("a", () => Effect.as(Effect.sleep("1 minute"), gives("a")))
        yield* script("b", () => Effect.as(Effect.sleep("1 second"), gives("b")))
        const looking = yield* Effect.all([start(), start(), start()])
        yield* TestClock.adjust("61 seconds")
        for (const one of looking) assert.deepStrictEqual(usernames(yield* Fiber.join(one)), ["a", "b"])
        assert.deepStrictEqual(yield* runs, [`a ${image}`, `b ${image}`])
      }).pipe(withProviders("a", "b")))
  })
}

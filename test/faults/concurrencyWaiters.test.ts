/** FAULT-31: of those who wait for a plugin, some leave, or all. Rules: FLIGHT-1, FLIGHT-7, FLIGHT-10 made interruptible, EXEC-8. */
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Schedule } from "effect"
import { TestClock } from "effect/testing"
import * as Fs from "node:fs"
import { type Host, KeyringLive, lookup, makeHost, type Plugin } from "./support/dataHost.ts"
import { gives, KeyringScripted, profiles, provider, runs, script, usernames } from "./support/dataScripted.ts"
import { answer } from "./support/dataTable.ts"

const image = "reg.example/app"

/** A plugin that answers after a minute, and counts how often it was stopped before. */
const makeSlow = Effect.gen(function*() {
  const stopped = { times: 0 }
  yield* script("acme", () =>
    Effect.as(Effect.sleep("1 minute"), gives("acme")).pipe(
      Effect.onInterrupt(() => Effect.sync(() => stopped.times++))
    ))
  return stopped
})

const wait = Effect.forkChild(lookup(image), { startImmediately: true })
const waiters = (count: number) => Effect.all(Array.from({ length: count }, () => wait))

for (const [name, switches] of profiles) {
  describe(`FAULT-31, ${name}`, () => {
    it.effect("FAULT-31: FLIGHT-1: whoever leaves, the others keep the one run, be it the first who leaves", () =>
      Effect.gen(function*() {
        const stopped = yield* makeSlow
        const [first, ...others] = yield* waiters(100)
        yield* TestClock.adjust("30 seconds")
        yield* Fiber.interrupt(first!)
        yield* Fiber.interruptAll(others.slice(0, 49))
        const late = yield* wait
        yield* TestClock.adjust("30 seconds")
        for (const fiber of [...others.slice(49), late]) {
          assert.deepStrictEqual(usernames(yield* Fiber.join(fiber)), ["acme"])
        }
        assert.deepStrictEqual(yield* runs, [`acme ${image}`])
        assert.strictEqual(stopped.times, 0)
      }).pipe(Effect.provide(KeyringScripted([provider("acme")], switches))))

    it.effect("FAULT-31: FLIGHT-10: a waiter's own deadline is his own", () =>
      Effect.gen(function*() {
        const stopped = yield* makeSlow
        const hasty = yield* Effect.forkChild(Effect.timeoutOption(lookup(image), "10 seconds"), {
          startImmediately: true
        })
        const patient = yield* wait
        yield* TestClock.adjust("10 seconds")
        assert.strictEqual((yield* Fiber.join(hasty))._tag, "None")
        yield* TestClock.adjust("50 seconds")
        assert.deepStrictEqual(usernames(yield* Fiber.join(patient)), ["acme"])
        assert.strictEqual(stopped.times, 0)
      }).pipe(Effect.provide(KeyringScripted([provider("acme")], switches))))

    it.effect("FAULT-31: when the last one leaves the run is stopped, and the next lookup runs the plugin anew", () =>
      Effect.gen(function*() {
        const stopped = yield* makeSlow
        const all = yield* waiters(10)
        yield* Fiber.interruptAll(all.slice(1))
        assert.strictEqual(stopped.times, 0)
        yield* Fiber.interrupt(all[0]!)
        assert.strictEqual(stopped.times, 1)
        const next = yield* wait
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual(usernames(yield* Fiber.join(next)), ["acme"])
        assert.lengthOf(yield* runs, 2)
        assert.strictEqual(stopped.times, 1)
      }).pipe(Effect.provide(KeyringScripted([provider("acme")], switches))))

    it.effect("FAULT-31: FLIGHT-6: one who waits for another image's run leaves without stopping it", () =>
      Effect.gen(function*() {
        yield* script("acme", gives("acme", { cacheKeyType: "Registry", cacheDuration: "1 second" }))
        yield* lookup(image)
        yield* TestClock.adjust("1 minute")
        let stopped = 0
        yield* script(
          "acme",
          () =>
            Effect.as(Effect.sleep("1 minute"), gives("acme", { cacheKeyType: "Registry", cacheDuration: "1 hour" }))
              .pipe(
                Effect.onInterrupt(() => Effect.sync(() => stopped++))
              )
        )
        const first = yield* wait
        const other = yield* Effect.forkChild(lookup("reg.example/other"), { startImmediately: true })
        const third = yield* Effect.forkChild(lookup("reg.example/third"), { startImmediately: true })
        yield* TestClock.adjust("30 seconds")
        const before = stopped
        yield* Fiber.interrupt(other)
        // Each image has a run of its own for the kubelet (FLIGHT-6); Credlet's recommended profile has one for all.
        assert.strictEqual(stopped - before, switches.flights === "scope" ? 0 : 1)
        yield* TestClock.adjust("30 seconds")
        assert.deepStrictEqual(usernames(yield* Fiber.join(first)), ["acme"])
        assert.deepStrictEqual(usernames(yield* Fiber.join(third)), ["acme"])
        assert.lengthOf(yield* runs, switches.flights === "scope" ? 2 : 4)
      }).pipe(Effect.provide(KeyringScripted([provider("acme")], switches))))
  })
}

const gated: Plugin = {
  name: "acme",
  matchImages: ["reg.example"],
  answer: answer({ auth: `{"reg.example":{"username":"acme"}}` }),
  isGated: true
}

/** Until something is so: looked at again and again, but not for ever. */
const until = (what: string, isSo: () => boolean) =>
  Effect.suspend(() => isSo() ? Effect.void : Effect.fail(what)).pipe(
    Effect.retry({ schedule: Schedule.spaced("5 millis"), times: 2000 }),
    Effect.orDie
  )

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Whether somebody waits at the gate; he is let through. */
const openGate = (host: Host): boolean => {
  try {
    Fs.closeSync(Fs.openSync(`${host.pathOf("acme")}.gate`, Fs.constants.O_WRONLY | Fs.constants.O_NONBLOCK))
    return true
  } catch {
    return false
  }
}

const startWaiters = Effect.fnUntraced(function*(host: Host, count: number) {
  const runs = host.runs("acme").length
  const fibers = yield* waiters(count)
  yield* until("the plugin has started", () => host.runs("acme").length > runs)
  return { fibers, pid: host.runs("acme").at(-1)! }
})

describe("FAULT-31, processes", () => {
  it.live("FAULT-31: the plugin's process lives as long as one waits for it, and answers him", () =>
    Effect.gen(function*() {
      const host = yield* makeHost([gated])
      yield* Effect.gen(function*() {
        const { fibers, pid } = yield* startWaiters(host, 10)
        yield* Fiber.interruptAll(fibers.slice(0, 9))
        assert.isTrue(isAlive(pid))
        yield* until("the gate is open", () => openGate(host))
        assert.deepStrictEqual(usernames(yield* Fiber.join(fibers[9]!)), ["acme"])
        assert.deepStrictEqual(host.runs("acme"), [pid])
        assert.isFalse(isAlive(pid))
      }).pipe(Effect.provide(KeyringLive(host)))
    }))

  for (const isStubborn of [false, true]) {
    const termGrace = isStubborn ? Duration.millis(100) : Duration.minutes(1)
    const who = isStubborn ? "one that minds no SIGTERM" : "the plugin's process"
    it.live(`FAULT-31: EXEC-8: when all have left, ${who} is killed with its children, and the next lookup starts another`, () =>
      Effect.gen(function*() {
        const host = yield* makeHost([{ ...gated, isStubborn }])
        yield* Effect.gen(function*() {
          const { fibers, pid } = yield* startWaiters(host, 3)
          yield* Fiber.interruptAll(fibers)
          yield* until("the process is gone", () => !isAlive(pid))
          // Its child held the gate's other end.
          yield* until("its child is gone", () => !openGate(host))
          const next = yield* startWaiters(host, 1)
          assert.notStrictEqual(next.pid, pid)
          yield* until("the gate is open", () => openGate(host))
          assert.deepStrictEqual(usernames(yield* Fiber.join(next.fibers[0]!)), ["acme"])
          assert.lengthOf(host.runs("acme"), 2)
        }).pipe(Effect.provide(KeyringLive(host, { termGrace })))
      }))
  }
})

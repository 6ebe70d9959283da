import * as SingleFlight from "@credlet/core/cache/SingleFlight"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber } from "effect"

/** A run that waits for the test, and counts how often it was begun and given up. */
const makeRun = Effect.gen(function*() {
  const flight = yield* SingleFlight.make<string, string>()
  const gate = yield* Deferred.make<string, string>()
  const counts = { begun: 0, abandoned: 0 }
  const run = Effect.suspend(() => {
    counts.begun++
    return Effect.onInterrupt(Deferred.await(gate), () => Effect.sync(() => counts.abandoned++))
  })
  const join = (key: string) => Effect.forkChild(flight.run(key, run), { startImmediately: true })
  return { flight, gate, counts, join }
})

describe("SingleFlight", () => {
  it.effect("FLIGHT-1: concurrent calls with one key make one run, and all get its answer", () =>
    Effect.gen(function*() {
      const { counts, gate, join } = yield* makeRun
      const callers = yield* Effect.all(Array.from({ length: 1000 }, () => join("k")))
      yield* Deferred.succeed(gate, "answer")
      const answers = yield* Effect.forEach(callers, Fiber.join)
      assert.deepStrictEqual(new Set(answers), new Set(["answer"]))
      assert.strictEqual(counts.begun, 1)
    }))

  it.effect("FLIGHT-1: all get the same error", () =>
    Effect.gen(function*() {
      const { counts, gate, join } = yield* makeRun
      const callers = yield* Effect.all([join("k"), join("k")])
      yield* Deferred.fail(gate, "no")
      for (const caller of callers) assert.deepStrictEqual(yield* Fiber.await(caller), Exit.fail("no"))
      assert.strictEqual(counts.begun, 1)
    }))

  it.effect("FLIGHT-11: a defect reaches all, and the key is free again", () =>
    Effect.gen(function*() {
      const { counts, flight, gate, join } = yield* makeRun
      const callers = yield* Effect.all([join("k"), join("k")])
      yield* Deferred.die(gate, new Error("broken"))
      for (const caller of callers) assert.isTrue(Exit.hasDies(yield* Fiber.await(caller)))
      assert.strictEqual(yield* flight.run("k", Effect.succeed("anew")), "anew")
      assert.strictEqual(counts.begun, 1)
    }))

  it.effect("FLIGHT-7: nothing is remembered, neither an answer nor an error", () =>
    Effect.gen(function*() {
      const flight = yield* SingleFlight.make<number, string>()
      let runs = 0
      const run = Effect.suspend(() => ++runs === 1 ? Effect.fail("first") : Effect.succeed(runs))
      assert.strictEqual(yield* Effect.flip(flight.run("k", run)), "first")
      assert.strictEqual(yield* flight.run("k", run), 2)
      assert.strictEqual(yield* flight.run("k", run), 3)
    }))

  it.effect("FLIGHT-2: other keys are other flights", () =>
    Effect.gen(function*() {
      const { counts, gate, join } = yield* makeRun
      const callers = yield* Effect.all([join("a"), join("b")])
      yield* Deferred.succeed(gate, "answer")
      yield* Effect.forEach(callers, Fiber.join)
      assert.strictEqual(counts.begun, 2)
    }))

  it.effect("FLIGHT-10: the first caller's interruption leaves the run to the others", () =>
    Effect.gen(function*() {
      const { counts, gate, join } = yield* makeRun
      const first = yield* join("k")
      const second = yield* join("k")
      yield* Fiber.interrupt(first)
      assert.strictEqual(counts.abandoned, 0)
      yield* Deferred.succeed(gate, "answer")
      assert.strictEqual(yield* Fiber.join(second), "answer")
      assert.strictEqual(counts.begun, 1)
    }))

  it.effect("who joined is told, who ran is not", () =>
    Effect.gen(function*() {
      const { flight, gate } = yield* makeRun
      const joined: Array<number> = []
      const call = (nth: number) =>
        Effect.forkChild(flight.run("k", Deferred.await(gate), Effect.sync(() => joined.push(nth))), {
          startImmediately: true
        })
      const callers = yield* Effect.all([call(1), call(2), call(3)])
      yield* Deferred.succeed(gate, "answer")
      yield* Effect.forEach(callers, Fiber.join)
      assert.sameMembers(joined, [2, 3])
      yield* flight.run("k", Effect.succeed("anew"), Effect.sync(() => joined.push(4)))
      assert.sameMembers(joined, [2, 3])
    }))

  it.effect("a run that ends at once is joined by nobody", () =>
    Effect.gen(function*() {
      const flight = yield* SingleFlight.make<string, string>()
      const run = flight.run("k", Effect.succeed("answer"), Effect.die("joined"))
      assert.deepStrictEqual(yield* Effect.all([run, run], { concurrency: 2 }), ["answer", "answer"])
    }))

  it.effect("the run is stopped when the last caller leaves, and the next one starts anew", () =>
    Effect.gen(function*() {
      const { counts, gate, join } = yield* makeRun
      const callers = yield* Effect.all([join("k"), join("k"), join("k")])
      yield* Effect.forEach(callers, Fiber.interrupt)
      assert.strictEqual(counts.abandoned, 1)
      const next = yield* join("k")
      yield* Deferred.succeed(gate, "answer")
      assert.strictEqual(yield* Fiber.join(next), "answer")
      assert.strictEqual(counts.begun, 2)
    }))

  it.effect("an uninterruptible caller stays to the end", () =>
    Effect.gen(function*() {
      const { flight, gate } = yield* makeRun
      let answer: string | undefined
      const call = Effect.map(flight.run("k", Deferred.await(gate)), (text) => {
        answer = text
      })
      const caller = yield* Effect.forkChild(Effect.uninterruptible(call), { startImmediately: true })
      caller.interruptUnsafe()
      yield* Deferred.succeed(gate, "answer")
      yield* Fiber.await(caller)
      assert.strictEqual(answer, "answer")
    }))

  it.effect("what a run is interrupted by from inside, all its callers see", () =>
    Effect.gen(function*() {
      const flight = yield* SingleFlight.make<string, string>()
      const gate = yield* Deferred.make<void>()
      const run = flight.run("k", Effect.andThen(Deferred.await(gate), Effect.interrupt))
      const callers = yield* Effect.forEach([1, 2], () => Effect.forkChild(run, { startImmediately: true }))
      yield* Deferred.succeed(gate, undefined)
      for (const caller of callers) assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(caller)))
      assert.strictEqual(yield* flight.run("k", Effect.succeed("anew")), "anew")
    }))

  it.effect("who comes while an abandoned run is still ending starts anew, and others join him", () =>
    Effect.gen(function*() {
      const flight = yield* SingleFlight.make<string, never>()
      const ending = yield* Deferred.make<void>()
      const answer = yield* Deferred.make<string>()
      let begun = 0
      const run = Effect.suspend(() => {
        begun++
        return Effect.onInterrupt(Deferred.await(answer), () => Deferred.await(ending))
      })
      const call = Effect.forkChild(flight.run("k", run), { startImmediately: true })
      const left = yield* call
      left.interruptUnsafe()
      const second = yield* call
      yield* Deferred.succeed(ending, undefined)
      yield* Fiber.await(left)
      const third = yield* call
      yield* Deferred.succeed(answer, "answer")
      assert.strictEqual(yield* Fiber.join(second), "answer")
      assert.strictEqual(yield* Fiber.join(third), "answer")
      assert.strictEqual(begun, 2)
    }))

  it.effect("FLIGHT-7: also while an abandoned run is still ending nothing is remembered", () =>
    Effect.gen(function*() {
      const flight = yield* SingleFlight.make<string, string>()
      const ending = yield* Deferred.make<void>()
      let runs = 0
      const run = Effect.suspend(() => {
        runs++
        if (runs === 1) return Effect.onInterrupt(Effect.never, () => Deferred.await(ending))
        return runs === 2 ? Effect.fail("transient") : Effect.succeed("fine")
      })
      const abandoned = yield* Effect.forkChild(flight.run("k", run), { startImmediately: true })
      abandoned.interruptUnsafe()
      assert.strictEqual(yield* Effect.flip(flight.run("k", run)), "transient")
      assert.strictEqual(yield* flight.run("k", run), "fine")
      yield* Deferred.succeed(ending, undefined)
      yield* Fiber.await(abandoned)
    }))

  it.effect("who comes while an abandoned run is still ending has his own effect run", () =>
    Effect.gen(function*() {
      const flight = yield* SingleFlight.make<string, string>()
      const ending = yield* Deferred.make<void>()
      const first = Effect.onInterrupt(Effect.never, () => Deferred.await(ending))
      const abandoned = yield* Effect.forkChild(flight.run("k", first), { startImmediately: true })
      yield* Effect.forkChild(Fiber.interrupt(abandoned), { startImmediately: true })
      assert.strictEqual(yield* flight.run("k", Effect.succeed("the second one's")), "the second one's")
      yield* Deferred.succeed(ending, undefined)
      yield* Fiber.await(abandoned)
    }))

  it.effect("who began a run and gave it up has joined nobody, also if the next run began meanwhile", () =>
    Effect.gen(function*() {
      const flight = yield* SingleFlight.make<string, string>()
      const ending = yield* Deferred.make<void>()
      let runs = 0
      const joined: Array<string> = []
      const run = (caller: string) =>
        flight.run(
          "k",
          Effect.suspend(() =>
            ++runs === 1 ? Effect.onInterrupt(Effect.never, () => Deferred.await(ending)) : Effect.succeed("fine")
          ),
          Effect.sync(() => void joined.push(caller))
        )
      const abandoned = yield* Effect.forkChild(run("first"), { startImmediately: true })
      abandoned.interruptUnsafe()
      assert.strictEqual(yield* run("second"), "fine")
      yield* Deferred.succeed(ending, undefined)
      yield* Fiber.await(abandoned)
      assert.deepStrictEqual(joined, [])
    }))

  it.effect("who leaves before there is an answer has shared none", () =>
    Effect.gen(function*() {
      const { flight, gate, join } = yield* makeRun
      let joined = 0
      const first = yield* join("k")
      const other = flight.run("k", Deferred.await(gate), Effect.sync(() => void joined++))
      const leaves = yield* Effect.forkChild(other, { startImmediately: true })
      const stays = yield* Effect.forkChild(other, { startImmediately: true })
      yield* Fiber.interrupt(leaves)
      assert.strictEqual(joined, 0)
      yield* Deferred.succeed(gate, "answer")
      yield* Fiber.join(first)
      yield* Fiber.join(stays)
      assert.strictEqual(joined, 1)
    }))
})

import * as ContainedProcess from "@credlet/core/plugin/ContainedProcess"
import * as ExecutionPolicy from "@credlet/core/plugin/ExecutionPolicy"
import { StartError } from "@credlet/core/plugin/PluginProcess"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import * as ScriptedProcess from "./ScriptedProcess.ts"

const command = { file: "/bin/plugin", args: [], environment: [], stdin: new Uint8Array() }

const busy = new StartError({ failure: "Busy", code: "ETXTBSY" })
const exhausted = new StartError({ failure: "ResourceExhausted", code: "EAGAIN" })

const run = Effect.fnUntraced(function*(
  script: ScriptedProcess.Script,
  options: Partial<ExecutionPolicy.ExecutionPolicy> = {}
) {
  const processes = yield* Effect.provide(ContainedProcess.make(ExecutionPolicy.make(options)), script.layer)
  return yield* Effect.forkChild(processes.run(command), { startImmediately: true })
})

/** The moments, in milliseconds, at which it was tried. */
const triesWithin = Effect.fnUntraced(function*(script: ScriptedProcess.Script, millis: number) {
  const moments: Array<number> = []
  let seen = 0
  for (let now = 0; now <= millis; now += 10) {
    if (now > 0) yield* TestClock.adjust("10 millis")
    if (script.tries() > seen) moments.push(now)
    seen = script.tries()
  }
  return moments
})

describe("ExecutionPolicy.startRetry", () => {
  for (const failure of [busy, exhausted]) {
    it.effect(`FAULT-13: ${failure.failure} is tried again with pauses that grow, until it starts`, () =>
      Effect.gen(function*() {
        const script = ScriptedProcess.make({
          failure,
          failures: 4,
          onStart: (program) => {
            program.closes()
            program.exits(0)
          }
        })
        const call = yield* run(script)
        assert.deepStrictEqual(yield* triesWithin(script, 1000), [0, 10, 30, 70, 150])
        assert.strictEqual((yield* Fiber.join(call))._tag, "Answered")
      }))
  }

  it.effect("FAULT-13: after startRetry it is a typed failure; no pause is longer than half a second", () =>
    Effect.gen(function*() {
      const script = ScriptedProcess.make({ failure: busy })
      const call = yield* run(script)
      const tries = yield* triesWithin(script, 2999)
      assert.isTrue(tries.every((moment, at) => moment - (tries[at - 1] ?? 0) <= 500))
      assert.strictEqual(yield* Effect.flip(Fiber.join(call)), busy)
      assert.isAtMost(script.tries(), 13)
    }))

  it.effect("EXEC-8: the pauses are part of the deadline and end before it", () =>
    Effect.gen(function*() {
      const script = ScriptedProcess.make({ failure: busy, failures: 3 })
      const call = yield* run(script, { deadline: Duration.millis(100) })
      yield* TestClock.adjust("100 millis")
      assert.strictEqual((yield* Fiber.join(call))._tag, "TimedOut")
      const never = ScriptedProcess.make({ failure: busy })
      const other = yield* run(never, { deadline: Duration.millis(100) })
      yield* TestClock.adjust("99 millis")
      assert.strictEqual(yield* Effect.flip(Fiber.join(other)), busy)
    }))

  it.effect("startRetry of zero: one try", () =>
    Effect.gen(function*() {
      const script = ScriptedProcess.make({ failure: exhausted })
      const call = yield* run(script, { startRetry: Duration.zero })
      assert.strictEqual(yield* Effect.flip(Fiber.join(call)), exhausted)
      assert.strictEqual(script.tries(), 1)
    }))

  for (const failure of ["NotFound", "NotExecutable", "NotAProgram", "BadInterpreter", "TooBig", "Unknown"] as const) {
    it.effect(`EXEC-14: ${failure} is not tried again`, () =>
      Effect.gen(function*() {
        const script = ScriptedProcess.make({ failure: new StartError({ failure, code: "E" }) })
        assert.strictEqual((yield* Effect.flip(Fiber.join(yield* run(script)))).failure, failure)
        assert.strictEqual(script.tries(), 1)
      }))
  }

  it.effect("EXEC-14: what was started is never run a second time", () =>
    Effect.gen(function*() {
      const script = ScriptedProcess.make({ onStart: (program) => program.exits(1) })
      const call = yield* run(script)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* Fiber.join(call))._tag, "Exited")
      assert.strictEqual(script.tries(), 1)
    }))

  it.effect("interrupting a pause ends the tries", () =>
    Effect.gen(function*() {
      const script = ScriptedProcess.make({ failure: busy })
      const call = yield* run(script)
      yield* TestClock.adjust("15 millis")
      yield* Fiber.interrupt(call)
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(call)))
      const tries = script.tries()
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(script.tries(), tries)
    }))
})

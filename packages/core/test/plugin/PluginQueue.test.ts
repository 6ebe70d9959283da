import type * as ExecutionPolicy from "@credlet/core/plugin/ExecutionPolicy"
import * as PluginRunner from "@credlet/core/plugin/PluginRunner"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Exit, Fiber, Metric, References, Schema, Scope, Tracer } from "effect"
import { TestClock } from "effect/testing"
import * as ScriptedProcess from "./ScriptedProcess.ts"

const apiVersion = "credentialprovider.kubelet.k8s.io/v1"
const answer = JSON.stringify({ kind: "CredentialProviderResponse", apiVersion, cacheKeyType: "Registry" })

const answers = (program: ScriptedProcess.Program) => {
  program.writes("stdout", answer)
  program.closes()
  program.exits(0)
}

const providerOf = (program: ScriptedProcess.Program) => program.command.file.slice("/plugins/".length)

/** A runner over scripted programs, and a way to call it; all it counts is its own. */
const makeRunner = Effect.fnUntraced(function*(
  policy: Partial<ExecutionPolicy.ExecutionPolicy>,
  script: ScriptedProcess.Script = ScriptedProcess.make()
) {
  const registry: Metric.MetricRegistry = new Map()
  const runner = yield* Effect.provideService(
    Effect.provide(PluginRunner.makeExec(policy), script.layer),
    Metric.MetricRegistry,
    registry
  )
  const call = (provider: string) =>
    Effect.forkChild(
      runner.run({ provider, path: `/plugins/${provider}`, apiVersion, args: [], env: [] }, { image: "i" }),
      { startImmediately: true }
    )
  const gauge = (id: string) =>
    Effect.map(
      Effect.provideService(Metric.snapshot, Metric.MetricRegistry, registry),
      (metrics) => {
        const values: Record<string, number | bigint> = {}
        for (const { attributes, id: name, state } of metrics) {
          if (name === id && "value" in state) values[String(attributes?.plugin_name)] = state.value
        }
        return values
      }
    )
  return { call, script, running: gauge("credlet_plugins_running"), queued: gauge("credlet_plugins_queued") }
})

const started = (script: ScriptedProcess.Script) => script.programs.map(providerOf)
const aliveOf = (script: ScriptedProcess.Script) => script.programs.filter((program) => program.isAlive())

describe("ExecutionPolicy.maxConcurrent", () => {
  it.effect("so many plugins run at once, and the next one starts when one is gone", () =>
    Effect.gen(function*() {
      const { call, queued, running, script } = yield* makeRunner({ maxConcurrent: 2 })
      const calls = [yield* call("a"), yield* call("a"), yield* call("a")]
      assert.strictEqual(script.programs.length, 2)
      assert.deepStrictEqual([yield* running, yield* queued], [{ a: 2 }, { a: 1 }])
      answers(script.programs[1]!)
      yield* Fiber.join(calls[1]!)
      assert.strictEqual(script.programs.length, 3)
      assert.deepStrictEqual([yield* running, yield* queued], [{ a: 2 }, { a: 0 }])
      aliveOf(script).forEach(answers)
      yield* Fiber.joinAll(calls)
      assert.deepStrictEqual([yield* running, yield* queued], [{ a: 0 }, { a: 0 }])
    }))

  it.effect("a place is free when the process is gone, not when its caller has been answered", () =>
    Effect.gen(function*() {
      const { call, running, script } = yield* makeRunner({ maxConcurrent: 1 })
      const first = yield* call("a")
      yield* TestClock.adjust("59 seconds")
      yield* call("b")
      yield* TestClock.adjust("1 second")
      const error = yield* Effect.flip(Fiber.join(first))
      assert.strictEqual(error.reason._tag, "TimedOut")
      assert.deepStrictEqual(script.programs[0]?.events, ["SIGTERM"], "it ignores that")
      assert.deepStrictEqual(started(script), ["a"])
      assert.deepStrictEqual(yield* running, { a: 1 })
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual(started(script), ["a", "b"], "SIGKILL has ended it")
      assert.deepStrictEqual(yield* running, { a: 0, b: 1 })
    }))

  it.effect("a place is free again after a failed start, an exit, a signal, too much output and an interruption", () =>
    Effect.gen(function*() {
      const { call, running, script } = yield* makeRunner(
        { maxConcurrent: 1, maxStdout: 3 },
        ScriptedProcess.make({ obeys: true })
      )
      const ends: ReadonlyArray<(program: ScriptedProcess.Program) => void> = [
        (program) => program.exits(1),
        (program) => program.exits(null, "SIGSEGV"),
        (program) => program.writes("stdout", "1234")
      ]
      for (const end of ends) {
        const running = yield* call("a")
        end(script.programs.at(-1)!)
        yield* TestClock.adjust("1 second")
        assert.isTrue(Exit.isFailure(yield* Fiber.await(running)))
      }
      yield* Fiber.interrupt(yield* call("a"))
      yield* call("a")
      assert.strictEqual(script.programs.length, 5)
      assert.deepStrictEqual(yield* running, { a: 1 })
    }))

  it.effect("a process that nothing can end keeps its place, and who waits for it is told after maxWait", () =>
    Effect.gen(function*() {
      const { call, queued, running, script } = yield* makeRunner(
        { maxConcurrent: 1.5, maxWait: Duration.seconds(90) }, // half a place is none
        ScriptedProcess.make({ unkillable: true })
      )
      yield* call("a")
      const waiting = yield* call("b")
      yield* TestClock.adjust("89 seconds")
      assert.isUndefined(waiting.pollUnsafe())
      yield* TestClock.adjust("1 second")
      const error = yield* Effect.flip(Fiber.join(waiting))
      assert.deepStrictEqual(error.reason, {
        _tag: "QueueTimedOut",
        maxConcurrent: 1,
        maxWait: Duration.seconds(90)
      })
      assert.strictEqual(Duration.toSeconds(error.duration), 90)
      assert.include(error.message, "took the only place for 1m 30s: ")
      assert.deepStrictEqual(started(script), ["a"])
      assert.deepStrictEqual([yield* running, yield* queued], [{ a: 1 }, { b: 0 }])
    }))

  it.effect("EXEC-8: the deadline counts from the start, not from the call", () =>
    Effect.gen(function*() {
      const { call, script } = yield* makeRunner({ maxConcurrent: 1 })
      yield* call("a")
      const waiting = yield* call("a")
      yield* TestClock.adjust("50 seconds")
      answers(script.programs[0]!)
      yield* TestClock.adjust("59 seconds")
      assert.isUndefined(waiting.pollUnsafe())
      yield* TestClock.adjust("1 second")
      const error = yield* Effect.flip(Fiber.join(waiting))
      assert.strictEqual(error.reason._tag, "TimedOut")
      assert.strictEqual(Duration.toSeconds(error.duration), 60)
    }))

  it.effect("providers get places in turn: many calls of one do not keep out the other", () =>
    Effect.gen(function*() {
      const { call, script } = yield* makeRunner({ maxConcurrent: 1 })
      for (const provider of ["slow", "slow", "slow", "slow", "quick", "other"]) yield* call(provider)
      for (let turn = 0; turn < 5; turn++) {
        aliveOf(script).forEach(answers)
        yield* TestClock.adjust("1 millis")
      }
      assert.deepStrictEqual(started(script).slice(0, 4).toSorted(), ["other", "quick", "slow", "slow"])
      assert.deepStrictEqual(started(script).slice(4), ["slow", "slow"])
    }))

  it.effect("who is interrupted while waiting takes no place and holds nobody up", () =>
    Effect.gen(function*() {
      const { call, queued, running, script } = yield* makeRunner({ maxConcurrent: 1 })
      yield* call("a")
      const waiting = [yield* call("b"), yield* call("b"), yield* call("c")]
      yield* Fiber.interrupt(waiting[0]!)
      assert.deepStrictEqual(yield* queued, { b: 1, c: 1 })
      yield* Fiber.interrupt(waiting[1]!)
      answers(script.programs[0]!)
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(started(script), ["a", "c"])
      assert.deepStrictEqual(yield* running, { a: 0, c: 1 })
    }))

  it.effect("without a bound nobody waits", () =>
    Effect.gen(function*() {
      const { call, script } = yield* makeRunner({ maxConcurrent: Infinity })
      for (let at = 0; at < 50; at++) yield* call("a")
      assert.strictEqual(script.programs.length, 50)
    }))

  it.effect("two runners in one program have places of their own, and their numbers add up", () =>
    Effect.gen(function*() {
      const registry: Metric.MetricRegistry = new Map()
      const script = ScriptedProcess.make()
      const make = PluginRunner.makeExec({ maxConcurrent: 1 }).pipe(Effect.provide(script.layer))
      const program = Effect.gen(function*() {
        for (const runner of [yield* make, yield* make]) {
          const plugin = { provider: "a", path: "/plugins/a", apiVersion, args: [], env: [] }
          yield* Effect.forkChild(runner.run(plugin, { image: "i" }), { startImmediately: true })
        }
        return yield* Metric.snapshot
      })
      const metrics = yield* Effect.provideService(program, Metric.MetricRegistry, registry)
      assert.deepStrictEqual(
        metrics.filter(({ id }) => id === "credlet_plugins_running").map((
          { attributes, state }
        ) => [attributes, state]),
        [[{ plugin_name: "a" }, { value: 2 }]]
      )
    }))

  it.effect("when the scope closes nothing runs or waits any more, and nothing is started", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { call, queued, running, script } = yield* Effect.provideService(
        makeRunner({ maxConcurrent: 1 }, ScriptedProcess.make({ unkillable: true })),
        Scope.Scope,
        scope
      )
      const first = yield* call("a")
      const stopped = yield* call("b")
      yield* Fiber.interrupt(first)
      assert.deepStrictEqual([yield* running, yield* queued], [{ a: 1 }, { b: 1 }])
      yield* Scope.close(scope, Exit.void)
      assert.include(script.programs[0]?.events ?? [], "release")
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(stopped)))
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(yield* call("c"))))
      assert.deepStrictEqual(started(script), ["a"])
      assert.deepStrictEqual([yield* running, yield* queued], [{ a: 0, b: 0, c: 0 }, { b: 0 }])
    }))

  /** An event: what happens (a call, the end of a program, the end of a caller's patience, time), and to which. */
  const event = Schema.Tuple([
    Schema.Literals(["call", "call", "end", "interrupt", "pass", "settle"]),
    Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 50 }))
  ])

  it.effect.prop(
    "no place is lost or won, however calls, ends, interruptions and time outs fall together",
    {
      history: Schema.Array(event),
      places: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 3 })),
      yieldsAfter: Schema.Int.check(Schema.isBetween({ minimum: 3, maximum: 40 }))
    },
    ({ history, places, yieldsAfter }) =>
      Effect.gen(function*() {
        const script = ScriptedProcess.make({ obeys: true })
        const { call, queued, running } = yield* makeRunner({
          maxConcurrent: places,
          maxWait: Duration.seconds(40)
        }, script)
        const calls: Array<Fiber.Fiber<unknown, unknown>> = []
        const happen = Effect.fnUntraced(function*([what, which]: typeof event.Type) {
          const alive = aliveOf(script)
          switch (what) {
            case "call":
              // Fibers that yield after every few steps meet each other everywhere.
              calls.push(yield* Effect.provideService(call(`p${which % 3}`), References.MaxOpsBeforeYield, yieldsAfter))
              return
            case "end":
              return alive[which % alive.length]?.exits(which % 2)
            case "interrupt":
              return calls[which % calls.length]?.interruptUnsafe()
            case "pass":
              return yield* TestClock.adjust(which * 1000)
            case "settle":
              return yield* settle
          }
        })
        for (const one of history) {
          yield* happen(one)
          assert.isAtMost(aliveOf(script).length, places)
        }
        // Everybody comes to his end …
        yield* settle
        for (let minute = 0; minute < 4; minute++) yield* Effect.andThen(TestClock.adjust("1 minute"), settle)
        assert.isTrue(calls.every((fiber) => fiber.pollUnsafe() !== undefined))
        assert.isTrue(Object.values(yield* running).every((value) => value === 0))
        assert.isTrue(Object.values(yield* queued).every((value) => value === 0))
        // … and there are as many places as before.
        const before = script.programs.length
        for (let at = 0; at < places + 2; at++) yield* call("last")
        assert.strictEqual(script.programs.length - before, places)
        assert.deepInclude(yield* queued, { last: 2 })
      }).pipe(Effect.scoped, Effect.provide(TestClock.layer())),
    { arbitrary: { runs: 300, size: 60 } }
  )

  it.effect("part of a place is none: who finds no whole one waits no longer than maxWait", () =>
    Effect.gen(function*() {
      const { call, queued } = yield* makeRunner({ maxConcurrent: 1.5, maxWait: Duration.seconds(1) })
      yield* call("a")
      const second = yield* call("b")
      assert.deepInclude(yield* queued, { b: 1 })
      yield* TestClock.adjust("1 second")
      assert.isTrue(Exit.isFailure(yield* Fiber.await(second)))
    }))

  it.effect("a tracer that throws costs no place", () =>
    Effect.gen(function*() {
      const script = ScriptedProcess.make({ onStart: answers })
      const { call, running } = yield* makeRunner({ maxConcurrent: 1 }, script)
      const tracer = Tracer.make({
        span: () => {
          throw new Error("broken")
        }
      })
      assert.isTrue(Exit.hasDies(yield* Fiber.await(yield* Effect.withTracer(call("a"), tracer))))
      assert.deepStrictEqual(yield* running, { a: 0 })
      assert.isTrue(Exit.isSuccess(yield* Fiber.await(yield* call("b"))))
    }))
})

const settle = Effect.gen(function*() {
  for (let turn = 0; turn < 100; turn++) yield* Effect.yieldNow
})

import * as ContainedProcess from "@credlet/core/plugin/ContainedProcess"
import * as ExecutionPolicy from "@credlet/core/plugin/ExecutionPolicy"
import { StartError } from "@credlet/core/plugin/PluginProcess"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Schema, Scope } from "effect"
import { TestClock } from "effect/testing"
import * as ScriptedProcess from "./ScriptedProcess.ts"

const command = { file: "/bin/plugin", args: [], environment: [], stdin: new Uint8Array() }
const asText = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

/** Starts the program, and gives the test the running call and the program. */
const start = Effect.fnUntraced(function*(
  script: ScriptedProcess.Script,
  options: Partial<ExecutionPolicy.ExecutionPolicy> = {}
) {
  const processes = yield* Effect.provide(ContainedProcess.make(ExecutionPolicy.make(options)), script.layer)
  const call = yield* Effect.forkChild(processes.run(command), { startImmediately: true })
  return { call, program: yield* script.started }
})

describe("ContainedProcess", () => {
  it.effect("EXEC-11: exit status 0 makes stdout the answer, whatever stands on stderr", () =>
    Effect.gen(function*() {
      const { call, program } = yield* start(ScriptedProcess.make())
      program.writes("stdout", "half ")
      program.writes("stderr", "chatter")
      program.writes("stdout", "and half")
      program.closes()
      program.exits(0)
      const outcome = yield* Fiber.join(call)
      assert(outcome._tag === "Answered")
      assert.strictEqual(asText(outcome.stdout), "half and half")
    }))

  it.effect("EXEC-11: any other status is a failure that knows stderr and not stdout", () =>
    Effect.gen(function*() {
      const { call, program } = yield* start(ScriptedProcess.make())
      program.writes("stdout", "a valid answer")
      program.writes("stderr", "boom")
      program.exits(3)
      program.closes()
      const outcome = yield* Fiber.join(call)
      assert(outcome._tag === "Exited")
      assert.strictEqual(outcome.code, 3)
      assert.strictEqual(asText(outcome.stderr), "boom")
      assert.notProperty(outcome, "stdout")
    }))

  it.effect("EXEC-11: death by a signal is a failure that names it", () =>
    Effect.gen(function*() {
      const { call, program } = yield* start(ScriptedProcess.make())
      program.closes()
      program.exits(null, "SIGSEGV")
      assert.deepInclude(yield* Fiber.join(call), { _tag: "Killed", signal: "SIGSEGV" })
    }))

  it.effect("EXEC-8: at the deadline the call is over, though the program ignores SIGTERM; SIGKILL follows a grace later", () =>
    Effect.gen(function*() {
      const { call, program } = yield* start(ScriptedProcess.make(), { keepStderr: 3 })
      program.writes("stderr", "working")
      yield* TestClock.adjust("59999 millis")
      assert.isUndefined(call.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      const outcome = yield* Fiber.join(call)
      assert(outcome._tag === "TimedOut")
      assert.strictEqual(asText(outcome.stderr), "wor")
      assert.deepStrictEqual(program.events, ["SIGTERM"])
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual(program.events, ["SIGTERM", "SIGKILL", "release"])
    }))

  it.effect("a program that obeys SIGTERM at the deadline is let go without the grace", () =>
    Effect.gen(function*() {
      const { call, program } = yield* start(ScriptedProcess.make({ obeys: true }))
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* Fiber.join(call))._tag, "TimedOut")
      assert.deepStrictEqual(program.events, ["SIGTERM", "SIGKILL", "release"])
    }))

  it.effect("EXEC-9: a descendant that holds the pipes takes no answer away: it stands after the drain grace", () =>
    Effect.gen(function*() {
      const { call, program } = yield* start(ScriptedProcess.make())
      program.writes("stdout", "answer")
      program.exits(0)
      yield* TestClock.adjust("1999 millis")
      assert.isUndefined(call.pollUnsafe())
      assert.deepStrictEqual(program.events, [])
      yield* TestClock.adjust("1 millis")
      const outcome = yield* Fiber.join(call)
      assert(outcome._tag === "Answered")
      assert.strictEqual(asText(outcome.stdout), "answer")
      assert.strictEqual(program.events[0], "SIGKILL")
      assert.strictEqual(program.events.at(-1), "release")
    }))

  it.effect("EXEC-10: one that escaped and nobody can kill holds the call up only for the settle grace more", () =>
    Effect.gen(function*() {
      const { call, program } = yield* start(ScriptedProcess.make({ escaped: true }))
      program.writes("stdout", "answer")
      program.exits(0)
      yield* TestClock.adjust("2099 millis")
      assert.isUndefined(call.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      assert.strictEqual((yield* Fiber.join(call))._tag, "Answered")
      assert.strictEqual(program.events.at(-1), "release")
    }))

  it.effect("a failed program's pipes are not waited for beyond the settle grace", () =>
    Effect.gen(function*() {
      const { call, program } = yield* start(ScriptedProcess.make({ escaped: true }))
      program.exits(1)
      yield* TestClock.adjust("100 millis")
      assert.strictEqual((yield* Fiber.join(call))._tag, "Exited")
    }))

  it.effect("the drain grace ends with the deadline", () =>
    Effect.gen(function*() {
      const { call, program } = yield* start(ScriptedProcess.make())
      yield* TestClock.adjust("59500 millis")
      program.exits(0)
      yield* TestClock.adjust("500 millis")
      assert.strictEqual((yield* Fiber.join(call))._tag, "Answered")
    }))

  it.effect("EXEC-7 made safe: more than the cap on stdout ends the program at once", () =>
    Effect.gen(function*() {
      const { call, program } = yield* start(ScriptedProcess.make(), { maxStdout: 8 })
      program.writes("stdout", "12345678")
      assert.deepStrictEqual(program.events, [])
      program.writes("stdout", "9")
      assert.deepInclude(yield* Fiber.join(call), { _tag: "OutputTooLarge", stream: "stdout" })
      assert.deepStrictEqual(program.events, ["release", "SIGTERM"])
      yield* TestClock.adjust("2 seconds")
      assert.include(program.events, "SIGKILL")
    }))

  it.effect("EXEC-7 made safe: the first bytes of stderr are kept, all are counted, too many end the program", () =>
    Effect.gen(function*() {
      const { call, program } = yield* start(ScriptedProcess.make(), { keepStderr: 4, maxStderr: 16 })
      for (let drip = 0; drip < 17; drip++) program.writes("stderr", String(drip % 10))
      const outcome = yield* Fiber.join(call)
      assert(outcome._tag === "OutputTooLarge")
      assert.strictEqual(asText(outcome.stderr), "0123")
    }))

  it.effect.prop(
    "output is what was written, in whatever pieces it comes, up to the cap",
    {
      sizes: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9000 }))),
      keepStderr: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 20_000 }))
    },
    ({ keepStderr, sizes }) =>
      Effect.gen(function*() {
        const pieces = sizes.map((size, at) =>
          String.fromCharCode(97 + at % 26).repeat(at % 2 === 0 ? size : size % 30)
        )
        const { call, program } = yield* start(ScriptedProcess.make(), { keepStderr })
        for (const piece of pieces) {
          program.writes("stdout", piece)
          program.writes("stderr", piece)
        }
        program.closes()
        program.exits(0)
        const outcome = yield* Fiber.join(call)
        assert(outcome._tag === "Answered")
        assert.strictEqual(asText(outcome.stdout), pieces.join(""))
        assert.strictEqual(asText(outcome.stderr), pieces.join("").slice(0, keepStderr))
      }).pipe(Effect.scoped)
  )

  it.effect("EXEC-12: a program that can't be started is a typed failure", () =>
    Effect.gen(function*() {
      const failure = new StartError({ failure: "NotFound", code: "ENOENT" })
      const processes = yield* Effect.provide(
        ContainedProcess.make(ExecutionPolicy.make()),
        ScriptedProcess.make({ failure }).layer
      )
      assert.strictEqual(yield* Effect.flip(processes.run(command)), failure)
    }))

  it.effect("interrupting the caller stops the program, and does not wait for it", () =>
    Effect.gen(function*() {
      const { call, program } = yield* start(ScriptedProcess.make())
      yield* Fiber.interrupt(call)
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(call)))
      assert.deepStrictEqual(program.events, ["SIGTERM"])
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual(program.events, ["SIGTERM", "SIGKILL", "release"])
    }))

  it.effect("no program outlives the scope", () =>
    Effect.gen(function*() {
      const script = ScriptedProcess.make()
      const scope = yield* Scope.make()
      const processes = yield* ContainedProcess.make(ExecutionPolicy.make()).pipe(
        Effect.provide(script.layer),
        Effect.provideService(Scope.Scope, scope)
      )
      const call = yield* Effect.forkChild(processes.run(command), { startImmediately: true })
      const program = yield* script.started
      yield* Scope.close(scope, Exit.void)
      assert.strictEqual(program.events[0], "SIGKILL")
      assert.strictEqual(program.events.at(-1), "release")
      assert.strictEqual((yield* Fiber.join(call))._tag, "Killed")
    }))
})

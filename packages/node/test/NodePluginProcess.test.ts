import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber } from "effect"
import * as Fs from "node:fs/promises"
import { answer, eventually, isAlive, program, run } from "./programs.ts"

describe("NodePluginProcess", () => {
  it.live("EXEC-6: stdin reaches the program, and ends", () =>
    Effect.gen(function*() {
      const file = yield* program("#!/bin/sh\nexec cat\n")
      assert.strictEqual(yield* answer(file, { stdin: "{\"image\":\"x\"}\n" }), "{\"image\":\"x\"}\n")
    }))

  it.live("EXEC-1: arguments go to the program as they are, without a shell", () =>
    Effect.gen(function*() {
      const file = yield* program("#!/bin/sh\nfor a in \"$@\"; do echo \"[$a]\"; done\n")
      assert.strictEqual(yield* answer(file, { args: ["a b", "", "$HOME", "*"] }), "[a b]\n[]\n[$HOME]\n[*]\n")
    }))

  it.live("EXEC-3: the environment is what was given and no more, a name with `=` included", () =>
    Effect.gen(function*() {
      const file = yield* program("#!/bin/sh\nexec env\n")
      const environment = ["PATH=/usr/bin:/bin", "A=1", "B=x=y", "EMPTY="]
      const lines = (yield* answer(file, { environment })).split("\n")
      assert.includeMembers(lines, environment)
      assert.isFalse(lines.some((line) => line.startsWith("HOME=")))
    }))

  it.live("EXEC-2: what is inherited is the host's environment at the moment of the start", () =>
    Effect.gen(function*() {
      const file = yield* program("#!/bin/sh\nexec env\n")
      process.env.CREDLET_TEST_INHERITED = "1"
      const before = yield* answer(file, { environment: "inherit" })
      delete process.env.CREDLET_TEST_INHERITED
      assert.include(before.split("\n"), "CREDLET_TEST_INHERITED=1")
      assert.notInclude(yield* answer(file, { environment: "inherit" }), "CREDLET_TEST_INHERITED")
    }))

  it.live("EXEC-6: a program that never reads a large request may answer", () =>
    Effect.gen(function*() {
      const file = yield* program("#!/bin/sh\nexec 0<&-\necho ok\n")
      assert.strictEqual(yield* answer(file, { stdin: "x".repeat(1024 * 1024) }), "ok\n")
    }))

  it.live("EXEC-11: exit status and stderr are told apart from an answer", () =>
    Effect.gen(function*() {
      const file = yield* program("#!/bin/sh\necho no >&2\necho yes\nexit 7\n")
      const outcome = yield* run(file)
      assert.deepInclude(outcome, { _tag: "Exited", code: 7 })
      assert(outcome._tag === "Exited")
      assert.strictEqual(new TextDecoder().decode(outcome.stderr), "no\n")
    }))

  it.live("EXEC-11: a signal has its name", () =>
    Effect.gen(function*() {
      const file = yield* program("#!/bin/sh\nkill -9 $$\n")
      assert.deepInclude(yield* run(file), { _tag: "Killed", signal: "SIGKILL" })
    }))

  it.live("the deadline bounds the call and takes the whole group, also where SIGTERM is ignored", () =>
    Effect.gen(function*() {
      const file = yield* program(
        "#!/bin/sh\ntrap '' TERM\necho $$ >&2\nsleep 60 & echo $! >&2\nwait; wait; sleep 60\n"
      )
      const outcome = yield* run(file, {
        policy: { deadline: Duration.millis(300), termGrace: Duration.millis(50) }
      })
      assert(outcome._tag === "TimedOut")
      const pids = new TextDecoder().decode(outcome.stderr).trim().split("\n").map(Number)
      assert.strictEqual(pids.length, 2)
      yield* eventually(() => !pids.some(isAlive))
    }))

  it.live("EXEC-9 made safe: an answer stands though a grandchild holds stdout, and the grandchild goes", () =>
    Effect.gen(function*() {
      const file = yield* program("#!/bin/sh\nsleep 60 &\necho $!\n")
      const pid = Number(yield* answer(file, { policy: { drainGrace: Duration.millis(100) } }))
      assert.isAbove(pid, 1)
      yield* eventually(() => !isAlive(pid))
    }))

  it.live("EXEC-7 made safe: endless output ends at the cap", () =>
    Effect.gen(function*() {
      const file = yield* program("#!/bin/sh\nexec cat /dev/zero\n")
      const outcome = yield* run(file, { policy: { maxStdout: 100_000 } })
      assert.deepInclude(outcome, { _tag: "OutputTooLarge", stream: "stdout" })
    }))

  it.live("interruption stops the program", () =>
    Effect.gen(function*() {
      const file = yield* program("#!/bin/sh\necho $$ > \"$0.pid\"\nexec sleep 60\n")
      const call = yield* Effect.forkChild(run(file), { startImmediately: true })
      let pid = 0
      const read = () => Fs.readFile(`${file}.pid`, "utf8").then((text) => Number(text.trim()), () => 0)
      for (let tries = 0; tries < 500 && pid === 0; tries++) {
        yield* Effect.sleep("10 millis")
        pid = yield* Effect.promise(read)
      }
      assert.isAbove(pid, 1)
      yield* Fiber.interrupt(call)
      yield* eventually(() => !isAlive(pid))
    }))
})

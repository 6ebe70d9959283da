import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { readFileSync } from "node:fs"
import { eventually, host, isAlive, program } from "./programs.ts"

/** Ignores what it is told, and so does its child; says who it is. */
const stubborn = "#!/bin/sh\ntrap '' TERM PIPE\necho $$ >\"$0.pid\"\nsleep 60 & wait; sleep 60\n"

const pidIn = (path: string): number => {
  try {
    return Number(readFileSync(path, "utf8").trim())
  } catch {
    return 0
  }
}

const run = `
  const run = Effect.flatMap(ContainedProcess.make(ExecutionPolicy.make()), (processes) => processes.run(command))
  const program = Effect.scoped(Effect.provide(run, NodePluginProcess.layer))
`

describe("NodePluginProcess: a host that ends", () => {
  it.live("FAULT-16: takes its plugins with it when it exits", () =>
    Effect.gen(function*() {
      const file = yield* program(stubborn)
      const ended = yield* host(
        file,
        `
          import { existsSync, readFileSync } from "node:fs"
          ${run}
          Effect.runFork(program)
          const isRunning = () => existsSync(file + ".pid") && readFileSync(file + ".pid").length > 1
          setInterval(() => isRunning() && process.exit(0), 10)
        `
      )
      assert.strictEqual(ended.code, 0)
      const pid = pidIn(`${file}.pid`)
      assert.isAbove(pid, 1)
      yield* eventually(() => !isAlive(pid))
    }))

  it.live("FAULT-16: takes its plugins with it when runMain is told to end", () =>
    Effect.gen(function*() {
      const file = yield* program(stubborn)
      const ended = yield* host(
        file,
        `
          import { NodeRuntime } from "@effect/platform-node"
          ${run}
          NodeRuntime.runMain(program, { disableErrorReporting: true })
        `,
        {
          onStart: (child) => {
            const poll = setInterval(() => {
              if (pidIn(`${file}.pid`) === 0) return
              clearInterval(poll)
              child.kill("SIGTERM")
            }, 10)
            child.once("exit", () => clearInterval(poll))
          }
        }
      )
      assert.strictEqual(ended.code, 130)
      const pid = pidIn(`${file}.pid`)
      assert.isAbove(pid, 1)
      yield* eventually(() => !isAlive(pid))
    }))

  it.live("FAULT-4: is not held up by a process that escaped with a plugin's pipes", () =>
    Effect.gen(function*() {
      const file = yield* program(`#!${process.execPath}
        const { spawn } = require("node:child_process")
        const escaped = spawn("/bin/sleep", ["60"], { detached: true, stdio: "inherit" })
        require("node:fs").writeSync(1, String(escaped.pid))
        process.exit(0)
      `)
      const ended = yield* host(
        file,
        `
          const policy = ExecutionPolicy.make({ drainGrace: Duration.millis(50), settleGrace: Duration.millis(20) })
          const run = Effect.flatMap(ContainedProcess.make(policy), (processes) => processes.run(command))
          const program = Effect.provide(run, NodePluginProcess.layer)
          const outcome = await Effect.runPromise(Effect.scoped(program))
          console.log(outcome._tag, new TextDecoder().decode(outcome.stdout))
        `
      )
      const [tag, pid] = ended.stdout.trim().split(" ")
      const livesOn = isAlive(Number(pid))
      process.kill(Number(pid), "SIGKILL")
      assert.deepStrictEqual([tag, ended.code, livesOn], ["Answered", 0, true], "no group reaches who escaped")
    }))

  it.live("FAULT-2: is not held up by a plugin that was stopped", () =>
    Effect.gen(function*() {
      const file = yield* program(stubborn)
      const ended = yield* host(
        file,
        `
          const policy = ExecutionPolicy.make({ deadline: Duration.millis(300), termGrace: Duration.millis(50) })
          const run = Effect.flatMap(ContainedProcess.make(policy), (processes) => processes.run(command))
          Effect.runFork(Effect.scoped(Effect.provide(Effect.andThen(run, Effect.sleep("200 millis")), NodePluginProcess.layer)))
        `
      )
      assert.strictEqual(ended.code, 0)
      yield* eventually(() => !isAlive(pidIn(`${file}.pid`)))
    }))
})

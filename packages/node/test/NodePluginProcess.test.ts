import * as ContainedProcess from "@credlet/core/plugin/ContainedProcess"
import * as ExecutionPolicy from "@credlet/core/plugin/ExecutionPolicy"
import { PluginProcess } from "@credlet/core/plugin/PluginProcess"
import * as NodePluginProcess from "@credlet/node/NodePluginProcess"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber } from "effect"
import { execFile } from "node:child_process"
import * as FsSync from "node:fs"
import * as Fs from "node:fs/promises"
import * as Os from "node:os"
import * as Path from "node:path"

/** A directory that goes with the test, and in it a program. */
const program = (text: string, mode = 0o755) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(async () => {
        const directory = await Fs.mkdtemp(Path.join(Os.tmpdir(), "credlet-node-"))
        const file = Path.join(directory, "plugin")
        await Fs.writeFile(file, text, { mode })
        return { directory, file }
      }),
      ({ directory }) => Effect.promise(() => Fs.rm(directory, { recursive: true }))
    ),
    ({ file }) => file
  )

const run = Effect.fnUntraced(function*(
  file: string,
  options: {
    readonly args?: ReadonlyArray<string>
    readonly environment?: ReadonlyArray<string>
    readonly stdin?: string
    readonly policy?: Partial<ExecutionPolicy.ExecutionPolicy>
  } = {}
) {
  const processes = yield* Effect.provide(
    ContainedProcess.make(ExecutionPolicy.make(options.policy)),
    NodePluginProcess.layer
  )
  return yield* processes.run({
    file,
    args: options.args ?? [],
    environment: options.environment ?? ["PATH=/usr/bin:/bin"],
    stdin: new TextEncoder().encode(options.stdin ?? "")
  })
})

const answer = Effect.fnUntraced(function*(...call: Parameters<typeof run>) {
  const outcome = yield* run(...call)
  assert(outcome._tag === "Answered", `expected an answer, got ${JSON.stringify(outcome)}`)
  return new TextDecoder().decode(outcome.stdout)
})

const failure = (...call: Parameters<typeof run>) => Effect.map(Effect.flip(run(...call)), (error) => error.failure)

const inspect = (file: string) =>
  Effect.flatMap(PluginProcess, (processes) => Effect.flip(processes.inspect(file))).pipe(
    Effect.map((error) => error.failure),
    Effect.provide(NodePluginProcess.layer)
  )

/** Bounded, and quick where the thing is true already. */
const eventually = (check: () => boolean) =>
  Effect.gen(function*() {
    for (let tries = 0; tries < 500; tries++) {
      if (check()) return
      yield* Effect.sleep("10 millis")
    }
    assert.fail("it did not come true within 5 seconds")
  })

/** A process that has ended, but that nobody has waited for, is not alive. */
const isAlive = (pid: number) => {
  try {
    if (process.platform === "linux") return !/^\d+ \(.*\) Z/s.test(FsSync.readFileSync(`/proc/${pid}/stat`, "utf8"))
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

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

  it.live("EXEC-12: what can't be started says why", () =>
    Effect.gen(function*() {
      const ok = yield* program("#!/bin/sh\n")
      assert.strictEqual(yield* failure(`${ok}-not`), "NotFound")
      assert.strictEqual(yield* failure(`${ok}/below`), "BadPath")
      assert.strictEqual(yield* failure(yield* program("#!/bin/sh\n", 0o644)), "NotExecutable")
      assert.strictEqual(yield* failure(yield* program("echo no shebang\n")), "NotAProgram")
      assert.strictEqual(yield* failure(yield* program("")), "NotAProgram")
      assert.strictEqual(yield* failure(yield* program("#!/no/such/interpreter\n")), "BadInterpreter")
      assert.strictEqual(yield* failure(yield* program("#!/bin/sh\r\necho\r\n")), "BadInterpreter")
      assert.strictEqual(yield* failure(ok, { args: ["x".repeat(4 * 1024 * 1024)] }), "TooBig")
    }))

  it.live("EXEC-4: a NUL is refused before anything is started, and not quoted", () =>
    Effect.gen(function*() {
      const file = yield* program("#!/bin/sh\n")
      assert.strictEqual(yield* failure(`${file}\0`), "NulInFile")
      assert.strictEqual(yield* failure(file, { args: ["canary\0"] }), "NulInArguments")
      const error = yield* Effect.flip(run(file, { environment: ["A=canary\0"] }))
      assert.strictEqual(error.failure, "NulInEnvironment")
      assert.notInclude(JSON.stringify(error) + error.message, "canary")
    }))

  it.live("CFG-111: inspecting finds what the kubelet finds at its start", () =>
    Effect.gen(function*() {
      const ok = yield* program("#!/bin/sh\n")
      yield* Effect.provide(Effect.flatMap(PluginProcess, ({ inspect }) => inspect(ok)), NodePluginProcess.layer)
      assert.strictEqual(yield* inspect(`${ok}-not`), "NotFound")
      assert.strictEqual(yield* inspect(Path.dirname(ok)), "IsDirectory")
      assert.strictEqual(yield* inspect(yield* program("#!/bin/sh\n", 0o644)), "NotExecutable")
      assert.strictEqual(yield* inspect("a\0b"), "NulInFile")
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

  it.live("a host that ends takes its plugins with it, also one that ignores what it was told", () =>
    Effect.gen(function*() {
      const file = yield* program("#!/bin/sh\ntrap '' TERM PIPE\necho $$ >\"$0.pid\"\nsleep 60 & wait; sleep 60\n")
      const host = `
        import * as ContainedProcess from "@credlet/core/plugin/ContainedProcess"
        import * as ExecutionPolicy from "@credlet/core/plugin/ExecutionPolicy"
        import * as NodePluginProcess from "@credlet/node/NodePluginProcess"
        import { Effect } from "effect"
        import { existsSync, readFileSync } from "node:fs"

        const file = process.argv[1]
        const command = { file, args: [], environment: ["PATH=/usr/bin:/bin"], stdin: new Uint8Array() }
        const run = Effect.flatMap(ContainedProcess.make(ExecutionPolicy.make()), (processes) => processes.run(command))
        Effect.runFork(Effect.scoped(Effect.provide(run, NodePluginProcess.layer)))
        const isRunning = () => existsSync(file + ".pid") && readFileSync(file + ".pid").length > 1
        setInterval(() => isRunning() && process.exit(0), 10)
      `
      const ended = yield* Effect.callback<number>((resume) => {
        const args = ["--input-type=module", "--eval", host, file]
        execFile(
          process.execPath,
          args,
          { cwd: import.meta.dirname, timeout: 20_000 },
          (error) => resume(Effect.succeed(error === null ? 0 : 1))
        )
      })
      assert.strictEqual(ended, 0)
      const pid = Number(yield* Effect.promise(() => Fs.readFile(`${file}.pid`, "utf8")))
      yield* eventually(() => !isAlive(pid))
    }))
})

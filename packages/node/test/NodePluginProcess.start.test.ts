import { PluginProcess } from "@credlet/core/plugin/PluginProcess"
import * as NodePluginProcess from "@credlet/node/NodePluginProcess"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber } from "effect"
import { existsSync } from "node:fs"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import { answer, failure, host, program, run } from "./programs.ts"

const inspect = (file: string) =>
  Effect.flatMap(PluginProcess, (processes) => Effect.flip(processes.inspect(file))).pipe(
    Effect.map((error) => error.failure),
    Effect.provide(NodePluginProcess.layer)
  )

describe("NodePluginProcess: what can't be started", () => {
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

  describe("FAULT-13: what the kernel does not run is not handed to a shell", () => {
    for (
      const [name, text] of [
        ["no #! line", "exit 0\n"],
        ["nothing behind #!", "#!\nexit 0\n"],
        ["blanks behind #!", "#! \t\nexit 0\n"],
        ["an interpreter's name that is too long", `#!/${"x".repeat(300)}\nexit 0\n`],
        ["an interpreter's name behind too many blanks", `#!${" ".repeat(300)}/bin/sh\nexit 0\n`]
      ] as const
    ) {
      it.live(name, () =>
        Effect.gen(function*() {
          assert.strictEqual(yield* failure(yield* program(text)), "NotAProgram")
        }))
    }

    for (
      const [name, text] of [
        ["blanks around the interpreter", "#! \t/bin/sh \t\nexit 0\n"],
        ["an argument that is cut", `#!/bin/sh -e${" ".repeat(300)}\nexit 0\n`],
        ["no end of the line", "#!/bin/sh"]
      ] as const
    ) {
      it.live(`but ${name} is none of its matters`, () =>
        Effect.gen(function*() {
          assert.strictEqual(yield* answer(yield* program(text)), "")
        }))
    }

    it.live("an interpreter that is no program", () =>
      Effect.gen(function*() {
        const text = yield* program("exit 0\n")
        assert.strictEqual(yield* failure(yield* program(`#!${text}\nexit 0\n`)), "NotAProgram")
        const script = yield* program("#!/bin/sh\necho \"$1\"\n")
        const nested = yield* program(`#!${script}\n`)
        assert.strictEqual(yield* answer(nested), `${nested}\n`)
      }))

    it.live.skipIf(process.platform !== "linux")(
      "a binary for another machine, an object file, a broken head",
      () =>
        Effect.gen(function*() {
          const binary = new Uint8Array(yield* Effect.promise(() => Fs.readFile("/bin/sh")))
          const patched = (at: number, ...bytes: ReadonlyArray<number>) => {
            const copy = binary.slice()
            copy.set(bytes, at)
            return copy
          }
          const broken = [patched(16, 1, 0), patched(54, 0), patched(56, 0, 0), binary.slice(0, 100)]
          // With binfmt_misc, binaries of other machines are the kernel's matter.
          if (!existsSync("/proc/sys/fs/binfmt_misc/status")) broken.push(patched(18, 0xff, 0xff))
          for (const bytes of broken) assert.strictEqual(yield* failure(yield* program(bytes)), "NotAProgram")
          assert.strictEqual((yield* run(yield* program(binary)))._tag, "Answered")
        })
    )
  })

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

  it.live("FAULT-13: a path that goes in a circle, and one that is too long, say so", () =>
    Effect.gen(function*() {
      const circle = `${yield* program("#!/bin/sh\n")}-circle`
      yield* Effect.promise(() => Fs.symlink(circle, circle))
      for (const file of [circle, `/${"x".repeat(300)}`]) {
        assert.strictEqual(yield* failure(file), "BadPath")
        assert.strictEqual(yield* inspect(file), "BadPath")
      }
    }))

  it.live.skipIf(process.platform !== "linux")(
    "FAULT-13: a program that is being written is started when it is done",
    () =>
      Effect.gen(function*() {
        const file = yield* program("#!/bin/sh\necho ok\n")
        const open = Effect.acquireRelease(
          Effect.promise(() => Fs.open(file, "r+")),
          (handle) => Effect.promise(() => handle.close())
        )
        yield* Effect.scoped(Effect.gen(function*() {
          yield* open
          assert.strictEqual(yield* failure(file, { policy: { startRetry: Duration.millis(50) } }), "Busy")
        }))
        const writer = yield* Effect.forkChild(Effect.scoped(Effect.andThen(open, Effect.sleep("100 millis"))), {
          startImmediately: true
        })
        assert.strictEqual(yield* answer(file, { policy: { startRetry: Duration.seconds(20) } }), "ok\n")
        yield* Fiber.join(writer)
      })
  )

  it.live.skipIf(process.platform !== "linux")(
    "FAULT-13: without descriptors it is tried again, fails with the code, and loses none",
    () =>
      Effect.gen(function*() {
        const file = yield* program("#!/bin/sh\necho ok\n")
        const seen = yield* host(
          file,
          `
            import { closeSync, openSync, readdirSync } from "node:fs"

            const taken = []
            const take = () => {
              try {
                for (;;) taken.push(openSync("/dev/null"))
              } catch {}
            }
            const free = () => taken.splice(0).forEach((descriptor) => closeSync(descriptor))
            const count = () => readdirSync("/proc/self/fd").length
            const run = (millis) =>
              Effect.gen(function*() {
                const policy = ExecutionPolicy.make({ startRetry: Duration.millis(millis) })
                return yield* (yield* ContainedProcess.make(policy)).run(command)
              }).pipe(Effect.match({ onFailure: ({ code, failure }) => [failure, code], onSuccess: ({ _tag }) => [_tag] }))

            const program = Effect.gen(function*() {
              yield* run(0) // what is opened once is open
              const before = count()
              take()
              const without = yield* run(60)
              free()
              const after = count()
              take()
              const waiting = yield* Effect.forkChild(run(20_000), { startImmediately: true })
              yield* Effect.sleep("100 millis")
              free()
              console.log(JSON.stringify([without, yield* Fiber.join(waiting), after - before]))
            })
            Effect.runFork(Effect.scoped(Effect.provide(program, NodePluginProcess.layer)))
          `,
          { limit: "ulimit -n 64" }
        )
        assert.deepStrictEqual(JSON.parse(seen.stdout), [["ResourceExhausted", "EMFILE"], ["Answered"], 0])
      })
  )
})

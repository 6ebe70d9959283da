/** Programs made by tests, and what `ContainedProcess` makes of them as real processes. */
import * as ContainedProcess from "@credlet/core/plugin/ContainedProcess"
import * as ExecutionPolicy from "@credlet/core/plugin/ExecutionPolicy"
import type { Command } from "@credlet/core/plugin/PluginProcess"
import * as NodePluginProcess from "@credlet/node/NodePluginProcess"
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import * as FsSync from "node:fs"
import * as Fs from "node:fs/promises"
import * as Os from "node:os"
import * as Path from "node:path"

/** A directory that goes with the test, and in it a program. */
export const program = (text: string | Uint8Array, mode = 0o755) =>
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

export const run = Effect.fnUntraced(function*(
  file: string,
  options: {
    readonly args?: ReadonlyArray<string>
    readonly environment?: Command["environment"]
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

export const answer = Effect.fnUntraced(function*(...call: Parameters<typeof run>) {
  const outcome = yield* run(...call)
  assert(outcome._tag === "Answered", `expected an answer, got ${JSON.stringify(outcome)}`)
  return new TextDecoder().decode(outcome.stdout)
})

export const failure = (...call: Parameters<typeof run>) =>
  Effect.map(Effect.flip(run(...call)), (error) => error.failure)

/** Bounded, and quick where the thing is true already. */
export const eventually = (check: () => boolean) =>
  Effect.gen(function*() {
    for (let tries = 0; tries < 500; tries++) {
      if (check()) return
      yield* Effect.sleep("10 millis")
    }
    assert.fail("it did not come true within 5 seconds")
  })

/** A process that has ended, but that nobody has waited for, is not alive. */
export const isAlive = (pid: number) => {
  try {
    if (process.platform === "linux") return !/^\d+ \(.*\) Z/s.test(FsSync.readFileSync(`/proc/${pid}/stat`, "utf8"))
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const preamble = `
  import * as ContainedProcess from "@credlet/core/plugin/ContainedProcess"
  import * as ExecutionPolicy from "@credlet/core/plugin/ExecutionPolicy"
  import * as NodePluginProcess from "@credlet/node/NodePluginProcess"
  import { Duration, Effect, Fiber } from "effect"

  const file = process.argv[1]
  const command = { file, args: [], environment: "inherit", stdin: new Uint8Array() }
`

/**
 * Another host with code of its own, in which `command` is `file`: what it says and how it ends, within 20 seconds.
 * `limit` is for its shell; `onStart` may signal it.
 */
export const host = (
  file: string,
  code: string,
  options: { readonly limit?: string; readonly onStart?: (host: ChildProcess) => void } = {}
) =>
  Effect.callback<{ readonly stdout: string; readonly code: number | null; readonly signal: string | null }>(
    (resume) => {
      const node = [process.execPath, "--input-type=module", "--eval", preamble + code, file]
      const child = spawn("/bin/sh", ["-c", `${options.limit ?? ":"}; exec "$@"`, "sh", ...node], {
        cwd: import.meta.dirname,
        stdio: ["ignore", "pipe", "inherit"],
        timeout: 20_000,
        killSignal: "SIGKILL"
      })
      let stdout = ""
      child.stdout.on("data", (data: Uint8Array) => {
        stdout += new TextDecoder().decode(data)
      })
      child.once("close", (code, signal) => resume(Effect.succeed({ stdout, code, signal })))
      options.onStart?.(child)
    }
  )

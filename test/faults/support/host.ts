/** Programs that use Credlet, as processes of their own: the files in `hosts`. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import * as Path from "node:path"
import type { Lab } from "./containment.ts"

export interface Ended {
  readonly status: number | string | null
  readonly stdout: string
  readonly stderr: string
}

export interface Host {
  readonly child: ChildProcess
  readonly ended: Effect.Effect<Ended>
}

/** Its arguments are the laboratory's config and directory of plugins, and `args`. Killed with the scope. */
export const start = (name: string, lab: Lab, args: ReadonlyArray<string> = [], through: ReadonlyArray<string> = []) =>
  Effect.acquireRelease(
    Effect.sync((): Host => {
      const file = Path.join(import.meta.dirname, "..", "hosts", `${name}.ts`)
      const [command = "", ...rest] = [...through, process.execPath, file, lab.config, lab.binDir, ...args]
      const child = spawn(command, rest, { stdio: "pipe" })
      let stdout = ""
      let stderr = ""
      child.stdout.setEncoding("utf8").on("data", (text) => stdout += text)
      child.stderr.setEncoding("utf8").on("data", (text) => stderr += text)
      child.stdin.on("error", () => {}) // it may have ended
      const closed = new Promise<Ended>((resolve) => {
        child.once("close", (code, signal) => resolve({ status: code ?? signal, stdout, stderr }))
      })
      return { child, ended: Effect.promise(() => closed) }
    }),
    ({ child, ended }) => {
      child.kill("SIGKILL")
      return ended
    }
  )

/** Of a host that says in JSON what it found, and ends by itself. */
export const report = Effect.fnUntraced(function*(...host: Parameters<typeof start>) {
  const { ended } = yield* start(...host)
  const { status, stderr, stdout } = yield* ended
  assert.strictEqual(status, 0, stderr)
  return JSON.parse(stdout)
}, Effect.scoped)

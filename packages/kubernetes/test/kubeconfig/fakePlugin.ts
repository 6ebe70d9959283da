/** Exec plugins without a process: a test says what each run does, and sees what was done to it. */
import { type Command, PluginProcess } from "@credlet/core/plugin/PluginProcess"
import { Effect, Layer } from "effect"

export interface Run {
  readonly command: Command
  readonly signals: Array<string>
  readonly writes: (stream: "stdout" | "stderr", text: string) => void
  readonly exits: (code: number) => void
}

export interface FakePlugin {
  readonly layer: Layer.Layer<PluginProcess>
  readonly runs: Array<Run>
  /** The next runs answer this at once; undefined: they do nothing of themselves. */
  answer: string | undefined
}

export const make = (answer?: string): FakePlugin => {
  const runs: Array<Run> = []
  const fake: FakePlugin = {
    runs,
    answer,
    layer: Layer.succeed(PluginProcess, {
      inspect: () => Effect.void,
      environment: Effect.succeed(["PATH=/bin"]),
      start: (command, observer) =>
        Effect.sync(() => {
          let alive = true
          const ends = (code: number | null, signal: string | null) => {
            if (alive) {
              alive = false
              observer.onExit(code, signal)
              observer.onEnd()
            }
          }
          const run: Run = {
            command,
            signals: [],
            writes: (stream, text) => observer.onData(stream, new TextEncoder().encode(text)),
            exits: (code) => ends(code, null)
          }
          runs.push(run)
          if (fake.answer !== undefined) {
            run.writes("stdout", fake.answer)
            run.exits(0)
          }
          return {
            signal: (signal) => {
              run.signals.push(signal)
              ends(null, signal)
            },
            release: () => {}
          }
        })
    })
  }
  return fake
}

export const answer = (status: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status })

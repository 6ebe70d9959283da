/** A `PluginProcess` without processes: a test says what the program does, and reads what was done to it. */
import { type Command, PluginProcess, type StartError } from "@credlet/core/plugin/PluginProcess"
import { Deferred, Effect, Layer } from "effect"

/** One program that was started. */
export interface Program {
  readonly command: Command
  /** What its process group was sent, and `release` for our ends of the pipes. */
  readonly events: Array<string>
  readonly isAlive: () => boolean
  readonly writes: (stream: "stdout" | "stderr", text: string) => void
  /** It ends, and leaves its pipes to whoever holds them. */
  readonly exits: (code: number | null, signal?: string) => void
  /** Nobody holds the pipes any more. */
  readonly closes: () => void
}

export interface Script {
  readonly layer: Layer.Layer<PluginProcess>
  /** The first program that is started. */
  readonly started: Effect.Effect<Program>
  /** All that were started so far. */
  readonly programs: ReadonlyArray<Program>
  /** How often a program was to be started. */
  readonly tries: () => number
}

export const make = (options: {
  readonly failure?: StartError
  /** So many starts fail with `failure`; all, if it is left out. */
  readonly failures?: number
  /** What the host's environment is; `PATH=/bin` otherwise. */
  readonly environment?: ReadonlyArray<string>
  /** Dies at SIGTERM, not only at SIGKILL. */
  readonly obeys?: boolean
  /** It hangs in the system: not even SIGKILL ends it. */
  readonly unkillable?: boolean
  /** A descendant in a session of its own holds the pipes: no signal reaches it. */
  readonly escaped?: boolean
  readonly onStart?: (program: Program) => void
} = {}): Script => {
  const first = Deferred.makeUnsafe<Program>()
  const programs: Array<Program> = []
  let tries = 0
  const layer = Layer.succeed(PluginProcess, {
    inspect: () => Effect.void,
    environment: Effect.succeed(options.environment ?? ["PATH=/bin"]),
    start: (command, observer) =>
      Effect.suspend(() => {
        tries++
        if (options.failure !== undefined && tries <= (options.failures ?? Infinity)) {
          return Effect.fail(options.failure)
        }
        let alive = true
        let open = true
        const closes = () => {
          const wasOpen = open
          open = false
          if (wasOpen) observer.onEnd()
        }
        const exits = (code: number | null, signal: string | null = null) => {
          const wasAlive = alive
          alive = false
          if (wasAlive) observer.onExit(code, signal)
        }
        const events: Array<string> = []
        const program: Program = {
          command,
          events,
          isAlive: () => alive,
          exits,
          closes,
          writes: (stream, text) => observer.onData(stream, new TextEncoder().encode(text))
        }
        programs.push(program)
        Deferred.doneUnsafe(first, Effect.succeed(program))
        options.onStart?.(program)
        return Effect.succeed({
          signal: (signal: "SIGTERM" | "SIGKILL") => {
            events.push(signal)
            if (signal === "SIGTERM" && options.obeys !== true || options.unkillable === true) return
            exits(null, signal)
            if (options.escaped !== true) closes()
          },
          release: () => {
            events.push("release")
          }
        })
      })
  })
  return { layer, started: Deferred.await(first), programs, tries: () => tries }
}

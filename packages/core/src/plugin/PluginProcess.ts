/**
 * What a platform has to offer so that a plugin can be contained: look at the program, start it, watch it, signal
 * its whole process group, let go of its pipes. `@credlet/node` implements it; everything that decides (deadline,
 * caps, outcomes) is in `ContainedProcess`, so that it can be tested without a process. Rules: CFG-111, EXEC-1…6.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/**
 * A program to start. There is no shell; `args` go to the program as they are (EXEC-1).
 *
 * @since 0.1.0
 * @category models
 */
export interface Command {
  readonly file: string
  readonly args: ReadonlyArray<string>
  /** The whole environment, each entry `NAME=value`, every name once; `"inherit"`: the host's at this moment. */
  readonly environment: "inherit" | ReadonlyArray<string>
  readonly stdin: Uint8Array
}

/**
 * Called by the platform as things happen. Bytes that were handed over are not written to again. `onEnd` comes once, when
 * both stdout and stderr are at their end.
 *
 * @since 0.1.0
 * @category models
 */
export interface Observer {
  readonly onData: (stream: "stdout" | "stderr", bytes: Uint8Array) => void
  readonly onEnd: () => void
  readonly onExit: (code: number | null, signal: string | null) => void
}

/**
 * A process that was started.
 *
 * @since 0.1.0
 * @category models
 */
export interface Handle {
  /** To the whole process group; that nobody is left is no error. Does nothing after SIGKILL was sent. Never throws. */
  readonly signal: (signal: "SIGTERM" | "SIGKILL") => void
  /**
   * Closes our ends of the pipes and no longer keeps the host alive; the group is not forgotten before SIGKILL was sent to
   * it. May be called twice.
   */
  readonly release: () => void
}

/**
 * Why a program can't be run, as far as the platform can tell.
 *
 * @since 0.1.0
 * @category errors
 */
export const StartFailure = Schema.Literals([
  "NotFound",
  "NotExecutable",
  "IsDirectory",
  "NotAProgram",
  "BadInterpreter",
  "BadPath",
  "Busy",
  "ResourceExhausted",
  "TooBig",
  "NulInFile",
  "NulInArguments",
  "NulInEnvironment",
  "Unknown"
])

/**
 * A program could not be started. It has the system's code (`ENOENT`) and nothing else: the platform's own errors hold
 * arguments and environment.
 *
 * @since 0.1.0
 * @category errors
 */
export class StartError extends Schema.TaggedError<StartError>()("StartError", {
  failure: StartFailure,
  code: Schema.String
}) {
  override get message() {
    return `the program could not be started (${this.code})`
  }
}

/**
 * The platform's child processes.
 *
 * @since 0.1.0
 * @category services
 */
export class PluginProcess extends Context.Service<PluginProcess, {
  /** Succeeds iff `file` exists (symlinks followed), is no directory and may be executed by this process (CFG-111). */
  readonly inspect: (file: string) => Effect.Effect<void, StartError>
  readonly start: (command: Command, observer: Observer) => Effect.Effect<Handle, StartError>
  /** The host's own environment at this moment, as `NAME=value` (EXEC-2). */
  readonly environment: Effect.Effect<ReadonlyArray<string>>
}>()("@credlet/core/plugin/PluginProcess") {}

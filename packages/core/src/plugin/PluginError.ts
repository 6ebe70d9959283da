/**
 * Why a plugin gave no credentials: one error, whose `reason` says what happened. It names the provider and the program,
 * and holds neither stdout, arguments nor environment; stderr is capped, and what is known to be secret is masked in it.
 * Rules: EXEC-9…13, RESP-33…35.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { PluginApiVersion } from "../config/ProviderConfig.ts"
import { ResponseError, UnsupportedApiVersion } from "./PluginProtocol.ts"

const path = Schema.String
const stderr = Schema.String

/**
 * @since 0.1.0
 * @category errors
 */
export const PluginFailure = Schema.TaggedUnion({
  NotFound: { path },
  NotExecutable: { path },
  IsDirectory: { path },
  /** Neither a binary of this system nor a script with a `#!` line. */
  NotAProgram: { path },
  /** A script whose `#!` line names a program that is not there. */
  BadInterpreter: { path },
  /** The program's file was being written, until there was no more time to try again. */
  Busy: { path },
  /** The system had no process, descriptor or memory left, until there was no more time to try again. */
  ResourceExhausted: { path, code: Schema.String },
  /** The path goes through a file or round in circles, or is too long. */
  BadPath: { path, code: Schema.String },
  /** Arguments and environment are together more than the system passes to a program. */
  TooBig: { path },
  /** A NUL character cannot be passed to a program (EXEC-4). */
  NulCharacter: { in: Schema.Literals(["file", "arguments", "environment"]) },
  /**
   * A name in the provider's `env` is empty or contains `=`, and `Profile.environmentNames` is `"checked"`. `index` counts
   * from 0; `word` is what stands before the `=`, if that is a plain word.
   */
  BadEnvironmentName: {
    index: Schema.Int,
    problem: Schema.Literals(["empty", "equals"]),
    word: Schema.optionalKey(Schema.String)
  },
  StartFailed: { path, code: Schema.String },
  /** As many plugins as may run at once were running all the time that a call waits. */
  QueueTimedOut: { maxConcurrent: Schema.Number, maxWait: Schema.Duration },
  TimedOut: { deadline: Schema.Duration, stderr },
  Exited: { code: Schema.Int, stderr },
  Killed: { signal: Schema.String, stderr },
  /** `limit` in bytes. */
  OutputTooLarge: { stream: Schema.Literals(["stdout", "stderr"]), limit: Schema.Int, stderr },
  /** It ended well, but its answer can't be read; `stderr` often says why. */
  BadOutput: { response: ResponseError, stderr },
  /** `actual` is there if it is another one that plugins can have, or `""` where the answer has none. */
  WrongApiVersion: {
    expected: Schema.String,
    actual: Schema.optionalKey(Schema.Union([PluginApiVersion, Schema.Literal("")])),
    stderr
  }
})

/**
 * @since 0.1.0
 * @category errors
 */
export type PluginFailure = typeof PluginFailure.Type

/**
 * A plugin failed. Failures are never cached: the next lookup runs the plugin again (EXEC-14).
 *
 * @since 0.1.0
 * @category errors
 */
export class PluginError extends Schema.TaggedError<PluginError>()("PluginError", {
  provider: Schema.String,
  reason: Schema.Union([PluginFailure, UnsupportedApiVersion]),
  /** Of the run, with all tries to start it; of the wait if there was no place; zero if the plugin was refused before. */
  duration: Schema.Duration.pipe(Schema.withConstructorDefault(Effect.succeed(Duration.zero)))
}) {
  override get message() {
    return `provider "${this.provider}": ${describe(this.reason)}`
  }
}

/** One line, or more where stderr has them: what happened, then what to do. */
const describe = (reason: PluginError["reason"]): string => {
  switch (reason._tag) {
    case "NotFound":
      return `the plugin ${reason.path} does not exist: put an executable of the provider's name into the bin directory`
    case "NotExecutable":
      return `the plugin ${reason.path} may not be executed: check its mode (chmod +x) and that of its directories`
    case "IsDirectory":
      return `the plugin ${reason.path} is a directory, not a program`
    case "NotAProgram":
      return `the plugin ${reason.path} is not a program for this system: a script needs a "#!" line, a binary this machine's format`
    case "BadInterpreter":
      return `the plugin ${reason.path} can't be started: the program in its "#!" line is not there (a Windows line end, perhaps)`
    case "Busy":
      return `the plugin ${reason.path} is being written: try again when that has finished`
    case "ResourceExhausted":
      return `the plugin ${reason.path} could not be started (${reason.code}): this process has too many files or processes open, or too little memory`
    case "BadPath":
      return `the plugin ${reason.path} can't be reached (${reason.code}): look for a file among its directories, a circle of symbolic links, or too long a name`
    case "TooBig":
      return `the plugin ${reason.path} was not started: its arguments and environment together are more than this system passes to a program`
    case "NulCharacter":
      return `the plugin was not started: there is a NUL character in its ${reason.in}; take it out of the config`
    case "BadEnvironmentName":
      return `the plugin was not started: the name in env[${reason.index}]${
        reason.word === undefined ? "" : ` (${reason.word}=…)`
      } ${
        reason.problem === "empty" ? "is empty" : "contains \"=\""
      }; correct it in the config, or set Profile.environmentNames to "any" to pass it on as the kubelet does`
    case "QueueTimedOut":
      return `the plugin was not started: for ${
        Duration.format(reason.maxWait)
      } all ${reason.maxConcurrent} places were taken by other runs of plugins; see which plugins hang, shorten their deadline, or raise maxConcurrent or maxWait in the execution policy`
    case "StartFailed":
      return `the plugin ${reason.path} could not be started (${reason.code})`
    case "TimedOut":
      return `the plugin did not answer within ${Duration.format(reason.deadline)} and was stopped${
        said(reason.stderr)
      }`
    case "Exited":
      return `the plugin failed with exit status ${reason.code}${said(reason.stderr)}`
    case "Killed":
      return `the plugin was killed by ${reason.signal}${said(reason.stderr)}`
    case "OutputTooLarge":
      return `the plugin wrote more than ${reason.limit} bytes to ${reason.stream} and was stopped${
        said(reason.stderr)
      }`
    case "BadOutput":
      return `${reason.response.message}${alsoSaid(reason.stderr)}`
    case "WrongApiVersion": {
      const { actual } = reason
      const found = actual === undefined ? "another one" : actual === "" ? "none" : actual
      return `the plugin's answer can't be used: its apiVersion must be ${reason.expected}, as in the config, but it has ${found}${
        alsoSaid(reason.stderr)
      }`
    }
    case "UnsupportedApiVersion":
      return reason.message
  }
}

/** Of a plugin that ended well, which rarely says anything. */
const alsoSaid = (stderr: string): string => stderr.trim() === "" ? "" : said(stderr)

/** Enough of stderr to see the cause in a terminal; the whole of what was kept is in the error's field. */
const said = (stderr: string): string => {
  const text = stderr.trim()
  if (text === "") return "; it wrote nothing to stderr"
  const lines = text.split("\n")
  const shown = lines.slice(0, 10).map((line) => line.length > 300 ? `${line.slice(0, 300)}…` : line)
  const rest = lines.length > shown.length ? [`… and ${lines.length - shown.length} more lines`] : []
  return `; its stderr:\n${[...shown, ...rest].map((line) => `  ${line}`).join("\n")}`
}

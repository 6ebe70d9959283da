/**
 * What can go wrong with a plugin, and all that there is to say about each case: what happened, and what to do. The texts
 * are for users of the library and of the command alike, and hold nothing of what the plugin wrote. Rules: EXEC-9…13,
 * RESP-33…35.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import { PluginApiVersion } from "../config/ProviderConfig.ts"
import * as GoText from "../text/GoText.ts"
import { ResponseError, type UnsupportedApiVersion } from "./PluginProtocol.ts"

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

type Reason = PluginFailure | UnsupportedApiVersion

/**
 * What happened, in a clause without the provider's name, and without what the plugin wrote to stderr.
 *
 * @since 0.1.0
 * @category rendering
 */
export const causeOf = (reason: Reason): string => {
  switch (reason._tag) {
    case "NotFound":
      return `there is no plugin ${reason.path}`
    case "NotExecutable":
      return `the plugin ${reason.path} may not be executed`
    case "IsDirectory":
      return `the plugin ${reason.path} is a directory, not a program`
    case "NotAProgram":
      return `the plugin ${reason.path} is not a program that this system can run`
    case "BadInterpreter":
      return `the program in the "#!" line of the plugin ${reason.path} is not there`
    case "Busy":
      return `the plugin ${reason.path} is being written`
    case "ResourceExhausted":
      return `there is no process, open file or memory left to start the plugin ${reason.path} (${reason.code})`
    case "BadPath":
      return `the plugin ${reason.path} can't be reached (${reason.code})`
    case "TooBig":
      return `the arguments and environment of the plugin ${reason.path} are together more than this system passes to a program`
    case "NulCharacter":
      return `there is a NUL character in the plugin's ${
        reason.in === "file" ? "path" : reason.in
      }, so it was not started`
    case "BadEnvironmentName":
      return `the name in env[${reason.index}]${reason.word === undefined ? "" : ` (${reason.word}=…)`} ${
        reason.problem === "empty" ? "is empty" : "contains \"=\""
      }, so the plugin was not started`
    case "StartFailed":
      return `the plugin ${reason.path} could not be started (${reason.code})`
    case "QueueTimedOut": {
      const all = reason.maxConcurrent
      return `the plugin was not started, as other runs of plugins took ${
        all === 1 ? "the only place" : `all ${all} places`
      } for ${Duration.format(reason.maxWait)}`
    }
    case "TimedOut":
      return `the plugin did not answer within ${Duration.format(reason.deadline)} and was stopped`
    case "Exited":
      return `the plugin exited with status ${reason.code}`
    case "Killed":
      return `the plugin was killed by ${reason.signal}`
    case "OutputTooLarge":
      return `the plugin wrote more than ${reason.limit} bytes to ${reason.stream} and was stopped`
    case "BadOutput":
      return reason.response.message
    case "WrongApiVersion":
      return `the plugin was asked in ${reason.expected}, but its answer is ${versionText(reason.actual)}`
    case "UnsupportedApiVersion":
      return `no plugin speaks the API version ${GoText.quote(reason.apiVersion)}`
  }
}

const versionText = (actual: string | undefined): string =>
  actual === undefined ? "in another apiVersion" : actual === "" ? "without an apiVersion" : `in ${actual}`

/**
 * What to do, in a clause that starts with a verb. `provider` is the name of the one whose plugin it is.
 *
 * @since 0.1.0
 * @category rendering
 */
export const nextStepOf = (reason: Reason, provider: string): string => {
  switch (reason._tag) {
    case "NotFound":
      return `put an executable named "${provider}" into the directory with the plugins, or mend the provider's name`
    case "NotExecutable":
      return "run chmod +x on it, and check that its directories may be searched"
    case "IsDirectory":
      return "put the program itself in its place"
    case "NotAProgram":
      return "begin a script with a \"#!\" line, and of a binary take the one for this system and machine"
    case "BadInterpreter":
      return "install that program, or mend the line; a Windows line end there counts as part of the name"
    case "Busy":
      return "try again when it is written; put new versions in place by renaming, not by copying over"
    case "ResourceExhausted":
      return "raise the limits on processes and open files (ulimit -u, -n), free memory, or run fewer plugins at once"
    case "BadPath":
      return "look for a file among its directories, a circle of symbolic links, or too long a name"
    case "TooBig":
      return "shorten the provider's args and env, or let fewer variables be passed on"
    case "NulCharacter":
      return "take it out of the provider's entry in the config"
    case "BadEnvironmentName":
      return "mend it in the provider's env; it is passed on, as on a node, only where environmentNames is \"any\""
    case "StartFailed":
      return "run the plugin by hand as the same user, and see what the system says"
    case "QueueTimedOut":
      return "see which plugins hang, give them a shorter deadline, or raise maxConcurrent or maxWait"
    case "TimedOut":
      return "run the plugin by hand with the same request on stdin, and see what it waits for, most often the network"
    case "Exited":
      return `${
        reason.stderr.trim() === "" ? "" : "see what it wrote, or "
      }run it by hand with the same request on stdin`
    case "Killed":
      return reason.signal === "SIGKILL"
        ? "see whether the system ran out of memory (dmesg), or who else stopped it"
        : "run it by hand with the same request on stdin; most often the plugin itself is at fault"
    case "OutputTooLarge":
      return reason.stream === "stdout"
        ? "let it write one answer in JSON to stdout, and nothing else"
        : "let it write less to stderr"
    case "BadOutput":
      return afterResponse(reason.response)
    case "WrongApiVersion":
      return reason.actual === ""
        ? `let the plugin write "apiVersion": "${reason.expected}" into its answer, as in the request`
        : sameVersion
    case "UnsupportedApiVersion":
      return "set the provider's apiVersion to one that the kubelet knows, such as credentialprovider.kubelet.k8s.io/v1"
  }
}

const sameVersion =
  "let the plugin answer in the apiVersion of the request, or set the provider's apiVersion to the one it answers in"

const oneObject = "let the plugin write one JSON object to stdout and nothing else; logs belong on stderr"
const rightKind = "let the plugin answer with kind CredentialProviderResponse"

const afterResponse = ({ actualKind, class: reason, findings }: ResponseError): string => {
  if (actualKind !== undefined) return rightKind
  switch (reason) {
    case "syntax":
      return oneObject
    case "type":
      return findings.some(({ pointer }) => pointer === "") ? oneObject : "mend the answer there"
    case "badGroupVersion":
    case "missingVersion":
    case "versionMismatch":
      return sameVersion
    case "missingKind":
    case "notRegistered":
    case "wrongKind":
      return rightKind
    case "strict":
      return afterFields(findings)
  }
}

const takeOut = "take the unknown fields out of the answer"

const afterFields = (findings: ResponseError["findings"]): string => {
  const isStranger = findings.some(({ kind, meant }) => kind === "unknownField" && meant === undefined)
  const steps: Array<string> = []
  if (findings.some(({ meant }) => meant !== undefined)) {
    steps.push("correct the names that are misspelt; upper and lower case count")
  }
  if (isStranger) steps.push(takeOut)
  if (findings.some(({ kind }) => kind === "duplicateField")) steps.push("write each field only once")
  return steps.length === 0 ? takeOut : steps.join("; ")
}

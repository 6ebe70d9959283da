/** What an outcome of the process means for the plugin that it was. */
import type { Outcome } from "../ContainedProcess.ts"
import type { ExecutionPolicy } from "../ExecutionPolicy.ts"
import type { PluginFailure } from "../PluginError.ts"
import type { StartError } from "../PluginProcess.ts"
import type { ResponseError } from "../ResponseError.ts"

/** With the path that was tried. */
export const ofStart = ({ code, failure }: StartError, path: string): PluginFailure => {
  switch (failure) {
    case "NotFound":
    case "NotExecutable":
    case "IsDirectory":
    case "NotAProgram":
    case "BadInterpreter":
    case "Busy":
    case "TooBig":
      return { _tag: failure, path }
    case "ResourceExhausted":
    case "BadPath":
      return { _tag: failure, path, code }
    case "NulInFile":
      return { _tag: "NulCharacter", in: "file" }
    case "NulInArguments":
      return { _tag: "NulCharacter", in: "arguments" }
    case "NulInEnvironment":
      return { _tag: "NulCharacter", in: "environment" }
    case "Unknown":
      return { _tag: "StartFailed", path, code }
  }
}

/** `stderr` has no secrets any more. */
export const ofOutcome = (
  outcome: Exclude<Outcome, { readonly _tag: "Answered" }>,
  stderr: string,
  policy: ExecutionPolicy
): PluginFailure => {
  switch (outcome._tag) {
    case "Exited":
      return { _tag: "Exited", code: outcome.code, stderr }
    case "Killed":
      return { _tag: "Killed", signal: outcome.signal, stderr }
    case "TimedOut":
      return { _tag: "TimedOut", deadline: policy.deadline, stderr }
    case "OutputTooLarge": {
      const limit = outcome.stream === "stdout" ? policy.maxStdout : policy.maxStderr
      return { _tag: "OutputTooLarge", stream: outcome.stream, limit, stderr }
    }
  }
}

/** Of a plugin that is configured with the version `expected`. */
export const ofResponse = (response: ResponseError, expected: string, stderr: string): PluginFailure => {
  const { actualApiVersion: actual, stage } = response
  if (stage !== "apiVersion") return { _tag: "BadOutput", response, stderr }
  return { _tag: "WrongApiVersion", expected, ...(actual === undefined ? {} : { actual }), stderr }
}

/**
 * Runs a plugin with one request and reads its answer: the one place where a program other than ours is trusted with
 * anything. Layers: `layerExec` runs it as a contained child process. Rules: EXEC-1…14, RESP-1…4.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import type { EnvVar } from "../config/ProviderConfig.ts"
import * as Bytes from "../text/Bytes.ts"
import * as ContainedProcess from "./ContainedProcess.ts"
import * as ExecutionPolicy from "./ExecutionPolicy.ts"
import { mask, secretsOf } from "./internal/mask.ts"
import * as PluginEnvironment from "./PluginEnvironment.ts"
import { PluginError, type PluginFailure } from "./PluginError.ts"
import { type Command, PluginProcess, type StartError } from "./PluginProcess.ts"
import * as PluginProtocol from "./PluginProtocol.ts"

/**
 * What is run for a provider.
 *
 * @since 0.1.0
 * @category models
 */
export interface Plugin {
  /** The provider's name in the config. */
  readonly provider: string
  /** The program: bin directory and name, joined (EXEC-1). */
  readonly path: string
  readonly apiVersion: string
  readonly args: ReadonlyArray<string>
  readonly env: ReadonlyArray<EnvVar>
}

/**
 * @since 0.1.0
 * @category services
 */
export class PluginRunner extends Context.Service<PluginRunner, {
  readonly run: (
    plugin: Plugin,
    request: PluginProtocol.PluginRequest
  ) => Effect.Effect<PluginProtocol.PluginResponse, PluginError>
}>()("@credlet/core/plugin/PluginRunner") {}

/**
 * @since 0.1.0
 * @category constructors
 */
export const makeExec = (
  options: Partial<ExecutionPolicy.ExecutionPolicy> = {}
): Effect.Effect<PluginRunner["Service"], never, PluginProcess | Scope.Scope> =>
  Effect.gen(function*() {
    const policy = ExecutionPolicy.make(options)
    const platform = yield* PluginProcess
    const processes = yield* ContainedProcess.make(policy)
    const inherited = policy.environment === "inherit" ? platform.environment : Effect.succeed(policy.environment)

    const run = Effect.fnUntraced(function*(plugin: Plugin, request: PluginProtocol.PluginRequest) {
      const { provider } = plugin
      const encoded = PluginProtocol.encodeRequest(plugin.apiVersion, request)
      if (Result.isFailure(encoded)) return yield* new PluginError({ provider, reason: encoded.failure })
      const environment = yield* inherited
      const merged = PluginEnvironment.merge(environment, plugin.env)
      if (PluginEnvironment.hasNul(merged)) {
        return yield* new PluginError({ provider, reason: { _tag: "NulCharacter", in: "environment" } })
      }
      const command: Command = {
        file: plugin.path,
        args: plugin.args,
        environment: PluginEnvironment.effective(merged),
        stdin: encoded.success
      }
      const began = yield* Clock.monotonicTimeNanos
      const outcome = yield* Effect.mapError(
        processes.run(command),
        (error) => new PluginError({ provider, reason: startFailure(error, plugin.path) })
      )
      if (outcome._tag === "Answered") {
        const response = PluginProtocol.decodeResponse(plugin.apiVersion, outcome.stdout)
        if (Result.isSuccess(response)) return response.success
        const duration = Duration.nanos((yield* Clock.monotonicTimeNanos) - began)
        return yield* new PluginError({ provider, reason: response.failure, duration })
      }
      const duration = Duration.nanos((yield* Clock.monotonicTimeNanos) - began)
      const secrets = secretsOf(plugin, request, environment)
      const stderr = mask(
        Bytes.decodeReplacing(outcome.stderr),
        secrets,
        outcome.stderr.length === policy.keepStderr
      )
      return yield* new PluginError({ provider, reason: failure(outcome, stderr, policy), duration })
    })

    return PluginRunner.of({ run })
  })

/**
 * Each plugin is a child process, contained as `ExecutionPolicy` says. Needs the platform's `PluginProcess`
 * (`@credlet/node`).
 *
 * @since 0.1.0
 * @category layers
 */
export const layerExec = (
  options: Partial<ExecutionPolicy.ExecutionPolicy> = {}
): Layer.Layer<PluginRunner, never, PluginProcess> => Layer.effect(PluginRunner, makeExec(options))

/**
 * A start error of the platform as a plugin's failure, with the path that was tried.
 *
 * @since 0.1.0
 * @category combinators
 */
export const startFailure = ({ code, failure }: StartError, path: string): PluginFailure => {
  switch (failure) {
    case "NotFound":
    case "NotExecutable":
    case "IsDirectory":
    case "NotAProgram":
    case "BadInterpreter":
    case "Busy":
      return { _tag: failure, path }
    case "ResourceExhausted":
      return { _tag: failure, path, code }
    case "NulInFile":
      return { _tag: "NulCharacter", in: "file" }
    case "NulInArguments":
      return { _tag: "NulCharacter", in: "arguments" }
    case "NulInEnvironment":
      return { _tag: "NulCharacter", in: "environment" }
    case "BadPath":
    case "TooBig":
    case "Unknown":
      return { _tag: "StartFailed", path, code }
  }
}

const failure = (
  outcome: Exclude<ContainedProcess.Outcome, { readonly _tag: "Answered" }>,
  stderr: string,
  policy: ExecutionPolicy.ExecutionPolicy
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

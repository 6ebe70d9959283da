/**
 * One run of a plugin that has its place: started, waited for, its answer read; metrics and trace are told how it ended.
 * Rules: EXEC-2, EXEC-11…15, MET-1, MET-2.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as LookupTrace from "../../LookupTrace.ts"
import * as Bytes from "../../text/Bytes.ts"
import type { ContainedProcess, Outcome } from "../ContainedProcess.ts"
import type { ExecutionPolicy } from "../ExecutionPolicy.ts"
import type { Plugin } from "../Plugin.ts"
import * as PluginEnvironment from "../PluginEnvironment.ts"
import { PluginError, type PluginFailure } from "../PluginError.ts"
import type { PluginMetrics } from "../PluginMetrics.ts"
import type { Observer, PluginProcess } from "../PluginProcess.ts"
import * as PluginProtocol from "../PluginProtocol.ts"
import { mask, secretsOf } from "./mask.ts"
import * as Failure from "./pluginFailure.ts"
import type { Restore } from "./Restore.ts"

export interface PluginRun {
  readonly plugin: Plugin
  readonly request: PluginProtocol.PluginRequest
  /** The request as it is written to the plugin. */
  readonly stdin: Uint8Array
  readonly metrics: PluginMetrics
}

/** See `ContainedProcess.runMasked` for `restore` and `gone`. */
type Execute = (
  run: PluginRun,
  restore: Restore,
  gone: Effect.Effect<unknown>
) => Effect.Effect<PluginProtocol.PluginResponse, PluginError>

export const make = (
  policy: ExecutionPolicy,
  platform: PluginProcess["Service"],
  processes: ContainedProcess
): Execute => {
  const environment = Effect.map(platform.environment, (host) => PluginEnvironment.select(host, policy.environment))

  const start = ({ plugin, stdin }: PluginRun) => (observer: Observer) => {
    const { args, env, path: file } = plugin
    if (policy.environment === "inherit" && env.length === 0) {
      return platform.start({ file, args, environment: "inherit", stdin }, observer)
    }
    return Effect.flatMap(environment, (base) => {
      const merged = PluginEnvironment.effective(PluginEnvironment.merge(base, env))
      return platform.start({ file, args, environment: merged, stdin }, observer)
    })
  }

  /** The host's environment is read only now: what changed in it while the plugin ran is a secret that is no longer in use. */
  const stderrOf = ({ plugin, request }: PluginRun, { stderr }: Outcome) =>
    stderr.length === 0 ? Effect.succeed("") : Effect.map(environment, (base) =>
      mask(
        Bytes.decodeReplacing(stderr),
        secretsOf(plugin, request, base),
        stderr.length === policy.keepStderr
      ))

  return Effect.fnUntraced(function*(run, restore, gone) {
    const { metrics, plugin } = run
    const began = yield* Clock.monotonicTimeNanos
    const ran = yield* Effect.exit(Effect.result(processes.runMasked(start(run), restore, gone)))
    const duration = Duration.nanos((yield* Clock.monotonicTimeNanos) - began)
    metrics.took(duration)
    if (Exit.isFailure(ran)) {
      yield* reportRun(plugin, "Interrupted", duration)
      return yield* Effect.failCause(ran.cause)
    }
    const failWith = (reason: PluginFailure, answer?: Uint8Array) =>
      Effect.andThen(
        reportRun(plugin, reason, duration, answer),
        new PluginError({ provider: plugin.provider, reason, duration })
      )
    if (Result.isFailure(ran.value)) {
      metrics.failed()
      return yield* failWith(Failure.ofStart(ran.value.failure, plugin.path))
    }
    const outcome = ran.value.success
    if (outcome._tag !== "Answered") {
      metrics.failed()
      return yield* failWith(Failure.ofOutcome(outcome, yield* stderrOf(run, outcome), policy))
    }
    const response = PluginProtocol.decodeResponse(plugin.apiVersion, outcome.stdout)
    if (Result.isFailure(response)) {
      const stderr = yield* stderrOf(run, outcome)
      return yield* failWith(Failure.ofResponse(response.failure, plugin.apiVersion, stderr), outcome.stdout)
    }
    yield* reportRun(plugin, "Answered", duration, outcome.stdout)
    return response.success
  })
}

/** `answer` is what a plugin wrote that ended well. */
export const reportRun = (
  { path, provider }: Plugin,
  end: PluginFailure | "Answered" | "Interrupted",
  duration: Duration.Duration,
  answer?: Uint8Array
): Effect.Effect<void> =>
  LookupTrace.report(() => ({
    _tag: "PluginRun",
    provider,
    path,
    outcome: typeof end === "string" ? end : end._tag,
    ...(answer === undefined ? {} : { exitCode: 0, stdoutBytes: answer.length }),
    ...(typeof end !== "string" && end._tag === "Exited" ? { exitCode: end.code } : {}),
    ...(typeof end !== "string" && end._tag === "Killed" ? { signal: end.signal } : {}),
    duration
  }))

/**
 * Runs a plugin with one request and reads its answer: the one place where a program other than ours is trusted with
 * anything. Layers: `layerExec` runs it as a contained child process. Rules: EXEC-1…15, RESP-1…4.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as LookupTrace from "../LookupTrace.ts"
import * as Profile from "../Profile.ts"
import * as ContainedProcess from "./ContainedProcess.ts"
import * as ExecutionPolicy from "./ExecutionPolicy.ts"
import { ofStart } from "./internal/pluginFailure.ts"
import * as PluginQueue from "./internal/PluginQueue.ts"
import * as PluginRun from "./internal/PluginRun.ts"
import type { Restore } from "./internal/Restore.ts"
import type { Plugin } from "./Plugin.ts"
import * as PluginEnvironment from "./PluginEnvironment.ts"
import { PluginError, type PluginFailure } from "./PluginError.ts"
import * as PluginMetrics from "./PluginMetrics.ts"
import { PluginProcess, type StartError } from "./PluginProcess.ts"
import * as PluginProtocol from "./PluginProtocol.ts"

export type { Plugin } from "./Plugin.ts"

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
 * Made within a scope: plugins that are still running when it closes are killed.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeExec = (
  options: Partial<ExecutionPolicy.ExecutionPolicy> = {}
): Effect.Effect<PluginRunner["Service"], never, PluginProcess | Scope.Scope> =>
  Effect.gen(function*() {
    const policy = ExecutionPolicy.make(options)
    const { environmentNames } = yield* Profile.Profile
    const metricsOf = yield* PluginMetrics.make
    const execute = PluginRun.make(policy, yield* PluginProcess, yield* ContainedProcess.make(policy))
    const queue = PluginQueue.make(policy)

    /** What the config alone forbids; to the kubelet a plugin that could not be started (EXEC-4). */
    const refusal = ({ env }: Plugin): PluginFailure | undefined => {
      if (PluginEnvironment.hasNul(PluginEnvironment.merge([], env))) return { _tag: "NulCharacter", in: "environment" }
      const badName = environmentNames === "checked" ? PluginEnvironment.badName(env) : undefined
      return badName && { _tag: "BadEnvironmentName", ...badName }
    }

    const run = Effect.fnUntraced(function*(
      plugin: Plugin,
      request: PluginProtocol.PluginRequest,
      restore: Restore
    ): Effect.fn.Return<PluginProtocol.PluginResponse, PluginError> {
      const { provider } = plugin
      const encoded = PluginProtocol.encodeRequest(plugin.apiVersion, request)
      if (Result.isFailure(encoded)) return yield* new PluginError({ provider, reason: encoded.failure })
      const metrics = metricsOf(provider)
      const refused = refusal(plugin)
      if (refused !== undefined) {
        metrics.took(Duration.zero)
        metrics.failed()
        yield* PluginRun.reportRun(plugin, refused, Duration.zero)
        return yield* new PluginError({ provider, reason: refused })
      }
      const { leave, waited: duration } = yield* queue.enter(provider, metrics, restore)
      const queued = duration === undefined
        ? Effect.void
        : LookupTrace.report(() => ({ _tag: "PluginQueued", provider, duration }))
      if (leave === undefined) {
        yield* queued
        const { maxConcurrent, maxWait } = policy
        return yield* new PluginError({ provider, reason: { _tag: "QueueTimedOut", maxConcurrent, maxWait }, duration })
      }
      let hasBegun = false
      const running = Effect.useSpan(
        "credlet.plugin.run",
        { attributes: { plugin_name: provider, image: request.image } },
        () => {
          hasBegun = true
          return execute({ plugin, request, stdin: encoded.success, metrics }, restore, leave)
        }
      )
      // A listener or a tracer that throws must not cost the place.
      return yield* Effect.ensuring(
        Effect.andThen(queued, running),
        Effect.suspend(() => hasBegun ? Effect.void : leave)
      )
    })

    return PluginRunner.of({
      run: (plugin, request) => Effect.uninterruptibleMask((restore) => run(plugin, request, restore))
    })
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
export const startFailure: (error: StartError, path: string) => PluginFailure = ofStart

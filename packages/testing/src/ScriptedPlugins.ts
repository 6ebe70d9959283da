/**
 * Plugins without processes: each provider does what the test says, and what it was asked is on record.
 *
 * @since 0.1.0
 */
import * as LookupTrace from "@credlet/core/LookupTrace"
import type { Plugin } from "@credlet/core/plugin/Plugin"
import type { PluginError } from "@credlet/core/plugin/PluginError"
import type { PluginRequest, PluginResponse } from "@credlet/core/plugin/PluginProtocol"
import { PluginRunner } from "@credlet/core/plugin/PluginRunner"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

/**
 * What a plugin does when it is run: answer, or whatever the effect does. A `PluginError` is an effect too, one that
 * fails with it. A function can look at the request, or let the test hold a run back with a `Deferred`.
 *
 * @since 0.1.0
 * @category models
 */
export type Behaviour =
  | PluginResponse
  | Effect.Effect<PluginResponse, PluginError>
  | ((request: PluginRequest) => Effect.Effect<PluginResponse, PluginError>)

/**
 * What a plugin answers, in few words. Without `auth` it has no credentials, without `cacheDuration` the config's default
 * counts.
 *
 * @since 0.1.0
 * @category constructors
 */
export const answer = (options: {
  /** Any text, as plugins may answer what they should not. */
  readonly cacheKeyType: "Image" | "Registry" | "Global" | (string & {})
  readonly cacheDuration?: Duration.Input
  readonly auth?: Readonly<Record<string, { readonly username: string; readonly password: string }>>
}): PluginResponse => ({
  cacheKeyType: options.cacheKeyType,
  cacheDuration: options.cacheDuration === undefined ? undefined : Duration.fromInputUnsafe(options.cacheDuration),
  auth: options.auth === undefined ? undefined : new Map(
    Object.entries(options.auth).map(([location, { password, username }]) => [
      location,
      { username, password: Redacted.make(password), email: "" }
    ])
  )
})

/**
 * One run of a plugin. Whether there was a token is all that is kept of it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Call {
  readonly provider: string
  readonly image: string
  readonly hasToken: boolean
  readonly annotations: Readonly<Record<string, string>>
}

/**
 * @since 0.1.0
 * @category services
 */
export class ScriptedPlugins extends Context.Service<ScriptedPlugins, {
  /** From now on. A provider that was never scripted and is run all the same ends the test with a defect. */
  readonly script: (provider: string, behaviour: Behaviour) => Effect.Effect<void>
  /** The runs so far, in the order in which they began. */
  readonly calls: Effect.Effect<ReadonlyArray<Call>>
}>()("@credlet/testing/ScriptedPlugins") {}

/**
 * The `runner` for the pipeline, and the strings that move it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  behaviours: Readonly<Record<string, Behaviour>> = {}
): Effect.Effect<ScriptedPlugins["Service"] & { readonly runner: PluginRunner["Service"] }> =>
  Effect.sync(() => {
    const scripts = new Map(Object.entries(behaviours))
    const calls: Array<Call> = []
    return {
      runner: PluginRunner.of({
        run: (plugin, request) =>
          Effect.suspend(() => {
            const { provider } = plugin
            calls.push(record(provider, request))
            const behaviour = scripts.get(provider)
            return behaviour === undefined
              ? Effect.die(new Error(`no behaviour was scripted for the provider "${provider}"`))
              : traced(plugin, perform(behaviour, request))
          })
      }),
      script: (provider, behaviour) => Effect.sync(() => void scripts.set(provider, behaviour)),
      calls: Effect.sync(() => [...calls])
    }
  })

/**
 * In the place of `PluginRunner.layerExec`.
 *
 * @example
 * ```ts
 * import { ScriptedPlugins } from "@credlet/testing"
 * import { Effect } from "effect"
 *
 * const program = Effect.gen(function*() {
 *   const plugins = yield* ScriptedPlugins.ScriptedPlugins
 *   const auth = { "registry.example": { username: "robot", password: "secret" } }
 *   yield* plugins.script("ecr", ScriptedPlugins.answer({ cacheKeyType: "Registry", auth }))
 *   // … look something up …
 *   return yield* plugins.calls
 * }).pipe(Effect.provide(ScriptedPlugins.layer()))
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  behaviours: Readonly<Record<string, Behaviour>> = {}
): Layer.Layer<ScriptedPlugins | PluginRunner> =>
  Layer.effectContext(
    Effect.map(make(behaviours), ({ calls, runner, script }) =>
      Context.make(PluginRunner, runner).pipe(Context.add(ScriptedPlugins, ScriptedPlugins.of({ calls, script }))))
  )

const record = (provider: string, request: PluginRequest): Call => ({
  provider,
  image: request.image,
  hasToken: request.serviceAccountToken !== undefined,
  annotations: { ...request.serviceAccountAnnotations }
})

const perform = (behaviour: Behaviour, request: PluginRequest): Effect.Effect<PluginResponse, PluginError> => {
  if (typeof behaviour === "function") return behaviour(request)
  return Effect.isEffect(behaviour) ? behaviour : Effect.succeed(behaviour)
}

/** Reports the run as a real one is reported; there are no bytes to count. */
const traced = (
  { path, provider }: Plugin,
  run: Effect.Effect<PluginResponse, PluginError>
): Effect.Effect<PluginResponse, PluginError> =>
  Effect.flatMap(
    Clock.monotonicTimeNanos,
    (began) =>
      Effect.onExit(run, (exit) =>
        Effect.flatMap(Clock.monotonicTimeNanos, (ended) =>
          LookupTrace.report(() => ({
            _tag: "PluginRun",
            provider,
            path,
            duration: Duration.nanos(ended - began),
            ...outcomeOf(exit)
          }))))
  )

const outcomeOf = (exit: Exit.Exit<PluginResponse, PluginError>) => {
  if (Exit.isSuccess(exit)) return { outcome: "Answered" }
  const error = Option.getOrUndefined(Exit.findErrorOption(exit))
  if (error === undefined) return { outcome: "Interrupted" }
  const { reason } = error
  return {
    outcome: reason._tag,
    ...(reason._tag === "Exited" ? { exitCode: reason.code } : {}),
    ...(reason._tag === "Killed" ? { signal: reason.signal } : {})
  }
}

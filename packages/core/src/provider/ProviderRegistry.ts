/**
 * All providers at work: from a config file or directory and a directory of plugins, checked before anything is asked.
 * Rules: CFG-1…7 (order of checks), CFG-110…124.
 *
 * @since 0.1.0
 */
import * as Arr from "effect/Array"
import * as Context from "effect/Context"
import type * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Path from "effect/Path"
import * as Result from "effect/Result"
import type { CredentialCache } from "../cache/CredentialCache.ts"
import type { ConfigError } from "../config/ConfigError.ts"
import * as ConfigLoading from "../config/ConfigLoading.ts"
import type { CheckedProvider } from "../config/ProviderConfig.ts"
import type { ServiceAccounts } from "../identity/ServiceAccounts.ts"
import type { ServiceAccountTokens } from "../identity/ServiceAccountTokens.ts"
import { PluginProcess } from "../plugin/PluginProcess.ts"
import { type PluginRunner, startFailure } from "../plugin/PluginRunner.ts"
import * as Profile from "../Profile.ts"
import * as LookupLog from "../telemetry/LookupLog.ts"
import * as ProviderMetrics from "../telemetry/ProviderMetrics.ts"
import * as CredentialProvider from "./CredentialProvider.ts"
import * as ProviderSet from "./ProviderSet.ts"
import { BinDirError, PluginsUnavailable } from "./RegistrationError.ts"

/**
 * @since 0.1.0
 * @category services
 */
export class ProviderRegistry extends Context.Service<ProviderRegistry, {
  /** The providers in force at this moment. */
  readonly current: Effect.Effect<ProviderSet.ProviderSet>
}>()("@credlet/core/provider/ProviderRegistry") {}

/**
 * Where the kubelet's two flags point (CFG-1).
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** A file, or a directory of `.json`, `.yaml` and `.yml` files: `--image-credential-provider-config`. */
  readonly config: string
  /** The directory with the plugins: `--image-credential-provider-bin-dir`. A relative one is made absolute. */
  readonly binDir: string
}

/**
 * @since 0.1.0
 * @category errors
 */
export type RegistrationError = BinDirError | ConfigError | PluginsUnavailable

/**
 * @since 0.1.0
 * @category constructors
 */
export const make = Effect.fn("ProviderRegistry.make")(function*(options: Options) {
  const path = yield* Path.Path
  const { serviceAccountTokens } = yield* Profile.Profile
  const { type } = yield* inspectBinDir(options.binDir)
  const { hash, providers, warnings } = yield* ConfigLoading.load(options.config, { serviceAccountTokens })
  yield* Effect.forEach(warnings, (warning) => Effect.logWarning(warning.message), { discard: true })
  // CFG-111: no plugin can be found there, which is better said once.
  if (type !== "Directory") return yield* new BinDirError({ binDir: options.binDir, failure: "NotDirectory" })
  // CFG-113: with a relative directory the kubelet may search $PATH instead.
  const binDir = path.resolve(options.binDir)
  const programs = providers.map((provider) => ({ provider, path: path.join(binDir, provider.name) }))
  yield* inspectPlugins(programs)
  yield* ProviderMetrics.configApplied(hash)
  return yield* fixed(programs)
})

/**
 * Reads the config once, as the kubelet does (CFG-7).
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<
  ProviderRegistry,
  RegistrationError,
  Needs | FileSystem.FileSystem | Path.Path | PluginProcess
> => Layer.effect(ProviderRegistry, make(options))

/**
 * Providers that need no config file, say in a test or over a runner without processes. Nothing is looked at on disk.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerFixed = (
  providers: ReadonlyArray<CheckedProvider>
): Layer.Layer<ProviderRegistry, never, Needs> =>
  Layer.effect(ProviderRegistry, fixed(providers.map((provider) => ({ provider, path: provider.name }))))

/** What providers work with. Without an API server: `ServiceAccounts.layerNone`, `ServiceAccountTokens.layerNone`. */
type Needs = CredentialCache | Digest.Digest | PluginRunner | ServiceAccounts | ServiceAccountTokens

interface Program {
  readonly provider: CheckedProvider
  readonly path: string
}

const fixed = (programs: ReadonlyArray<Program>) =>
  Effect.forEach(
    programs,
    ({ path, provider }) =>
      Effect.tap(CredentialProvider.make(provider, path), ({ name }) => LookupLog.providerRegistered(name))
  ).pipe(
    Effect.map((providers) => ProviderRegistry.of({ current: Effect.succeed(ProviderSet.make(providers)) }))
  )

/** CFG-4: only that it is there. */
const inspectBinDir = (binDir: string) =>
  Effect.gen(function*() {
    if (binDir === "") return yield* new BinDirError({ binDir, failure: "NotFound" })
    const files = yield* FileSystem.FileSystem
    return yield* Effect.mapError(files.stat(binDir), ({ reason }) =>
      new BinDirError({ binDir, failure: reason._tag === "NotFound" ? "NotFound" : "NotAccessible" }))
  })

const inspectPlugins = Effect.fnUntraced(function*(programs: ReadonlyArray<Program>) {
  const { inspect } = yield* PluginProcess
  const results = yield* Effect.forEach(
    programs,
    ({ path, provider }, index) =>
      Effect.result(Effect.mapError(inspect(path), (error) => ({
        provider: provider.name,
        index,
        path,
        failure: startFailure(error, path)
      })))
  )
  const problems = Arr.filterMap(results, Result.flip)
  if (Arr.isReadonlyArrayNonEmpty(problems)) return yield* new PluginsUnavailable({ problems })
})

/**
 * Plugins that hang, flood, fork, lie and leak, to see whether a host of credential provider plugins withstands them:
 * Credlet's containment, or any other host. They are executables in the package's folder `faults` (each says at its top
 * what it does, and what a good host does), usable from any language; this module puts them under providers' names into
 * a directory, beside a config that names them. Each ends by itself after a while, so a host that fails is not left with
 * it. They need a POSIX shell.
 *
 * The numbers are those of Credlet's list of faults: 1…16 are about the process, 17…23 about what it answers.
 *
 * @since 0.1.0
 */
import { EnvVar } from "@credlet/core/config/ProviderConfig"
import type { Plugin as RunnerPlugin } from "@credlet/core/plugin/PluginRunner"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Record from "effect/Record"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import * as Crypto from "node:crypto"
import * as Fs from "node:fs/promises"
import * as Os from "node:os"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"
import { brokenPrograms } from "./internal/faults/brokenPrograms.ts"
import { dataFaults } from "./internal/faults/dataFaults.ts"
import * as Processes from "./internal/faults/processes.ts"
import { processFaults } from "./internal/faults/processFaults.ts"

const all = { ...processFaults, ...dataFaults, ...brokenPrograms }

/**
 * @since 0.1.0
 * @category models
 */
export type FaultName = keyof typeof all

/**
 * `made`: not an executable of the package's folder, but made where it is needed, such as a program that may not be
 * executed.
 *
 * @since 0.1.0
 * @category models
 */
export interface Fault {
  readonly name: FaultName
  /** In the list of faults; none for `good`. */
  readonly numbers: ReadonlyArray<number>
  readonly does: string
  readonly goodHost: string
  /** With their defaults. */
  readonly options: Readonly<Record<string, string>>
  readonly made: boolean
}

/**
 * All of them, as data. `good` is the one that has none.
 *
 * @since 0.1.0
 * @category constants
 */
export const faults: ReadonlyArray<Fault> = Record.toEntries(all).map(
  ([name, { does, goodHost, make, numbers, options }]) => ({
    name,
    numbers,
    does,
    goodHost,
    options,
    made: make !== undefined
  })
)

/**
 * The folder with the executables.
 *
 * @since 0.1.0
 * @category constants
 */
export const directory: string = fileURLToPath(new URL("../faults", import.meta.url))

/**
 * What stands under a provider's name.
 *
 * @since 0.1.0
 * @category models
 */
export interface Plugin {
  readonly fault: FaultName
  /** `{ seconds: 5 }` becomes the argument `--seconds=5`. */
  readonly options?: Readonly<Record<string, string | number>>
  /** Further arguments, as they are. */
  readonly args?: ReadonlyArray<string>
  readonly env?: ReadonlyArray<{ readonly name: string; readonly value: string }>
  /** Default `registry.example`. */
  readonly matchImages?: ReadonlyArray<string>
}

/**
 * A process that is left.
 *
 * @since 0.1.0
 * @category models
 */
export interface Leftover {
  readonly pid: number
  /** Its arguments with spaces between. */
  readonly command: string
}

/**
 * @since 0.1.0
 * @category services
 */
export class FaultLab extends Context.Service<FaultLab, {
  readonly binDir: string
  /** The config's file: a `CredentialProviderConfig` with one entry a provider, in the order in which they were given. */
  readonly config: string
  readonly configText: string
  /** An entry `NAME=value` of the environment that all plugins of this laboratory and their descendants have. */
  readonly marker: string
  /** What a `PluginRunner` runs for a provider. */
  readonly plugin: (provider: string) => RunnerPlugin
  /** Puts another fault in a program's place, by a rename. The config stays as it is. */
  readonly replace: (provider: string, fault: FaultName) => Effect.Effect<void>
  /** Processes of this laboratory's plugins that live at this moment. Found on Linux only. */
  readonly leftovers: Effect.Effect<ReadonlyArray<Leftover>>
}>()("@credlet/testing/FaultLab") {}

/**
 * Into a directory that exists and is empty. When the scope closes, what is left of the plugins is killed; the files
 * stay. A mistake in `plugins`, or a file that can't be made, is a defect.
 *
 * @since 0.1.0
 * @category constructors
 */
export const install = Effect.fnUntraced(function*(
  into: string,
  plugins: Readonly<Record<string, Plugin | FaultName>>
) {
  const name = "FAULT_LAB"
  const value = Crypto.randomUUID()
  const marker = `${name}=${value}`
  const scope = yield* Effect.scope
  const leftovers = Effect.sync(() =>
    Processes.list().flatMap(({ command, environment, pid }) => environment.includes(marker) ? [{ pid, command }] : [])
  )
  yield* Effect.addFinalizer(() => Effect.map(leftovers, (left) => left.forEach(kill)))
  const binDir = Path.join(into, "bin")
  const config = Path.join(into, "config.json")
  const providers = Object.entries(plugins).map(([provider, plugin]) =>
    entry(provider, typeof plugin === "string" ? { fault: plugin } : plugin, { name, value })
  )
  const configText = JSON.stringify(
    {
      kind: "CredentialProviderConfig",
      apiVersion: "kubelet.config.k8s.io/v1",
      providers: providers.map(({ config }) => config)
    },
    null,
    2
  )
  yield* Effect.promise(() => Fs.mkdir(binDir))
  yield* Effect.forEach(providers, ({ config, fault }) => put(fault, Path.join(binDir, config.name)), { discard: true })
  yield* Effect.promise(() => Fs.writeFile(config, configText))
  return FaultLab.of({
    binDir,
    config,
    configText,
    marker,
    plugin: (provider) => {
      const found = providers.find(({ config }) => config.name === provider)
      if (found === undefined) throw new Error(`the laboratory has no provider "${provider}"`)
      const { apiVersion, args, env } = found.config
      return {
        provider,
        path: Path.join(binDir, provider),
        apiVersion,
        args,
        env: env.map(({ name, value }) => new EnvVar({ name, value: Redacted.make(value) }))
      }
    },
    replace: (provider, fault) => Scope.provide(swap(Path.join(binDir, provider), fault), scope),
    leftovers
  })
})

/**
 * In a directory for temporary files, which goes with the scope.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  plugins: Readonly<Record<string, Plugin | FaultName>>
): Effect.Effect<FaultLab["Service"], never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() => Fs.mkdtemp(Path.join(Os.tmpdir(), "fault-lab-"))),
    (into) => Effect.promise(() => Fs.rm(into, { recursive: true, force: true }))
  ).pipe(Effect.flatMap((into) => install(into, plugins)))

/**
 * @example
 * ```ts
 * import { FaultLab } from "@credlet/testing"
 * import { Effect } from "effect"
 *
 * const Lab = FaultLab.layer({
 *   stuck: { fault: "hang", options: { seconds: 20 } },
 *   right: "good"
 * })
 *
 * const program = Effect.gen(function*() {
 *   const lab = yield* FaultLab.FaultLab
 *   // … point a host to lab.config and lab.binDir, and ask it for registry.example/app …
 *   return yield* lab.leftovers // nothing, if the host is good
 * }).pipe(Effect.provide(Lab))
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (plugins: Readonly<Record<string, Plugin | FaultName>>): Layer.Layer<FaultLab> =>
  Layer.effect(FaultLab, make(plugins))

/** A provider's entry in the config. */
const entry = (name: string, plugin: Plugin, marker: { readonly name: string; readonly value: string }) => {
  const { args = [], env = [], fault, matchImages = ["registry.example"], options = {} } = plugin
  for (const option of Object.keys(options)) {
    if (!(option in all[fault].options)) throw new Error(`the fault "${fault}" has no option "${option}"`)
  }
  return {
    fault,
    config: {
      name,
      matchImages,
      defaultCacheDuration: "0s",
      apiVersion: "credentialprovider.kubelet.k8s.io/v1",
      args: [...Object.entries(options).map(([option, value]) => `--${option}=${value}`), ...args],
      env: [...env, marker]
    }
  }
}

const put = (fault: FaultName, path: string): Effect.Effect<void, never, Scope.Scope> =>
  all[fault].make?.(path) ?? Effect.promise(() => Fs.symlink(Path.join(directory, fault), path))

const swap = Effect.fnUntraced(function*(path: string, fault: FaultName) {
  const beside = yield* Effect.promise(() => Fs.mkdtemp(`${Path.dirname(path)}-`))
  const made = Path.join(beside, Path.basename(path))
  yield* put(fault, made)
  yield* Effect.promise(async () => {
    // A file's place is taken at once; for a directory or nothing it is empty for a moment.
    if (fault === "directory" || fault === "missing") await Fs.rm(path, { recursive: true, force: true })
    if (fault !== "missing") await Fs.rename(made, path)
    await Fs.rmdir(beside)
  })
})

const kill = ({ pid }: Leftover): void => {
  try {
    process.kill(pid, "SIGKILL")
  } catch {
    // it has ended meanwhile
  }
}

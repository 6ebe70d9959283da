/**
 * A host for the data faults: a directory of plugins that are real programs and answer with the bytes a test gives them,
 * and a config that names them. All of it is gone when the scope closes.
 */
import { type ExecutionPolicy, Keyring, type PluginError, type PluginProtocol, PluginRunner } from "@credlet/core"
import { Credlet, NodePluginProcess } from "@credlet/node"
import { assert } from "@effect/vitest"
import { Effect, Layer, Logger, References, type Scope } from "effect"
import { execFileSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"

export const v1 = "credentialprovider.kubelet.k8s.io/v1"

/** Wherever a test's secrets stand, they hold this word, which no error may show. */
export const canary = "canary"

export interface Plugin {
  readonly name: string
  readonly answer: string | Uint8Array
  readonly matchImages: ReadonlyArray<string>
  /** Default: `10m`. */
  readonly defaultCacheDuration?: string
  /** Default: `v1`. */
  readonly apiVersion?: string
  /** Whether to keep what it is asked. */
  readonly keepsRequest?: boolean
  /** Whether it waits for somebody who opens its gate. */
  readonly isGated?: boolean
  /** Whether SIGTERM is nothing to it. */
  readonly isStubborn?: boolean
}

export interface Host {
  readonly directory: string
  /** For `Credlet.layer`. */
  readonly options: { readonly config: string; readonly binDir: string }
  readonly pathOf: (name: string) => string
  /** The process ids of a plugin's runs so far. */
  readonly runs: (name: string) => ReadonlyArray<number>
  /** What a plugin was asked last. */
  readonly request: (name: string) => string
  /** Adds plugins, or gives those that are there other answers. */
  readonly install: (plugins: ReadonlyArray<Plugin>) => void
  /** Makes a config of plugins the host's. */
  readonly configure: (plugins: ReadonlyArray<Plugin>) => void
}

/** A directory that is removed with the scope. */
export const makeDirectory: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "credlet-data-faults-"))),
  (directory) => Effect.sync(() => Fs.rmSync(directory, { recursive: true, force: true }))
)

export const makeFifo = (path: string): void => void execFileSync("mkfifo", [path])

export const configOf = (plugins: ReadonlyArray<Plugin>): string =>
  JSON.stringify({
    kind: "CredentialProviderConfig",
    apiVersion: "kubelet.config.k8s.io/v1",
    providers: plugins.map(({ apiVersion = v1, defaultCacheDuration = "10m", matchImages, name }) => ({
      name,
      matchImages,
      defaultCacheDuration,
      apiVersion,
      env: [{ name: "DATA_FAULTS_SECRET", value: `${canary}-env` }],
      args: [`--password=${canary}-argument`]
    }))
  })

// A link, so that no program is written while others are started.
const program = Path.join(import.meta.dirname, "data-plugin")

export const makeHost = (plugins: ReadonlyArray<Plugin>): Effect.Effect<Host, never, Scope.Scope> =>
  Effect.map(makeDirectory, (directory) => {
    const binDir = Path.join(directory, "bin")
    const config = Path.join(directory, "config.json")
    const pathOf = (name: string) => Path.join(binDir, name)
    const read = (file: string) => Fs.existsSync(file) ? Fs.readFileSync(file, "utf8") : ""
    const host: Host = {
      directory,
      options: { config, binDir },
      pathOf,
      runs: (name) => read(`${pathOf(name)}.runs`).split("\n").filter((line) => line !== "").map(Number),
      request: (name) => read(`${pathOf(name)}.request`),
      install: (added) => {
        for (const { answer, isGated, isStubborn, keepsRequest, name } of added) {
          const path = pathOf(name)
          Fs.writeFileSync(`${path}.answer`, answer)
          if (keepsRequest) Fs.writeFileSync(`${path}.request`, "")
          if (isStubborn) Fs.writeFileSync(`${path}.stubborn`, "")
          if (isGated && !Fs.existsSync(`${path}.gate`)) makeFifo(`${path}.gate`)
          if (!Fs.existsSync(path)) Fs.symlinkSync(program, path)
        }
      },
      configure: (named) => Fs.writeFileSync(config, configOf(named))
    }
    Fs.mkdirSync(binDir)
    host.install(plugins)
    host.configure(plugins)
    return host
  })

/** A plugin of the host on its own, as a real process. */
export const runPlugin = (
  host: Host,
  { apiVersion = v1, name }: Pick<Plugin, "name" | "apiVersion">
): Effect.Effect<PluginProtocol.PluginResponse, PluginError.PluginError, PluginRunner.PluginRunner> =>
  Effect.flatMap(
    PluginRunner.PluginRunner,
    (runner) =>
      runner.run({ provider: name, path: host.pathOf(name), apiVersion, args: [], env: [] }, {
        image: "reg.example/app"
      })
  )

export const PluginRunnerLive = (options?: Partial<ExecutionPolicy.ExecutionPolicy>) =>
  Layer.provide(PluginRunner.layerExec(options), NodePluginProcess.layer)

/** Nothing is printed; whoever logs a secret, at whatever level, dies of it. */
export const LogsNoSecrets = Layer.merge(
  Logger.layer([Logger.map(Logger.formatJson, (line) => assert.notInclude(line, canary, "a line of the log"))]),
  Layer.succeed(References.MinimumLogLevel, "All")
)

/** The keyring of the host's config as it is now. */
export const KeyringLive = (host: Host, execution: Partial<ExecutionPolicy.ExecutionPolicy> = {}) =>
  Layer.provideMerge(Credlet.layer({ ...host.options, execution }), LogsNoSecrets)

export const lookup = (image: string, options?: Keyring.LookupOptions) =>
  Effect.flatMap(Keyring.Keyring, (keyring) => keyring.lookup(image, options))

/**
 * One world with a canary in every slot: a directory with a config and plugins that are real programs, an API server, a
 * kubeconfig. It is gone when its scope closes.
 */
import { Context, Effect, Layer } from "effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { canaryOf, type SlotName } from "../slots.ts"
import * as Cluster from "./cluster.ts"
import { idToken } from "./kubeUsers.ts"
import { answerOf, configOf, isProviderName, program, type ProviderName, providers } from "./plugins.ts"

export interface Made {
  readonly slot: SlotName
  readonly value: string
}

export class World extends Context.Service<World, {
  readonly directory: string
  /** The paths for `Credlet.layer`, `Kubernetes.layer` and the command's flags. */
  readonly config: string
  readonly binDir: string
  readonly kubeconfig: string
  readonly cluster: Cluster.Cluster
  /** What a provider's plugin was given, or wrote to its stdout, in all runs so far. */
  readonly captured: (name: ProviderName, what: "stdin" | "args" | "env" | "stdout") => string
  /** Writes a file of the world's directory and gives its path. */
  readonly write: (name: string, text: string, mode?: number) => string
  /** The canaries that others made, as far as they are known by now. */
  readonly made: () => ReadonlyArray<Made>
}>()("test/leaks/World") {}

/** A secret by its name. */
export const inheritedName = "LEAKS_DB_PASSWORD"

const tokensIn = (stdin: string): ReadonlyArray<string> =>
  Array.from(stdin.matchAll(/"serviceAccountToken":"([^"]+)"/g), ([, token = ""]) => token)

const names = Object.keys(providers).filter(isProviderName)

const make = Effect.gen(function*() {
  const directory = yield* Effect.acquireRelease(
    Effect.sync(() => Fs.realpathSync(Fs.mkdtempSync(Path.join(Os.tmpdir(), "credlet-leaks-")))),
    (made) => Effect.sync(() => Fs.rmSync(made, { recursive: true, force: true }))
  )
  yield* Effect.acquireRelease(
    Effect.sync(() => process.env[inheritedName] = canaryOf("inheritedEnv")),
    () => Effect.sync(() => delete process.env[inheritedName])
  )
  const cluster = yield* Cluster.make
  const binDir = Path.join(directory, "bin")

  const write = (name: string, text: string, mode = 0o644): string => {
    const path = Path.join(directory, name)
    Fs.mkdirSync(Path.dirname(path), { recursive: true })
    Fs.writeFileSync(path, text, { mode })
    return path
  }
  const captured = (name: ProviderName, what: string): string =>
    Fs.readdirSync(binDir)
      .filter((file) => file.startsWith(`${name}.${what}.`))
      .map((file) => Fs.readFileSync(Path.join(binDir, file), "utf8"))
      .join("\n")

  const plugin = write("plugin", program, 0o755)
  for (const name of names) {
    write(`bin/${name}.act`, providers[name].act)
    write(`bin/${name}.answer`, answerOf(name))
    Fs.symlinkSync(plugin, Path.join(binDir, name))
  }
  return World.of({
    directory,
    config: write("config.json", configOf(names)),
    binDir,
    kubeconfig: write("kubeconfig", cluster.kubeconfig),
    cluster,
    captured,
    write,
    made: () => [
      { slot: "kubeToken", value: cluster.token },
      { slot: "inClusterToken", value: cluster.mountedToken },
      { slot: "kubeClientKey", value: Cluster.clientKey },
      { slot: "kubeIdToken", value: idToken },
      ...names.flatMap((name) =>
        tokensIn(captured(name, "stdin")).map((value): Made => ({ slot: "serviceAccountToken", value }))
      )
    ]
  })
})

export const layer: Layer.Layer<World> = Layer.effect(World, make)

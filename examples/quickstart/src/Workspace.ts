/**
 * The files that a node would have: the provider config, the plugin, and what the plugin needs to answer.
 */
import { TinyRegistry } from "@credlet/testing"
import { Context, Effect, FileSystem, Layer, Path, Redacted } from "effect"

export class Workspace extends Context.Service<Workspace, {
  /** For `--image-credential-provider-config`. */
  readonly config: string
  /** For `--image-credential-provider-bin-dir`. */
  readonly binDir: string
  /** What the plugin was asked so far, a request for each time it ran. */
  readonly requests: Effect.Effect<ReadonlyArray<string>>
}>()("@credlet/example-quickstart/Workspace") {}

/** A temporary folder, gone when the program ends. */
export const layer = (password: Redacted.Redacted) =>
  Layer.effect(
    Workspace,
    Effect.gen(function*() {
      const files = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      const registry = yield* TinyRegistry.TinyRegistry

      const example = yield* path.fromFileUrl(new URL("..", import.meta.url))
      const folder = yield* files.makeTempDirectoryScoped({ prefix: "credlet-quickstart-" })
      const config = path.join(folder, "config.yaml")
      const requests = path.join(folder, "requests")

      const template = yield* files.readFileString(path.join(example, "config.yaml"))
      const filled = template.replace("{{registry}}", registry.host).replace("{{folder}}", folder)
      yield* files.writeFileString(config, filled)
      yield* files.writeFileString(path.join(folder, "password"), `${Redacted.value(password)}\n`, { mode: 0o600 })
      yield* files.writeFileString(requests, "")

      return Workspace.of({
        config,
        binDir: path.join(example, "plugins"),
        requests: Effect.map(Effect.orDie(files.readFileString(requests)), (text) => text.split("\n").slice(0, -1))
      })
    })
  )

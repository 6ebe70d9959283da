/**
 * FAULT-44, the part of Node: its errors about a program that can't be started hold the program's arguments, and quote a
 * value with a NUL. Rules: EXEC-4, LOG-34.
 */
import { type PluginError, PluginRunner, ProviderConfig } from "@credlet/core"
import { NodePluginProcess } from "@credlet/node"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Layer, Redacted } from "effect"
import { spawn } from "node:child_process"
import * as Fs from "node:fs"
import { inspect } from "node:util"
import * as Scene from "./scenes/scene.ts"
import { canaryOf } from "./slots.ts"
import { assertSealed } from "./support/leaks.ts"
import { v1 } from "./support/plugins.ts"
import * as Watch from "./support/watch.ts"
import * as World from "./support/world.ts"

const PluginRunnerLive = Layer.provide(
  PluginRunner.layerExec({ startRetry: Duration.zero }),
  NodePluginProcess.layer
)

const env = (value: string) => [new ProviderConfig.EnvVar({ name: "ACME_SETTING", value: Redacted.make(value) })]

interface Case {
  readonly file: string
  readonly reason: PluginError.PluginError["reason"]["_tag"]
  readonly args?: ReadonlyArray<string>
  readonly value?: string
}

const secret = { arg: canaryOf("providerArgs"), env: canaryOf("providerEnv") }

const cases: ReadonlyArray<Case> = [
  { file: "missing", reason: "NotFound" },
  { file: "data", reason: "NotExecutable" },
  { file: "bin", reason: "NotExecutable" },
  { file: "text", reason: "NotAProgram" },
  { file: "orphan", reason: "BadInterpreter" },
  { file: "circle", reason: "BadPath" },
  { file: "plugin/below", reason: "BadPath" },
  { file: "plugin\0", reason: "NulCharacter" },
  { file: "plugin", reason: "NulCharacter", args: [`${secret.arg}\0`] },
  { file: "plugin", reason: "NulCharacter", value: `${secret.env}\0` },
  { file: "plugin", reason: "TooBig", args: [secret.arg.repeat(100_000)] }
]

describe("FAULT-44: what Node says of a program that can't be started", () => {
  it.layer(World.layer, { excludeTestServices: true })((it) => {
    it.effect("is not said on, whatever the reason", () =>
      Effect.gen(function*() {
        const { directory, write } = yield* World.World
        const watch = Watch.make()
        write("data", "#!/bin/sh\n", 0o644)
        write("text", "exit 0\n", 0o755)
        write("orphan", "#!/nowhere/sh\n", 0o755)
        Fs.symlinkSync("circle", `${directory}/circle`)
        const runner = yield* PluginRunner.PluginRunner
        for (const { args = [secret.arg], file, reason, value = secret.env } of cases) {
          const plugin = { provider: "acme", path: `${directory}/${file}`, apiVersion: v1, args, env: env(value) }
          const error = Scene.failureOf(
            yield* watch.run(
              file,
              runner.run(plugin, {
                image: "registry.example/app",
                serviceAccountToken: Redacted.make(canaryOf("tokenAnswer"))
              })
            )
          )
          assert.strictEqual(error.reason._tag, reason, file)
        }
        yield* assertSealed(watch)
      }).pipe(Effect.provide(PluginRunnerLive)))

    it.effect("would be a leak", () =>
      Effect.gen(function*() {
        const { directory } = yield* World.World
        const error = yield* Effect.promise<unknown>(() =>
          new Promise((resolve) => spawn(`${directory}/missing`, [secret.arg]).once("error", resolve))
        )
        assert.include(inspect(error), secret.arg.slice(0, 12))
        const thrown = yield* Effect.sync(() => {
          try {
            return spawn(`${directory}/plugin`, [`${secret.arg}\0`])
          } catch (error) {
            return error
          }
        })
        assert.include(inspect(thrown), secret.arg.slice(0, 12))
      }))
  })
})

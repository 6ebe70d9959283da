/** What a program in `hosts` is given: a config, a directory of plugins, and words `NAME=VALUE`. */
import { EnvVar } from "@credlet/core/config/ProviderConfig"
import * as PluginRunner from "@credlet/core/plugin/PluginRunner"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { readFileSync } from "node:fs"
import { join } from "node:path"

interface Entry {
  readonly name: string
  readonly apiVersion: string
  readonly args: ReadonlyArray<string>
  readonly env: ReadonlyArray<{ readonly name: string; readonly value: string }>
}

export const [config = "", binDir = "", ...words] = process.argv.slice(2)

const entries: ReadonlyArray<Entry> = JSON.parse(readFileSync(config, "utf8")).providers

/** The tag of its failure, or `answered`. */
export const runPlugin = (provider: string) =>
  Effect.gen(function*() {
    const entry = entries.find(({ name }) => name === provider)
    if (entry === undefined) return yield* Effect.die(new Error(`the config has no provider ${provider}`))
    const { apiVersion, args } = entry
    const env = entry.env.map(({ name, value }) => new EnvVar({ name, value: Redacted.make(value) }))
    const runner = yield* PluginRunner.PluginRunner
    const plugin = { provider, path: join(binDir, provider), apiVersion, args, env }
    const result = yield* Effect.result(runner.run(plugin, { image: "registry.example/team/app" }))
    return Result.isSuccess(result) ? "answered" : result.failure.reason._tag
  })

import * as CredentialCache from "@credlet/core/cache/CredentialCache"
import * as ProviderRegistry from "@credlet/core/provider/ProviderRegistry"
import { messages } from "@credlet/core/telemetry/LookupLog"
import * as NodePluginProcess from "@credlet/node/NodePluginProcess"
import * as ScriptedIdentity from "@credlet/testing/ScriptedIdentity"
import * as ScriptedPlugins from "@credlet/testing/ScriptedPlugins"
import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Layer, Path } from "effect"
import { Digest } from "effect/crypto"
import { createHash } from "node:crypto"
import * as Collect from "../telemetry/collect.ts"

const Platform = Layer.mergeAll(NodeFileSystem.layer, NodePath.layer)

const config = (...names: ReadonlyArray<string>) =>
  JSON.stringify({
    kind: "CredentialProviderConfig",
    apiVersion: "kubelet.config.k8s.io/v1",
    providers: names.map((name) => ({
      name,
      matchImages: ["reg.example"],
      defaultCacheDuration: "10m",
      apiVersion: "credentialprovider.kubelet.k8s.io/v1"
    }))
  })

/** A directory with `config.json` and `bin/`, in which each program has the mode given; `"directory"` makes one. */
const files = Effect.fnUntraced(function*(
  text: string,
  programs: Readonly<Record<string, number | "directory">> = {}
) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const directory = yield* fs.makeTempDirectoryScoped({ prefix: "credlet-registry-" })
  const binDir = path.join(directory, "bin")
  yield* fs.makeDirectory(binDir)
  yield* fs.writeFileString(path.join(directory, "config.json"), text)
  for (const [name, mode] of Object.entries(programs)) {
    const file = path.join(binDir, name)
    if (mode === "directory") yield* fs.makeDirectory(file)
    else yield* fs.writeFileString(file, "#!/bin/sh\n", { mode })
  }
  return { config: path.join(directory, "config.json"), binDir }
}, Effect.provide(Platform))

const register = (options: ProviderRegistry.Options) =>
  Effect.flatMap(ProviderRegistry.make(options), (registry) => registry.current).pipe(
    Effect.map(({ providers }) => providers.map((provider) => provider.name)),
    Effect.provide([
      Platform,
      NodePluginProcess.layer,
      ScriptedPlugins.layer(),
      ScriptedIdentity.layer(),
      CredentialCache.layerMemory,
      Digest.layerWebCrypto
    ])
  )

const refuse = (options: ProviderRegistry.Options) => Effect.flip(register(options))

describe("ProviderRegistry", () => {
  it.live("CFG-75, CFG-120: the providers of the config, in its order", () =>
    Effect.gen(function*() {
      const options = yield* files(config("b", "a"), { a: 0o755, b: 0o755 })
      assert.deepStrictEqual(yield* register(options), ["b", "a"])
    }))

  it.live("LOG-6: one line for each provider", () =>
    Effect.gen(function*() {
      const options = yield* files(config("b", "a"), { a: 0o755, b: 0o755 })
      const lines = (yield* Collect.logLines(register(options))).filter(({ level }) => level === "Debug")
      assert.deepStrictEqual(lines, [
        { level: "Debug", message: messages.providerRegistered, provider: "b" },
        { level: "Debug", message: messages.providerRegistered, provider: "a" }
      ])
    }))

  it.live("MET-3: the hash of the files in force, as long as they are", () =>
    Collect.counted(Effect.gen(function*() {
      const text = config("a")
      const options = yield* files(text, { a: 0o755 })
      yield* Effect.scoped(Effect.gen(function*() {
        yield* register(options)
        const length = Buffer.alloc(8)
        length.writeBigUInt64BE(BigInt(text.length))
        const hash = createHash("sha256").update(length).update(text).digest("hex")
        assert.deepStrictEqual(yield* Collect.series, [
          `kubelet_credential_provider_config_info{hash="sha256:${hash}"} 1`
        ])
      }))
      assert.deepStrictEqual(yield* Collect.series, [])
      yield* Effect.exit(register({ ...options, binDir: options.config }))
      assert.deepStrictEqual(yield* Collect.series, [], "a config that is refused is not in force")
    })))

  it.live("CFG-3, CFG-4: a missing bin directory is told before anything that is wrong with the config", () =>
    Effect.gen(function*() {
      const options = yield* files("{")
      const error = yield* refuse({ ...options, binDir: `${options.binDir}-not` })
      assert.deepInclude(error, { _tag: "BinDirError", failure: "NotFound" })
      assert.deepInclude(yield* refuse({ ...options, binDir: "" }), { _tag: "BinDirError", failure: "NotFound" })
      assert.deepInclude(yield* refuse({ ...options, binDir: `${options.config}/bin` }), {
        _tag: "BinDirError",
        failure: "NotAccessible"
      })
    }))

  it.live("CFG-4, CFG-111: a file in the place of the bin directory is told once, after what is wrong with the config", () =>
    Effect.gen(function*() {
      const options = yield* files(config("a", "b"))
      const error = yield* refuse({ ...options, binDir: options.config })
      assert.deepInclude(error, { _tag: "BinDirError", failure: "NotDirectory", binDir: options.config })
      assert.strictEqual(
        error.message,
        `the directory with plugins, ${options.config}, is not a directory: give the one that holds the providers' programs`
      )
      const malformed = yield* files("{")
      assert.strictEqual((yield* refuse({ ...malformed, binDir: malformed.config }))._tag, "ConfigFilesInvalid")
    }))

  it.live("CFG-3: what is wrong with the config is told before its plugins are looked at", () =>
    Effect.gen(function*() {
      const options = yield* files(config("a/b"))
      const error = yield* refuse(options)
      assert.strictEqual(error._tag, "ConfigInvalid")
    }))

  it.live("CFG-110, CFG-111: all programs that can't be run are told, each with its path and what to do", () =>
    Effect.gen(function*() {
      const options = yield* files(config("ok", "missing", "mode", "folder"), {
        ok: 0o755,
        mode: 0o644,
        folder: "directory"
      })
      const error = yield* refuse(options)
      assert(error._tag === "PluginsUnavailable")
      assert.deepStrictEqual(
        error.problems.map(({ failure, index, provider }) => [index, provider, failure._tag]),
        [[1, "missing", "NotFound"], [2, "mode", "NotExecutable"], [3, "folder", "IsDirectory"]]
      )
      for (const name of ["missing", "mode", "folder"]) assert.include(error.message, `${options.binDir}/${name}`)
      assert.include(error.message, "chmod +x")
    }))

  it.live("CFG-115: one program may serve several providers through symlinks", () =>
    Effect.gen(function*() {
      const options = yield* files(config("p-a", "p-b"), { p: 0o755 })
      const fs = yield* FileSystem.FileSystem
      yield* Effect.forEach(["p-a", "p-b"], (name) => fs.symlink(`${options.binDir}/p`, `${options.binDir}/${name}`))
      assert.deepStrictEqual(yield* register(options), ["p-a", "p-b"])
    }).pipe(Effect.provide(Platform)))

  it.live("CFG-113: a relative bin directory does not make the search go through $PATH", () =>
    Effect.gen(function*() {
      const options = yield* files(config("sh"))
      const error = yield* refuse({ ...options, binDir: "." })
      assert(error._tag === "PluginsUnavailable")
      assert.deepStrictEqual(error.problems.map(({ path }) => path), [`${process.cwd()}/sh`])
    }))
})

/** A directory of config files, from their bytes to checked providers: CFG-12…23, CFG-75…77, CFG-80…106. */
import * as ConfigDecoding from "@credlet/core/config/ConfigDecoding"
import type { ConfigInvalid, ConfigReadError } from "@credlet/core/config/ConfigError"
import * as ConfigLoading from "@credlet/core/config/ConfigLoading"
import * as LocatedProvider from "@credlet/core/config/LocatedProvider"
import { assert, describe } from "@effect/vitest"
import { ByteSize, Effect, Exit, FileSystem, Layer, Option, Path, Result } from "effect"
import { Digest } from "effect/crypto"
import { createHash } from "node:crypto"
import { property } from "./driver/property.ts"
import * as Shape from "./driver/shape.ts"
import * as Texts from "./input/texts.ts"

interface Entry {
  readonly name: string
  readonly content: Uint8Array
}

const names = [
  "a.yaml",
  "b.json",
  "B.yml",
  "é.yaml",
  "😀.yaml",
  "ｆ.yaml",
  ".yaml",
  "a.yaml.bak",
  "x.YAML",
  "10.yaml",
  "2.yaml"
]

const info = (type: FileSystem.File.Type): FileSystem.File.Info => ({
  type,
  mtime: Option.none(),
  atime: Option.none(),
  birthtime: Option.none(),
  dev: 0n,
  ino: Option.none(),
  mode: 0o644,
  nlink: Option.none(),
  uid: Option.none(),
  gid: Option.none(),
  rdev: Option.none(),
  size: ByteSize.zero,
  blksize: Option.none(),
  blocks: Option.none()
})

/** The directory `/d` with these files in it; hashing without waiting. */
const directory = (entries: ReadonlyArray<Entry>) => {
  const files = new Map(entries.map(({ content, name }) => [`/d/${name}`, content]))
  return Layer.mergeAll(
    FileSystem.layerNoop({
      stat: (path) => Effect.succeed(info(path === "/d" ? "Directory" : "File")),
      readDirectoryEntries: () => Effect.succeed(entries.map(({ name }) => ({ name, type: "File" }))),
      readFile: (path) => Effect.succeed(files.get(path) ?? new Uint8Array())
    }),
    Layer.succeed(Digest.Digest, {
      digest: (_, data) => Effect.sync(() => new Uint8Array(createHash("sha256").update(data).digest())),
      digestHex: (_, data) => Effect.sync(() => createHash("sha256").update(data).digest("hex"))
    }),
    Path.layer
  )
}

/** CFG-20, CFG-21. */
const hashOf = (contents: ReadonlyArray<Uint8Array>): string => {
  const hash = createHash("sha256")
  for (const content of contents) {
    const length = Buffer.alloc(8)
    length.writeBigUInt64BE(BigInt(content.length))
    hash.update(length).update(content)
  }
  return `sha256:${hash.digest("hex")}`
}

/** CFG-12, CFG-15: what is taken, in its order. */
const taken = (entries: ReadonlyArray<Entry>): ReadonlyArray<Entry> =>
  entries.filter(({ name }) => /\.(?:json|yaml|yml)$/.test(name))
    .toSorted((left, right) => Buffer.compare(Buffer.from(left.name), Buffer.from(right.name)))

describe("directories of config files", () => {
  property("CFG-12…23, CFG-75…77: files become one config, or all their errors are told", {
    generate: (random) => {
      const chosen = new Set(random.list(4, () => random.pick(names) ?? "a.yaml"))
      return Array.from(chosen, (name): Entry => ({ name, content: Texts.config(random) }))
    },
    shape: Shape.list(Shape.record<Entry>({ name: Shape.constant(), content: Shape.bytes })),
    run: (entries) => Effect.runSyncExit(Effect.provide(ConfigLoading.load("/d"), directory(entries))),
    check: (loaded: Exit.Exit<ConfigLoading.LoadedConfig, ConfigReadError | ConfigInvalid>, entries) => {
      const read = taken(entries)
      const decoded = read.map(({ content }) => ConfigDecoding.decodePartly(content))
      const errors = decoded.filter(Result.isFailure)
      const readable = decoded.flatMap((one) =>
        (Result.isSuccess(one) ? one.success.providers : one.failure.readable) ?? []
      )
      const found = readable.filter((located) => LocatedProvider.isRead(located, ["name"]))
        .map(({ provider }) => provider.name)
      if (Exit.isSuccess(loaded)) {
        const { files, hash, providers } = loaded.value
        assert.deepStrictEqual(files, read.map(({ name }) => `/d/${name}`))
        assert.strictEqual(hash, hashOf(read.map(({ content }) => content)))
        assert.deepStrictEqual(providers.map(({ name }) => name), found)
        assert.strictEqual(errors.length, 0)
        assert.strictEqual(new Set(found).size, found.length)
        return
      }
      const error = Option.getOrThrow(Exit.findErrorOption(loaded))
      switch (error._tag) {
        case "ConfigNoFiles":
          return assert.strictEqual(read.length, 0)
        case "ConfigFilesInvalid":
          return assert.strictEqual(error.errors.length, errors.length + found.length - new Set(found).size)
        case "ConfigInvalid":
          return assert.isTrue(read.length > 0 && errors.length === 0 && error.problems.length > 0)
        default:
          assert.fail(error._tag)
      }
    }
  })
})

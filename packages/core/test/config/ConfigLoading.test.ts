import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Layer, Path, PlatformError } from "effect"
import { Digest } from "effect/crypto"
import { ChildProcess } from "effect/process"
import * as ConfigLoading from "../../src/config/ConfigLoading.ts"
import { json, v1, valid, yaml } from "./documents.ts"

const services = Layer.mergeAll(NodeServices.layer, Digest.layerWebCrypto)

const good = (...names: ReadonlyArray<string>) => json(names.map((name) => valid(name)))

/** A directory with these files, which may lie in directories of their own. */
const directory = Effect.fnUntraced(function*(files: Readonly<Record<string, string>>) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const root = yield* fs.makeTempDirectoryScoped()
  for (const [name, text] of Object.entries(files)) {
    yield* fs.makeDirectory(path.dirname(path.join(root, name)), { recursive: true })
    yield* fs.writeFileString(path.join(root, name), text)
  }
  return root
})

const names = (config: ConfigLoading.ReadConfig) => config.providers.map(({ provider }) => provider.name)

/** The errors of the files as `tag file-or-name`, without the directory. */
const fileErrors = (root: string) =>
  ConfigLoading.read(root).pipe(
    Effect.flip,
    Effect.map((error) => {
      assert(error._tag === "ConfigFilesInvalid", error.message)
      return error.errors.map((one) => {
        switch (one._tag) {
          case "ConfigUnreadable":
            return `${one.failure} ${one.file.replace(`${root}/`, "")}`
          case "ConfigDecodeError":
            return `${one.reason} ${one.file?.replace(`${root}/`, "")}`
          case "DuplicateProviderName":
            return `duplicate ${one.name} in ${one.location?.file?.replace(`${root}/`, "")}`
        }
      })
    })
  )

describe("ConfigLoading", () => {
  it.layer(services, { excludeTestServices: true })((it) => {
    it.effect("CFG-5, CFG-10: the path", () =>
      Effect.gen(function*() {
        const empty = yield* Effect.flip(ConfigLoading.read(""))
        assert.strictEqual(empty._tag, "ConfigPathEmpty")
        assert.match(empty.message, /path of the config is empty: give a file, or a directory/)
        const root = yield* directory({ "a.yaml": good("a") })
        const missing = yield* Effect.flip(ConfigLoading.read(`${root}/nope`))
        assert.include(missing, { _tag: "ConfigNotAccessible", path: `${root}/nope`, failure: "NotFound" })
        assert.match(missing.message, /\/nope: the config is not accessible: it does not exist/)
        const below = yield* Effect.flip(ConfigLoading.read(`${root}/a.yaml/x`))
        assert.strictEqual(below._tag, "ConfigNotAccessible")
      }))

    it.effect("CFG-11, CFG-22: one file, whatever its name; its hash is that of a directory with it alone", () =>
      Effect.gen(function*() {
        const root = yield* directory({ "cp.conf": good("a"), "dir/x.yml": good("a"), "dir/skipped.txt": "x" })
        const file = yield* ConfigLoading.read(`${root}/cp.conf`)
        const dir = yield* ConfigLoading.read(`${root}/dir`)
        assert.deepStrictEqual(names(file), ["a"])
        assert.deepStrictEqual(file.files, [`${root}/cp.conf`])
        assert.strictEqual(file.hash, dir.hash)
      }))

    it.effect("CFG-12, CFG-13, CFG-15, CFG-18: which files of a directory, in byte order", () =>
      Effect.gen(function*() {
        const taken = [
          ".hid.yaml",
          ".yaml",
          "10.yaml",
          "2.yaml",
          "B.json",
          "a.yml",
          "é.yaml",
          "\u{ff46}.yaml",
          "😀.yaml"
        ]
        const skipped = ["x.YAML", "y.yaml.bak", "z.conf", "yaml", "json.", "..2026_11/a.yaml", "sub.yaml/inner.yaml"]
        const root = yield* directory({
          ...Object.fromEntries(taken.map((name) => [name, good(name.replaceAll("/", "-"))])),
          ...Object.fromEntries(skipped.map((name) => [name, "garbage: ["]))
        })
        const config = yield* ConfigLoading.read(root)
        assert.deepStrictEqual(names(config), taken)
        assert.deepStrictEqual(config.files, taken.map((name) => `${root}/${name}`))
      }))

    it.effect("CFG-14: links to files are read, links to directories and to nothing are errors", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const root = yield* directory({ "data/real": good("a") })
        yield* fs.symlink("data/real", `${root}/b.yaml`)
        assert.deepStrictEqual(names(yield* ConfigLoading.read(root)), ["a"])
        yield* fs.symlink("data", `${root}/c.yaml`)
        yield* fs.symlink("nothing", `${root}/d.yaml`)
        assert.deepStrictEqual(yield* fileErrors(root), ["IsDirectory c.yaml", "NotFound d.yaml"])
        assert.deepStrictEqual(names(yield* ConfigLoading.read(`${root}/b.yaml`)), ["a"])
      }))

    it.effect("CFG-16: a directory without config files", () =>
      Effect.gen(function*() {
        const root = yield* directory({ "a.txt": good("a"), "sub/b.yaml": good("b") })
        const error = yield* Effect.flip(ConfigLoading.read(root))
        assert.include(error, { _tag: "ConfigNoFiles", path: root })
        assert.match(error.message, /names must end in \.json, \.yaml or \.yml/)
      }))

    it.effect("FAULT-25: a pipe is refused and not waited for", () =>
      Effect.gen(function*() {
        const root = yield* directory({ "b.yaml": good("b") })
        const made = yield* ChildProcess.make("mkfifo", [`${root}/a.yaml`]).pipe(
          Effect.flatMap((handle) => handle.exitCode),
          Effect.scoped
        )
        assert.strictEqual(Number(made), 0)
        assert.deepStrictEqual(yield* fileErrors(root), ["NotAFile a.yaml"])
        assert.deepStrictEqual(yield* fileErrors(`${root}/a.yaml`), [`NotAFile ${root}/a.yaml`])
        const error = yield* Effect.flip(ConfigLoading.read(root))
        assert.strictEqual(
          error.message,
          `${root}/a.yaml: the config file can't be read: it is no ordinary file, but a pipe, socket or device`
        )
      }))

    it.effect("CFG-17: errors of all files, in their order", () =>
      Effect.gen(function*() {
        const root = yield* directory({
          "1.yaml": good("a", "a"),
          "2.yaml": "kind: X\n",
          "3.yaml": yaml("- typo: 1\n"),
          "4.json": "{",
          "5.yaml": good("b", "a")
        })
        assert.deepStrictEqual(yield* fileErrors(root), [
          "duplicate a in 1.yaml",
          "missingVersion 2.yaml",
          "strict 3.yaml",
          "interpret 4.json",
          "duplicate a in 5.yaml"
        ])
        const error = yield* Effect.flip(ConfigLoading.read(root))
        const lines = error.message.split("\n")
        assert.match(
          lines[0] ?? "",
          /\/1\.yaml:1:\d+: providers\[1\]\.name: duplicate provider name "a": .*\/1\.yaml:1:\d+ has it already/
        )
        assert.match(lines[3] ?? "", /\/3\.yaml:4:3: providers\[0\]\.typo: unknown field: ./)
        assert.strictEqual(lines.length, 7)
      }))

    it.effect("CFG-76: names are compared byte by byte, the empty one too", () =>
      Effect.gen(function*() {
        const root = yield* directory({ "a.yaml": json([{}, { name: "A" }, { name: "a" }, {}]) })
        assert.deepStrictEqual(yield* fileErrors(`${root}/a.yaml`), [`duplicate  in ${root}/a.yaml`])
      }))

    it.effect("CFG-20…22: the hash of the files' lengths and bytes, in load order", () =>
      Effect.gen(function*() {
        const empty = (version: string) =>
          `{"kind":"CredentialProviderConfig","apiVersion":"kubelet.config.k8s.io/${version}","providers":[]}`
        const root = yield* directory({
          "one/a.json": empty("v1"),
          "two/1.json": empty("v1"),
          "two/2.json": empty("v1beta1"),
          "swapped/1.json": empty("v1beta1"),
          "swapped/2.json": empty("v1")
        })
        const hash = (name: string) => Effect.map(ConfigLoading.read(`${root}/${name}`), (config) => config.hash)
        assert.strictEqual(
          yield* hash("one"),
          "sha256:acad52c763a2c48b25068e40e1b58d47984d0a83ee079ab72091ef5c21908cb8"
        )
        assert.strictEqual(
          yield* hash("two"),
          "sha256:f05ffdea9937c3773deaa690a4ea348f438356eedc4d5dd32e4d74ac89a842f9"
        )
        assert.strictEqual(
          yield* hash("swapped"),
          "sha256:bc985d930d9e2857cb5c28458e9c2b7cb34bc4bf6f9daf86b3c330c5fc75a7d6"
        )
      }))

    it.effect("CFG-75, CFG-77: providers in order of files, versions mixed, a file may have none", () =>
      Effect.gen(function*() {
        const root = yield* directory({
          "b.json": json([valid("p3")], "kubelet.config.k8s.io/v1beta1"),
          "a.yaml": good("p2", "p1"),
          "c.yaml": `kind: CredentialProviderConfig\napiVersion: ${v1}\n`
        })
        const { hash, providers, warnings } = yield* ConfigLoading.load(root)
        assert.deepStrictEqual(providers.map((provider) => provider.name), ["p2", "p1", "p3"])
        assert.match(hash, /^sha256:[\da-f]{64}$/)
        assert.deepStrictEqual(warnings, [])
      }))

    it.effect("CFG-3: a config that was read is validated, all problems with file and line", () =>
      Effect.gen(function*() {
        const root = yield* directory({
          "a.yaml": yaml("- name: a b\n  matchImages: [a.example]\n  defaultCacheDuration: 1m\n  apiVersion: v1\n"),
          "b.json": json([valid("b", { defaultCacheDuration: "-1s", tokenAttributes: {} })])
        })
        const error = yield* Effect.flip(ConfigLoading.load(root, { serviceAccountTokens: false }))
        assert(error._tag === "ConfigInvalid")
        assert.deepStrictEqual(
          error.problems.map(({ index, location, rule }) => [rule, index, location?.file?.slice(-6), location?.line]),
          [
            ["CFG-82", 0, "a.yaml", 4],
            ["CFG-88", 0, "a.yaml", 7],
            ["CFG-92", 1, "b.json", 1],
            ["CFG-93", 1, "b.json", 1],
            ["CFG-94", 1, "b.json", 1],
            ["CFG-95", 1, "b.json", 1],
            ["CFG-101", 1, "b.json", 1]
          ]
        )
        // the index in the file, not in the merged config
        assert.include(error.message, `${root}/b.json:1:`)
        assert.include(error.message, ": providers[0].defaultCacheDuration: Invalid value: \"-1s\": ")
      }))

    it.effect("warnings of documents and of providers come along", () =>
      Effect.gen(function*() {
        const provider = json([valid("a", { matchImages: ["a.example/*"] })])
        const root = yield* directory({ "a.yaml": `--- ${provider}\n---\nmore\n` })
        const { warnings } = yield* ConfigLoading.load(root)
        assert.deepStrictEqual(warnings.map(({ location, reason }) => [reason, location?.line]), [
          ["ignoredDocuments", 3],
          ["starInPath", 1]
        ])
      }))

    it.effect("CFG-10, CFG-17: what may not be read", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const root = yield* directory({ "a.yaml": good("a"), "b.yaml": good("b") })
        const refuse = (path: string) =>
          Effect.fail(PlatformError.systemError({
            _tag: "PermissionDenied",
            module: "FileSystem",
            method: "test",
            pathOrDescriptor: path
          }))
        const guarded = FileSystem.makeNoop({
          ...fs,
          readFile: (path) => path.endsWith("a.yaml") ? refuse(path) : fs.readFile(path)
        })
        assert.deepStrictEqual(yield* Effect.provideService(fileErrors(root), FileSystem.FileSystem, guarded), [
          "PermissionDenied a.yaml"
        ])
        const closed = FileSystem.makeNoop({ ...fs, readDirectoryEntries: refuse })
        const error = yield* Effect.flip(ConfigLoading.read(root)).pipe(
          Effect.provideService(FileSystem.FileSystem, closed)
        )
        assert.include(error, { _tag: "ConfigNotAccessible", failure: "PermissionDenied" })
      }))

    it.effect("CFG-12: where a listing does not tell types, they are looked up", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const root = yield* directory({ "a.yaml": good("a"), "dir.yaml/b.yaml": good("b") })
        const untyped = FileSystem.makeNoop({
          ...fs,
          readDirectoryEntries: (path) =>
            Effect.map(fs.readDirectory(path), (found) => found.map((name) => ({ name, type: "Unknown" as const })))
        })
        const config = yield* Effect.provideService(ConfigLoading.read(root), FileSystem.FileSystem, untyped)
        assert.deepStrictEqual(names(config), ["a"])
      }))
  })
})

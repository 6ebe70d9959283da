/** FAULT-25, the files: what stands where a config file should. Rules: CFG-4, CFG-10…18. Nothing here may hang. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Result } from "effect"
import * as Fs from "node:fs"
import * as Net from "node:net"
import * as Path from "node:path"
import { load, makeConfigHost, refusalOf, type Refused, refused, usernames, yaml } from "./support/dataConfig.ts"
import { type Host, KeyringLive, lookup, makeFifo } from "./support/dataHost.ts"
import { assertHidesSecrets } from "./support/dataVerdict.ts"

const secret = "  env: [{name: A, value: canary-word}]"
const mebibyte = 1024 * 1024

/** Far more than anything here takes; a read that hangs is found by it. */
const patience = "1 minute"

/** What becomes of the host with this path as its config: usernames that a lookup finds, or why there is no keyring. */
const outcomeOf = (host: Host, config: string) =>
  Effect.gen(function*() {
    const loaded = yield* load(config)
    const found = yield* usernames({ ...host, options: { ...host.options, config } })
    if (Result.isSuccess(loaded)) return Result.getOrThrow(found)
    assertHidesSecrets(loaded.failure, config)
    assert.isTrue(Result.isFailure(found) && found.failure._tag === loaded.failure._tag)
    return refusalOf(loaded.failure)
  }).pipe(
    Effect.timeoutOption(patience),
    Effect.map(Option.getOrElse((): Refused => refused("it hangs")))
  )

/** `make` puts something at a path; what comes of that as the config itself, and as a file of a config's directory. */
const holdAgainstRules = Effect.fnUntraced(function*(
  make: (path: string, host: Host) => void,
  asConfig: Refused | ReadonlyArray<string>,
  inDirectory: Refused | ReadonlyArray<string>
) {
  const host = yield* makeConfigHost
  const alone = Path.join(host.directory, "alone.yaml")
  make(alone, host)
  assert.deepStrictEqual(yield* outcomeOf(host, alone), asConfig)
  const directory = Path.join(host.directory, "configs")
  Fs.mkdirSync(directory)
  Fs.writeFileSync(Path.join(directory, "a.yaml"), yaml(secret))
  make(Path.join(directory, "b.yaml"), host)
  assert.deepStrictEqual(yield* outcomeOf(host, directory), inDirectory)
})

const notAFile = refused("ConfigUnreadable", "NotAFile")
const found = ["acme"]

describe("FAULT-25, files", () => {
  it.live("FAULT-25: CFG-11, CFG-17: a FIFO that nobody writes to is refused and not waited for", () =>
    holdAgainstRules(makeFifo, notAFile, notAFile))

  it.live("FAULT-25: CFG-14: so is a link to one", () =>
    holdAgainstRules(
      (path, { directory }) => {
        const fifo = Path.join(directory, "fifo")
        if (!Fs.existsSync(fifo)) makeFifo(fifo)
        Fs.symlinkSync(fifo, path)
      },
      notAFile,
      notAFile
    ))

  it.live("FAULT-25: CFG-11: a device that never ends, or has nothing", () =>
    Effect.all([
      holdAgainstRules((path) => Fs.symlinkSync("/dev/zero", path), notAFile, notAFile),
      holdAgainstRules((path) => Fs.symlinkSync("/dev/null", path), notAFile, notAFile)
    ], { discard: true }))

  it.live("FAULT-25: CFG-11: a socket", () =>
    Effect.gen(function*() {
      const host = yield* makeConfigHost
      const path = Path.join(host.directory, "s.yaml")
      yield* Effect.acquireRelease(
        Effect.callback<Net.Server>((resume) => {
          const server = Net.createServer().listen(path, () => resume(Effect.succeed(server)))
        }),
        (server) => Effect.sync(() => void server.close())
      )
      assert.deepStrictEqual(yield* outcomeOf(host, path), notAFile)
    }))

  it.live("FAULT-25: CFG-12, CFG-16: a directory as the config is looked into, one within it passed over", () =>
    holdAgainstRules((path) => void Fs.mkdirSync(path), refused("ConfigNoFiles"), found))

  it.live("FAULT-25: CFG-14: a link to a directory is none", () =>
    holdAgainstRules(
      (path, { options }) => Fs.symlinkSync(options.binDir, path),
      refused("ConfigNoFiles"),
      refused("ConfigUnreadable", "IsDirectory")
    ))

  it.live("FAULT-25: CFG-10, CFG-14: nothing, and a link to nothing", () =>
    Effect.all([
      holdAgainstRules(() => {}, refused("ConfigNotAccessible", "NotFound"), found),
      holdAgainstRules(
        (path) => Fs.symlinkSync("/no/such/file", path),
        refused("ConfigNotAccessible", "NotFound"),
        refused("ConfigUnreadable", "NotFound")
      )
    ], { discard: true }))

  it.live("FAULT-25: CFG-10, CFG-17: a link to itself, and a name that is too long", () =>
    Effect.all([
      holdAgainstRules(
        (path) => Fs.symlinkSync(path, path),
        refused("ConfigNotAccessible", "Other"),
        refused("ConfigUnreadable", "Other")
      ),
      holdAgainstRules(
        (path) => Fs.symlinkSync("x".repeat(300), path),
        refused("ConfigNotAccessible", "Other"),
        refused("ConfigUnreadable", "Other")
      )
    ], { discard: true }))

  it.live("FAULT-25: CFG-17: a file that can be opened but not read", () =>
    holdAgainstRules(
      (path) => Fs.symlinkSync("/proc/self/mem", path),
      refused("ConfigUnreadable", "Other"),
      refused("ConfigUnreadable", "Other")
    ))

  it.live("FAULT-25: CFG-17: a file without permission to read, unless one is root", () => {
    const isRoot = process.getuid?.() === 0
    const denied = refused("ConfigUnreadable", "PermissionDenied")
    return holdAgainstRules(
      (path) => Fs.writeFileSync(path, yaml(secret), { mode: 0 }),
      isRoot ? found : denied,
      isRoot ? refused("DuplicateProviderName", "acme") : denied
    )
  })

  it.live("FAULT-25: CFG-17, CFG-35: an empty file, and one that is cut off", () =>
    Effect.all([
      holdAgainstRules(
        (path) => Fs.writeFileSync(path, ""),
        refused("missingKind", "document "),
        refused("missingKind", "document ")
      ),
      holdAgainstRules(
        (path) => Fs.writeFileSync(path, `{"kind":"CredentialProviderConfig","password":"canary`),
        refused("interpret", "syntax "),
        refused("interpret", "syntax ")
      )
    ], { discard: true }))

  it.live("FAULT-25: CFG-11: 10 MiB of JSON, of comments, of one value", () =>
    Effect.gen(function*() {
      const host = yield* makeConfigHost
      const config = Path.join(host.directory, "large")
      const large: ReadonlyArray<readonly [string, Refused | ReadonlyArray<string>]> = [
        [JSON.stringify({ kind: "canary".repeat(10 * mebibyte / 6) }), refused("missingVersion", "document ")],
        [`# ${"canary ".repeat(10 * mebibyte / 7)}\n${yaml()}`, found],
        [yaml(`  env: [{name: A, value: ${"canary".repeat(10 * mebibyte / 6)}`), refused("yaml", "syntax ")],
        [`${yaml()}...\n${"canary\n".repeat(10 * mebibyte / 7)}`, found]
      ]
      for (const [text, expected] of large) {
        Fs.writeFileSync(config, text)
        assert.deepStrictEqual(yield* outcomeOf(host, config), expected)
      }
    }), 120_000)

  it.live("FAULT-25: CFG-17: all errors of all files are told, and the good files are not put to work", () =>
    Effect.gen(function*() {
      const host = yield* makeConfigHost
      const directory = Path.join(host.directory, "configs")
      Fs.mkdirSync(directory)
      const write = (name: string, text: string) => Fs.writeFileSync(Path.join(directory, name), text)
      write("1.yaml", yaml(secret))
      write("2.yaml", "\t- canary")
      write("3.json", "{\"canary\":")
      makeFifo(Path.join(directory, "4.yml"))
      Fs.mkdirSync(Path.join(directory, "5.yaml"))
      write("6.txt", "canary")
      write("7.yaml", yaml())
      const loaded = yield* load(directory)
      if (Result.isSuccess(loaded) || loaded.failure._tag !== "ConfigFilesInvalid") return assert.fail("accepted")
      assert.deepStrictEqual(loaded.failure.errors.map((error) => error._tag), [
        "ConfigDecodeError",
        "ConfigDecodeError",
        "ConfigUnreadable",
        "DuplicateProviderName"
      ])
      assertHidesSecrets(loaded.failure, "a directory")
      const built = yield* Effect.result(
        Effect.provide(
          lookup("reg.example/app"),
          KeyringLive({ ...host, options: { ...host.options, config: directory } })
        )
      )
      assert.isTrue(Result.isFailure(built))
      assert.lengthOf(host.runs("acme"), 0)
    }))

  it.live("FAULT-25: CFG-4, CFG-111: a FIFO or file in place of the directory of plugins", () =>
    Effect.gen(function*() {
      const host = yield* makeConfigHost
      const fifo = Path.join(host.directory, "fifo")
      makeFifo(fifo)
      for (const binDir of [fifo, host.options.config]) {
        const error = yield* Effect.flip(usernamesOr(host, binDir))
        assert.strictEqual(error, "BinDirError")
      }
      assert.strictEqual(yield* Effect.flip(usernamesOr(host, "/no/such/directory")), "BinDirError")
    }))
})

const usernamesOr = (host: Host, binDir: string) =>
  Effect.flatMap(
    usernames({ ...host, options: { ...host.options, binDir } }),
    (found) => Result.isSuccess(found) ? Effect.succeed(found.success) : Effect.fail(found.failure._tag)
  ).pipe(
    Effect.timeout(patience)
  )

import { ProviderMetrics } from "@credlet/core"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Metric } from "effect"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import * as MetricsFile from "../../src/output/MetricsFile.ts"
import { directory } from "../support/credlet.ts"

const write = (path: string, text: string) => Effect.provide(MetricsFile.write(path, text), NodeServices.layer)

const refused = (path: string) => Effect.map(Effect.flip(write(path, "x 1\n")), ({ message }) => message)

const list = (dir: string) => Effect.promise(() => Fs.readdir(dir))

const read = (path: string) => Effect.promise(() => Fs.readFile(path, "utf8"))

describe("MetricsFile", () => {
  it.effect("MET-10: what was counted into the registry in force, in Prometheus' format", () =>
    Effect.gen(function*() {
      const metrics = yield* ProviderMetrics.make("a\"b")
      metrics.failed("exec")
      const lines = (yield* MetricsFile.format(new Map())).split("\n")
      assert.include(lines, "# TYPE credlet_provider_failures_total counter")
      assert.include(lines, "credlet_provider_failures_total{plugin_name=\"a\\\"b\",reason=\"exec\"} 1")
      assert.strictEqual(lines.at(-1), "")
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map())))

  it.effect("of series that are gone the value that was held, of all others the one that they have now", () =>
    Effect.gen(function*() {
      const [gone, lasting] = [Metric.gauge("gone"), Metric.gauge("lasting")]
      yield* Metric.update(gone, 1)
      yield* Metric.update(lasting, 1)
      const held = yield* MetricsFile.hold
      yield* Metric.update(gone, 0)
      yield* Metric.update(lasting, 2)
      yield* Metric.remove(gone)
      const lines = (yield* MetricsFile.format(held)).split("\n").filter((line) => !line.startsWith("#"))
      assert.deepStrictEqual(lines, ["gone 1", "lasting 2", ""])
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map())))

  it.effect("takes the place of a file in one step, and leaves nothing beside it", () =>
    Effect.gen(function*() {
      const dir = yield* directory({ "old.prom": "old 1\n" })
      const old = yield* Effect.promise(() => Fs.open(Path.join(dir, "old.prom")))
      yield* write(Path.join(dir, "old.prom"), "new 2\n")
      yield* write(Path.join(dir, "first.prom"), "first 1\n")
      // Who has the old file open still reads it whole.
      assert.strictEqual(yield* Effect.promise(() => old.readFile("utf8")), "old 1\n")
      yield* Effect.promise(() => old.close())
      assert.strictEqual(yield* read(Path.join(dir, "old.prom")), "new 2\n")
      assert.deepStrictEqual(yield* list(dir), ["bin", "first.prom", "old.prom"])
    }))

  it.effect("follows a link to a file", () =>
    Effect.gen(function*() {
      const dir = yield* directory({ "real.prom": "old 1\n" })
      yield* Effect.promise(() => Fs.symlink("real.prom", Path.join(dir, "link.prom")))
      yield* write(Path.join(dir, "link.prom"), "new 2\n")
      assert.strictEqual(yield* read(Path.join(dir, "real.prom")), "new 2\n")
      assert.isTrue((yield* Effect.promise(() => Fs.lstat(Path.join(dir, "link.prom")))).isSymbolicLink())
    }))

  it.effect("takes the place of nothing but a file: no device, no directory", () =>
    Effect.gen(function*() {
      const dir = yield* directory({})
      const text = (path: string) =>
        `the metrics could not be written to ${path}: it is no ordinary file, whose place a new one could take`
      assert.strictEqual(yield* refused(dir), text(dir))
      assert.strictEqual(yield* refused("/dev/null"), text("/dev/null"))
      assert.isTrue((yield* Effect.promise(() => Fs.stat("/dev/null"))).isCharacterDevice())
    }))

  it.effect("says why it can't be written", () =>
    Effect.gen(function*() {
      const dir = yield* directory({ "file": "" })
      assert.match(yield* refused(Path.join(dir, "none/x.prom")), /\/none\/x\.prom: its directory does not exist$/)
      assert.match(yield* refused(Path.join(dir, "file/x.prom")), /: the system could not write it \(ENOTDIR\)$/)
      assert.match(yield* refused(Path.join(dir, "x".repeat(300))), /: the system could not write it \(ENAMETOOLONG\)$/)
    }))

  it.effect("a new file that can't take its place goes away again", () =>
    Effect.gen(function*() {
      const dir = yield* directory({})
      const files = yield* FileSystem.FileSystem
      const fails = FileSystem.FileSystem.of({ ...files, rename: (from) => files.rename(from, Path.join(dir, "bin")) })
      const error = yield* MetricsFile.write(Path.join(dir, "x.prom"), "x 1\n").pipe(
        Effect.provideService(FileSystem.FileSystem, fails),
        Effect.flip
      )
      assert.strictEqual(error.failure, "Other")
      assert.deepStrictEqual(yield* list(dir), ["bin"])
    }).pipe(Effect.provide(NodeServices.layer)))
})

/** `--metrics` as its users see it: what the file says when the command has ended. What is counted: `Explain.test.ts`. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import { config, credlet, directory, type Files, oneByOne, provider, script } from "./support/credlet.ts"

const files = (plugin: string): Files => ({
  "providers.yaml": config(provider("hang", ["registry.example"])),
  "bin/hang": script(plugin)
})

const always = ["registry.example/a", "--config", "providers.yaml", "--bin-dir", "bin", "--metrics", "out.prom"]

const series = (dir: string) =>
  Effect.map(
    Effect.promise(() => Fs.readFile(Path.join(dir, "out.prom"), "utf8")),
    (text) => text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))
  )

const assertSettled = (all: ReadonlyArray<string>) => {
  assert.include(all, "credlet_plugins_running{plugin_name=\"hang\"} 0")
  assert.include(all, "kubelet_credential_provider_plugin_duration_count{plugin_name=\"hang\"} 1")
  // Those that go with the keyring are there as well.
  assert.match(all.join("\n"), /^kubelet_credential_provider_config_info\{hash="sha256:\w+"\} 1$/m)
}

describe("--metrics", oneByOne, () => {
  for (const command of ["explain", "resolve"]) {
    it.live(`${command}: no plugin runs any more, even one that has to be killed`, () =>
      Effect.gen(function*() {
        const dir = yield* directory(files("trap '' TERM; sleep 60 & wait; wait"))
        const { exitCode } = yield* credlet(dir, [command, ...always, "--timeout", "200ms"])
        assert.strictEqual(exitCode, 1)
        const all = yield* series(dir)
        assertSettled(all)
        assert.include(all, "kubelet_credential_provider_plugin_errors_total{plugin_name=\"hang\"} 1")
      }))
  }

  it.live("Ctrl-C while a plugin runs: what was counted is written, when the plugin is gone", () =>
    Effect.gen(function*() {
      const dir = yield* directory(files("trap '' INT TERM; kill -INT $PPID; sleep 60 & wait; wait"))
      const { exitCode, stderr, stdout } = yield* credlet(dir, ["explain", ...always])
      assert.deepStrictEqual([exitCode, stdout, stderr], [130, "", ""])
      assertSettled(yield* series(dir))
      assert.deepStrictEqual(
        (yield* Effect.promise(() => Fs.readdir(dir))).filter((name) => name.endsWith(".tmp")),
        []
      )
    }))

  it.live("Ctrl-C, and the file can't be written: that is told", () =>
    Effect.gen(function*() {
      const dir = yield* directory({ ...files("kill -INT $PPID; exec sleep 60"), "out.prom/file": "" })
      const { exitCode, stderr, stdout } = yield* credlet(dir, ["explain", ...always])
      assert.deepStrictEqual([exitCode, stdout], [130, ""])
      assert.match(stderr, /^error: the metrics could not be written to out\.prom: it is no ordinary file/)
    }))
})

/** What is common to all commands. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, FileSystem, Layer, Stdio } from "effect"
import { TestConsole } from "effect/testing"
import * as Fs from "node:fs"
import * as Cli from "../src/Cli.ts"
import { credlet, oneByOne } from "./support/credlet.ts"

const home = process.cwd()

describe("credlet", oneByOne, () => {
  it("has its package's version, and can be executed", () => {
    const read = (path: string) => new URL(`../${path}`, import.meta.url)
    assert.strictEqual(Cli.version, JSON.parse(Fs.readFileSync(read("package.json"), "utf8")).version)
    assert.strictEqual(Fs.statSync(read("src/main.ts")).mode & 0o111, 0o111)
  })

  it.effect("a mistake of its own is one line without what was thrown, and exit status 1", () =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(Effect.provide(
        Cli.run,
        Layer.mergeAll(
          NodeServices.layer,
          Stdio.layerTest({ args: Effect.succeed(["config", "validate", "providers.yaml"]) }),
          FileSystem.layerNoop({ stat: () => Effect.die(new TypeError("hunter2")) })
        )
      ))
      assert.isTrue(Exit.hasDies(exit))
      const [line, ...more] = yield* TestConsole.errorLines
      assert.deepStrictEqual(more, [])
      assert.match(
        String(line),
        /^error: unexpected TypeError at .*Cli\.test\.ts.*; please report this line and the command$/
      )
    }))

  it.live("shows help on stdout with an example near its top, no line over 120 columns", () =>
    Effect.gen(function*() {
      const commands = [[], ["resolve"], ["config"], ["config", "validate"]]
      const runs = yield* Effect.forEach(commands, (command) => credlet(home, [...command, "--help"]), {
        concurrency: 2
      })
      for (const [at, { exitCode, stderr, stdout }] of runs.entries()) {
        assert.deepStrictEqual([exitCode, stderr], [0, ""])
        assert.isAtMost(Math.max(...stdout.split("\n").map((line) => line.length)), 120)
        if (at !== 2) assert.match(stdout, /^DESCRIPTION\n.*\n\n {2}\$ credlet /)
      }
      const summaries = runs[0]?.stdout.match(/^ {2}(?:resolve|explain|config) .*$/gm) ?? []
      assert.deepStrictEqual(summaries.map((line) => /[^.]$/.test(line)), [true, true, true])
    }))
})

/**
 * FAULT-42: what a process says that ends by an error of Credlet which nobody catches, or that just prints it. Rules:
 * LOG-30…34.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { fileURLToPath } from "node:url"
import * as Children from "./support/children.ts"
import { assertSealed } from "./support/leaks.ts"
import { configOf } from "./support/plugins.ts"
import * as Watch from "./support/watch.ts"
import * as World from "./support/world.ts"

const host = fileURLToPath(new URL("./support/uncaughtHost.ts", import.meta.url))

const uncaught = { stdout: "uncaught", stderr: "uncaught" } as const

/** What must be in the text, so that there is something to look at. */
const ways = {
  throw: "PluginError",
  "reject all": "ConfigFilesInvalid",
  fail: "the lookups failed",
  die: "PluginError",
  print: "TokenEchoed"
}

describe("FAULT-42: a host that does not catch an error", { concurrent: false }, () => {
  it.layer(World.layer, { excludeTestServices: true })((it) => {
    for (const [way, word] of Object.entries(ways)) {
      it.effect(way, () =>
        Effect.gen(function*() {
          const { binDir, config, kubeconfig, write } = yield* World.World
          write("config.json.broken", configOf(["plain"]).replace("\"env\"", "\"evn\""))
          const watch = Watch.make()
          const { exitCode, stderr, stdout } = yield* Children.run(
            watch,
            host,
            [way, config, binDir, kubeconfig],
            uncaught
          )
          assert.strictEqual(exitCode, 1)
          assert.include(stdout + stderr, word)
          yield* assertSealed(watch)
        }))
    }
  })
})

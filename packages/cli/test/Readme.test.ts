/** What README.md shows of `credlet explain` is what it prints. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"
import { config, credlet, directory, oneByOne, provider, script } from "./support/credlet.ts"

const readme = fileURLToPath(new URL("../../../README.md", import.meta.url))

/** The command and what stands under it. */
const sample = /^```console\n\$ credlet (explain .*)\n([^]*?)^```$/m

const timeless = (text: string): string => text.replace(/\bran \d+(\.\d+)? m?s\b/g, "ran 14 ms")

describe("README.md", oneByOne, () => {
  it.live("its sample of credlet explain", () =>
    Effect.gen(function*() {
      const [, command = "", tree = ""] = sample.exec(yield* Effect.promise(() => Fs.readFile(readme, "utf8"))) ?? []
      const dir = yield* directory({
        "providers.yaml": config(
          provider("acme", ["*.registry.example:5000"]),
          provider("team", ["registry.example/team"])
        ),
        "bin/acme": script("exit 1"),
        "bin/team": script("echo 'no login: run acme login' >&2; exit 3")
      })
      yield* Effect.promise(() => Fs.rename(Path.join(dir, "bin"), Path.join(dir, "plugins")))
      const { exitCode, stderr, stdout } = yield* credlet(dir, command.split(" "))
      assert.deepStrictEqual([exitCode, stderr], [1, ""])
      assert.strictEqual(timeless(tree), timeless(stdout))
    }))
})

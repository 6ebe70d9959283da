import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer, Stdio } from "effect"
import * as Style from "../../src/output/Style.ts"

const styles = (terminals: { readonly stdout: boolean; readonly stderr: boolean }, env: Record<string, string>) =>
  Effect.map(Style.Styles, ({ stderr, stdout }) => ({ stdout: stdout.colours, stderr: stderr.colours })).pipe(
    Effect.provide(Style.layer.pipe(
      Layer.provide(Stdio.layerTest({
        stdoutIsTerminal: Effect.succeed(terminals.stdout),
        stderrIsTerminal: Effect.succeed(terminals.stderr)
      })),
      Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env })))
    ))
  )

describe("Style", () => {
  it.effect("judges stdout and stderr each by itself", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* styles({ stdout: true, stderr: false }, {}), { stdout: true, stderr: false })
      assert.deepStrictEqual(yield* styles({ stdout: false, stderr: true }, {}), { stdout: false, stderr: true })
    }))

  it.effect("respects NO_COLOR, unless it is empty, and dumb terminals", () =>
    Effect.gen(function*() {
      const terminals = { stdout: true, stderr: true }
      const none = { stdout: false, stderr: false }
      assert.deepStrictEqual(yield* styles(terminals, { NO_COLOR: "1" }), none)
      assert.deepStrictEqual(yield* styles(terminals, { TERM: "dumb" }), none)
      assert.deepStrictEqual(yield* styles(terminals, { NO_COLOR: "", TERM: "xterm" }), terminals)
    }))

  it("ends every colour that it begins", () => {
    const { bold, dim, red, yellow } = Style.coloured
    assert.deepStrictEqual([bold, dim, red, yellow].map((paint) => paint("x")), [
      "\u001b[1mx\u001b[0m",
      "\u001b[2mx\u001b[0m",
      "\u001b[31mx\u001b[0m",
      "\u001b[33mx\u001b[0m"
    ])
    assert.strictEqual(Style.plain.red("x"), "x")
  })
})

import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Option } from "effect"
import * as LookupFlags from "../../src/commands/LookupFlags.ts"

const { binDir, config, metrics, timeout } = LookupFlags.flags

describe("LookupFlags", () => {
  it.effect("--timeout is a duration as Go writes it, and greater than zero", () =>
    Effect.gen(function*() {
      const read = (value: string) => timeout.parse({ flags: { timeout: [value] }, arguments: [] })
      const [, read90] = yield* read("1m30s")
      assert.deepStrictEqual(Option.map(read90, Duration.toMillis), Option.some(90_000))
      for (const wrong of ["", "5", "1 minute", "0s", "-1s", "1d"]) {
        assert.include((yield* Effect.flip(read(wrong))).message, "a duration greater than zero, as 500ms")
      }
    }).pipe(Effect.provide(NodeServices.layer)))

  it.effect("no path is empty", () =>
    Effect.gen(function*() {
      const empty = (name: string) => ({ flags: { [name]: [""] }, arguments: [] })
      const errors = [
        yield* Effect.flip(config.parse(empty("config"))),
        yield* Effect.flip(binDir.parse(empty("bin-dir"))),
        yield* Effect.flip(metrics.parse(empty("metrics")))
      ]
      for (const [at, name] of ["--config", "--bin-dir", "--metrics"].entries()) {
        assert.include(errors[at]?.message ?? "", name)
      }
    }).pipe(Effect.provide(NodeServices.layer)))
})

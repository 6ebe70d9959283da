import { PluginError } from "@credlet/core"
import { ScriptedPlugins, TestCredlet } from "@credlet/testing"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { PrometheusMetrics } from "effect/observability"
import { TestConsole } from "effect/testing"
import { inspect } from "node:util"
import { ImageScanner } from "../src/ImageScanner.ts"
import { password, plugin, registries, scanner } from "./service.ts"

const failing = new PluginError.PluginError({
  provider: "broken",
  reason: { _tag: "Exited", code: 3, stderr: "no such role" }
})

const Service = scanner(
  TestCredlet.layer({
    robot: { matchImages: ["registry.example"], plugin: plugin("registry.example") },
    broken: { matchImages: ["broken.example"], plugin: failing }
  }),
  registries((username) => username === "robot")
)

describe("ImageScanner", () => {
  it.effect("finds credentials that the registry accepts, and has nothing to explain", () =>
    Effect.gen(function*() {
      const { scan } = yield* ImageScanner
      const { calls } = yield* ScriptedPlugins.ScriptedPlugins
      const image = "registry.example/team/app:1.0"
      const report = yield* scan(image)
      assert.deepStrictEqual(report, {
        image,
        attempts: [{ username: "robot", provider: "robot", outcome: "accepted" }],
        pullable: true,
        failures: []
      })
      assert.deepStrictEqual(yield* scan(image), report)
      assert.lengthOf(yield* calls, 1)
      assert.deepStrictEqual(yield* TestConsole.logLines, [])
    }).pipe(Effect.provide(Service)))

  it.effect("explains a provider that fails, in the report and in the log, of one run of its plugin", () =>
    Effect.gen(function*() {
      const { scan } = yield* ImageScanner
      const { calls } = yield* ScriptedPlugins.ScriptedPlugins
      const report = yield* scan("broken.example/team/app")
      assert.deepStrictEqual(report.attempts, [{ outcome: "refused" }])
      assert.isFalse(report.pullable)
      assert.include(report.failures.join("\n"), "exited with status 3")
      const asked = report.explanation?.providers.find(({ name }) => name === "broken")
      assert.strictEqual(asked?.outcome._tag, "Failed")
      const log = inspect(yield* TestConsole.logLines)
      assert.include(log, "no such role")
      assert.include(log, "broken.example/team/app")
      assert.lengthOf(yield* calls, 1)
    }).pipe(Effect.provide(Service)))

  it.effect("explains why there are no credentials, and tries without", () =>
    Effect.gen(function*() {
      const { scan } = yield* ImageScanner
      const report = yield* scan("registry.example:5000/team/app")
      assert.deepStrictEqual(report.attempts, [{ outcome: "accepted" }])
      assert.isTrue(report.pullable)
      assert.deepStrictEqual(report.explanation?.providers.map(({ match }) => match._tag), ["Missed", "Missed"])
    }).pipe(Effect.provide(scanner(
      TestCredlet.layer({
        robot: { matchImages: ["registry.example"], plugin: plugin("registry.example") },
        broken: { matchImages: ["broken.example"], plugin: failing }
      }),
      registries((username) => username === undefined)
    ))))

  it.effect("shows no password in the report, the log and the metrics", () =>
    Effect.gen(function*() {
      const { scan } = yield* ImageScanner
      const reports = yield* Effect.forEach(["registry.example/team/app", "broken.example/team/app"], scan)
      const shown = [reports, yield* TestConsole.logLines, yield* PrometheusMetrics.format()]
      assert.notInclude(inspect(shown, { depth: Infinity }), password)
      assert.notInclude(JSON.stringify(shown), password)
    }).pipe(Effect.provide(Service)))

  it.effect("an image that has no name is an error", () =>
    Effect.gen(function*() {
      const { scan } = yield* ImageScanner
      assert.strictEqual((yield* Effect.flip(scan("Team/App")))._tag, "ImageReferenceError")
    }).pipe(Effect.provide(Service)))
})

import { Credlet } from "@credlet/node"
import { assert, describe, it } from "@effect/vitest"
import { Config, ConfigProvider, Effect, Layer, Logger } from "effect"
import { PrometheusMetrics } from "effect/observability"
import { ImageScanner } from "../src/ImageScanner.ts"
import * as Settings from "../src/Settings.ts"
import { registries, scanner } from "./service.ts"

const Defaults = ConfigProvider.layer(ConfigProvider.fromEnv({ env: {} }))

/** The example's own config and plugins, as processes; only the registries are made up. */
const Service = scanner(
  Layer.unwrap(Effect.map(Config.unwrap(Settings.files), (files) => Credlet.layer(files))),
  registries((username) => username === "robot")
).pipe(Layer.provideMerge([Defaults, Logger.layer([])]))

describe("the example's config", () => {
  it.live("MET-1…3: its plugins answer and fail as said, and the metrics hold the kubelet's series", () =>
    Effect.gen(function*() {
      const { scan } = yield* ImageScanner
      const good = yield* scan("registry.example/team/app:1.0")
      assert.deepStrictEqual(good.attempts, [{ username: "robot", provider: "robot-plugin", outcome: "accepted" }])
      const bad = yield* scan("eu.broken.example/team/app:1.0")
      assert.include(bad.failures.join("\n"), "no role that may read from the registry")

      const metrics = yield* PrometheusMetrics.format()
      assert.match(metrics, /^kubelet_credential_provider_config_info\{hash="sha256:[0-9a-f]{64}"\} 1$/m)
      for (const name of ["robot-plugin", "broken-plugin"]) {
        assert.include(metrics, `kubelet_credential_provider_plugin_duration_count{plugin_name="${name}"} 1\n`)
      }
      assert.include(metrics, `kubelet_credential_provider_plugin_errors_total{plugin_name="broken-plugin"} 1\n`)
      assert.notInclude(metrics, `kubelet_credential_provider_plugin_errors_total{plugin_name="robot-plugin"}`)
    }).pipe(Effect.provide(Service)))
})

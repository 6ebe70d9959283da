import { PluginError } from "@credlet/core"
import { TestCredlet, TinyRegistry } from "@credlet/testing"
import { NodeHttpServer } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger, Redacted } from "effect"
import { FetchHttpClient, HttpClient, HttpRouter } from "effect/http"
import * as Puller from "../src/Puller.ts"
import * as Routes from "../src/Routes.ts"
import { password, plugin, scanner } from "./service.ts"

const failing = new PluginError.PluginError({
  provider: "broken",
  reason: { _tag: "Exited", code: 3, stderr: "no such role" }
})

/** The routes on a free port of this machine; a registry on another; `HttpClient` asks the first. */
const serviceOf = (challenge: "basic" | "bearer", told: string) => {
  const Credlet = Layer.unwrap(Effect.map(TinyRegistry.TinyRegistry, ({ host }) =>
    TestCredlet.layer({
      robot: { matchImages: [host], plugin: plugin(host) },
      broken: { matchImages: [host], plugin: failing }
    })))
  return HttpRouter.serve(Routes.layer, { disableLogger: true, disableListenLog: true }).pipe(
    Layer.provide(scanner(Credlet, Puller.layer.pipe(Layer.provide(Layer.fresh(FetchHttpClient.layer))))),
    Layer.provideMerge(TinyRegistry.layer({ username: "robot", password: Redacted.make(told), challenge })),
    Layer.provideMerge(NodeHttpServer.layerTest),
    Layer.provide(Logger.layer([]))
  )
}

const get = Effect.fnUntraced(function*(path: string) {
  const response = yield* HttpClient.get(path)
  return { status: response.status, text: yield* response.text }
})

describe("the service over HTTP", () => {
  for (const challenge of ["basic", "bearer"] as const) {
    it.live(`${challenge}: scans an image of a real registry, and counts it`, () =>
      Effect.gen(function*() {
        const { image } = yield* TinyRegistry.TinyRegistry
        const scan = yield* get(`/scan?image=${image}`)
        assert.strictEqual(scan.status, 200)
        assert.notInclude(scan.text, password)
        const report = JSON.parse(scan.text)
        assert.isTrue(report.pullable)
        assert.deepStrictEqual(report.attempts, [{ username: "robot", provider: "robot", outcome: "accepted" }])
        assert.lengthOf(report.failures, 1)
        assert.strictEqual(report.explanation.providers[1].outcome._tag, "Failed")

        const metrics = yield* get("/metrics")
        assert.strictEqual(metrics.status, 200)
        assert.match(metrics.text, /^scanner_scans_total\{pullable="true"\} 1$/m)
        assert.match(metrics.text, /^credlet_provider_failures_total\{.*plugin_name="broken".*\} 1$/m)
      }).pipe(Effect.provide(serviceOf(challenge, password))))
  }

  it.live("says so if the registry refuses the credentials", () =>
    Effect.gen(function*() {
      const { image } = yield* TinyRegistry.TinyRegistry
      const report = JSON.parse((yield* get(`/scan?image=${image}`)).text)
      assert.isFalse(report.pullable)
      assert.deepStrictEqual(report.attempts, [{ username: "robot", provider: "robot", outcome: "refused" }])
    }).pipe(Effect.provide(serviceOf("bearer", "another"))))

  it.live("answers 400 to who asks for no image", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* get("/scan")).status, 400)
      const { status, text } = yield* get("/scan?image=Team/App")
      assert.strictEqual(status, 400)
      assert.include(text, "not an image reference")
    }).pipe(Effect.provide(serviceOf("basic", password))))
})

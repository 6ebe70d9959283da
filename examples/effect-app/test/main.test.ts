import { LookupLog } from "@credlet/core"
import { NodeHttpServer, NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Layer, Queue } from "effect"
import { FetchHttpClient, HttpClient, HttpRouter, HttpServer, HttpServerRequest, HttpServerResponse } from "effect/http"
import { spawn } from "node:child_process"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))

/** The process, killed with the scope; the address that it says it listens on; its status in the end. */
const start = Effect.fnUntraced(function*(env: Record<string, string>) {
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, [main], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit"] })
    ),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )
  let log = ""
  const address = yield* Effect.callback<string>((resume) => {
    child.stdout.on("data", (bytes: Uint8Array) => {
      log += String(bytes)
      const [, url] = /Listening on (http\S+)/.exec(log) ?? []
      if (url !== undefined) resume(Effect.succeed(url))
    })
  })
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve))
  return { child, address, ended: Effect.promise(() => ended) }
})

const configFor = Effect.fnUntraced(function*(pattern: string) {
  const fs = yield* FileSystem.FileSystem
  const path = join(yield* fs.makeTempDirectoryScoped(), "config.json")
  const provider = {
    name: "broken-plugin",
    matchImages: [pattern],
    apiVersion: "credentialprovider.kubelet.k8s.io/v1",
    defaultCacheDuration: "10m"
  }
  const config = {
    apiVersion: "kubelet.config.k8s.io/v1",
    kind: "CredentialProviderConfig",
    providers: [provider]
  }
  yield* fs.writeFileString(path, JSON.stringify(config))
  return path
})

interface Sent {
  readonly path: string
  readonly body: string
}

/** A collector on a free port, which keeps what it is sent. */
const Collector = (sent: Queue.Queue<Sent>) =>
  HttpRouter.serve(
    HttpRouter.add(
      "POST",
      "/v1/*",
      Effect.gen(function*() {
        const request = yield* HttpServerRequest.HttpServerRequest
        yield* Queue.offer(sent, { path: request.url, body: yield* request.text })
        return HttpServerResponse.jsonUnsafe({})
      })
    ),
    { disableLogger: true, disableListenLog: true }
  ).pipe(Layer.provideMerge(NodeHttpServer.layerTest))

describe("main", () => {
  it.live("serves, sends its telemetry to a collector, and ends on SIGTERM", () =>
    Effect.gen(function*() {
      const sent = yield* Queue.unbounded<Sent>()
      yield* Effect.gen(function*() {
        const collector = yield* HttpServer.addressFormattedWith(Effect.succeed)
        const service = yield* start({
          SCANNER_CONFIG: yield* configFor("localhost:1"),
          SCANNER_PORT: "0",
          SCANNER_OTLP_URL: collector
        })
        const scan = yield* HttpClient.get(`${service.address}/scan?image=localhost:1/team/app`).pipe(
          Effect.flatMap((response) => response.json),
          Effect.provide(FetchHttpClient.layer)
        )
        // Nothing listens on port 1.
        const attempt = { outcome: "unknown", problem: "the registry can't be asked: TransportError" }
        assert.deepInclude(scan, { attempts: [attempt], pullable: false })
        service.child.kill("SIGTERM")
        assert.strictEqual(yield* service.ended, 130)

        const told = yield* Queue.clear(sent)
        const toldTo = (path: string) => told.filter((each) => each.path === path).map(({ body }) => body).join("\n")
        assert.include(toldTo("/v1/traces"), "\"credlet.plugin.run\"")
        assert.include(toldTo("/v1/metrics"), "\"kubelet_credential_provider_plugin_errors_total\"")
        assert.include(toldTo("/v1/logs"), LookupLog.messages.providerFailed)
      }).pipe(Effect.provide([Collector(sent), NodeServices.layer]))
    }))
})

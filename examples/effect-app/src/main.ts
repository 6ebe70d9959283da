/**
 * The service, wired for Node.
 */
import { Credlet } from "@credlet/node"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Config, Effect, Layer, Option } from "effect"
import { FetchHttpClient, HttpRouter } from "effect/http"
import { Otlp } from "effect/observability"
import { createServer } from "node:http"
import * as ImageScanner from "./ImageScanner.ts"
import * as Puller from "./Puller.ts"
import * as Routes from "./Routes.ts"
import * as Settings from "./Settings.ts"

// Credentials as a node gets them. One layer, so that all who use it share its cache.
const CredletLive = Layer.unwrap(Effect.map(Config.unwrap(Settings.files), (files) => Credlet.layer(files)))

// Credlet's spans, logs and metrics are Effect's: Effect's own layer sends them, with those of the service.
const TelemetryLive = Layer.unwrap(Effect.map(
  Settings.otlp,
  Option.match({
    onNone: () => Layer.empty,
    onSome: ({ href }) => Otlp.layerJson({ baseUrl: href, resource: { serviceName: "image-scanner" } })
  })
))

const ServiceLive = HttpRouter.serve(Routes.layer).pipe(
  Layer.provide(ImageScanner.layer),
  Layer.provide([CredletLive, Puller.layer]),
  Layer.provide(NodeHttpServer.layerConfig(createServer, Settings.server)),
  Layer.provide(TelemetryLive),
  Layer.provide(FetchHttpClient.layer)
)

NodeRuntime.runMain(Layer.launch(ServiceLive))

/**
 * `GET /scan?image=…` for people and programs, `GET /metrics` for Prometheus.
 */
import { Effect, Layer, Schema } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { PrometheusMetrics } from "effect/observability"
import { ImageScanner, Report } from "./ImageScanner.ts"

const Query = Schema.Struct({ image: Schema.NonEmptyString })
const answer = HttpServerResponse.schemaJson(Schema.toCodecJson(Report))
const badRequest = (message: string) => HttpServerResponse.text(`${message}\n`, { status: 400 })

const Scan = HttpRouter.use(Effect.fnUntraced(function*(router) {
  const { scan } = yield* ImageScanner
  yield* router.add(
    "GET",
    "/scan",
    HttpServerRequest.schemaSearchParams(Query).pipe(
      Effect.flatMap(({ image }) => scan(image)),
      Effect.flatMap((report) => Effect.orDie(answer(report))),
      Effect.catchTags({
        SchemaError: () => Effect.succeed(badRequest("which image? /scan?image=registry.example/team/app:1.0")),
        ImageReferenceError: ({ message }) => Effect.succeed(badRequest(message)),
        PullSecretError: ({ message }) => Effect.succeed(badRequest(message))
      })
    )
  )
}))

export const layer = Layer.merge(Scan, PrometheusMetrics.layerHttp())

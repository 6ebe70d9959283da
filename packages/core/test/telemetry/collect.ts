/** What a test sees of an effect besides its result: steps, series, log lines and spans. */
import * as LookupTrace from "@credlet/core/LookupTrace"
import { Effect, Layer, Logger, Metric, Redacted, References, Tracer } from "effect"
import { PrometheusMetrics } from "effect/observability"
import { inspect } from "node:util"

/** The steps that the effect reports. */
export const steps = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => {
    const reported: Array<LookupTrace.Step> = []
    const recorder = { report: (step: LookupTrace.Step) => void reported.push(step) }
    return Effect.as(
      Effect.exit(Effect.provideService(effect, LookupTrace.LookupTrace, recorder)),
      reported as ReadonlyArray<LookupTrace.Step>
    )
  })

export const tags = (steps: ReadonlyArray<LookupTrace.Step>) => steps.map((step) => step._tag)

/** Layers and lookups in here are counted in a registry of their own. */
export const counted = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => Effect.provideService(effect, Metric.MetricRegistry, new Map()))

/** The series of `counted`, as a Prometheus server would read them. */
export const series = Effect.map(
  PrometheusMetrics.format(),
  (text) => text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).sort()
)

export interface Line {
  readonly level: string
  readonly message: string
  readonly [field: string]: unknown
}

/** The log lines of the effect, of all levels. */
export const logLines = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => {
    const lines: Array<Line> = []
    const logger = Logger.make(({ fiber, logLevel, message }) =>
      void lines.push({
        level: logLevel,
        message: String(message),
        ...fiber.getRef(References.CurrentLogAnnotations)
      })
    )
    return effect.pipe(
      Effect.exit,
      Effect.provide(Layer.mergeAll(Logger.layer([logger]), Layer.succeed(References.MinimumLogLevel, "Trace"))),
      Effect.as(lines as ReadonlyArray<Line>)
    )
  })

export interface Seen {
  readonly name: string
  readonly parent: string | undefined
  readonly attributes: Readonly<Record<string, unknown>>
  readonly outcome: string
}

/** The spans of the effect, in the order in which they began. */
export const spans = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => {
    const begun: Array<Tracer.NativeSpan> = []
    const tracer = Tracer.make({
      span: (options) => {
        const span = new Tracer.NativeSpan(options)
        begun.push(span)
        return span
      }
    })
    return Effect.map(Effect.exit(Effect.provideService(effect, Tracer.Tracer, tracer)), () => begun.map(seen))
  })

const seen = (span: Tracer.NativeSpan): Seen => ({
  name: span.name,
  parent: span.parent._tag === "Some" && span.parent.value._tag === "Span" ? span.parent.value.name : undefined,
  attributes: Object.fromEntries(span.attributes),
  outcome: span.status._tag === "Ended" ? span.status.exit._tag : "Started"
})

/** As an attentive enemy would look: whether the text stands anywhere in what was collected. */
export const holds = (collected: unknown, secret: Redacted.Redacted | string): boolean =>
  inspect(collected, { depth: 20 }).includes(typeof secret === "string" ? secret : Redacted.value(secret))

/** Runs effects with an eye on everything that comes out of them beside their value, and keeps it. */
import { LookupTrace } from "@credlet/core"
import { Cause, Console, Effect, Exit, Logger, Metric, References, Schema, Tracer } from "effect"
import { PrometheusMetrics } from "effect/observability"
import * as NodeConsole from "node:console"
import { Writable } from "node:stream"
import { inspect } from "node:util"
import { printed } from "./printed.ts"

/**
 * Where something may come out. `lookup`: the value of a lookup when it is printed. `config`: the checked config when it
 * is printed. `file`: what is left on disk. `uncaught`: what a process says in which an error is not caught.
 */
export type OutletKind =
  | "error"
  | "log"
  | "span"
  | "metric"
  | "explanation"
  | "lookup"
  | "config"
  | "cacheKey"
  | "stdout"
  | "stderr"
  | "uncaught"
  | "file"

export interface Outlet {
  readonly kind: OutletKind
  readonly where: string
  readonly text: string
}

export interface Watch {
  readonly outlets: ReadonlyArray<Outlet>
  readonly add: (kind: OutletKind, where: string, text: string) => void
  /** Adds all that can be printed of a value. */
  readonly show: (kind: OutletKind, where: string, value: unknown) => void
  /** Runs an effect; its logs, spans, metrics, steps and its failure are kept. */
  readonly run: <A, E, R>(where: string, effect: Effect.Effect<A, E, R>) => Effect.Effect<Exit.Exit<A, E>, never, R>
  /** Keeps the metrics as they are in the effect that is run. */
  readonly sampleMetrics: Effect.Effect<void>
}

const everything = { depth: Infinity, showHidden: true, maxArrayLength: Infinity, maxStringLength: Infinity } as const

export const make = (): Watch => {
  const outlets: Array<Outlet> = []
  const spans: Array<Tracer.NativeSpan> = []

  const add: Watch["add"] = (kind, where, text) => {
    if (text !== "") outlets.push({ kind, where, text })
  }
  const show: Watch["show"] = (kind, where, value) => {
    for (const [how, text] of printed(value)) add(kind, `${where}: ${how}`, text)
  }

  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      add("log", "console", String(chunk))
      done()
    }
  })
  const collected = Logger.make<unknown, void>((event) => {
    const { cause, fiber, logLevel, message } = event
    const annotations = fiber.getRef(References.CurrentLogAnnotations)
    const logSpans = fiber.getRef(References.CurrentLogSpans)
    add("log", `message at ${logLevel}`, inspect(message, everything))
    add("log", "annotations", `${inspect(annotations, everything)} ${JSON.stringify(annotations)}`)
    add("log", "spans", inspect(logSpans, everything))
    if (cause.reasons.length > 0) show("log", "cause", cause)
    add("log", "simple", Logger.formatSimple.log(event))
    add("log", "logfmt", Logger.formatLogFmt.log(event))
    add("log", "json", Logger.formatJson.log(event))
    add("log", "structured", inspect(Logger.formatStructured.log(event), everything))
  })
  const loggers = new Set<Logger.Logger<unknown, unknown>>([
    collected,
    Logger.defaultLogger,
    Logger.consolePretty({ colors: false, mode: "tty" }),
    Logger.tracerLogger
  ])
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  const encodeStep = Schema.encodeUnknownExit(Schema.toCodecJson(LookupTrace.Step))
  const recorder: LookupTrace.Recorder = {
    report: (step) => {
      show("explanation", step._tag, step)
      add("explanation", `${step._tag}: its Schema`, inspect(encodeStep(step), everything))
    }
  }

  const sampleMetrics = Effect.gen(function*() {
    add("metric", "snapshot", inspect(yield* Metric.snapshot, everything))
    add("metric", "dump", yield* Metric.dump)
    add("metric", "Prometheus", yield* PrometheusMetrics.format())
  })

  const keepSpans = () => {
    for (const span of spans.splice(0)) {
      const { attributes, events, links, name, status } = span
      add("span", name, `${name} ${inspect({ attributes, events, links }, everything)}`)
      // Exporters write why a span failed; nobody writes what it succeeded with.
      if (status._tag === "Ended" && Exit.isFailure(status.exit)) show("span", `${name}, failure`, status.exit.cause)
    }
  }

  const run: Watch["run"] = (where, effect) =>
    Effect.exit(effect).pipe(
      Effect.tap((exit) =>
        Effect.gen(function*() {
          yield* sampleMetrics
          keepSpans()
          if (Exit.isSuccess(exit)) return
          show("error", `${where}, cause`, exit.cause)
          add("error", `${where}, Cause.pretty`, Cause.pretty(exit.cause))
          show("error", where, Cause.squash(exit.cause))
        })
      ),
      Effect.provideService(Logger.CurrentLoggers, loggers),
      Effect.provideService(References.MinimumLogLevel, "All"),
      Effect.provideService(Console.Console, new NodeConsole.Console({ stdout: sink, stderr: sink })),
      Effect.provideService(Tracer.Tracer, tracer),
      Effect.provideService(Metric.MetricRegistry, new Map()),
      Effect.provideService(LookupTrace.LookupTrace, recorder)
    )

  return { outlets, add, show, run, sampleMetrics }
}

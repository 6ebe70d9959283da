/**
 * What was counted, as a file in Prometheus' text format. The file is there as a whole or not at all, as whoever collects
 * such files may read it at any moment.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Metric from "effect/Metric"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import type { PlatformError } from "effect/PlatformError"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"

/**
 * @since 0.1.0
 * @category errors
 */
export class MetricsFileError extends Schema.TaggedError<MetricsFileError>()("MetricsFileError", {
  path: Schema.String,
  failure: Schema.Literals(["NotFound", "PermissionDenied", "NotAFile", "Other"]),
  /** The system's word for it, such as `ENOSPC`. */
  code: Schema.optionalKey(Schema.String)
}) {
  override get message() {
    return `the metrics could not be written to ${this.path}: ${reasons[this.failure]}${
      this.code === undefined ? "" : ` (${this.code})`
    }`
  }
}

const reasons: { readonly [F in MetricsFileError["failure"]]: string } = {
  NotFound: "its directory does not exist",
  PermissionDenied: "its directory may not be written to",
  NotAFile: "it is no ordinary file, whose place a new one could take",
  Other: "the system could not write it"
}

/**
 * The series of the `MetricRegistry` in force with the values that they have now, to be formatted when some are gone.
 *
 * @since 0.1.0
 * @category rendering
 */
export const hold: Effect.Effect<Metric.MetricRegistry> = Effect.map(Effect.context<never>(), (context) => {
  const series = Array.from(Context.get(context, Metric.MetricRegistry))
  return new Map(series.map(([key, { hooks, ...meta }]) => {
    const state = hooks.get(context)
    return [key, { ...meta, hooks: { ...hooks, get: () => state } }]
  }))
})

/**
 * All series of the `MetricRegistry` in force, as they are now, and of those that were `held` the ones that are gone.
 *
 * @since 0.1.0
 * @category rendering
 */
export const format = (held: Metric.MetricRegistry): Effect.Effect<string> =>
  Effect.updateService(PrometheusMetrics.format(), Metric.MetricRegistry, (now) => new Map([...held, ...now]))

/**
 * Takes the place of a file that is there; of a link it is what the link leads to. The file beside it, which it is for a
 * moment, has a name that collectors of `*.prom` pass over.
 *
 * @since 0.1.0
 * @category writing
 */
export const write: (path: string, text: string) => Effect.Effect<void, MetricsFileError, FileSystem.FileSystem> =
  Effect.fnUntraced(function*(path, text) {
    const files = yield* FileSystem.FileSystem
    const failed = (error: PlatformError) => new MetricsFileError({ path, ...failureOf(error) })
    const target = yield* files.realPath(path).pipe(
      Effect.catchReason("PlatformError", "NotFound", () => Effect.succeed(path)),
      Effect.mapError(failed)
    )
    const isOther = yield* files.stat(target).pipe(
      Effect.map(({ type }) => type !== "File"),
      Effect.orElseSucceed(() => false)
    )
    if (isOther) return yield* new MetricsFileError({ path, failure: "NotAFile" })
    const random = yield* Random.nextIntBetween(0, 0xffff_ffff)
    const beside = `${target}.${random.toString(16)}.tmp`
    yield* files.writeFileString(beside, text, { flag: "wx" }).pipe(
      Effect.andThen(files.rename(beside, target)),
      Effect.onError(() => Effect.ignore(files.remove(beside))),
      Effect.mapError(failed)
    )
  })

const failureOf = ({ reason }: PlatformError): Pick<MetricsFileError, "failure" | "code"> => {
  if (reason._tag === "NotFound" || reason._tag === "PermissionDenied") return { failure: reason._tag }
  const { cause } = reason
  return {
    failure: "Other",
    code: cause instanceof Error && "code" in cause ? String(cause.code) : reason._tag
  }
}

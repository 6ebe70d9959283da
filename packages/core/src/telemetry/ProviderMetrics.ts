/**
 * What one provider does, counted: beside the kubelet's own metrics (MET-1…3) those that it lacks. Each series is labelled
 * with `plugin_name`, the provider's name in the config, and with nothing that grows with images, pods or accounts. Counted
 * is into the `MetricRegistry` in force when the layers are built. Rules: MET-3, MET-10, MET-11, MET-13.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type * as Scope from "effect/Scope"
import { tally } from "./internal/tally.ts"

/**
 * Whether there are metrics; layers read it when they are built. `false`: nothing is counted, and no series appears.
 *
 * @example
 * ```ts
 * import { ProviderMetrics } from "@credlet/core"
 * import { Layer } from "effect"
 *
 * const Uncounted = Layer.succeed(ProviderMetrics.Enabled, false)
 * ```
 *
 * @since 0.1.0
 * @category services
 */
export const Enabled = Context.Reference<boolean>("@credlet/core/telemetry/ProviderMetrics/Enabled", {
  defaultValue: () => true
})

/**
 * Why a provider failed, in the words of the label `reason`:
 *
 * - `exec`: the plugin could not be started, ended with a failure, was killed or wrote too much; `timeout`: it took too long;
 *   `queue`: it was not its turn in time.
 * - `version`, `decode`: its answer has another apiVersion, or can't be read. `key_type`, `echo`: it was read and refused.
 * - `service_account`, `token`: the pod's account could not be read, or there is no token for it.
 * - `cache_key`: no cache key can be made of the image or the account's annotations.
 *
 * @since 0.1.0
 * @category models
 */
export type FailureReason = typeof failureReasons[number]

const failureReasons = [
  "exec",
  "timeout",
  "queue",
  "version",
  "decode",
  "key_type",
  "echo",
  "service_account",
  "token",
  "cache_key"
] as const

/**
 * Why a provider that matches was not asked: no failures (LOG-3, LOG-4).
 *
 * @since 0.1.0
 * @category models
 */
export type SkipReason = typeof skipReasons[number]

const skipReasons = ["service_account_required", "annotation_missing"] as const

/**
 * @since 0.1.0
 * @category models
 */
export interface ProviderMetrics {
  /** A lookup got the answer of a run that another one had begun. */
  readonly flightJoined: () => void
  /** A lookup in which the provider failed; those who share a run count each for itself. */
  readonly failed: (reason: FailureReason) => void
  readonly skipped: (reason: SkipReason) => void
  readonly serviceAccountRead: () => void
  readonly tokenAsked: () => void
}

const descriptions = {
  credlet_flights_joined_total: "Lookups that waited for a plugin run of an equal lookup instead of running the plugin",
  credlet_provider_failures_total: "Lookups in which the provider failed and contributed nothing, by reason",
  credlet_provider_skipped_total:
    "Lookups for which the provider was not asked, since it does not answer for such pods",
  credlet_service_account_gets_total: "Service accounts that lookups asked for",
  credlet_token_requests_total: "Service account tokens that lookups asked for, whether held already or requested"
} as const

const counter = (name: keyof typeof descriptions, attributes: Metric.Metric.AttributeSet) =>
  Metric.counter(name, { description: descriptions[name], incremental: true, attributes })

const off: ProviderMetrics = {
  flightJoined: () => {},
  failed: () => {},
  skipped: () => {},
  serviceAccountRead: () => {},
  tokenAsked: () => {}
}

/**
 * The metrics of the provider of that name; those of two of one name add up.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: (provider: string) => Effect.Effect<ProviderMetrics> = Effect.fnUntraced(function*(provider) {
  if (!(yield* Enabled)) return off
  const context = yield* Effect.context<never>()
  const labels = { plugin_name: provider }
  const flights = counter("credlet_flights_joined_total", labels)
  const accounts = counter("credlet_service_account_gets_total", labels)
  const tokens = counter("credlet_token_requests_total", labels)
  const failures = byReason(
    failureReasons,
    (reason) => counter("credlet_provider_failures_total", { ...labels, reason })
  )
  const skips = byReason(skipReasons, (reason) => counter("credlet_provider_skipped_total", { ...labels, reason }))
  return {
    flightJoined: () => flights.updateUnsafe(1, context),
    failed: (reason) => failures.get(reason)?.updateUnsafe(1, context),
    skipped: (reason) => skips.get(reason)?.updateUnsafe(1, context),
    serviceAccountRead: tally(accounts, context),
    tokenAsked: tally(tokens, context)
  }
})

const byReason = <R extends string, M>(reasons: ReadonlyArray<R>, make: (reason: R) => M): ReadonlyMap<R, M> =>
  new Map(reasons.map((reason) => [reason, make(reason)]))

/**
 * MET-3: a config with this hash is in force, until the scope closes. The value is how many such configs there are, so it
 * is 1 unless a program has several registries of the same files; the series goes with the last of them (MET-13).
 *
 * @since 0.1.0
 * @category constructors
 */
export const configApplied: (hash: string) => Effect.Effect<void, never, Scope.Scope> = Effect.fnUntraced(
  function*(hash) {
    if (!(yield* Enabled)) return
    const context = yield* Effect.context<never>()
    const info = Metric.gauge("kubelet_credential_provider_config_info", {
      description: "The hash of the credential provider config in force",
      attributes: { hash }
    })
    yield* Effect.acquireRelease(
      Effect.sync(() => info.modifyUnsafe(1, context)),
      () =>
        Effect.sync(() => {
          info.modifyUnsafe(-1, context)
          if (info.valueUnsafe(context).value === 0) Metric.removeUnsafe(info, context)
        })
    )
  }
)

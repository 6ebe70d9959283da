/**
 * Counts the runs of plugins: the kubelet's two metrics under their names, and how many run and wait at this moment. Each
 * series has the label `plugin_name`, the provider's name in the config, and appears with its first value. Counted is into
 * the `MetricRegistry` in force when the layers are built. Rules: MET-1, MET-2, MET-10…12, EXEC-15.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { Enabled } from "../telemetry/ProviderMetrics.ts"

/**
 * The metrics of one provider; those of two runners add up.
 *
 * @since 0.1.0
 * @category models
 */
export interface PluginMetrics {
  /** MET-2: a run took this long, however it ended. */
  readonly took: (duration: Duration.Duration) => void
  /** MET-1: the plugin could not be started, failed, was killed, or was stopped. */
  readonly failed: () => void
  /** `credlet_plugins_running`: from when it has its place until its process is gone. */
  readonly running: (change: 1 | -1) => void
  /** `credlet_plugins_queued`: calls that wait for a place. */
  readonly queued: (change: 1 | -1) => void
}

/** MET-2; in seconds. */
const boundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

const off: PluginMetrics = { took: () => {}, failed: () => {}, running: () => {}, queued: () => {} }

/**
 * The metrics of each provider by its name, made when it is first asked for.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<(provider: string) => PluginMetrics> = Effect.gen(function*() {
  if (!(yield* Enabled)) return () => off
  const context = yield* Effect.context<never>()
  const made = new Map<string, PluginMetrics>()

  const makeFor = (provider: string): PluginMetrics => {
    const attributes = { plugin_name: provider }
    const duration = Metric.histogram("kubelet_credential_provider_plugin_duration", {
      description: "Seconds that runs of the provider's plugin took, successes and failures",
      attributes,
      boundaries
    })
    const errors = Metric.counter("kubelet_credential_provider_plugin_errors_total", {
      description: "Runs of the provider's plugin that could not be started, failed, were killed or took too long",
      attributes,
      incremental: true
    })
    const running = Metric.gauge("credlet_plugins_running", {
      description: "Processes of the provider's plugin that there are, stopped ones that are not gone yet included",
      attributes
    })
    const queued = Metric.gauge("credlet_plugins_queued", {
      description: "Calls of the provider's plugin that wait until fewer plugins run",
      attributes
    })
    return {
      took: (time) => duration.updateUnsafe(Duration.toSeconds(time), context),
      failed: () => errors.updateUnsafe(1, context),
      running: (change) => running.modifyUnsafe(change, context),
      queued: (change) => queued.modifyUnsafe(change, context)
    }
  }

  return (provider: string) => {
    const known = made.get(provider)
    if (known !== undefined) return known
    const metrics = makeFor(provider)
    made.set(provider, metrics)
    return metrics
  }
})

import * as Keyring from "@credlet/core/keyring/Keyring"
import * as LookupTrace from "@credlet/core/LookupTrace"
import * as ProviderMetrics from "@credlet/core/telemetry/ProviderMetrics"
import { Effect, Layer } from "effect"
import type { Benchmark } from "./Benchmark.ts"
import * as Providers from "./providers.ts"

const image = "registry.example/team/app:1.2.3"

const keyring = (metrics: boolean) =>
  Layer.build(Layer.fresh(Providers.layer([Providers.provider("acme", "registry.example")]))).pipe(
    Effect.provideService(ProviderMetrics.Enabled, metrics),
    Effect.flatMap((services) => Effect.provide(Keyring.Keyring, services))
  )

/** A listener that keeps nothing. */
const deaf: LookupTrace.Recorder = { report: () => {} }

export const telemetry: Benchmark = {
  name: "telemetry",
  question: "what do metrics and a listener add to Keyring.lookup when the answer is cached?",
  tasks: Effect.gen(function*() {
    const counted = yield* keyring(true)
    const uncounted = yield* keyring(false)
    return [
      { name: "no metrics", times: 1000, run: uncounted.lookup(image) },
      { name: "metrics", times: 1000, run: counted.lookup(image) },
      {
        name: "metrics, and a listener",
        times: 1000,
        run: Effect.provideService(counted.lookup(image), LookupTrace.LookupTrace, deaf)
      }
    ]
  })
}

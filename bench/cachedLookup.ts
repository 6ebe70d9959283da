import * as Keyring from "@credlet/core/keyring/Keyring"
import { Effect, Layer } from "effect"
import type { Benchmark } from "./Benchmark.ts"
import * as Providers from "./providers.ts"

const image = "123456789012.dkr.ecr.eu-west-1.example/team/app:1.2.3"

export const cachedLookup: Benchmark = {
  name: "cached-lookup",
  question: "what does Keyring.lookup cost when the answer is cached? (3 providers, 1 match)",
  tasks: Effect.gen(function*() {
    const services = yield* Layer.build(Providers.layer([
      Providers.provider("gcr", "gcr.example", "*.gcr.example"),
      Providers.provider("ecr", "*.dkr.ecr.*.example"),
      Providers.provider("acr", "*.azurecr.example")
    ]))
    const lookup = Effect.flatMap(Keyring.Keyring, (keyring) => keyring.lookup(image)).pipe(Effect.provide(services))
    const { lookup: direct } = yield* Effect.provide(Keyring.Keyring, services)
    return [
      { name: "the service at hand", kubelet: 9.8, times: 1000, run: direct(image) },
      { name: "the service from the context", kubelet: 9.8, times: 1000, run: lookup }
    ]
  })
}

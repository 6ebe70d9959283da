import * as LookupTarget from "@credlet/core/provider/LookupTarget"
import * as ProviderRegistry from "@credlet/core/provider/ProviderRegistry"
import { Effect, Layer } from "effect"
import type { Benchmark } from "./Benchmark.ts"
import * as Providers from "./providers.ts"

export const cachedProvider: Benchmark = {
  name: "cached-provider",
  question: "what does one provider cost whose answer is cached?",
  tasks: Effect.gen(function*() {
    const services = yield* Layer.build(Providers.layer([Providers.provider("acme", "registry.example")]))
    const registry = yield* Effect.provide(ProviderRegistry.ProviderRegistry, services)
    const { providers: [provider] } = yield* registry.current
    if (provider === undefined) return []
    const target = LookupTarget.make("registry.example/team/app")
    return [{
      name: "provide",
      kubelet: 1.17,
      times: 1000,
      run: Effect.suspend(() => provider.provide(target))
    }]
  })
}

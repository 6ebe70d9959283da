import * as ServiceAccounts from "@credlet/core/identity/ServiceAccounts"
import { assert, describe, it } from "@effect/vitest"
import { Effect, type Layer } from "effect"

const get = (namespace: string, name: string, layer: Layer.Layer<ServiceAccounts.ServiceAccounts>) =>
  Effect.provide(Effect.flatMap(ServiceAccounts.ServiceAccounts, (accounts) => accounts.get(namespace, name)), layer)

describe("ServiceAccounts", () => {
  it.effect("CFG-124: without an API server every get fails, and says so", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(get("team", "builder", ServiceAccounts.layerNone))
      assert.strictEqual(error.failure, "NotConfigured")
      assert.strictEqual(error.message, "could not get serviceaccount team/builder: there is no API server to ask")
    }))

  it.effect("SA-12: a fixed set knows its accounts by namespace and name, and no others", () =>
    Effect.gen(function*() {
      const builder = { namespace: "team", name: "builder", uid: "u", annotations: new Map([["a", "1"]]) }
      const layer = ServiceAccounts.layerFixed([{ ...builder, namespace: "other", uid: "v" }, builder])
      assert.deepStrictEqual(yield* get("team", "builder", layer), builder)
      for (const [namespace, name] of [["team", "default"], ["third", "builder"]] as const) {
        assert.strictEqual((yield* Effect.flip(get(namespace, name, layer))).failure, "ServiceAccountNotFound")
      }
    }))
})

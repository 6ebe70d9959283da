import * as ServiceAccountTokens from "@credlet/core/identity/ServiceAccountTokens"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"

describe("ServiceAccountTokens", () => {
  it.effect("CFG-124, TOKEN-16: without an API server every request fails, and says so", () =>
    Effect.gen(function*() {
      const tokens = yield* ServiceAccountTokens.ServiceAccountTokens
      const error = yield* Effect.flip(
        tokens.get({
          serviceAccount: { namespace: "team", name: "builder", uid: "u" },
          pod: { name: "p", uid: "pu" },
          audience: "reg.example"
        })
      )
      assert.strictEqual(error.failure, "NotConfigured")
      assert.strictEqual(
        error.message,
        "could not create token for serviceaccount team/builder: there is no API server to ask"
      )
    }).pipe(Effect.provide(ServiceAccountTokens.layerNone)))
})

import * as Profile from "@credlet/core/Profile"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"

describe("Profile", () => {
  it.effect("recommended is in force unless another is provided", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* Profile.Profile, Profile.recommended)
    }))

  it("kubelet differs in nothing that can be seen: FLIGHT-2, CACHE-26, KEY-14, SA-31, EXEC-3, RESP-40", () => {
    assert.deepStrictEqual(Profile.kubelet, {
      flights: "image",
      cacheCapacity: Infinity,
      hubFallback: "anyUndottedName",
      serviceAccountTokens: true,
      containedToken: "accept",
      environmentNames: "any",
      providerFailures: "value"
    })
  })
})

import * as TokenHash from "@credlet/core/provider/TokenHash"
import { NodeCrypto } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { Digest } from "effect/crypto"

describe("TokenHash", () => {
  it.effect("CACHE-4: of a token in use it is computed once", () =>
    Effect.gen(function*() {
      let computed = 0
      const digest = yield* Digest.Digest
      const counting = Digest.Digest.of({
        ...digest,
        digestHex: (algorithm, data) => Effect.suspend(() => (computed++, digest.digestHex(algorithm, data)))
      })
      const hash = yield* Effect.provideService(TokenHash.make, Digest.Digest, counting)
      const token = Redacted.make("tok")
      const expected = "sha256:1a7674eb4ee78df7e1ac439a93c3fa8e3c945784d4dec9fd8e3011738b2f1d62"
      assert.deepStrictEqual([yield* hash(token), yield* hash(token)], [expected, expected])
      assert.strictEqual(computed, 1)
      assert.strictEqual(yield* hash(Redacted.make("tok")), expected)
      assert.strictEqual(yield* hash(Redacted.make("")), "")
      assert.notStrictEqual(yield* hash(Redacted.make("other")), expected)
    }).pipe(Effect.provide(NodeCrypto.layerDigest)))
})

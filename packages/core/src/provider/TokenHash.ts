/**
 * The hash that stands for a token in keys, computed once as long as the token is in use. Rules: CACHE-4.
 *
 * @since 0.1.0
 */
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as CacheKey from "../cache/CacheKey.ts"

/**
 * Services hand out the same `Redacted` while a token is fresh, so what is remembered goes when they drop it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = Effect.map(Digest.Digest, (digest) => {
  const known = new WeakMap<Redacted.Redacted, string>()
  return (token: Redacted.Redacted): Effect.Effect<string> => {
    const hash = known.get(token)
    if (hash !== undefined) return Effect.succeed(hash)
    return CacheKey.tokenHash(token).pipe(
      Effect.provideService(Digest.Digest, digest),
      Effect.tap((computed) => Effect.sync(() => known.set(token, computed)))
    )
  }
})

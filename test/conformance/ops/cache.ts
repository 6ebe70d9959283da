/** Room `cache`: cacheKeys. */
import * as CacheKey from "@credlet/core/cache/CacheKey"
import { Effect, Redacted, Result, Schema } from "effect"
import { Digest } from "effect/crypto"
import { type Json, maybe, Text } from "../expand.ts"
import { effectful, type Operation } from "../operation.ts"

/** Keys of more bytes are written as their length and hash. */
const longest = 2048

const writtenKey = (
  key: Result.Result<string, CacheKey.CacheKeyTooLong>
): Effect.Effect<Json, never, Digest.Digest> => {
  if (Result.isFailure(key)) return Effect.succeed({ error: "keyTooLong" })
  const { length } = key.success
  if (length <= longest) return Effect.succeed(CacheKey.toHex(key.success))
  const bytes = new Uint8Array(Buffer.from(key.success, "latin1"))
  return Effect.map(
    Effect.flatMap(Digest.Digest, (digest) => digest.digestHex(Digest.sha256, bytes)),
    (sha256) => ({ length, sha256 })
  )
}

/** Annotations in the order given, for keys that a JSON object can't have; the recorder's form is not documented. */
const Pair = Schema.Union([
  Schema.Tuple([Text, Text]),
  Schema.Struct({ key: Text, value: Text }),
  Schema.Struct({ name: Text, value: Text })
])

const pairOf = (pair: typeof Pair.Type): readonly [string, string] => {
  if (!("value" in pair)) return pair
  return ["key" in pair ? pair.key : pair.name, pair.value]
}

export const cache: Readonly<Record<string, Operation>> = {
  cacheKeys: effectful(
    Schema.Struct({
      namespace: maybe(Text),
      serviceAccountName: maybe(Text),
      serviceAccountUID: maybe(Text),
      annotations: maybe(Schema.Record(Schema.String, Text)),
      annotationList: maybe(Schema.Array(Pair)),
      token: maybe(Text),
      cacheType: maybe(Schema.String),
      image: maybe(Text),
      plainMode: maybe(Schema.Boolean)
    }),
    Effect.fnUntraced(function*(input) {
      const annotations = input.annotationList?.map(pairOf) ?? Object.entries(input.annotations ?? {})
      const repository = input.image ?? ""
      const tokenHash = yield* CacheKey.tokenHash(Redacted.make(input.token ?? ""))
      const part = input.plainMode === true ? Result.succeed("") : CacheKey.serviceAccountPart({
        namespace: input.namespace ?? "",
        name: input.serviceAccountName ?? "",
        uid: input.serviceAccountUID ?? "",
        annotations,
        cacheType: input.cacheType ?? "",
        tokenHash
      })
      const keys: Record<string, Json> = {
        tokenHash,
        singleFlightKey: yield* writtenKey(CacheKey.flightKey({ repository, tokenHash, annotations }))
      }
      if (input.plainMode !== true) keys["serviceAccountCacheKey"] = yield* writtenKey(part)
      if (Result.isFailure(part)) return keys
      keys["imageCacheKey"] = yield* writtenKey(CacheKey.key("Image", repository, part.success))
      keys["registryCacheKey"] = yield* writtenKey(CacheKey.key("Registry", repository, part.success))
      keys["globalCacheKey"] = yield* writtenKey(CacheKey.key("Global", repository, part.success))
      return keys
    })
  )
}

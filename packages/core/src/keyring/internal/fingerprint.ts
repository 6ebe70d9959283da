/** A short name for a password that tells nothing about it but whether two are the same. */
import * as Mac from "effect/crypto/Mac"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Bytes from "../../text/Bytes.ts"

export type Fingerprint = (password: Redacted.Redacted) => Effect.Effect<string>

/** 32 bits of an HMAC whose random key nobody sees: without it, passwords can't be tried. An empty password has none. */
export const make: Effect.Effect<Fingerprint> = Effect.gen(function*() {
  const mac = yield* Mac.Mac
  const key = yield* mac.generateKey(Mac.hmacSha256)
  const fingerprint: Fingerprint = (password) => {
    const text = Redacted.value(password)
    return text === ""
      ? Effect.succeed("")
      : Effect.map(Effect.orDie(mac.sign(key, Bytes.encode(text))), (tag) => Hex.encode(tag.subarray(0, 4)))
  }
  return fingerprint
}).pipe(Effect.orDie, Effect.provide(Layer.provide(Mac.layerWebCrypto, SecureRandom.layerWebCrypto)))

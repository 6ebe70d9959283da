/**
 * The keys under which a plugin's answer is cached and its runs are shared, byte for byte the kubelet's (CACHE-1…11,
 * FLIGHT-2, FLIGHT-3). A key is a string with one character, U+0000…U+00FF, for each byte.
 *
 * @since 0.1.0
 */
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Coordinates } from "../credential/Credential.ts"
import * as ImageReference from "../image/ImageReference.ts"
import * as Bytes from "../text/Bytes.ts"
import * as ByteString from "./internal/byteString.ts"

/**
 * For which images an answer holds: a response's `cacheKeyType`.
 *
 * @since 0.1.0
 * @category models
 */
export type Scope = typeof Scope.Type

/**
 * @since 0.1.0
 * @category schemas
 */
export const Scope = Schema.Literals(["Image", "Registry", "Global"])

/**
 * All of them, in the order in which a lookup tries them (CACHE-40).
 *
 * @since 0.1.0
 * @category constants
 */
export const scopes: ReadonlyArray<Scope> = Scope.literals

/**
 * Whether a `cacheKeyType` is one of the three; the letters' case counts.
 *
 * @since 0.1.0
 * @category guards
 */
export const isScope: (value: unknown) => value is Scope = Schema.is(Scope)

/** The longest part of a key, in bytes (CACHE-2). */
const maxPartLength = 65_535

/**
 * A part of a key that may be too long; `serviceAccount` is the whole of what `serviceAccountPart` gives.
 *
 * @since 0.1.0
 * @category models
 */
export type Part = typeof Part.Type

/**
 * @since 0.1.0
 * @category schemas
 */
export const Part = Schema.Literals([
  "image",
  "registry",
  "namespace",
  "serviceAccountName",
  "serviceAccountUid",
  "annotationKey",
  "annotationValue",
  "tokenHash",
  "serviceAccount"
])

const partNames: { readonly [K in Part]: string } = {
  image: "the image's name",
  registry: "the registry's name",
  namespace: "the service account's namespace",
  serviceAccountName: "the service account's name",
  serviceAccountUid: "the service account's UID",
  annotationKey: "the key of an annotation of the service account",
  annotationValue: "the value of an annotation of the service account",
  tokenHash: "the token's hash",
  serviceAccount: "the service account's namespace, name, UID and annotations together"
}

/**
 * A key can't be made, as one of its parts is too long; the plugin is not run then (CACHE-2, CACHE-10). `length` is in
 * bytes.
 *
 * @since 0.1.0
 * @category errors
 */
export class CacheKeyTooLong extends Schema.TaggedError<CacheKeyTooLong>()("CacheKeyTooLong", {
  part: Part,
  length: Schema.Int
}) {
  override get message() {
    return `no cache key can be made: ${
      partNames[this.part]
    } must have at most ${maxPartLength} bytes, not ${this.length}`
  }
}

type KeyResult = Result.Result<string, CacheKeyTooLong>

/** CACHE-1, of bytes. */
const prefixed = (part: Part, bytes: string): KeyResult =>
  bytes.length > maxPartLength
    ? Result.fail(new CacheKeyTooLong({ part, length: bytes.length }))
    : Result.succeed(ByteString.uint16(bytes.length) + bytes)

/** CACHE-1. */
const prefixedText = (part: Part, text: string): KeyResult => prefixed(part, ByteString.ofText(text))

const emptyPart = ByteString.uint16(0)
const globalBase = `${ByteString.uint16(8)}<global>` // no image can have this name (CACHE-11)
const plainGlobal = globalBase + emptyPart

/** The parts one after the other, or the first error. */
const joined = (parts: ReadonlyArray<KeyResult>): KeyResult => {
  let key = ""
  for (const part of parts) {
    if (Result.isFailure(part)) return part
    key += part.success
  }
  return Result.succeed(key)
}

/** CACHE-3. */
const annotationList = (annotations: Annotations): ReadonlyArray<KeyResult> => {
  const sorted = Array.from(annotations).sort(([a], [b]) => Bytes.compare(a, b))
  return [
    Result.succeed(ByteString.uint32(sorted.length)),
    ...sorted.flatMap(([key, value]) => [prefixedText("annotationKey", key), prefixedText("annotationValue", value)])
  ]
}

const accountList = ({ name, namespace, uid }: Coordinates): ReadonlyArray<KeyResult> => [
  prefixedText("namespace", namespace),
  prefixedText("serviceAccountName", name),
  prefixedText("serviceAccountUid", uid)
]

/**
 * The annotations that are passed to the plugin, each key once: a `Map`, or `Object.entries` of a record.
 *
 * @since 0.1.0
 * @category models
 */
export type Annotations = Iterable<readonly [key: string, value: string]>

/**
 * What stands for a token in keys (CACHE-4): `sha256:` and the hex SHA-256 of its text, or `""` if it is empty.
 *
 * @since 0.1.0
 * @category constructors
 */
export const tokenHash = (token: Redacted.Redacted<string>): Effect.Effect<string, never, Digest.Digest> => {
  const text = Redacted.value(token)
  if (text === "") return Effect.succeed("")
  return Effect.flatMap(
    Digest.Digest,
    (digest) => Effect.map(digest.digestHex(Digest.sha256, Bytes.encode(text)), (hex) => `sha256:${hex}`)
  )
}

/**
 * The part of a cache key that says for which service account an answer holds (CACHE-6…8). Only a provider in token mode
 * that was asked for a pod with a service account has one; for all others it is `""` (CACHE-5).
 *
 * @since 0.1.0
 * @category constructors
 */
export const serviceAccountPart = (
  identity: Coordinates & {
    readonly annotations: Annotations
    /** With `"Token"` the token's hash is in the key too. */
    readonly cacheType: string
    readonly tokenHash: string
  }
): Result.Result<string, CacheKeyTooLong> =>
  joined([
    ...accountList(identity),
    ...annotationList(identity.annotations),
    ...(identity.cacheType === "Token"
      ? [prefixedText("tokenHash", "token"), prefixedText("tokenHash", identity.tokenHash)]
      : [])
  ])

/**
 * The key of an answer (CACHE-9, CACHE-10): `scope` as the plugin gave it, `repository` as the plugin got it.
 *
 * @since 0.1.0
 * @category constructors
 * @example
 * ```ts
 * import * as CacheKey from "@credlet/core/cache/CacheKey"
 *
 * CacheKey.key("Registry", "x.io/a", "") // success of "\0\u0004x.io\0\0"
 * ```
 */
export const key = (
  scope: Scope,
  repository: string,
  serviceAccountPart: string
): Result.Result<string, CacheKeyTooLong> =>
  joined([base(scope, repository), prefixed("serviceAccount", serviceAccountPart)])

const base = (scope: Scope, repository: string): KeyResult => {
  switch (scope) {
    case "Image":
      return prefixedText("image", repository)
    case "Registry":
      return prefixedText("registry", ImageReference.registryOf(repository))
    case "Global":
      return Result.succeed(globalBase)
  }
}

/**
 * The keys of an image, one a scope, and `all` in the order in which they are looked up (CACHE-40).
 *
 * @since 0.1.0
 * @category models
 */
export interface Keys {
  readonly Image: string
  readonly Registry: string
  readonly Global: string
  readonly all: ReadonlyArray<string>
}

/**
 * All keys of an image where no service account counts (CACHE-5), to be made once an image.
 *
 * @since 0.1.0
 * @category constructors
 */
export const plainKeys = (repository: string): Result.Result<Keys, CacheKeyTooLong> => {
  const image = key("Image", repository, "")
  if (Result.isFailure(image)) return Result.fail(image.failure)
  const registry = key("Registry", repository, "")
  if (Result.isFailure(registry)) return Result.fail(registry.failure)
  return Result.succeed(keysOf(image.success, registry.success, plainGlobal))
}

const keysOf = (image: string, registry: string, global: string): Keys => ({
  Image: image,
  Registry: registry,
  Global: global,
  all: [image, registry, global]
})

/**
 * An image's plain keys for a service account: they end in its part (`serviceAccountPart`) instead of in the empty one
 * (CACHE-9, CACHE-10).
 *
 * @since 0.1.0
 * @category constructors
 */
export const forServiceAccount = (plain: Keys, serviceAccountPart: string): Result.Result<Keys, CacheKeyTooLong> =>
  Result.map(prefixed("serviceAccount", serviceAccountPart), (ending) => {
    const withPart = (key: string) => key.slice(0, -emptyPart.length) + ending
    return keysOf(withPart(plain.Image), withPart(plain.Registry), withPart(plain.Global))
  })

/**
 * The key by which concurrent runs for a service account are shared (FLIGHT-3). Runs without one are shared by the
 * repository alone, as it is (FLIGHT-2).
 *
 * @since 0.1.0
 * @category constructors
 */
export const flightKey = (flight: {
  readonly repository: string
  readonly tokenHash: string
  readonly annotations: Annotations
  /** The kubelet leaves it out, so that accounts with an empty token share a run (FLIGHT-5). */
  readonly account?: Coordinates | undefined
}): Result.Result<string, CacheKeyTooLong> =>
  joined([
    prefixedText("image", flight.repository),
    prefixedText("tokenHash", flight.tokenHash),
    ...annotationList(flight.annotations),
    ...(flight.account === undefined ? [] : accountList(flight.account))
  ])

/**
 * The bytes of a key in hex.
 *
 * @since 0.1.0
 * @category rendering
 */
export const toHex = (key: string): string =>
  Array.from(key, (byte) => byte.charCodeAt(0).toString(16).padStart(2, "0")).join("")

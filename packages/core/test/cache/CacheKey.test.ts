import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Redacted, Result, Schema } from "effect"
import { Digest } from "effect/crypto"
import * as CacheKey from "../../src/cache/CacheKey.ts"
import * as Bytes from "../../src/text/Bytes.ts"

const key = (scope: CacheKey.Scope, repository: string, serviceAccountPart = "") =>
  Result.getOrThrow(CacheKey.key(scope, repository, serviceAccountPart))

const identity = {
  namespace: "namespace",
  name: "service-account",
  uid: "service-account-uid",
  annotations: [],
  cacheType: "ServiceAccount",
  tokenHash: ""
}

const serviceAccountPart = (changes: Partial<Parameters<typeof CacheKey.serviceAccountPart>[0]>) =>
  Result.getOrThrow(CacheKey.serviceAccountPart({ ...identity, ...changes }))

const tooLong = (result: Result.Result<unknown, CacheKey.CacheKeyTooLong>) =>
  Result.match(result, { onSuccess: () => "no error", onFailure: (error) => `${error.part} ${error.length}` })

const none = "\0\0\0\0"

describe("CacheKey", () => {
  it("the scopes are exactly three words", () => {
    assert.isTrue(["Image", "Registry", "Global"].every(CacheKey.isScope))
    assert.isFalse(["image", "", "Image ", undefined, "toString"].some(CacheKey.isScope))
  })

  it("CACHE-1: lengths are of bytes", () => {
    assert.strictEqual(key("Image", "x.io"), "\0\u0004x.io\0\0")
    assert.strictEqual(key("Image", "é"), "\0\u0002\u00c3\u00a9\0\0")
    assert.strictEqual(key("Image", "\udcff"), "\0\u0001\u00ff\0\0")
    assert.strictEqual(key("Image", "i".repeat(258)), `\u0001\u0002${"i".repeat(258)}\0\0`)
    assert.strictEqual(key("Image", ""), none)
  })

  it("CACHE-2: no part may have more than 65,535 bytes", () => {
    assert.strictEqual(key("Image", "i".repeat(65_535)).length, 65_539)
    assert.strictEqual(tooLong(CacheKey.key("Image", "é".repeat(32_768), "")), "image 65536")
    assert.strictEqual(tooLong(CacheKey.key("Registry", "i".repeat(65_536), "")), "registry 65536")
    assert.strictEqual(tooLong(CacheKey.key("Registry", `r/${"i".repeat(65_536)}`, "")), "no error")
    assert.strictEqual(tooLong(CacheKey.key("Global", "i".repeat(65_536), "")), "no error")
    const long = "v".repeat(65_536)
    const partOf = (changes: Partial<typeof identity> | { readonly annotations: CacheKey.Annotations }) =>
      tooLong(CacheKey.serviceAccountPart({ ...identity, ...changes }))
    assert.strictEqual(partOf({ namespace: long }), "namespace 65536")
    assert.strictEqual(partOf({ name: long }), "serviceAccountName 65536")
    assert.strictEqual(partOf({ uid: long }), "serviceAccountUid 65536")
    assert.strictEqual(partOf({ annotations: [["a", long]] }), "annotationValue 65536")
    assert.strictEqual(partOf({ annotations: [[long, ""]] }), "annotationKey 65536")
    assert.strictEqual(
      tooLong(CacheKey.flightKey({ repository: long, tokenHash: "", annotations: [] })),
      "image 65536"
    )
  })

  it("CACHE-2: the error tells which part, not what is in it", () => {
    const error = Result.merge(CacheKey.key("Image", "i".repeat(70_000), ""))
    assert.strictEqual(
      error instanceof CacheKey.CacheKeyTooLong && error.message,
      "no cache key can be made: the image's name must have at most 65535 bytes, not 70000"
    )
  })

  it("CACHE-3: annotations are counted and sorted by bytes", () => {
    const annotations = "\0\0\0\u0002\0\u0001a\0\u00011\0\u0001b\0\u00012"
    assert.strictEqual(
      serviceAccountPart({ namespace: "", name: "", uid: "", annotations: new Map([["b", "2"], ["a", "1"]]) }),
      `\0\0\0\0\0\0${annotations}`
    )
    const sorted = serviceAccountPart({ annotations: [["😀", ""], ["ｆ", ""], ["B", ""], ["b", ""]] })
    assert.deepStrictEqual(sorted, serviceAccountPart({ annotations: [["b", ""], ["B", ""], ["ｆ", ""], ["😀", ""]] }))
    assert.isBelow(sorted.indexOf("\u00ef\u00bd\u0086"), sorted.indexOf("\u00f0\u009f\u0098\u0080"))
  })

  it.effect("CACHE-4: tokens are hashed", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* CacheKey.tokenHash(Redacted.make("tok")),
        "sha256:1a7674eb4ee78df7e1ac439a93c3fa8e3c945784d4dec9fd8e3011738b2f1d62"
      )
      assert.strictEqual(yield* CacheKey.tokenHash(Redacted.make("")), "")
    }).pipe(Effect.provide(Digest.layerWebCrypto)))

  it("CACHE-6: namespace, name, UID and annotations", () => {
    assert.strictEqual(
      serviceAccountPart({}),
      `\0\tnamespace\0\u000fservice-account\0\u0013service-account-uid${none}`
    )
  })

  it("CACHE-7, CACHE-8: with the cache type Token also the hash of the token", () => {
    const plain = serviceAccountPart({ tokenHash: "sha256:ab" })
    assert.strictEqual(
      serviceAccountPart({ cacheType: "Token", tokenHash: "sha256:ab" }),
      `${plain}\0\u0005token\0\tsha256:ab`
    )
    assert.strictEqual(serviceAccountPart({ cacheType: "Token" }), `${plain}\0\u0005token\0\0`)
    assert.strictEqual(serviceAccountPart({ cacheType: "token", tokenHash: "sha256:ab" }), plain)
  })

  it("CACHE-9: the base goes by the scope", () => {
    assert.strictEqual(key("Image", "registry.io/image"), "\0\u0011registry.io/image\0\0")
    assert.strictEqual(key("Registry", "x.io/a"), "\0\u0004x.io\0\0")
    assert.strictEqual(key("Global", "x.io/a"), "\0\u0008<global>\0\0")
    const part = serviceAccountPart({
      namespace: "ns",
      name: "sa",
      uid: "sauid",
      annotations: Object.entries({ a: "1", b: "2" })
    })
    assert.strictEqual(
      key("Registry", "x.io/a", part),
      "\0\u0004x.io\0\u001f\0\u0002ns\0\u0002sa\0\u0005sauid\0\0\0\u0002\0\u0001a\0\u00011\0\u0001b\0\u00012"
    )
  })

  it("CACHE-10: the whole of the service account's part must fit as well", () => {
    const part = serviceAccountPart({ annotations: [["a", "v".repeat(65_535)]] })
    assert.strictEqual(tooLong(CacheKey.key("Global", "x", part)), `serviceAccount ${part.length}`)
  })

  it("CACHE-11: an image without a slash and its registry share a key", () => {
    assert.strictEqual(key("Image", "x.io"), key("Registry", "x.io/a"))
  })

  it("FLIGHT-3: image, token and annotations", () => {
    assert.strictEqual(
      Result.getOrThrow(
        CacheKey.flightKey({ repository: "x.io/a", tokenHash: "sha256:ab", annotations: [["b", "2"], ["a", "1"]] })
      ),
      "\0\u0006x.io/a\0\tsha256:ab\0\0\0\u0002\0\u0001a\0\u00011\0\u0001b\0\u00012"
    )
  })

  it("FLIGHT-5: the account can be in it too, its parts told apart by their lengths", () => {
    const flight = (namespace: string, name: string, uid: string) =>
      Result.getOrThrow(
        CacheKey.flightKey({ repository: "x", tokenHash: "", annotations: [], account: { namespace, name, uid } })
      )
    assert.strictEqual(flight("n", "sa", "u"), "\0\u0001x\0\0\0\0\0\0\0\u0001n\0\u0002sa\0\u0001u")
    assert.notStrictEqual(flight("ns", "a", "u"), flight("n", "sa", "u"))
  })

  it("CACHE-9: an image's keys for a service account are those that are made for it one by one", () => {
    const part = serviceAccountPart({ annotations: [["a", "1"]] })
    const plain = Result.getOrThrow(CacheKey.plainKeys("x.io/a"))
    const keys = Result.getOrThrow(CacheKey.forServiceAccount(plain, part))
    const made = (["Image", "Registry", "Global"] as const).map((scope) =>
      Result.getOrThrow(CacheKey.key(scope, "x.io/a", part))
    )
    assert.deepStrictEqual([keys.Image, keys.Registry, keys.Global], made)
    assert.deepStrictEqual(keys.all, made)
    assert.deepStrictEqual(Result.getOrThrow(CacheKey.forServiceAccount(plain, "")), plain)
    assert.strictEqual(tooLong(CacheKey.forServiceAccount(plain, "p".repeat(65_536))), "serviceAccount 65536")
  })

  it("CACHE-40: the keys of a plain provider, in the order of the lookup", () => {
    const keys = Result.getOrThrow(CacheKey.plainKeys("x.io/a"))
    assert.deepStrictEqual(keys.all, [key("Image", "x.io/a"), key("Registry", "x.io/a"), key("Global", "x.io/a")])
    assert.deepStrictEqual([keys.Image, keys.Registry, keys.Global], keys.all)
    assert.strictEqual(tooLong(CacheKey.plainKeys("i".repeat(65_536))), "image 65536")
  })

  it("toHex shows the bytes", () => {
    assert.strictEqual(CacheKey.toHex(key("Image", "é/")), "0003c3a92f0000")
  })

  const part = Schema.Literals(["", "a", "b", "\0", "é", "\u0001", "😀", "\udc80"])
  const text = Arbitrary.map(Arbitrary.schema(Schema.Array(part)), (parts) => parts.join(""))
  const identities = Arbitrary.all({ namespace: text, name: text, uid: text, annotation: text, value: text })

  it.prop(
    "CACHE-1: different identities never share a key, equal ones do",
    { one: identities, other: identities },
    ({ one, other }) => {
      const partOf = ({ annotation, value, ...rest }: typeof one) =>
        serviceAccountPart({ ...rest, annotations: [[annotation, value]] })
      const same = Object.values(one).every((value, at) => Bytes.compare(value, Object.values(other)[at] ?? "") === 0)
      assert.strictEqual(partOf(one) === partOf(other), same)
      assert.match(partOf(one), /^[\0-\u00ff]*$/)
    },
    { arbitrary: { runs: 500, size: 2 } }
  )
})

import * as SimilarName from "@credlet/core/text/SimilarName"
import { assert, describe, it } from "@effect/vitest"

describe("SimilarName", () => {
  it("is similar: another case, a letter or two, a part of it", () => {
    for (const written of ["matchImages", "MATCHIMAGES", "matchImage", "mathcImages", "images", "theMatchImages"]) {
      assert.isTrue(SimilarName.isSimilar(written, "matchImages"), written)
    }
    for (const written of ["metadata", "mtchImgs", "", "img", `matchImages${"x".repeat(54)}`]) {
      assert.isFalse(SimilarName.isSimilar(written, "matchImages"), written)
    }
    assert.isTrue(SimilarName.isSimilar("ENV", "env"))
    assert.isFalse(SimilarName.isSimilar("envs", "env"))
  })

  it("the nearest counts, not the first", () => {
    const keys = [
      "requireServiceAccount",
      "requiredServiceAccountAnnotationKeys",
      "optionalServiceAccountAnnotationKeys"
    ]
    for (const candidates of [keys, keys.toReversed()]) {
      assert.strictEqual(SimilarName.nearest("requireServiceAccountAnnotationKeys", candidates), keys[1])
      assert.strictEqual(SimilarName.nearest("RequireServiceAccount", candidates), keys[0])
      assert.strictEqual(SimilarName.nearest("requireServiceAccounts", candidates), keys[0])
      assert.isUndefined(SimilarName.nearest("name", candidates))
    }
  })

  it("a slip is nearer than a part, and of parts the longest is", () => {
    assert.strictEqual(SimilarName.nearest("names", ["name", "theNames", "nasty"]), "name")
    assert.strictEqual(SimilarName.nearest("naame", ["naameOfAll", "name"]), "name")
    assert.strictEqual(SimilarName.nearest("cacheKeyTypeOf", ["cacheKey", "cacheKeyType"]), "cacheKeyType")
  })

  it("of equals, the first; of none, none", () => {
    assert.strictEqual(SimilarName.nearest("nane", ["name", "nate"]), "name")
    assert.isUndefined(SimilarName.nearest("name", []))
  })
})

import * as ServiceAccountMode from "@credlet/core/provider/ServiceAccountMode"
import { answer } from "@credlet/testing/ScriptedPlugins"
import { assert, describe, it } from "@effect/vitest"
import { Redacted, Result } from "effect"
import { pod, provider, tokenAttributes } from "./providers.ts"

const token = Redacted.make("tok")

describe("ServiceAccountMode", () => {
  it("SA-1, CFG-121: it takes the gate and an audience", () => {
    const attributes = tokenAttributes()
    const config = provider("acme", { tokenAttributes: attributes })
    assert.strictEqual(ServiceAccountMode.attributesOf(config, true), attributes)
    assert.isUndefined(ServiceAccountMode.attributesOf(config, false))
    assert.isUndefined(ServiceAccountMode.attributesOf(provider("acme"), true))
    const without = provider("acme", { tokenAttributes: tokenAttributes({ serviceAccountTokenAudience: "" }) })
    assert.isUndefined(ServiceAccountMode.attributesOf(without, true))
  })

  it("SA-3: static pods have no service account, nor has no pod", () => {
    assert.isTrue(ServiceAccountMode.hasServiceAccount(pod("team", "builder")))
    assert.isFalse(ServiceAccountMode.hasServiceAccount(pod("team", "")))
    assert.isFalse(ServiceAccountMode.hasServiceAccount(undefined))
  })

  describe("chooseAnnotations", () => {
    const choose = (
      required: ReadonlyArray<string>,
      optional: ReadonlyArray<string>,
      annotations: Readonly<Record<string, string>>
    ) =>
      ServiceAccountMode.chooseAnnotations(
        tokenAttributes({
          requiredServiceAccountAnnotationKeys: required,
          optionalServiceAccountAnnotationKeys: optional
        }),
        new Map(Object.entries(annotations))
      )

    it("SA-15: the configured ones that are there, by their exact keys", () => {
      assert.deepStrictEqual(
        choose(["b"], ["a", "zz", "C"], { a: "1", b: "2", c: "3" }),
        Result.succeed(new Map([["b", "2"], ["a", "1"]]))
      )
      assert.deepStrictEqual(choose([], [], { a: "1" }), Result.succeed(new Map()))
    })

    it("SA-14: an empty value is there", () => {
      assert.deepStrictEqual(choose(["q"], ["r"], { q: "", r: "" }), Result.succeed(new Map([["q", ""], ["r", ""]])))
    })

    it("SA-13: the first required one that is missing, in the order of the config", () => {
      assert.deepStrictEqual(choose(["z", "b", "a"], ["c"], { z: "1", c: "1" }), Result.fail("b"))
    })

    it("keys that every object has are annotations like others", () => {
      assert.deepStrictEqual(choose(["constructor"], [], {}), Result.fail("constructor"))
    })
  })

  it("SA-32: with cacheType Token nothing is guarded; SA-19: nor is an empty token", () => {
    assert.strictEqual(ServiceAccountMode.guardedToken(tokenAttributes(), token), token)
    assert.isUndefined(ServiceAccountMode.guardedToken(tokenAttributes({ cacheType: "Token" }), token))
    assert.isUndefined(ServiceAccountMode.guardedToken(tokenAttributes(), Redacted.make("")))
  })

  const cases = [
    ["the password", { "reg.example": { username: "u", password: "tok" } }, true, true],
    [
      "one password of two",
      {
        "a.example": { username: "u", password: "p" },
        "b.example": { username: "u", password: "tok" }
      },
      true,
      true
    ],
    ["the user's name", { "reg.example": { username: "tok", password: "zztok" } }, false, true],
    ["part of a password", { "reg.example": { username: "u", password: "Bearer tok" } }, false, true],
    ["part of a location", { "reg.example/tok": { username: "u", password: "p" } }, false, true],
    ["nowhere", { "reg.example": { username: "u", password: "TOK" } }, false, false]
  ] as const
  for (const [where, auth, isEchoed, isContained] of cases) {
    it(`SA-30, SA-31: the token is ${where}`, () => {
      const response = answer({ cacheKeyType: "Image", auth })
      assert.strictEqual(ServiceAccountMode.isEchoed(response, token), isEchoed)
      assert.strictEqual(ServiceAccountMode.isContained(response, token), isContained)
    })
  }

  it("SA-30: an answer without credentials holds no token", () => {
    const response = answer({ cacheKeyType: "Image" })
    assert.isFalse(ServiceAccountMode.isEchoed(response, token))
    assert.isFalse(ServiceAccountMode.isContained(response, token))
  })
})

import { assert, describe, it } from "@effect/vitest"
import { compare } from "./compare.ts"
import type { Json } from "./expand.ts"

const same = (op: string, expected: Json, actual: Json) => assert.deepStrictEqual(compare(op, expected, actual), [])
const differs = (op: string, expected: Json, actual: Json) => assert.notDeepEqual(compare(op, expected, actual), [])

describe("compare", () => {
  it("compares deeply and says where", () => {
    same("any", { a: [1, { b: null }], c: "x" }, { c: "x", a: [1, { b: null }] })
    assert.deepStrictEqual(compare("any", { a: [{ b: 1 }, 2] }, { a: [{ b: 3 }, 2], c: true }), [
      "a[0].b: expected 1, got 3",
      "c: expected nothing, got true"
    ])
    assert.deepStrictEqual(compare("any", { a: [1, 2] }, { a: [1] }), ["a.length: expected 2, got 1"])
    assert.deepStrictEqual(compare("any", "x", null), ["the answer: expected \"x\", got null"])
  })

  it("tells apart null, absent, empty, and values of other types", () => {
    differs("any", { a: null }, {})
    differs("any", {}, { a: null })
    differs("any", [], {})
    differs("any", {}, [])
    differs("any", null, [])
    differs("any", "1", 1)
    differs("any", { base64: "YQ==" }, "a")
    differs("any", JSON.parse(`{"__proto__": "x"}`), {})
    differs("any", {}, JSON.parse(`{"__proto__": "x"}`))
    same("any", JSON.parse(`{"__proto__": "x"}`), JSON.parse(`{"__proto__": "x"}`))
    differs("any", { constructor: "x" }, {})
  })

  it("compares long keys by length and hash", () => {
    const key = { imageCacheKey: { length: 65539, sha256: "aa" } }
    same("cacheKeys", key, { imageCacheKey: { length: 65539, sha256: "aa" } })
    differs("cacheKeys", key, { imageCacheKey: { length: 65539, sha256: "ab" } })
    differs("cacheKeys", key, { imageCacheKey: { length: 65538, sha256: "aa" } })
    differs("cacheKeys", key, { imageCacheKey: { error: "keyTooLong" } })
  })

  it("takes any outcome of an ambiguous answer, wherever it stands", () => {
    const expected = { ambiguous: true, outcomes: [{ a: 1 }, { a: 2 }] }
    same("keyringLookup", expected, { a: 1 })
    same("keyringLookup", expected, { a: 2 })
    differs("keyringLookup", expected, { a: 3 })
    same("scenario", { results: [expected] }, { results: [{ a: 2 }] })
    differs("scenario", { results: [expected] }, { results: [{ a: 3 }] })
    differs("any", { ambiguous: true, outcomes: [] }, {})
    same("decodeConfig", { ambiguous: true, outcomes: [{ error: { class: "a" } }, { error: { class: "b" } }] }, {
      error: { class: "b", text: "x" }
    })
  })

  it("does not take any outcome where only the other fields are ambiguous", () => {
    differs("any", { ambiguous: "true", outcomes: [{ a: 1 }] }, { a: 1 })
  })

  it("compares errors by their class and lists, not by their texts", () => {
    const strict = (more: Json) => ({ error: { class: "strict", ...more as object } })
    same("decodeConfig", { error: { class: "yaml", text: "theirs" } }, { error: { class: "yaml", text: "ours" } })
    differs("decodeConfig", { error: { class: "yaml" } }, { error: { class: "type" } })
    differs("decodeConfig", { error: { class: "yaml" } }, { config: {} })
    differs("decodeConfig", { config: {} }, { error: { class: "yaml" } })
    differs("decodeConfig", strict({ unknownFields: ["a", "b"] }), strict({ unknownFields: ["b", "a"] }))
    differs("decodeConfig", strict({ unknownFields: ["a"] }), strict({}))
    differs("decodeConfig", strict({}), strict({ duplicateKeys: ["a"] }))
    same("decodeConfig", strict({ duplicateKeys: [] }), strict({}))
    differs("readConfig", { error: { class: "decode", decode: { class: "yaml" } } }, {
      error: { class: "decode", decode: { class: "type" } }
    })
    differs("readConfig", { error: { class: "decode", decode: { class: "yaml" } } }, { error: { class: "decode" } })
    differs("readConfig", { error: { class: "decode", file: "a" } }, { error: { class: "decode", file: "b" } })
    differs("readConfig", { error: { class: "duplicateProvider", name: "a" } }, {
      error: { class: "duplicateProvider" }
    })
    differs("decodeResponse", { error: { stage: "decode" } }, { error: { stage: "interpret" } })
    differs("registerPlugins", { registered: [], error: { class: "a" } }, { registered: ["p"], error: { class: "a" } })
    differs("decodeAuthField", { error: "base64" }, { error: "notUserColonPassword" })
    differs("secretsKeyring", { error: true }, { found: false })
  })

  it("takes an error of a docker location named error for what it is", () => {
    differs("keyringLookup", { error: { username: "u" } }, { error: { username: "v" } })
  })

  it("compares an exit by code, signal and stderr", () => {
    const exit = (stderr: Json, code = 1) => ({ error: { class: "exit", code, stderr } })
    same("execPlugin", exit("boom\n"), exit("before\nboom\n"))
    same("execPlugin", exit(""), exit(""))
    same("execPlugin", exit("a tok-word b"), exit("a <redacted> b"))
    same("execPlugin", exit("tok-word"), exit("<redacted>"))
    same("execPlugin", exit({ base64: "Yf8=" }), exit("a\ufffd"))
    same("execPlugin", exit("x".repeat(70_000)), exit("x".repeat(65_536)))
    differs("execPlugin", exit("boom"), exit("bo"))
    differs("execPlugin", exit("boom"), exit(""))
    differs("execPlugin", exit("boom"), exit("<redacted> boo"))
    differs("execPlugin", exit("a b c"), exit("a <redacted> d"))
    differs("execPlugin", exit("x".repeat(70_000)), exit("y".repeat(65_536)))
    differs("execPlugin", exit("boom"), { error: { class: "exit", code: 1 } })
    differs("execPlugin", exit("boom"), exit("boom", 2))
    differs("execPlugin", { error: { class: "signal", signal: "killed" } }, {
      error: { class: "signal", signal: "terminated" }
    })
  })

  it("compares problems of a config in any order, by type, field and value", () => {
    const a = { type: "FieldValueInvalid", field: "providers.name", badValue: "a" }
    const b = { type: "FieldValueInvalid", field: "providers.name", badValue: ["b"] }
    same("validateConfig", { errors: [{ ...a, reason: "slash" }, b] }, { errors: [b, { ...a, reason: "dot" }] })
    differs("validateConfig", { errors: [a, a] }, { errors: [a] })
    differs("validateConfig", { errors: [a] }, { errors: [a, a] })
    differs("validateConfig", { errors: [a, a, b] }, { errors: [a, b, b] })
    differs("validateConfig", { errors: [a] }, { errors: [{ ...a, type: "FieldValueRequired" }] })
    differs("validateConfig", { errors: [a] }, { errors: [{ ...a, field: "providers" }] })
    differs("validateConfig", { errors: [b] }, { errors: [{ ...b, badValue: ["c"] }] })
    differs("validateConfig", { errors: [] }, { stage: "decode", error: { class: "type" } })
    differs("validateConfig", { stage: "decode", error: { class: "type" } }, { errors: [] })
  })

  it("compares the number of a name's problems", () => {
    same("qualifiedName", ["theirs"], ["ours"])
    differs("qualifiedName", ["theirs"], [])
    differs("qualifiedName", [], ["ours"])
  })

  it("shortens long values", () => {
    const [line = ""] = compare("any", "x".repeat(65_536), "y")
    assert.isBelow(line.length, 200)
  })
})

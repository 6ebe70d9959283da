import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import * as QualifiedName from "../../src/text/QualifiedName.ts"

const counts = (names: Readonly<Record<string, number>>) => {
  for (const [name, count] of Object.entries(names)) {
    assert.lengthOf(QualifiedName.problems(name), count, JSON.stringify(name))
  }
}

describe("QualifiedName", () => {
  it("CFG-103: is looked at in lower case", () => {
    counts({ "A/b": 0, "registry.example/Team": 0, "\u0130": 0, "\u212aelvin": 0, "É": 1 })
  })

  it("CFG-104: has one slash at most", () => {
    counts({ "a": 0, "a/b": 0, "a/b/c": 1, "a//b": 1, "//": 1 })
  })

  it("CFG-105: the prefix is a DNS subdomain", () => {
    counts({
      "/b": 1,
      "a_b/c": 1,
      "a..b/c": 1,
      "-a/b": 1,
      "a./b": 1,
      "a-1.b/c": 0,
      [`${"a".repeat(253)}/b`]: 0,
      [`${"a".repeat(254)}/b`]: 1,
      [`${"a".repeat(254)}_/b`]: 2
    })
  })

  it("CFG-106: the name has 1 to 63 bytes, letters and digits at both ends", () => {
    counts({
      "": 2,
      "a/": 2,
      "/": 3,
      ["a".repeat(63)]: 0,
      ["a".repeat(64)]: 1,
      "cantendwithadash-": 1,
      "_": 1,
      "é": 1,
      "a b": 1,
      "a\n": 1,
      "a.b_c-d": 0,
      ["é".repeat(32)]: 2, // 64 bytes
      ["\udcff".repeat(22)]: 2 // bytes that are no UTF-8 count three each, as lower-casing replaces them
    })
  })

  it("says what is expected", () => {
    assert.deepStrictEqual(QualifiedName.problems("a/"), [
      "the name is empty",
      "the name must be letters, digits, '-', '_' and '.', with a letter or digit at both ends"
    ])
  })

  it.prop("finds something or nothing in every text", { text: Schema.String }, ({ text }) => {
    assert.isAtMost(QualifiedName.problems(text).length, 4)
  })
})

import { assert, describe, it } from "@effect/vitest"
import { isTag } from "../../../../src/text/internal/yaml/YamlTag.ts"

describe("YamlTag", () => {
  it("the five forms", () => {
    for (const tag of ["!", "!x", "!!x", "!h!x", "!<x>", "!<tag:yaml.org,2002:str>", "!%41", "!a%c3%bc!b"]) {
      assert.isTrue(isTag(tag), tag)
    }
    for (const tag of ["", "x", "!é", "!%", "!%4", "!%4g", "!<", "!<>", "!<x", "!<x>y", "!{", "!<%4>"]) {
      assert.isFalse(isTag(tag), tag)
    }
  })

  it("millions of characters do not use up the stack", () => {
    const long = "a".repeat(12_000_000)
    assert.isTrue(isTag(`!${long}`))
    assert.isTrue(isTag(`!<${long}>`))
    assert.isFalse(isTag(`!<${long}`))
  })
})

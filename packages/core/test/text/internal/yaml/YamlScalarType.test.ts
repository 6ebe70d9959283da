import { assert, describe, it } from "@effect/vitest"
import { resolvePlain } from "../../../../src/text/internal/yaml/YamlScalarType.ts"

describe("YamlScalarType", () => {
  it("CFG-43: behind a leading dot, underscores stand between digits only", () => {
    for (const text of [".5", ".5_0", ".5e1_0", ".5E-1", ".5e+1"]) {
      assert.strictEqual(resolvePlain(text).type, "float", text)
    }
    for (const text of [".", "._", "._5", ".5_", ".5__0", ".5_e1", ".5e_1", ".5e1_", ".5e", ".e5"]) {
      assert.strictEqual(resolvePlain(text).type, "string", text)
    }
  })

  it("millions of digits do not use up the stack", () => {
    assert.strictEqual(resolvePlain(`.1${"_1".repeat(4_000_000)}`).type, "float")
  })
})

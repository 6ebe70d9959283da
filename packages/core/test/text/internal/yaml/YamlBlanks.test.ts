import { assert, describe, it } from "@effect/vitest"
import { skipBlanks } from "../../../../src/text/internal/yaml/YamlBlanks.ts"

describe("YamlBlanks", () => {
  it("goes over blanks, line breaks and comments", () => {
    assert.strictEqual(skipBlanks("a \t\n#c#\n # d\nb", 1), 13)
    assert.strictEqual(skipBlanks("a#c", 1), 3)
    assert.strictEqual(skipBlanks("a", 0), 0)
    assert.strictEqual(skipBlanks("a", 1), 1)
    assert.strictEqual(skipBlanks("a\u00a0", 1), 1)
  })

  it("millions of lines do not use up the stack", () => {
    const lines = 10_000_000
    assert.strictEqual(skipBlanks("\n".repeat(lines), 0), lines)
    assert.strictEqual(skipBlanks("#\n".repeat(lines), 0), 2 * lines)
  })
})

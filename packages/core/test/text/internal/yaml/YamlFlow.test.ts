import { assert, describe, it } from "@effect/vitest"
import { tokenEnd } from "../../../../src/text/internal/yaml/YamlFlow.ts"

const tokens = (text: string): ReadonlyArray<string | undefined> => {
  const found: Array<string | undefined> = []
  for (let at = 0; at < text.length;) {
    const end = tokenEnd(text, at, text.length)
    found.push(end === undefined ? undefined : text.slice(at, end))
    at = end ?? text.length
  }
  return found
}

describe("YamlFlow", () => {
  it("brackets, indicators, quoted and plain text, comments and white space are tokens", () => {
    assert.deepStrictEqual(tokens("[a b:c, 'd e'] #f\n"), ["[", "a b:c", ",", " ", "'d e'", "]", " ", "#f", "\n"])
    assert.deepStrictEqual(tokens("a: b"), ["a", ":", " ", "b"])
    assert.deepStrictEqual(tokens("a:: b\"c #d"), ["a:", ":", " ", "b\"c", " ", "#d"])
    assert.deepStrictEqual(tokens("\"a"), [undefined])
  })

  it("millions of words do not use up the stack", () => {
    const text = "a ".repeat(6_000_000)
    assert.strictEqual(tokenEnd(text, 0, text.length), text.length)
  })
})

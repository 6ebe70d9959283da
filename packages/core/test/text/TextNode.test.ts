import { assert, describe, it } from "@effect/vitest"
import { positionAt } from "../../src/text/TextNode.ts"

describe("TextNode", () => {
  it("positionAt counts lines and columns from 1", () => {
    assert.deepStrictEqual(positionAt("ab", 0), { line: 1, column: 1 })
    assert.deepStrictEqual(positionAt("ab", 2), { line: 1, column: 3 })
    assert.deepStrictEqual(positionAt("", 0), { line: 1, column: 1 })
  })

  it("positionAt takes LF, CRLF and a lone CR for the end of a line", () => {
    const text = "a\nb\r\nc\rd\n\ne"
    const at = (character: string) => positionAt(text, text.indexOf(character))
    assert.deepStrictEqual(at("b"), { line: 2, column: 1 })
    assert.deepStrictEqual(at("c"), { line: 3, column: 1 })
    assert.deepStrictEqual(at("d"), { line: 4, column: 1 })
    assert.deepStrictEqual(at("e"), { line: 6, column: 1 })
    assert.deepStrictEqual(at("\n"), { line: 1, column: 2 })
    assert.deepStrictEqual(positionAt("x\r\ny", 2), { line: 1, column: 3 }) // between CR and LF: still the first line
  })

  it("positionAt counts UTF-16 code units and stops at the end of the text", () => {
    assert.deepStrictEqual(positionAt("😀x", 2), { line: 1, column: 3 })
    assert.deepStrictEqual(positionAt("a\nbc", 99), { line: 2, column: 3 })
  })
})

import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Result, Schema } from "effect"
import * as StrictJson from "../../src/text/StrictJson.ts"
import type { TextNode } from "../../src/text/TextNode.ts"
import { valueOf, wellFormed } from "./jsonValue.ts"

const parsed = (text: string): TextNode => Result.getOrThrow(StrictJson.parse(text))

const failure = (text: string): StrictJson.JsonSyntaxError => Result.getOrThrow(Result.flip(StrictJson.parse(text)))

const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth)

// Texts that are nearly JSON.
const piece = Schema.Literals([
  ..."{}[],:\"\\ \n\t0123456789-+.eE/tfn",
  "\"a\"",
  "\"b\":",
  "true",
  "false",
  "null",
  "-1.5e3",
  "\\u00e9",
  "\\ud83d\\ude00",
  "\u0001",
  "\ufeff",
  "é",
  "😀"
])

describe("StrictJson", () => {
  it("CFG-32: values, with where they stand", () => {
    assert.deepStrictEqual(parsed(" {\"a\": [1, true, null, \"x\"]}\n"), {
      type: "object",
      offset: 1,
      members: [{
        key: "a",
        keyOffset: 2,
        value: {
          type: "array",
          offset: 7,
          items: [
            { type: "number", value: "1", offset: 8 },
            { type: "boolean", value: true, offset: 11 },
            { type: "null", offset: 17 },
            { type: "string", value: "x", offset: 23 }
          ]
        }
      }]
    })
  })

  it("CFG-62: repeated keys are all kept, in the document's order", () => {
    const node = parsed("{\"b\":1,\"a\":2,\"b\":{}}")
    assert.isTrue(node.type === "object")
    if (node.type === "object") {
      assert.deepStrictEqual(node.members.map((member) => member.key), ["b", "a", "b"])
      assert.deepStrictEqual(node.members.map((member) => member.keyOffset), [1, 7, 13])
    }
  })

  it("keys that JavaScript objects treat specially are keys like any other", () => {
    const node = parsed("{\"__proto__\":{\"polluted\":1},\"constructor\":2,\"10\":3,\"9\":4}")
    assert.deepStrictEqual(node.type === "object" ? node.members.map((member) => member.key) : [], [
      "__proto__",
      "constructor",
      "10",
      "9"
    ])
    assert.isUndefined(Reflect.get({}, "polluted"))
  })

  it("numbers keep their text", () => {
    for (const text of ["0", "-0", "10", "1.50", "1e3", "1E+03", "-1.0e-2", "12345678901234567890", "1e400"]) {
      assert.deepStrictEqual(parsed(text), { type: "number", value: text, offset: 0 })
    }
  })

  it("escapes are undone; a lone surrogate becomes U+FFFD as in Go", () => {
    const cases = [
      ["\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t"],
      ["\\u00e9\\u0000", "é\0"],
      ["\\ud83d\\ude00", "😀"],
      ["\\ud83d", "\ufffd"],
      ["\\ud83dx", "\ufffdx"],
      ["\\ud83d\\u0041", "\ufffdA"],
      ["\\ud83d\\ud83d\\ude00", "\ufffd😀"],
      ["\\ude00\\ud83d", "\ufffd\ufffd"],
      ["x\\ny", "x\ny"],
      ["\u007f\u2028", "\u007f\u2028"]
    ] as const
    for (const [json, value] of cases) {
      assert.deepStrictEqual(parsed(`"${json}"`), { type: "string", value, offset: 0 })
    }
  })

  it("CFG-32: what is not JSON is refused, with reason and place", () => {
    const cases: ReadonlyArray<readonly [string, StrictJson.JsonSyntaxReason, number]> = [
      ["", "unexpectedEnd", 0],
      [" \n", "unexpectedEnd", 2],
      ["[1", "unexpectedEnd", 2],
      ["\"abc", "unexpectedEnd", 4],
      ["\"\\u12", "unexpectedEnd", 5],
      ["tru", "unexpectedEnd", 3],
      ["trUe", "expectedValue", 2],
      ["[1,]", "trailingComma", 2],
      ["[,1]", "expectedValue", 1],
      ["+1", "expectedValue", 0],
      [".5", "expectedValue", 0],
      ["'a'", "singleQuote", 0],
      ["NaN", "expectedValue", 0],
      ["// x\n1", "comment", 0],
      ["\ufeff{}", "expectedValue", 0],
      ["\u00a01", "expectedValue", 0],
      ["\v1", "expectedValue", 0],
      ["{\"a\":1 , \n}", "trailingComma", 7],
      ["[1,}", "trailingComma", 2],
      ["{,}", "expectedKey", 1],
      ["{\"a\":}", "expectedValue", 5],
      ["{a:1}", "unquotedKey", 1],
      ["{\"b\":1, é:1}", "unquotedKey", 8],
      ["{'a':1}", "singleQuote", 1],
      ["{\"a\":'b'}", "singleQuote", 5],
      ["[1, # x\n2]", "comment", 4],
      ["{\"a\" /* x */: 1}", "comment", 5],
      ["{\"a\": 1 // x\n}", "comment", 8],
      ["{/x/:1}", "expectedKey", 1],
      ["{1:2}", "expectedKey", 1],
      ["{\"a\" 1}", "expectedColon", 5],
      ["{\"a\":1 \"b\":2}", "missingComma", 7],
      ["[{}{}]", "missingComma", 3],
      ["[[] []]", "missingComma", 4],
      ["[1 2]", "expectedCommaOrEnd", 3],
      ["[1}", "expectedCommaOrEnd", 2],
      ["01", "badNumber", 1],
      ["1.", "badNumber", 1],
      ["1e", "badNumber", 1],
      ["-x", "badNumber", 0],
      ["\"\\x\"", "badEscape", 2],
      ["\"\\u12g4\"", "badEscape", 5],
      ["\"a\nb\"", "controlCharacter", 2],
      ["\"\t\"", "controlCharacter", 1],
      ["{} {}", "trailingData", 3],
      ["1 #", "trailingData", 2]
    ]
    for (const [text, reason, offset] of cases) {
      const error = failure(text)
      assert.deepStrictEqual([text, error.reason, error.offset], [text, reason, offset])
    }
  })

  it("common slips are called by their names", () => {
    const said = (text: string) => failure(text).message
    assert.strictEqual(
      said("{\n\"a\": 1,\n}"),
      "not valid JSON at line 2, column 7: a trailing comma: remove it, no comma may stand before a closing bracket"
    )
    assert.match(said("{'a': 1}"), /column 2: single quotes: write double ones/)
    assert.match(said("{\"a\": 1 // x\n}"), /column 9: a comment: remove it/)
    assert.match(said("{\"a\": 1\n\"b\": 1}"), /line 2, column 1: a comma is missing before this place/)
    assert.match(said("{a: 1}"), /column 2: a key without quotes: put it in double quotes/)
  })

  it("errors carry line and column", () => {
    const { column, line } = failure("{\n  \"a\": 1,\n  b\n}")
    assert.deepStrictEqual({ line, column }, { line: 3, column: 3 })
  })

  it("errors hold nothing of the text", () => {
    const secret = "hunter2"
    for (const text of [`{"password": "${secret}" x}`, secret, `"${secret}`, `{"${secret}": \\}`, `{${secret}: 1}`]) {
      const error = failure(text)
      assert.notInclude(`${error.message}\n${error.stack}\n${JSON.stringify(error)}`, secret)
    }
  })

  it("10,000 levels are read, more are an error and never a stack overflow", () => {
    assert.strictEqual(parsed(nested(StrictJson.maxDepth)).type, "array")
    assert.strictEqual(failure(nested(StrictJson.maxDepth + 1)).reason, "tooDeep")
    assert.strictEqual(failure("{\"a\":".repeat(100_000)).reason, "tooDeep")
    assert.strictEqual(failure("[".repeat(StrictJson.maxDepth)).reason, "unexpectedEnd")
  })

  it.effect.prop(
    "what JSON.stringify writes is read as the same value",
    { value: Schema.Json, indent: Schema.Literals([0, 2, "\t"]) },
    ({ indent, value }) =>
      Effect.sync(() => {
        const text = JSON.stringify(value, null, indent)
        assert.deepStrictEqual(valueOf(parsed(text)), wellFormed(JSON.parse(text)))
      }),
    { arbitrary: { runs: 300 } }
  )

  it.effect.prop(
    "accepts exactly what JSON.parse accepts",
    { text: Arbitrary.map(Arbitrary.array(Arbitrary.schema(piece)), (pieces) => pieces.join("")) },
    ({ text }) =>
      Effect.sync(() => {
        const expected = Result.try(() => JSON.parse(text) as unknown)
        const actual = StrictJson.parse(text)
        assert.strictEqual(Result.isSuccess(actual), Result.isSuccess(expected), JSON.stringify(text))
        if (Result.isSuccess(actual) && Result.isSuccess(expected)) {
          assert.deepStrictEqual(valueOf(actual.success), wellFormed(expected.success))
        }
      }),
    { arbitrary: { runs: 2000 } }
  )

  it.effect.prop("no text makes it throw", { text: Schema.String }, ({ text }) =>
    Effect.sync(() => {
      for (const candidate of [text, `"${text}"`, `{"${text}": [${text}`]) StrictJson.parse(candidate)
    }), { arbitrary: { runs: 500 } })
})

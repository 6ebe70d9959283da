import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as Bytes from "../../src/text/Bytes.ts"
import * as NodeJson from "../../src/text/NodeJson.ts"
import * as StrictYaml from "../../src/text/StrictYaml.ts"

const parse = (text: string) => StrictYaml.parse(Bytes.encode(text))
const document = (text: string): StrictYaml.YamlDocument => Result.getOrThrow(parse(text))
const failure = (text: string): StrictYaml.YamlError => Result.getOrThrow(Result.flip(parse(text)))
const json = (text: string): string => NodeJson.toJson(document(text).root)
const code = (text: string): string =>
  Result.match(parse(text), { onSuccess: ({ root }) => NodeJson.toJson(root), onFailure: (error) => error.code })

// Each line: a text, and the JSON that it is or the code of its error.
const table = (cases: ReadonlyArray<readonly [text: string, expected: string]>): void => {
  for (const [text, expected] of cases) assert.deepStrictEqual([text, code(text)], [text, expected])
}

// One scalar as value of a key.
const scalars = (cases: ReadonlyArray<readonly [text: string, expected: string]>): void =>
  table(
    cases.map((
      [text, expected]
    ) => [
      `k: ${text}\n`,
      /^[a-z][a-zA-Z]+$/.test(expected) && !/^(?:true|false|null)$/.test(expected) ? expected : `{"k":${expected}}`
    ])
  )

describe("StrictYaml: scalars", () => {
  it("CFG-40: YAML 1.1 booleans, and nothing else", () => {
    const truths = "y Y yes Yes YES on On ON true True TRUE".split(" ")
    const lies = "n N no No NO off Off OFF false False FALSE".split(" ")
    scalars([
      ...truths.map((text) => [text, "true"] as const),
      ...lies.map((text) => [text, "false"] as const),
      ...["yEs", "oN", "tRUE", "nO", "\"yes\"", "'on'"].map((text) =>
        [text, `"${text.replaceAll(/["']/g, "")}"`] as const
      )
    ])
  })

  it("CFG-42: null", () => {
    scalars([["~", "null"], ["null", "null"], ["Null", "null"], ["NULL", "null"], ["", "null"], ["nULL", "\"nULL\""]])
    table([["", "null"], ["# c\n", "null"], ["---\n", "null"], ["\n\n", "null"]])
  })

  it("CFG-43: numbers", () => {
    scalars([
      ["010", "8"],
      ["08", "8"],
      ["0o10", "8"],
      ["0x1F", "31"],
      ["-0b11", "-3"],
      ["0b-1", "-1"],
      ["+1", "1"],
      ["1_000", "1000"],
      ["1_", "1"],
      ["-0", "0"],
      ["-0.0", "-0"],
      ["1.0", "1"],
      ["1e3", "1000"],
      ["1E+21", "1e+21"],
      ["0.0000001", "1e-7"],
      [".5", "0.5"],
      [".5_5", "0.55"],
      ["5.", "5"],
      ["9223372036854775808", "9223372036854775808"],
      ["18446744073709551615", "18446744073709551615"],
      ["18446744073709551616", "18446744073709552000"],
      ["-9223372036854775808", "-9223372036854775808"],
      ["-9223372036854775809", "-9223372036854776000"],
      ["+9223372036854775808", "9223372036854776000"],
      ["1e400", "\"1e400\""],
      ["_1", "\"_1\""],
      [".", "\".\""],
      ["1.2.3", "\"1.2.3\""],
      ["0x", "\"0x\""],
      ["1e", "\"1e\""]
    ])
  })

  it("CFG-43: NaN and infinities have no JSON, and are an error of the type, not of the YAML", () => {
    for (const text of [".nan", ".NaN", ".inf", "-.INF", "+.Inf", "!!float .inf"]) {
      const error = failure(`k: ${text}\n`)
      assert.deepStrictEqual([error.code, error.stage, error.offset], [
        "notANumber",
        "type",
        text.startsWith("!") ? 11 : 3
      ])
    }
    scalars([["+.nan", "\"+.nan\""], [".iNf", "\".iNf\""], ["\".inf\"", "\".inf\""]])
  })

  it("CFG-44: dates and sexagesimals are text", () => {
    scalars([
      ["2020-01-01", "\"2020-01-01\""],
      ["2001-12-14t21:59:43.10-05:00", "\"2001-12-14t21:59:43.10-05:00\""],
      ["1:30", "\"1:30\""],
      ["190:20:30", "\"190:20:30\""]
    ])
  })

  it("CFG-44: tags", () => {
    scalars([
      ["!!str 5", "\"5\""],
      ["!!str", "\"\""],
      ["!!int \"5\"", "5"],
      ["!!int 2.5", "tagMismatch"],
      ["!!int x", "tagMismatch"],
      ["!!float 1", "1"],
      ["!!float 9223372036854775808", "tagMismatch"],
      ["!!bool \"yes\"", "true"],
      ["!!bool x", "tagMismatch"],
      ["!!null \"\"", "null"],
      ["!!null x", "tagMismatch"],
      ["!!timestamp 2000-02-29", "\"2000-02-29\""],
      ["!!timestamp 2001-02-29", "tagMismatch"],
      ["!!timestamp 2001-1-2 3:4:5.6", "\"2001-1-2 3:4:5.6\""],
      ["!!timestamp 2001-1-2T3:4:5Z", "\"2001-1-2T3:4:5Z\""],
      ["!!timestamp 2001-1-2T3:4:5", "tagMismatch"],
      ["!!timestamp 2001-1-2 3:4:5Z", "tagMismatch"],
      ["!!binary aGk=", "\"hi\""],
      ["!!binary aGk", "badBinary"],
      ["!!binary /w==", "\"\\ufffd\""],
      ["!x y", "\"y\""],
      ["!x 5", "\"5\""],
      ["! 5", "\"5\""],
      ["!<tag:yaml.org,2002:int> \"5\"", "5"],
      ["!!foo 5", "\"5\""],
      ["!h!x 5", "badTag"],
      ["!!str [a]", "[\"a\"]"],
      ["!!map x", "\"x\""]
    ])
    table([
      ["%TAG !e! tag:yaml.org,2002:\n---\n!e!int \"5\"\n", "5"],
      ["[!x]", "badTag"]
    ])
  })

  it("CFG-48: a comment needs white space before it, unless a quote or bracket ends there", () => {
    scalars([["a#c", "\"a#c\""], ["a #c", "\"a\""], ["\"a\"#c", "\"a\""], ["[a]#c", "[\"a\"]"], ["#c", "null"]])
  })

  it("quoted text: escapes and folding", () => {
    scalars([
      ["\"\\x41\\u00e9\\U0001F600\\t\\e\\_\\N\\L\\P\\0\"", "\"Aé😀\\t\\u001b\u00a0\u0085\\u2028\\u2029\\u0000\""],
      ["\"\\/\"", "badEscape"],
      ["\"\\'\"", "\"'\""],
      ["\"\\q\"", "badEscape"],
      ["\"\\ud83d\\ude00\"", "badEscape"],
      ["\"\\U00110000\"", "badEscape"],
      ["\"\\x4\"", "badEscape"],
      ["'it''s'", "\"it's\""],
      ["''", "\"\""],
      ["\"a\n  b\"", "\"a b\""],
      ["\"a  \n\n\n  b\"", "\"a\\n\\nb\""],
      ["\"a \\\n  b\"", "\"a b\""],
      ["\"a\\\n\n  b\"", "\"a\\nb\""],
      ["\"a\nb\"", "\"a b\""],
      ["'a\nb'", "\"a b\""],
      ["\"a", "unclosedQuote"],
      ["'a", "unclosedQuote"],
      ["\"a\\\"", "unclosedQuote"],
      ["\"a\" b", "unexpected"],
      ["a\n  b\n\n  c", "\"a b\\nc\""]
    ])
  })

  it("block scalars: indentation, folding, chomping", () => {
    scalars([
      ["|\n  x\n   y\n\n  z\n\n", "\"x\\n y\\n\\nz\\n\""],
      ["|-\n  x\n\n", "\"x\""],
      ["|+\n  x\n\n", "\"x\\n\\n\\n\""],
      [">\n  x\n  y\n\n  z\n   w\n  v\n", "\"x y\\nz\\n w\\nv\\n\""],
      ["|2\n   x\n  y\n", "\" x\\ny\\n\""],
      ["|2-\n   x\n", "\" x\""],
      ["|-2\n   x\n", "\" x\""],
      ["|#c\n  x\n", "\"x\\n\""],
      ["|0\n  x\n", "badBlockScalar"],
      ["|x\n", "badBlockScalar"],
      ["|\n\tx\n", "tabInIndentation"],
      ["|\n  x\n\t\n", "tabInIndentation"]
    ])
    table([
      ["k: |\n  x", "{\"k\":\"x\"}"],
      ["k: >\n  x\n  y", "{\"k\":\"x y\"}"],
      ["k: |\nb: c\n", "{\"b\":\"c\",\"k\":\"\"}"],
      ["|\n x\n", "\"x\\n\""],
      ["|\nx\n", "\"\""]
    ])
  })
})

describe("StrictYaml: collections", () => {
  it("CFG-41: keys become text and stand in the order of their bytes", () => {
    table([
      ["b: 1\na: 2\nB: 3\né: 4\n😀: 5\nﾮ: 6\n", "{\"B\":3,\"a\":2,\"b\":1,\"é\":4,\"ﾮ\":6,\"😀\":5}"],
      ["10: a\n9: b\n", "{\"10\":\"a\",\"9\":\"b\"}"],
      ["y: 1\n", "{\"true\":1}"],
      ["0x10: v\n", "{\"16\":\"v\"}"],
      ["1.23456789: v\n", "{\"1.2345679\":\"v\"}"],
      ["0.00001: v\n", "{\"1e-05\":\"v\"}"],
      ["0.0001: v\n", "{\"0.0001\":\"v\"}"],
      ["123456.0: v\n", "{\"123456\":\"v\"}"],
      ["1e6: v\n", "{\"1e+06\":\"v\"}"],
      ["16777217.5: v\n", "{\"1.6777218e+07\":\"v\"}"],
      ["1e300: v\n", "{\".inf\":\"v\"}"],
      ["-.inf: v\n", "{\"-.inf\":\"v\"}"],
      [".nan: v\n", "{\".nan\":\"v\"}"],
      ["-0.0: v\n", "{\"-0\":\"v\"}"],
      ["9223372036854775807: v\n", "{\"9223372036854775807\":\"v\"}"],
      ["9223372036854775808: v\n", "unsupportedKey"],
      ["~: v\n", "unsupportedKey"],
      ["? [a]\n: v\n", "collectionKey"],
      ["__proto__: v\n", "{\"__proto__\":\"v\"}"]
    ])
  })

  it("CFG-62: repeated keys are reported, the last value is kept", () => {
    const keys = (text: string) => document(text).duplicateKeys.map(({ key, path }) => [key, path])
    assert.deepStrictEqual(keys("a: 1\nb: 1\na: 2\nb: 2\n"), [["a", []], ["b", []]])
    assert.deepStrictEqual(keys("x: [{a: 1, a: 2}]\nx: {b: {c: 1, c: 2, c: 3}}\n"), [
      ["a", ["x", 0]],
      ["c", ["x", "b"]],
      ["c", ["x", "b"]],
      ["x", []]
    ])
    assert.deepStrictEqual(keys("a: &x {k: 1, k: 2}\nb: *x\n"), [["k", ["a"]], ["k", ["b"]]])
    assert.deepStrictEqual(keys("16: a\n0x10: b\ny: a\ntrue: b\n"), [[undefined, []], [undefined, []]])
    assert.deepStrictEqual(keys("2: a\n\"2\": b\n2.0: c\n.nan: a\n.nan: b\n"), [])
    assert.strictEqual(document("a: 1\n\"a\": 2\n").duplicateKeys[0]?.offset, 5)
    assert.strictEqual(json("a: 1\na: 2\n"), "{\"a\":2}")
  })

  it("CFG-62: repeated keys are known even if a value or key has no JSON", () => {
    for (const text of ["a: .nan\nb: 1\nb: 2\n", "~: x\nb: 1\nb: 2\n"]) {
      assert.deepStrictEqual(failure(text).duplicateKeys.map(({ key }) => key), ["b"])
    }
  })

  it("CFG-45: anchors and merge keys; redefining a merged key is a repetition", () => {
    table([
      ["a: &x {b: c}\nd: *x\n", "{\"a\":{\"b\":\"c\"},\"d\":{\"b\":\"c\"}}"],
      ["a: &x 1\nb: &x 2\nc: *x\n", "{\"a\":1,\"b\":2,\"c\":2}"],
      ["a: &x b\n*x: c\n", "{\"a\":\"b\",\"b\":\"c\"}"],
      ["a: &x b\n*x : c\n", "{\"a\":\"b\",\"b\":\"c\"}"],
      ["a: &x {b: c}\nf:\n  <<: *x\n  g: h\n", "{\"a\":{\"b\":\"c\"},\"f\":{\"b\":\"c\",\"g\":\"h\"}}"],
      ["{<<: [{a: 1}, {a: 2, b: 3}]}", "{\"a\":1,\"b\":3}"],
      ["{a: 0, <<: {a: 1}}", "{\"a\":1}"],
      ["{<<: {a: 1}, a: 0}", "{\"a\":0}"],
      ["\"<<\": {a: 1}\n", "{\"\\u003c\\u003c\":{\"a\":1}}"],
      ["!!merge <<: {a: 1}\n", "{\"a\":1}"],
      ["<<: a\n", "badMerge"],
      ["<<: [a]\n", "badMerge"],
      ["x: &x [a]\ny: {<<: *x}\n", "badMerge"],
      ["a: *x\n", "unknownAnchor"],
      ["a: *x\nb: &x c\n", "unknownAnchor"],
      ["a: &a [*a]\n", "aliasLoop"],
      ["a: &a {<<: *a}\n", "aliasLoop"],
      ["a: &x.y b\n", "badAnchor"],
      ["a: &x b\nc: !t *x\n", "badAnchor"],
      ["a: &x b\n&y *x: c\n", "badAnchor"]
    ])
    assert.deepStrictEqual(document("{<<: {a: 1}, a: 0}").duplicateKeys.map(({ key }) => key), ["a"])
    assert.deepStrictEqual(document("{<<: [{a: 1}, {a: 2}]}").duplicateKeys.map(({ key }) => key), ["a"])
  })

  it("flow collections: indentation and line breaks between brackets do not matter", () => {
    table([
      ["a: [\n  b,\n  c\n]\nd: e\n", "{\"a\":[\"b\",\"c\"],\"d\":\"e\"}"],
      ["a:\n  - b: [\nc, # x\n{d: e},\n'f\ng'\n]\n", "{\"a\":[{\"b\":[\"c\",{\"d\":\"e\"},\"f g\"]}]}"],
      ["a:\n  b: [c\n# x\n]\n", "{\"a\":{\"b\":[\"c\"]}}"],
      ["a:\n  b: [c\n# x\nd]\n", "unexpected"],
      ["{a: [\n\tb\n]}", "{\"a\":[\"b\"]}"],
      ["[a, b: c,]", "[\"a\",{\"b\":\"c\"}]"],
      ["{a, b: }", "{\"a\":null,\"b\":null}"],
      ["{\"a\":b,\"c\":[1]}", "{\"a\":\"b\",\"c\":[1]}"],
      ["[a:, -, x:5000]", "[\"a:\",\"-\",\"x:5000\"]"],
      ["[https://x/y]", "[\"https://x/y\"]"],
      ["[a, , b]", "unexpected"],
      ["[a b", "unclosedBracket"],
      ["{a: b]", "unclosedBracket"],
      ["[a?b]", "unexpected"],
      ["[:a]", "unexpected"],
      ["[a\n: b]", "badKey"],
      ["{a\n: b}", "badKey"]
    ])
  })

  it("block collections: what stands at the wrong place is refused", () => {
    table([
      ["a:\n- b\n- c\nd: e\n", "{\"a\":[\"b\",\"c\"],\"d\":\"e\"}"],
      ["- - a\n  - b\n-   c: d\n    e: f\n", "[[\"a\",\"b\"],{\"c\":\"d\",\"e\":\"f\"}]"],
      ["? a\n: b\n? c\n", "{\"a\":\"b\",\"c\":null}"],
      ["a:\n    b: c\n  d: e\n", "badIndentation"],
      ["a: b: c\n", "unexpected"],
      ["a: - b\n", "unexpected"],
      ["a: b\nc\n", "unexpected"],
      ["a\nb: c\n", "badKey"],
      ["a: b\n- c\n", "badKey"],
      ["- a\n# c\n b\n", "unexpected"],
      ["\"a\nb\": c\n", "badKey"],
      [`${"k".repeat(1024)}: v\n`, `{"${"k".repeat(1024)}":"v"}`],
      [`${"k".repeat(1025)}: v\n`, "badKey"]
    ])
  })

  it("CFG-46: tabs are refused as indentation and allowed elsewhere", () => {
    table([
      ["\ta: b\n", "tabInIndentation"],
      ["a:\n\t- b\n", "tabInIndentation"],
      ["a: 'b'\n\t\nc: d\n", "tabInIndentation"],
      ["\t# c\n", "tabInIndentation"],
      ["-\ta\n", "tabInIndentation"],
      ["a: b\n\tc\n", "tabInIndentation"],
      ["a:\tb\t# c\t\n", "{\"a\":\"b\"}"],
      ["a: 'b\n\tc'\n", "{\"a\":\"b c\"}"],
      ["a: b\n \tc\n", "{\"a\":\"b c\"}"],
      ["a: [\tb,\n\tc ]\n", "{\"a\":[\"b\",\"c\"]}"]
    ])
  })

  it("explicit keys: the colon stands below the question mark", () => {
    table([
      ["? a\n: b\n? c\n: d\n", "{\"a\":\"b\",\"c\":\"d\"}"],
      ["? |\n  a\n: b\n", "{\"a\\n\":\"b\"}"],
      ["? a\n  : b\n", "badIndentation"],
      ["? a b\n-", "unexpected"],
      ["? 'a' b\n: c\n", "unexpected"],
      ["? a\n!!str\n", "badKey"]
    ])
  })

  it("white space is space and tab; what else Unicode calls so is text", () => {
    table([
      ["a:\u00a0b\n", "\"a:\u00a0b\""],
      ["a: \u3000b\n", "{\"a\":\"\u3000b\"}"],
      ["[a:\u00a0b, \u2003c]", "[\"a:\u00a0b\",\"\u2003c\"]"],
      ["[a\u00a0#b]", "[\"a\u00a0#b\"]"],
      ["!x\u00a0y", "badTag"],
      ["&x\u3000y", "badAnchor"],
      ["a:\n  - b: [\n\u00a0c\n]\n", "{\"a\":[{\"b\":[\"\u00a0c\"]}]}"],
      ["a:\n  - b: [\n\ufeffc\n", "character"],
      ["a:\n  - b: [\n\u3000\n", "unclosedBracket"]
    ])
  })

  it("CFG-46: characters that begin no value", () => {
    scalars([["@x", "badStart"], ["`x`", "badStart"], ["%x", "badStart"], ["*.x.example", "aliasStart"], [
      "*",
      "aliasStart"
    ]])
  })
})

describe("StrictYaml: documents and bytes", () => {
  it("CFG-33, CFG-34: the first document is read, the rest ignored", () => {
    table([
      ["a: b\n---\n{{{\n", "{\"a\":\"b\"}"],
      ["# c\n--- # d\na: b\n...\n\"x", "{\"a\":\"b\"}"],
      ["---\n---\na: b\n", "null"],
      ["...\na: b\n", "unexpected"],
      ["--- a: b\n", "unexpected"],
      ["--- [a]\n", "[\"a\"]"],
      ["a: \"x\n---\ny\"\n", "unclosedQuote"],
      ["{a: b}\nc: d\n", "{\"a\":\"b\"}"],
      ["  a: b\nc: d\n", "{\"a\":\"b\"}"],
      ["{a: b}\n\"x", "unclosedQuote"],
      ["{a: b}\n@", "badStart"],
      ["  a: b\n[c: |\n", "badStart"],
      ["  a: b\n&x - c\n", "unexpected"],
      ["  a: b\n\"x\": |\n", "{\"a\":\"b\"}"],
      ["%YAML 1.1\n---\na: b\n", "{\"a\":\"b\"}"],
      ["%YAML 1.2\n---\na: b\n", "directive"],
      ["%YAML 1.1\na: b\n", "directive"],
      ["%FOO\n---\na: b\n", "directive"]
    ])
  })

  it("CFG-33: where the ignored content begins", () => {
    const ignored = (text: string) => document(text).ignoredFrom
    assert.strictEqual(ignored("a: b\n---\nc: d\n"), 9)
    assert.strictEqual(ignored("a: b\n--- c\n"), 5)
    assert.strictEqual(ignored("{a: b}\n# c\nd: e\n"), 11)
    assert.strictEqual(ignored("  a: b\nc: d\n"), 7)
    assert.isUndefined(ignored("---\na: b\n...\n# c\n---\n\n"))
    assert.isUndefined(ignored("a: b\n"))
  })

  it("CFG-31, CFG-46: byte order marks and line breaks", () => {
    table([
      ["\ufeffa: b\n", "{\"a\":\"b\"}"],
      ["\ufeff{\"a\": \"b\"}", "{\"a\":\"b\"}"],
      ["\ufeff{\"a\": \"\\/\"}", "badEscape"],
      ["\ufeff\ufeffa: b\n", "character"],
      ["a: b\r\nc: \"d\r\n  e\"\r\n", "{\"a\":\"b\",\"c\":\"d e\"}"],
      ["a: b\rc: |\r x\r", "{\"a\":\"b\",\"c\":\"x\\n\"}"],
      ["a: b\x85c: d\x85", "{\"a\":\"b\",\"c\":\"d\"}"],
      ["# c\u2028a: \"b\u2028 c\"\n", "{\"a\":\"b\\u2028c\"}"]
    ])
    const utf16 = Uint8Array.from([0xff, 0xfe, ...[..."a: é\n"].flatMap((char) => [char.charCodeAt(0), 0])])
    assert.strictEqual(NodeJson.toJson(Result.getOrThrow(StrictYaml.parse(utf16)).root), "{\"a\":\"é\"}")
  })

  it("CFG-47: ill-formed bytes and control characters are errors, but not where nothing is read", () => {
    table([
      ["a: \udcff\n", "encoding"],
      ["a: \x7f\n", "character"],
      ["a: \"\0\"\n", "character"],
      ["a: \ufffe\n", "character"],
      ["a: b\n# \x01\n", "character"],
      [`a: b\n---\n# ${"x".repeat(490)}\x01\n`, "character"],
      [`a: b\n---\n# ${"x".repeat(510)}\x01\n`, "{\"a\":\"b\"}"]
    ])
  })

  it("offsets, lines and columns count in the document's text", () => {
    const { root, text } = document("# c\r\nb: 1\r\na: [x]\r\n")
    assert.strictEqual(text, "# c\nb: 1\na: [x]\n")
    assert.deepStrictEqual(root, {
      type: "object",
      offset: 4,
      members: [
        {
          key: "a",
          keyOffset: 9,
          value: { type: "array", items: [{ type: "string", value: "x", offset: 13 }], offset: 12 }
        },
        { key: "b", keyOffset: 4, value: { type: "number", value: "1", offset: 7 } }
      ]
    })
    const { column, line, offset } = failure("a: b\r\nc:\r\n  - *.example\r\n")
    assert.deepStrictEqual({ offset, line, column }, { offset: 12, line: 3, column: 5 })
  })

  it("errors say what to do", () => {
    assert.include(failure("- *.gcr.example\n").message, "quote patterns that begin with a star")
    assert.include(failure("a:\n\tb: c\n").message, "the kubelet refuses tabs here")
    assert.include(failure("a: `b`\n").message, "quote it")
    assert.match(failure("a: b: c\n").message, /line 1, column 4/)
  })
})

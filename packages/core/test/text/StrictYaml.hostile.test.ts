import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Result, Schema } from "effect"
import * as Bytes from "../../src/text/Bytes.ts"
import * as NodeJson from "../../src/text/NodeJson.ts"
import * as StrictJson from "../../src/text/StrictJson.ts"
import * as StrictYaml from "../../src/text/StrictYaml.ts"

const parse = (text: string) => StrictYaml.parse(Bytes.encode(text))
const json = (text: string): string => NodeJson.toJson(Result.getOrThrow(parse(text)).root)
const code = (text: string): string => Result.getOrThrow(Result.flip(parse(text))).code

describe("StrictYaml: hostile input", () => {
  it("alias bombs stop, be it aliases of aliases or merges", () => {
    const levels = [..."abcdefghijkl"]
    const bomb = levels.map((name, index) => {
      const alias = index === 0 ? "x" : `*${levels[index - 1]}`
      return `${name}: &${name} [${Array.from({ length: 9 }, () => alias).join(",")}]\n`
    })
    assert.strictEqual(code(bomb.join("")), "excessiveAliasing")
    const merges = levels.map((name, index) => {
      const alias = index === 0 ? "{x: y}" : `*${levels[index - 1]}`
      return `${name}: &${name} {<<: [${Array.from({ length: 9 }, () => alias).join(",")}]}\n`
    })
    assert.strictEqual(code(merges.join("")), "excessiveAliasing")
    const many = `a: &a {x: y}\nb:\n${"- *a\n".repeat(2000)}`
    assert.strictEqual(parse(many)._tag, "Success")
  })

  it("deep nesting is an error, not a stack overflow", () => {
    assert.strictEqual(parse("[".repeat(500) + "]".repeat(500))._tag, "Success")
    for (const [open, close] of [["[", "]"], ["{a: ", "}"], ["{? ", "}"], ["- ", ""], ["? ", ""]] as const) {
      const deep = (levels: number) => parse(open.repeat(levels) + close.repeat(levels))
      if (open !== "? " && open !== "{? ") assert.strictEqual(deep(500)._tag, "Success", open)
      // The place is that of the first value too deep, however much stack the machine has left.
      for (const levels of [501, 600, 800, 1600, 20_000]) {
        for (const result of [deep(levels), parse(open.repeat(levels))]) {
          const { code, column } = Result.getOrThrow(Result.flip(result))
          assert.deepStrictEqual(
            { code, column },
            { code: "tooDeep", column: 500 * open.length + 1 },
            `${open}${levels}`
          )
        }
      }
    }
    const chain = Array.from({ length: 100 }, (_, index) => {
      const inner = index === 0 ? "x" : `*a${index - 1}`
      return `a${index}: &a${index} ${"[".repeat(20)}${inner}${"]".repeat(20)}\n`
    })
    assert.strictEqual(code(chain.join("")), "tooDeep")
  })

  it("the time grows with the text, not with its square", () => {
    const begin = performance.now()
    assert.strictEqual(json(`"a" ${"\t".repeat(65_536)}`), "\"a\"")
    assert.strictEqual(json(`a: ${"\t".repeat(65_536)}`), "{\"a\":null}")
    assert.strictEqual(json(`a: b #${"\tc".repeat(32_768)}`), "{\"a\":\"b\"}")
    assert.strictEqual(json(`${" ".repeat(32_768)}# ${"-\t".repeat(16_384)}\na: b`), "{\"a\":\"b\"}")
    const blanks = " ".repeat(65_536)
    for (const quoted of [`"a${blanks}b"`, `'a${blanks}b\nc'`, `a${blanks}b\n  c`]) {
      assert.strictEqual(json(`k: ${quoted}`), `{"k":"a${blanks}b${quoted.includes("c") ? " c" : ""}"}`)
    }
    for (const item of ["- [\n]\n- 'a\nb'\n", "-  - a: [\nx\n]\n     b: {\n}\n", "- a: \"x\n y\"\n  b: '\n'\n"]) {
      assert.strictEqual(parse(item.repeat(1_000))._tag, "Success", item)
    }
    assert.strictEqual(code(`"a"${" \"".repeat(65_535)}x`), "unclosedQuote")
    assert.isBelow(performance.now() - begin, 5_000) // it was ten times as much
  })

  it("brackets and quotes in quotes, comments and block scalars are none, whatever stands left of its place", () => {
    const text = "a: [\nx]\nb: '[\n'\nc: |\n  - [\nd: \"'\n\"\n# e: [\nf: it's\ng: {h: \"]\n\"\n}\n"
    assert.strictEqual(
      json(text),
      "{\"a\":[\"x\"],\"b\":\"[ \",\"c\":\"- [\\n\",\"d\":\"' \",\"f\":\"it's\",\"g\":{\"h\":\"] \"}}"
    )
  })

  it("what the parser prints for developers never comes out", () => {
    const printed: Array<unknown> = []
    const { dir, log } = console
    Object.assign(process.env, { LOG_TOKENS: "1", LOG_STREAM: "1" })
    Object.assign(console, { log: (text: unknown) => printed.push(text), dir: (value: unknown) => printed.push(value) })
    try {
      assert.strictEqual(json("a: hunter2\n"), "{\"a\":\"hunter2\"}")
      assert.strictEqual(code("a: [hunter2\n"), "unclosedBracket")
      assert.deepStrictEqual([process.env["LOG_TOKENS"], process.env["LOG_STREAM"]], ["1", "1"])
    } finally {
      Object.assign(console, { dir, log })
      delete process.env["LOG_TOKENS"]
      delete process.env["LOG_STREAM"]
    }
    assert.deepStrictEqual(printed, [])
  })

  // Pieces of YAML; a secret in every place that a parser likes to quote.
  const pieces = [
    "a¦b: ¦- ¦? ¦: ¦, ¦[¦]¦{¦}¦\n¦\n¦\n  ¦\n    ¦\t¦ ¦#¦%¦@¦`¦|\n¦>-\n¦|2\n¦&a ¦*a ¦<<: ¦!!int ¦!!binary ¦---\n¦...\n¦%YAML 1.1\n",
    "\r\n¦\ufeff¦hunter2¦\"hunter2¦'hunter2'¦&hunter2 ¦*hunter2¦!hunter2 ¦!hunter2!x ¦%hunter2\n¦\"\\hunter2\"¦|hunter2\n",
    "5¦~¦.nan¦yes¦\\¦\"¦'¦\u2028¦\x01¦\udcff¦é¦\u00a0¦\u3000"
  ]
  const piece = Arbitrary.schema(Schema.Literals(pieces.join("¦").split("¦")))
  const soup = Arbitrary.map(Arbitrary.array(piece), (parts) => parts.join(""))

  it.effect.prop(
    "no text makes it throw, and no error tells anything of the text",
    { text: soup },
    ({ text }) =>
      Effect.sync(() => {
        const result = parse(text)
        if (Result.isSuccess(result)) {
          const { ignoredFrom = 0, root, text: decoded } = result.success
          assert.isAtMost(ignoredFrom, decoded.length)
          assert.isTrue(Result.isSuccess(StrictJson.parse(NodeJson.toJson(root))))
        } else {
          const { message, stack, ...rest } = result.failure
          const told = JSON.stringify({ ...rest, message, stack, duplicateKeys: [] })
          assert.notInclude(told, "hunter2")
          assert.isAtMost(result.failure.offset, text.length)
        }
      }),
    { arbitrary: { runs: 3000, size: 40 } }
  )

  const words = "a¦é¦😀¦ ¦: ¦ #¦- ¦\"¦\\¦'¦\n¦\t¦yes¦0x1¦~¦<".split("¦")
  const word = Arbitrary.schema(Schema.Literals(words))
  const text = Arbitrary.map(Arbitrary.array(word), (parts) => parts.join(""))
  const flat = Arbitrary.array(Arbitrary.all([text, text, Arbitrary.schema(Schema.Finite)]))

  it.effect.prop(
    "CFG-31: what JSON.stringify writes is YAML too",
    { rows: flat, indent: Schema.Literals([0, 2]) },
    ({ indent, rows }) =>
      Effect.sync(() => {
        const value = rows.map(([key, string, number]) => ({ [`${key}`]: [string, number], rest: { [string]: null } }))
        const written = JSON.stringify(value, null, indent)
        assert.strictEqual(json(written), NodeJson.toJson(Result.getOrThrow(StrictJson.parse(written))))
      }),
    { arbitrary: { runs: 300 } }
  )
})

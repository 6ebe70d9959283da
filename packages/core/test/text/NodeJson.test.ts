import { assert, describe, it } from "@effect/vitest"
import { Effect, Result, Schema } from "effect"
import * as NodeJson from "../../src/text/NodeJson.ts"
import * as StrictJson from "../../src/text/StrictJson.ts"

const rewritten = (text: string): string => NodeJson.toJson(Result.getOrThrow(StrictJson.parse(text)))

describe("NodeJson", () => {
  it("CFG-41: keys in the order of their bytes, of a repeated key the last value", () => {
    assert.strictEqual(rewritten("{\"b\":1,\"a\":[{\"d\":2,\"c\":3}],\"b\":4}"), "{\"a\":[{\"c\":3,\"d\":2}],\"b\":4}")
    assert.strictEqual(rewritten("{\"😀\":1,\"ﾮ\":2,\"10\":3,\"9\":4}"), "{\"10\":3,\"9\":4,\"ﾮ\":2,\"😀\":1}")
  })

  it("text with Go's escapes, numbers as they were written", () => {
    assert.strictEqual(
      rewritten(" [ \"<a href='x'>&\\u2028\\u0001\\n\", -0.50e+1, true, null, {}, [] ] "),
      "[\"\\u003ca href='x'\\u003e\\u0026\\u2028\\u0001\\n\",-0.50e+1,true,null,{},[]]"
    )
  })

  it("10,000 levels do not exhaust the stack", () => {
    const text = "[".repeat(StrictJson.maxDepth) + "]".repeat(StrictJson.maxDepth)
    assert.strictEqual(rewritten(text), text)
  })

  it.effect.prop(
    "written and read again, a value stays the same",
    { value: Schema.Json },
    ({ value }) =>
      Effect.sync(() => {
        const once = rewritten(JSON.stringify(value))
        assert.strictEqual(rewritten(once), once)
      })
  )
})

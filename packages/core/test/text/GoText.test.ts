import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import * as Bytes from "../../src/text/Bytes.ts"
import * as GoText from "../../src/text/GoText.ts"

describe("GoText", () => {
  it("REQ-7: escapes what HTML or JavaScript could take for markup", () => {
    assert.strictEqual(GoText.jsonString("TOK<&>"), "\"TOK\\u003c\\u0026\\u003e\"")
    assert.strictEqual(GoText.jsonString("\u2028\u2029"), "\"\\u2028\\u2029\"")
  })

  it("HASH-4: short escapes, other controls in hex, DEL, slash and the rest of Unicode as they are", () => {
    assert.strictEqual(GoText.jsonString("\b\f\n\r\t\"\\"), "\"\\b\\f\\n\\r\\t\\\"\\\\\"")
    assert.strictEqual(GoText.jsonString("\u0000\u0001\u000b\u001f"), "\"\\u0000\\u0001\\u000b\\u001f\"")
    assert.strictEqual(GoText.jsonString("\u007f/é😀\u0080"), "\"\u007f/é😀\u0080\"")
  })

  it("HASH-4: a byte that is no UTF-8 is written as an escape, U+FFFD itself is not", () => {
    assert.strictEqual(GoText.jsonString(Bytes.decode(Uint8Array.of(0xe9, 0x61, 0xff))), "\"\\ufffda\\ufffd\"")
    assert.strictEqual(GoText.jsonString("\ud83d😀"), "\"\\ufffd😀\"")
    assert.strictEqual(GoText.jsonString("\ufffd"), "\"\ufffd\"")
  })

  it.prop("what is written is JSON for the text", { text: Schema.String }, ({ text }) => {
    assert.strictEqual(JSON.parse(GoText.jsonString(text)), text.toWellFormed())
  }, { arbitrary: { runs: 200, size: 50 } })

  it("CFG-107: quotes as %q does", () => {
    assert.strictEqual(GoText.quote("a\"b"), "\"a\\\"b\"")
    assert.strictEqual(GoText.quote("\u0007\b\f\n\r\t\v\\"), "\"\\a\\b\\f\\n\\r\\t\\v\\\\\"")
    assert.strictEqual(GoText.quote("\u0000\u001f\u007f"), "\"\\x00\\x1f\\x7f\"")
    assert.strictEqual(GoText.quote("é😀 <&>"), "\"é😀 <&>\"")
  })

  it("CFG-107: what does not print is quoted by its number", () => {
    assert.strictEqual(GoText.quote("\u0085\u00a0\u00ad\u2028\ufeff"), "\"\\u0085\\u00a0\\u00ad\\u2028\\ufeff\"")
    assert.strictEqual(GoText.quote("\u{e0001}"), "\"\\U000e0001\"")
    assert.strictEqual(GoText.quote("a\udcffb"), "\"a\\xffb\"")
    assert.strictEqual(GoText.quote("\ud800\ufffd"), "\"\ufffd\ufffd\"")
  })

  it("IMG-6: lower case letter by letter", () => {
    assert.strictEqual(GoText.toLowerCase("GCR.io/É"), "gcr.io/é")
    assert.strictEqual(GoText.toLowerCase("\u0130\u212a"), "ik")
    assert.strictEqual(GoText.toLowerCase("ΑΣ"), "ασ") // not the final sigma, which JavaScript would write
    assert.strictEqual(GoText.toLowerCase("é\udcff"), "é\ufffd")
  })
})

import { assert, describe, it } from "@effect/vitest"
import { Duration, Result, Schema } from "effect"
import { Binary, quoted, Text, written, writtenBytes, writtenDuration } from "./expand.ts"

const text = Schema.decodeUnknownResult(Text)
const binary = Schema.decodeUnknownResult(Binary)

describe("expand", () => {
  it("reads every form of a text", () => {
    assert.deepStrictEqual(text("é"), Result.succeed("é"))
    assert.deepStrictEqual(text({ base64: "w6k=" }), Result.succeed("é"))
    assert.deepStrictEqual(text({ repeat: "ab", times: 3 }), Result.succeed("ababab"))
    assert.deepStrictEqual(text({ repeat: "ab", times: 0 }), Result.succeed(""))
    assert.deepStrictEqual(text({ concat: [] }), Result.succeed(""))
    assert.deepStrictEqual(text({ concat: ["x/", { repeat: { base64: "YQ==" }, times: 2 }] }), Result.succeed("x/aa"))
  })

  it("puts bytes together before it reads them as UTF-8", () => {
    assert.deepStrictEqual(text({ concat: [{ base64: "ww==" }, { base64: "qQ==" }] }), Result.succeed("é"))
  })

  it("keeps bytes that are not UTF-8", () => {
    assert.deepStrictEqual(text({ base64: "YeQ=" }), Result.succeed("a\udce4"))
    assert.deepStrictEqual(binary({ base64: "YeQ=" }), Result.succeed(Uint8Array.of(0x61, 0xe4)))
  })

  it("reads a lone surrogate in a case's JSON as Go does", () => {
    assert.deepStrictEqual(text("\udce4"), Result.succeed("\ufffd"))
    assert.deepStrictEqual(binary("\ud800"), Result.succeed(Uint8Array.of(0xef, 0xbf, 0xbd)))
  })

  it("refuses what is no form of a text", () => {
    for (
      const value of [3, null, [], {}, { base64: "?" }, { repeat: "a", times: -1 }, { repeat: "a" }, { concat: "a" }]
    ) {
      assert.isTrue(Result.isFailure(text(value)), JSON.stringify(value))
    }
  })

  it("writes a text as it is, and as base64 if it is not UTF-8", () => {
    assert.deepStrictEqual(written("é\ufffd"), "é\ufffd")
    assert.deepStrictEqual(written("a\udce4"), { base64: "YeQ=" })
    assert.deepStrictEqual(writtenBytes(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)), "\ufeffa")
    assert.deepStrictEqual(writtenBytes(Uint8Array.of(0xff)), { base64: "/w==" })
  })

  it("writes durations to the nanosecond, and null for none", () => {
    assert.deepStrictEqual(writtenDuration(Duration.minutes(10)), { ns: "600000000000", text: "10m0s" })
    assert.deepStrictEqual(writtenDuration(Duration.nanos(-1n)), { ns: "-1", text: "-1ns" })
    assert.isNull(writtenDuration(undefined))
  })

  it("writes names with Go's escapes", () => {
    assert.strictEqual(quoted("a\"b\n"), "a\\\"b\\n")
  })
})

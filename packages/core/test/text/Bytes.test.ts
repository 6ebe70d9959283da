import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Option, Schema } from "effect"
import * as Bytes from "../../src/text/Bytes.ts"

// Bytes that meet at the borders of UTF-8: ASCII, continuation bytes, heads of two to four bytes, bytes never used.
const byte = Schema.Literals([
  0x00,
  0x61,
  0x7f,
  0x80,
  0x8f,
  0x90,
  0x9f,
  0xa0,
  0xbf,
  0xc0,
  0xc2,
  0xdf,
  0xe0,
  0xe4,
  0xed,
  0xef,
  0xf0,
  0xf4,
  0xf5,
  0xff
])
const bytes = Arbitrary.map(Arbitrary.schema(Schema.Array(byte)), (list) => Uint8Array.from(list))

// Any UTF-16, also what no decoder gives: halves of pairs, and halves that make a pair by accident.
const unit = Schema.Literals([
  "a",
  "é",
  "你",
  "\uffff",
  "😀",
  "\ud83d",
  "\ude00",
  "\udc80",
  "\udcff",
  "\udc7f",
  "\udfff"
])
const text = Arbitrary.map(Arbitrary.schema(Schema.Array(unit)), (list) => list.join(""))

const runs = { arbitrary: { runs: 500, size: 30 } }

/** Which bytes are well-formed, asked of the platform's decoder prefix by prefix. */
const wellFormedSizeAt = (all: Uint8Array, at: number): number => {
  for (const size of [1, 2, 3, 4]) {
    const part = all.subarray(at, at + size)
    const decoded = Bytes.decodeStrict(part)
    if (part.length === size && Option.isSome(decoded) && [...decoded.value].length === 1) return size
  }
  return 0
}

describe("Bytes", () => {
  it("keeps a byte that is no UTF-8 as a lone surrogate", () => {
    assert.strictEqual(Bytes.decode(Uint8Array.of(0x61, 0xe4, 0xff)), "a\udce4\udcff")
    assert.strictEqual(Bytes.decode(Uint8Array.of(0xe4, 0xbd, 0xa0)), "你")
    assert.deepStrictEqual(Bytes.encode("a\udce4\udcff"), Uint8Array.of(0x61, 0xe4, 0xff))
  })

  it("takes encoded surrogates, overlong forms and too large values for ill-formed, each byte by itself", () => {
    assert.strictEqual(Bytes.decode(Uint8Array.of(0xed, 0xa0, 0x80)), "\udced\udca0\udc80")
    assert.strictEqual(Bytes.decode(Uint8Array.of(0xc0, 0x80)), "\udcc0\udc80")
    assert.strictEqual(Bytes.decode(Uint8Array.of(0xf4, 0x90, 0x80, 0x80)), "\udcf4\udc90\udc80\udc80")
    assert.strictEqual(Bytes.decodeReplacing(Uint8Array.of(0xe4, 0xbd, 0x61)), "\ufffd\ufffda")
  })

  it("keeps a byte order mark", () => {
    const marked = Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)
    assert.strictEqual(Bytes.decode(marked), "\ufeffa")
    assert.strictEqual(Bytes.decodeReplacing(marked), "\ufeffa")
    assert.deepStrictEqual(Bytes.decodeStrict(marked), Option.some("\ufeffa"))
  })

  it("decodes strictly or not at all", () => {
    assert.deepStrictEqual(Bytes.decodeStrict(Uint8Array.of(0x61, 0x80)), Option.none())
    assert.deepStrictEqual(Bytes.decodeStrict(Uint8Array.of(0xf0, 0x9f, 0x98, 0x80)), Option.some("😀"))
  })

  it("encodes other lone surrogates as U+FFFD", () => {
    assert.deepStrictEqual(Bytes.encode("\ud800"), Uint8Array.of(0xef, 0xbf, 0xbd))
    assert.deepStrictEqual(
      Bytes.encode("\udc7f\u0080\u07ff\u0800"),
      Uint8Array.of(0xef, 0xbf, 0xbd, 0xc2, 0x80, 0xdf, 0xbf, 0xe0, 0xa0, 0x80)
    )
  })

  it("decodes more bytes than a call can have arguments", () => {
    const many = new Uint8Array(300_000).fill(0xff)
    assert.strictEqual(Bytes.decode(many), "\udcff".repeat(300_000))
  })

  it("KEY-10: orders by bytes, not by UTF-16", () => {
    const keys = ["é.io", "gcr.io:443", "gcr.io/foo", "gcr.io/Foo", "gcr.io-x", "gcr.io", "g*.io", "[::1]:5000", "*"]
    assert.deepStrictEqual(keys.toReversed().toSorted((a, b) => Bytes.Order(b, a)), keys)
    assert.strictEqual(Bytes.compare("😀", "ｆ"), 1) // by UTF-16 it is -1
    assert.strictEqual(Bytes.compare("a", "ab"), -1)
    assert.strictEqual(Bytes.compare("ab", "a"), 1)
    assert.strictEqual(Bytes.compare("\udce4", "你"), -1)
  })

  it.prop("encode undoes decode, for all bytes", { bytes }, ({ bytes }) => {
    assert.deepStrictEqual(Bytes.encode(Bytes.decode(bytes)), bytes)
  }, runs)

  it.prop("decode escapes exactly the bytes that belong to no well-formed sequence", { bytes }, ({ bytes }) => {
    let escaped = ""
    let replaced = ""
    for (let at = 0; at < bytes.length;) {
      const size = wellFormedSizeAt(bytes, at)
      const one = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(at, at + size))
      escaped += size > 0 ? one : String.fromCharCode(0xdc00 + (bytes[at] ?? 0))
      replaced += size > 0 ? one : "\ufffd"
      at += Math.max(size, 1)
    }
    assert.strictEqual(Bytes.decode(bytes), escaped)
    assert.strictEqual(Bytes.decodeReplacing(bytes), replaced)
  }, runs)

  it.prop("utf8Length is the length of what encode gives", { text }, ({ text }) => {
    assert.strictEqual(Bytes.utf8Length(text), Bytes.encode(text).length)
  }, runs)

  it.prop("compare agrees with comparing the bytes", { a: text, b: text, common: text }, ({ a, b, common }) => {
    const left = Array.from(Bytes.encode(common + a))
    const right = Array.from(Bytes.encode(common + b))
    const at = left.findIndex((value, index) => value !== right[index])
    const byBytes = at < 0 ? left.length - right.length : (left[at] ?? 0) - (right[at] ?? -1)
    assert.strictEqual(Bytes.compare(common + a, common + b), Math.sign(byBytes))
  }, runs)
})

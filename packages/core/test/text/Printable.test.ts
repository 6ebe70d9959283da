import * as Printable from "@credlet/core/text/Printable"
import { assert, describe, it } from "@effect/vitest"

describe("Printable", () => {
  it("leaves text in any script as it is", () => {
    const text = "Ünïcode 名前 🚀 ~!"
    assert.strictEqual(Printable.line(text), text)
    assert.strictEqual(Printable.lines(text), text)
  })

  it("shows what a terminal would obey", () => {
    assert.strictEqual(
      Printable.line("a\u0000\u001b[31m\u009b2J\u007f\u202e\udc80"),
      "a\\x00\\x1b[31m\\x9b2J\\x7f\\u{202e}\\u{dc80}"
    )
  })

  it("keeps line ends and tabs only where there may be several lines", () => {
    assert.strictEqual(Printable.line("a\tb\nc"), "a\\x09b\\x0ac")
    assert.strictEqual(Printable.lines("a\tb\nc\rd"), "a\tb\nc\\x0dd")
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Location from "../../src/credential/Location.ts"

describe("Location", () => {
  it("shows a plain location as it is", () => {
    assert.strictEqual(Location.shown("https://registry.example:5000/v1/"), "https://registry.example:5000/v1/")
    assert.strictEqual(Location.shown(""), "")
  })

  it("hides user information, also where the password holds an @ or a slash", () => {
    assert.strictEqual(Location.shown("https://me:word@registry.example/team"), "…@registry.example/team")
    assert.strictEqual(Location.shown("me:wo/r@d@registry.example"), "…@registry.example")
    assert.strictEqual(Location.withoutUserInfo(`me@${"a".repeat(101)}`), `…@${"a".repeat(101)}`)
  })

  it("cuts what is too long", () => {
    assert.strictEqual(Location.shown("a".repeat(101)), `${"a".repeat(100)}…`)
    assert.strictEqual(Location.shown("a".repeat(100)), "a".repeat(100))
  })

  it("LOG-8: stays on its line, and moves no cursor", () => {
    assert.strictEqual(Location.shown("a\r\nlevel=ERROR\u2028\u001b[31m"), "a\\x0d\\x0alevel=ERROR\\u{2028}\\x1b[31m")
    assert.strictEqual(Location.pointer(["a\nb"]), "/a\\x0ab")
  })

  it("makes JSON pointers with escaped names", () => {
    assert.strictEqual(Location.pointer([]), "")
    assert.strictEqual(Location.pointer(["auth", "a/~b", 0, ""]), "/auth/a~1~0b/0/")
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Base64Piece from "../../src/text/Base64Piece.ts"

const text = "a long secret: ä?>~ÿÿ"

const encoded = (before: string, behind = "") => Buffer.from(`${before}${text}${behind}`)

describe("Base64Piece", () => {
  it("one of the pieces stands in whatever base64 has the text in it", () => {
    for (const before of ["", "u:", "us:", "user:", "oauth2accesstoken:"]) {
      for (const behind of ["", ".", "..", "..."]) {
        for (const encoding of ["base64", "base64url"] as const) {
          const written = encoded(before, behind).toString(encoding)
          assert.isTrue(Base64Piece.of(text).some((piece) => written.includes(piece)), written)
        }
      }
    }
  })

  it("all but its ends are in a piece", () => {
    for (const before of ["", "-", "--"]) {
      const written = encoded(before).toString("base64").replace(/=+$/, "")
      const rest = Base64Piece.of(text).reduce((left, piece) => left.replace(piece, ""), written)
      assert.isAtMost(rest.length, 4)
    }
  })

  it("what is short has none", () => {
    assert.deepStrictEqual(Base64Piece.of("seven 7"), [])
    assert.isNotEmpty(Base64Piece.of("eight ü"))
  })
})

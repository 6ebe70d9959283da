import { assert, describe, it } from "@effect/vitest"
import * as Bytes from "../../src/text/Bytes.ts"
import * as TextFormat from "../../src/text/TextFormat.ts"

describe("TextFormat", () => {
  it("CFG-30: a brace after Unicode white space means JSON", () => {
    const spaces = [..."\t\n\v\f\r \x85\xa0\u1680\u2000\u2005\u200a\u2028\u2029\u202f\u205f\u3000"]
    for (const text of ["{", "{}", " \n\t{}", `${spaces.join("")}{`, ...spaces.map((space) => `${space}{`)]) {
      assert.deepStrictEqual([text, TextFormat.detect(Bytes.encode(text))], [text, "json"])
    }
  })

  it("CFG-30, CFG-31: anything else means YAML, a byte order mark too", () => {
    const texts = [
      "",
      " ",
      "[{}]",
      "a: {}",
      "# c\n{}",
      "---\n{}",
      "\ufeff{}",
      "\u200b{}",
      "\u180e{}",
      "\udcff{}",
      "\0{}"
    ]
    for (const text of texts) assert.deepStrictEqual([text, TextFormat.detect(Bytes.encode(text))], [text, "yaml"])
  })
})

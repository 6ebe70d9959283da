/** The net of the leak tests: what it finds, and what it lets pass. */
import { assert, describe, it } from "@effect/vitest"
import { createHash } from "node:crypto"
import { inspect } from "node:util"
import { planned } from "./slots.ts"
import * as Canary from "./support/canary.ts"

const value = Canary.make("of this test")
const { find } = Canary.net([{ slot: "one", value }, { slot: "other", value: Canary.make("of the other") }])

const finds = (text: string) => find(text).map(({ slot }) => slot)

const bytes = Buffer.from(value)

const written: Readonly<Record<string, string>> = {
  plain: value,
  "its beginning": value.slice(0, 12),
  "its middle": value.slice(15, 27),
  "its end": value.slice(-12),
  "of a JSON text": JSON.stringify({ password: value }),
  "of a JSON text in a JSON text": JSON.stringify({ body: JSON.stringify({ password: value }) }),
  "of a URL": `https://registry.example/?token=${encodeURIComponent(value)}`,
  "of a form": new URLSearchParams({ password: value }).toString(),
  "in base64": bytes.toString("base64"),
  "with a user in base64": Buffer.from(`u:${value}`).toString("base64"),
  "with a longer user in base64": Buffer.from(`us:${value}`).toString("base64url"),
  "in base64 twice": Buffer.from(Buffer.from(`{"auth":"${bytes.toString("base64")}"}`)).toString("base64"),
  "in hex": bytes.toString("hex"),
  "in the hex of more": Buffer.from(`user:${value}`).toString("hex").toUpperCase(),
  "bytes as they are inspected": inspect(new Uint8Array(bytes), { maxArrayLength: null }),
  "a buffer as it is inspected": inspect(bytes),
  "bytes in JSON": JSON.stringify(new Uint8Array(bytes)),
  "bytes in indented JSON": JSON.stringify(new Uint8Array(bytes), undefined, 2),
  "its hash": createHash("sha256").update(value).digest("hex"),
  "cut at both ends": `…${value.slice(4, 18)}…`
}

describe("the net", () => {
  for (const [what, text] of Object.entries(written)) {
    it(`finds a secret: ${what}`, () => {
      assert.include(finds(`before ${text} after`), "one")
      assert.notInclude(finds(`before ${text} after`), "other")
    })
  }

  it("lets eleven characters and other texts pass", () => {
    assert.deepStrictEqual(finds(`${value.slice(0, 11)} ${value.slice(-11)} ${"lorem ipsum ".repeat(50)}`), [])
    assert.deepStrictEqual(finds(inspect(new Uint8Array(100))), [])
  })

  it("can tell all slots apart", () => {
    const all = Canary.net(planned)
    for (const { slot, value } of planned) {
      assert.deepStrictEqual([...new Set(all.find(value).map((found) => found.slot))], [slot])
    }
  })
})

import { assert, describe, it } from "@effect/vitest"
import { coloured, plain } from "../../src/output/Style.ts"
import * as Table from "../../src/output/Table.ts"
import { answer, credential } from "../support/answers.ts"

const account = "123456789012.dkr.ecr.eu-west-1.amazonaws.example"

const answers = [
  answer(`${account}/team/app:1.0`, `${account}/team/app`, {
    credentials: [
      credential(`${account}/team`, "AWS", "s3cret-one"),
      credential(account, "robot", "s3cret-two", { _tag: "Provider", provider: "static", coordinates: undefined }),
      credential("*.*.ecr.*.amazonaws.example", "", "", { _tag: "NodeConfig" })
    ]
  }),
  answer("alpine", "docker.io/library/alpine", {}),
  answer("busybox", "docker.io/library/busybox", {
    credentials: [
      credential("index.docker.io", "me", "s3cret-three", {
        _tag: "Provider",
        provider: "hub",
        coordinates: { namespace: "web", name: "puller", uid: "1" }
      }),
      credential("*.io", "you", "x", { _tag: "PullSecret", namespace: "web", name: "regcred", uid: "2" })
    ]
  })
]

describe("Table", () => {
  it("RING-4: shows each image with its credentials in the order of trying, passwords masked", () => {
    assert.strictEqual(
      `\n${Table.render(answers, "masked", plain)}\n`,
      `
123456789012.dkr.ecr.eu-west-1.amazonaws.example/team/app:1.0
  #  LOCATION                                               USERNAME  SOURCE                PASSWORD
  1  123456789012.dkr.ecr.eu-west-1.amazonaws.example/team  AWS       ecr                   ********
  2  123456789012.dkr.ecr.eu-west-1.amazonaws.example       robot     static                ********
  3  *.*.ecr.*.amazonaws.example                            (empty)   node's docker config  (empty)

busybox
  #  LOCATION         USERNAME  SOURCE              PASSWORD
  1  index.docker.io  me        hub as web/puller   ********
  2  *.io             you       secret web/regcred  ********
`
    )
  })

  it("fits into 100 columns for the longest usual names", () => {
    const widths = Table.render(answers, "masked", plain).split("\n").map((line) => line.length)
    assert.isAtMost(Math.max(...widths), 100)
  })

  it("shows passwords if asked, at the end of the line, where a long one shifts nothing", () => {
    const long = "x".repeat(200)
    const text = Table.render(
      [answer("r.example/a", "r.example/a", {
        credentials: [credential("r.example", "a", long), credential("r.example", "b", "short")]
      })],
      "shown",
      plain
    )
    assert.deepStrictEqual(text.split("\n").slice(1), [
      "  #  LOCATION   USERNAME  SOURCE  PASSWORD",
      `  1  r.example  a         ecr     ${long}`,
      "  2  r.example  b         ecr     short"
    ])
  })

  it("shows control characters instead of obeying them", () => {
    const text = Table.render(
      [answer("r.example/a", "r.example/a", {
        credentials: [credential("r.example", "a\u001b[2J\nb\u202e", "p\u0007\udcff")]
      })],
      "shown",
      plain
    )
    assert.include(text, "a\\x1b[2J\\x0ab\\u{202e}")
    assert.include(text, "p\\x07\\u{dcff}")
  })

  it("is empty if no image has credentials", () => {
    assert.strictEqual(Table.render([answer("alpine", "docker.io/library/alpine", {})], "shown", plain), "")
  })

  it("colours only what is around the data", () => {
    const text = Table.render(answers.slice(2), "masked", coloured)
    assert.include(text, "\u001b[1mbusybox\u001b[0m")
    assert.include(text, "  1  index.docker.io  me        hub as web/puller   ********\n")
  })
})

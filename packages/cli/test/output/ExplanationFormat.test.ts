import type { Explanation } from "@credlet/core"
import { assert, describe, it } from "@effect/vitest"
import * as ExplanationFormat from "../../src/output/ExplanationFormat.ts"
import * as Style from "../../src/output/Style.ts"

const failed: Explanation.Explanation = {
  image: { written: "r.example/a", repository: "r.example/a", changes: [], isAddress: true },
  pullSecrets: [],
  providers: [{
    name: "ecr",
    usesServiceAccounts: false,
    match: { _tag: "Matched", pattern: "r.example" },
    steps: [],
    outcome: { _tag: "Failed", failure: "Exited", message: "word ".repeat(50).trim(), nextStep: "see" }
  }],
  rings: [],
  unusable: [],
  credentials: []
}

const widths = (text: string) => text.split("\n").map((line) => line.length)

describe("ExplanationFormat", () => {
  it("is as wide as the terminal, but at most 100 columns, also where there is none", () => {
    const widest = (columns: number) => Math.max(...widths(ExplanationFormat.trees([failed], Style.plain, columns)))
    assert.isAtMost(widest(60), 60)
    assert.isAbove(widest(60), 50)
    for (const columns of [0, 100, 300]) {
      assert.isAtMost(widest(columns), 100)
      assert.isAbove(widest(columns), 90)
    }
  })

  it("an empty line between trees; on a terminal failures are red and advice is yellow", () => {
    const plain = ExplanationFormat.trees([failed, failed], Style.plain, 0)
    assert.strictEqual(plain.split("\n\nr.example/a\n").length, 2)
    const coloured = ExplanationFormat.trees([failed], Style.coloured, 0)
    assert.include(coloured, "\u001b[31mfailed: word")
    assert.include(coloured, "\u001b[33mnext: see\u001b[0m")
    assert.strictEqual(ExplanationFormat.trees([failed], Style.plain, 0), stripped(coloured))
  })
})

// oxlint-disable-next-line no-control-regex -- that is what is looked for
const stripped = (text: string) => text.replace(/\x1b\[\d+m/g, "")

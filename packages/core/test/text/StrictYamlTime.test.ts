import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as StrictYaml from "../../src/text/StrictYaml.ts"

describe("StrictYaml: time", () => {
  it("texts that once kept the reader in a loop end", () => {
    const texts = [
      "{{\ufeff",
      "{{\ufeff}}",
      "[\ufeff- a\n",
      "{\u00a0",
      "{\u00a0}",
      "{value: !x\"}",
      "- env:\n  - {name: A, value: !x\"}\n"
    ]
    for (const text of texts) {
      assert.isTrue(Result.isResult(StrictYaml.parse(new TextEncoder().encode(text))), JSON.stringify(text))
    }
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Defect from "../../src/output/Defect.ts"

const rest =
  ` in credlet 1.2.3 on Node ${process.version}: this is a mistake in credlet, not in what you did; please ` +
  "report this line and the command"

describe("Defect", () => {
  it("names kind and place in one line, and quotes nothing that was thrown", () => {
    const defect = new TypeError("hunter2\n    at hunter2 (hunter2.ts:1:1)")
    const text = Defect.text(defect, "1.2.3")
    assert.match(text, /^unexpected TypeError at .*Defect\.test\.ts:\d+:\d+\)? in credlet 1\.2\.3/)
    assert.notInclude(text, "hunter2")
    assert.notInclude(text, "\n")
  })

  it("copes with what is no error, or has no stack", () => {
    assert.strictEqual(Defect.text("hunter2", "1.2.3"), `unexpected string${rest}`)
    assert.strictEqual(Defect.text(undefined, "1.2.3"), `unexpected undefined${rest}`)
    const error = new RangeError("hunter2")
    Object.defineProperty(error, "stack", { value: undefined })
    assert.strictEqual(Defect.text(error, "1.2.3"), `unexpected RangeError${rest}`)
  })
})

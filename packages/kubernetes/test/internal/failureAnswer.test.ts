import { assert, describe, it } from "@effect/vitest"
import { interpret } from "../../src/internal/failureAnswer.ts"

const status = (status: number, message: string, more: object = {}) =>
  interpret({ status, headers: {}, body: JSON.stringify({ kind: "Status", status: "Failure", message, ...more }) })

describe("interpret", () => {
  const denied = `admission webhook "tokens.example.com" denied the request: not for this audience`

  it("TR-25: a webhook chooses the code of its denial, and 400 is what it gets without one", () => {
    for (const code of [400, 401, 403, 404, 409, 410, 418, 422, 429, 500, 503]) {
      assert.deepStrictEqual(status(code, denied), { failure: "DeniedByPolicy", text: denied }, String(code))
    }
    const silent = `admission webhook "a.example" denied the request without explanation`
    assert.strictEqual(status(400, silent).failure, "DeniedByPolicy")
  })

  it("TR-25: a webhook that can't be asked has denied nothing", () => {
    const down = `failed calling webhook "tokens.example.com": failed to call webhook: connection refused`
    assert.strictEqual(status(500, down).failure, "ServerFailed")
  })

  it("TR-25: other refusals stay what they are, whatever the names in them", () => {
    const audience = JSON.stringify(denied)
    const refused = `serviceaccounts "app" is forbidden: audience ${audience} not found in pod spec volume`
    assert.strictEqual(status(403, refused).failure, "AudienceNotAllowed")
    assert.strictEqual(status(400, `spec.audiences: ${audience} is not accepted`).failure, "InvalidRequest")
  })
})

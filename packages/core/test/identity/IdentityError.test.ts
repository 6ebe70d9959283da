import { IdentityError } from "@credlet/core/identity/IdentityError"
import { assert, describe, it } from "@effect/vitest"

const operation = "create token for serviceaccount team/builder"
const messageOf = (failure: IdentityError["failure"], detail: string) =>
  new IdentityError({ operation, failure, status: 403, detail }).message

describe("IdentityError", () => {
  it("TR-28, NODE-4: another UID has two causes: a pod made anew, or a UID that is not its own", () => {
    const message = messageOf("PodReplaced", "")
    assert.include(message, "made anew")
    assert.include(message, "is not that pod's")
  })

  it("NODE-1, NODE-4: what the node authorizer refuses is no matter of RBAC", () => {
    const unrelated =
      `serviceaccounts "app" is forbidden: User "system:node:n1" cannot get resource "serviceaccounts" in ` +
      `API group "" in the namespace "team": no relationship found between node 'n1' and this object`
    const elsewhere =
      `serviceaccounts "app" is forbidden: node requested token bound to a pod scheduled on a different node`
    for (const detail of [unrelated, elsewhere]) assert.notInclude(messageOf("Forbidden", detail), "RBAC")
    assert.include(messageOf("Forbidden", unrelated), "only for what the pods on it use")
    assert.include(messageOf("Forbidden", unrelated), "does not exist")
    assert.include(messageOf("Forbidden", elsewhere), "only for pods that run on it")
    assert.isTrue(messageOf("Forbidden", unrelated).endsWith(unrelated))
  })

  it("TR-11: any other refusal is one of RBAC", () => {
    const detail = `serviceaccounts "app" is forbidden: User "jane" cannot get resource "serviceaccounts"`
    assert.strictEqual(
      messageOf("Forbidden", detail),
      `could not ${operation}: the API server does not allow it; check the RBAC rules (HTTP status 403): ${detail}`
    )
  })
})

import { assert, describe, it } from "@effect/vitest"
import { lost } from "../../src/internal/lostConnection.ts"

describe("lost", () => {
  it("a server that accepts a connection and then says nothing is TimedOut, in words", () => {
    const cause = Object.assign(new Error("Connect Timeout Error (attempted address: …)"), {
      code: "UND_ERR_CONNECT_TIMEOUT"
    })
    assert.deepStrictEqual(lost(new Error("outer", { cause })), {
      failure: "TimedOut",
      text:
        "no connection within 10 seconds, TLS included; a firewall may be in the way, or something else listens there",
      isBroken: false
    })
    for (const code of ["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"]) {
      assert.strictEqual(lost({ code }).failure, "TimedOut", code)
    }
  })

  it("what else is lost stays Unreachable", () => {
    assert.deepStrictEqual(lost({ code: "ECONNREFUSED" }), {
      failure: "Unreachable",
      text: "ECONNREFUSED",
      isBroken: false
    })
  })
})

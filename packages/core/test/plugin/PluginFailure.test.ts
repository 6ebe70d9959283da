import * as ExecutionPolicy from "@credlet/core/plugin/ExecutionPolicy"
import { PluginError } from "@credlet/core/plugin/PluginError"
import * as PluginFailure from "@credlet/core/plugin/PluginFailure"
import * as PluginProtocol from "@credlet/core/plugin/PluginProtocol"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Result } from "effect"

const v1 = "credentialprovider.kubelet.k8s.io/v1"

/** For an answer with these fields. */
const stepAfter = (fields: object): string => {
  const answer = { kind: "CredentialProviderResponse", apiVersion: v1, cacheKeyType: "Image", ...fields }
  const read = PluginProtocol.decodeResponse(v1, new TextEncoder().encode(JSON.stringify(answer)))
  assert(Result.isFailure(read))
  assert.strictEqual(read.failure.class, "type")
  return PluginFailure.nextStepOf({ _tag: "BadOutput", response: read.failure, stderr: "" }, "ecr")
}

describe("PluginFailure", () => {
  it("RESP-34: how a cacheDuration is written is told if that is what is wrong", () => {
    const hint = "a cacheDuration is a text such as \"5m\""
    assert.include(stepAfter({ cacheDuration: 300 }), hint)
    assert.include(stepAfter({ cacheKeyType: 1, cacheDuration: "5 minutes" }), hint)
    for (const fields of [{ cacheKeyType: 1 }, { auth: [] }, { auth: { cacheDuration: 1 } }]) {
      assert.strictEqual(stepAfter(fields), "mend the answer there")
    }
  })

  it("there are as many places for plugins as there are whole ones, and at least one", () => {
    const queued = (maxConcurrent: number) =>
      PluginFailure.causeOf({ _tag: "QueueTimedOut", ...ExecutionPolicy.make({ maxConcurrent }) })
    assert.include(queued(2.5), "all 2 places for 1m")
    assert.include(queued(1.9), "the only place for 1m")
    assert.include(queued(0), "the only place for 1m")
  })

  it("EXEC-13: who wrote nothing is not looked to for what he wrote", () => {
    const after = (stderr: string) => PluginFailure.nextStepOf({ _tag: "Exited", code: 1, stderr }, "ecr")
    assert.strictEqual(after("no role\n"), "see what it wrote, or run it by hand with the same request on stdin")
    assert.strictEqual(after(" \n"), "run it by hand with the same request on stdin")
  })

  it("EXEC-13: the message ends with what the plugin wrote, or that it wrote nothing", () => {
    const message = (stderr: string) =>
      new PluginError({ provider: "ecr", reason: { _tag: "TimedOut", deadline: Duration.seconds(5), stderr } }).message
    const told =
      "provider \"ecr\": the plugin did not answer within 5s and was stopped: run the plugin by hand with the " +
      "same request on stdin, and see what it waits for, most often the network"
    assert.strictEqual(message("asking\n\nlogin.example\n"), `${told}; its stderr:\n  asking\n  \n  login.example`)
    assert.strictEqual(message(" \n"), `${told}; it wrote nothing to stderr`)
  })

  it("a version that no plugin speaks is named once, and then one that they do", () => {
    const reason = new PluginProtocol.UnsupportedApiVersion({ apiVersion: "v0" })
    assert.strictEqual(
      new PluginError({ provider: "ecr", reason }).message,
      `provider "ecr": no plugin speaks the API version "v0": set the provider's apiVersion to one that the kubelet ` +
        `knows, such as ${v1}`
    )
  })
})

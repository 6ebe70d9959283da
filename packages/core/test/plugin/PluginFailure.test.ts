import * as ExecutionPolicy from "@credlet/core/plugin/ExecutionPolicy"
import { PluginError } from "@credlet/core/plugin/PluginError"
import * as PluginFailure from "@credlet/core/plugin/PluginFailure"
import * as PluginProtocol from "@credlet/core/plugin/PluginProtocol"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Result } from "effect"

const v1 = "credentialprovider.kubelet.k8s.io/v1"

/** What a plugin that writes this is told. */
const told = (output: string) => {
  const read = PluginProtocol.decodeResponse(v1, new TextEncoder().encode(output))
  assert(Result.isFailure(read))
  const reason = { _tag: "BadOutput", response: read.failure, stderr: "" } as const
  return { cause: PluginFailure.causeOf(reason), next: PluginFailure.nextStepOf(reason, "ecr") }
}

/** For an answer with these fields. */
const toldOf = (fields: object) =>
  told(JSON.stringify({ kind: "CredentialProviderResponse", apiVersion: v1, cacheKeyType: "Image", ...fields }))

describe("PluginFailure", () => {
  it("RESP-34: how a cacheDuration is written is told once if that is what is wrong", () => {
    for (const cacheDuration of [300, "5 minutes"]) {
      const { cause, next } = toldOf({ cacheDuration })
      assert.include(cause, "/cacheDuration")
      assert.strictEqual(`${cause}; ${next}`.match(/such as|text such/g)?.length, 1)
      assert.strictEqual(next, "mend the answer there")
    }
    for (const fields of [{ cacheKeyType: 1 }, { auth: [] }, { auth: { cacheDuration: 1 } }]) {
      assert.strictEqual(toldOf(fields).next, "mend the answer there")
    }
  })

  it("RESP-1: logs belong on stderr, also where they happen to be JSON", () => {
    for (const output of ["2026-11-23 INFO asking\n{}", "[INFO]", "[]", "5"]) {
      assert.strictEqual(
        told(output).next,
        "let the plugin write one JSON object to stdout and nothing else; logs belong on stderr",
        output
      )
    }
  })

  it("RESP-3: who answers with the request is told to answer with a response", () => {
    for (const fields of [{}, { image: 5 }]) {
      assert.strictEqual(
        toldOf({ kind: "CredentialProviderRequest", ...fields }).next,
        "let the plugin answer with kind CredentialProviderResponse"
      )
    }
  })

  it("RESP-3: fields that must not be there are to be corrected, taken out or written once", () => {
    const correct = "correct the names that are misspelt; upper and lower case count"
    const takeOut = "take the unknown fields out of the answer"
    assert.strictEqual(toldOf({ cacheduration: "5m" }).next, correct)
    assert.strictEqual(toldOf({ token: "t" }).next, takeOut)
    assert.strictEqual(toldOf({ token: "t", auths: {} }).next, `${correct}; ${takeOut}`)
    const twice = `{"kind":"CredentialProviderResponse","apiVersion":"${v1}","auth":{},"auth":{}}`
    assert.strictEqual(told(twice).next, "write each field only once")
  })

  it("RESP-2: to an answer without an apiVersion one is told, to another the same", () => {
    const after = (reason: object) =>
      PluginFailure.nextStepOf({ _tag: "WrongApiVersion", expected: v1, stderr: "", ...reason }, "ecr")
    assert.strictEqual(
      after({ actual: "" }),
      `let the plugin write "apiVersion": "${v1}" into its answer, as in the request`
    )
    for (const reason of [{}, { actual: `${v1}beta1` }]) assert.include(after(reason), "to the one it answers in")
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

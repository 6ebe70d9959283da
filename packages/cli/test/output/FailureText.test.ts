import { PluginError } from "@credlet/core"
import { assert, describe, it } from "@effect/vitest"
import * as FailureText from "../../src/output/FailureText.ts"

const failure = (stderr: string) =>
  new PluginError.PluginError({ provider: "ecr", reason: { _tag: "Exited", code: 2, stderr } })

const render = (stderr: string) => FailureText.render([failure(stderr)], "")

const next = "; next: see what it wrote, or run it by hand with the same request on stdin"

describe("FailureText", () => {
  it("tells what happened, what the plugin wrote and what to do", () => {
    assert.strictEqual(
      render("no network\n"),
      `provider "ecr" failed: the plugin exited with status 2; it wrote "no network"${next}`
    )
    assert.strictEqual(
      render(" \n\n"),
      "provider \"ecr\" failed: the plugin exited with status 2; next: run it by hand with the same request on stdin"
    )
  })

  it("of many lines the last that has words in it", () => {
    const text = render("Traceback:\r\n  File \"x.py\"\r\nOSError: no route\r\n  ^^^^\r\n\r\n")
    assert.include(text, "; the last that it wrote is \"OSError: no route\"; next: ")
  })

  it("of several failures, what one plugin wrote, and that others wrote something else", () => {
    const [one, other] = [failure("no access to a"), failure("log\nno access to b")]
    assert.strictEqual(FailureText.keyOf(one), FailureText.keyOf(other))
    const told = "provider \"ecr\" failed for a, b: the plugin exited with status 2; "
    assert.strictEqual(FailureText.render([one, one], " for a, b"), `${told}it wrote "no access to a"${next}`)
    assert.strictEqual(
      FailureText.render([one, other], " for a, b"),
      `${told}in one case it wrote "no access to a"${next}`
    )
    const wrongly = (stderr: string) =>
      new PluginError.PluginError({ provider: "ecr", reason: { _tag: "Killed", signal: "SIGKILL", stderr } })
    assert.include(FailureText.render([wrongly(""), wrongly("x")], ""), "by SIGKILL; in one case it wrote \"x\"; next")
  })

  it("at most 200 characters of it, none of them cut in two", () => {
    assert.include(render("😀x".repeat(150)), `it wrote "${"😀x".repeat(100)}…"`)
  })
})

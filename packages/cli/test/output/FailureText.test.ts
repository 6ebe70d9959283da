import { PluginError } from "@credlet/core"
import { assert, describe, it } from "@effect/vitest"
import * as FailureText from "../../src/output/FailureText.ts"

const render = (stderr: string) =>
  FailureText.render(new PluginError.PluginError({ provider: "ecr", reason: { _tag: "Exited", code: 2, stderr } }))

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

  it("at most 200 characters of it, none of them cut in two", () => {
    assert.include(render("😀x".repeat(150)), `it wrote "${"😀x".repeat(100)}…"`)
  })
})

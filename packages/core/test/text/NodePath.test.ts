import { assert, describe, it } from "@effect/vitest"
import * as NodePath from "../../src/text/NodePath.ts"

describe("NodePath", () => {
  it("CFG-60: keys are joined by dots and not quoted, indexes stand in brackets", () => {
    assert.strictEqual(NodePath.format([]), "")
    assert.strictEqual(NodePath.format(["providers", 0, "env", 1, "x"]), "providers[0].env[1].x")
    assert.strictEqual(NodePath.format(["a.b", "c[0]"]), "a.b.c[0]")
    assert.strictEqual(NodePath.format([0, "a"]), "[0].a")
  })

  it("CFG-60: an empty key is a key", () => {
    assert.strictEqual(NodePath.format([""]), "")
    assert.strictEqual(NodePath.format(["", "a", ""]), ".a.")
  })
})

/** The readers under all documents: JSON as Go and JavaScript read it (CFG-32), YAML as the kubelet does (CFG-33…48). */
import * as Bytes from "@credlet/core/text/Bytes"
import * as NodeJson from "@credlet/core/text/NodeJson"
import * as StrictJson from "@credlet/core/text/StrictJson"
import * as StrictYaml from "@credlet/core/text/StrictYaml"
import { assert, describe } from "@effect/vitest"
import { Option, Result } from "effect"
import { valueOf, wellFormed } from "../../packages/core/test/text/jsonValue.ts"
import { property } from "./driver/property.ts"
import * as Shape from "./driver/shape.ts"
import * as Texts from "./input/texts.ts"
import { assertInside, jsonLines, yamlLines } from "./places.ts"
import { assertHides } from "./secrecy.ts"

/** What JavaScript makes of a text, written anew. */
const parsedByJavaScript = (text: string): Option.Option<unknown> => {
  try {
    return Option.some(JSON.parse(text))
  } catch {
    return Option.none()
  }
}

/** As far as recursion goes without a thought. */
const maxDepth = 1_000

const depthOf = (text: string): number => {
  let depth = 0
  let deepest = 0
  for (const character of text) {
    if (character === "[" || character === "{") deepest = Math.max(deepest, ++depth)
    if (character === "]" || character === "}") depth--
  }
  return deepest
}

describe("JSON", () => {
  property("CFG-32: it is JSON for us if it is for JavaScript, and says the same", {
    generate: Texts.json,
    shape: Shape.bytes,
    run: (bytes) => StrictJson.parse(Bytes.decodeReplacing(bytes)),
    check: (parsed, bytes) => {
      const text = Bytes.decodeReplacing(bytes)
      if (Result.isFailure(parsed)) {
        assertInside(jsonLines(bytes), parsed.failure)
        assertHides(parsed.failure)
      }
      if (depthOf(text) > maxDepth || bytes.length > 200_000) return
      const expected = parsedByJavaScript(text)
      assert.strictEqual(Result.isSuccess(parsed), Option.isSome(expected))
      if (Result.isFailure(parsed) || Option.isNone(expected)) return
      assert.deepStrictEqual(valueOf(parsed.success), wellFormed(expected.value))
      const written = NodeJson.toJson(parsed.success)
      assert.strictEqual(NodeJson.toJson(Result.getOrThrow(StrictJson.parse(written))), written)
    }
  })
})

describe("YAML", () => {
  property("CFG-33…48: bytes are a document, which is JSON again, or a silent error with a place", {
    generate: Texts.yaml,
    shape: Shape.bytes,
    run: StrictYaml.parse,
    check: (parsed, bytes) => {
      const lines = yamlLines(bytes)
      const again = StrictYaml.parse(bytes)
      if (Result.isFailure(parsed)) {
        const { duplicateKeys, ...place } = parsed.failure
        assertInside(lines, place)
        if (duplicateKeys.length === 0) assertHides(parsed.failure)
        assert(Result.isFailure(again))
        assert.strictEqual(again.failure.message, parsed.failure.message)
        return
      }
      const { duplicateKeys, ignoredFrom = 0, root, text } = parsed.success
      assert.isAtMost(ignoredFrom, text.length)
      for (const { offset } of duplicateKeys) assert.isAtMost(offset, text.length)
      const written = NodeJson.toJson(root)
      assert.strictEqual(NodeJson.toJson(Result.getOrThrow(StrictJson.parse(written))), withoutIllFormed(written))
      assert.strictEqual(NodeJson.toJson(Result.getOrThrow(again).root), written)
    }
  })

  /** Bytes of `!!binary` that are no UTF-8 are written as escapes, which are read as characters (CFG-44). */
  const withoutIllFormed = (json: string): string =>
    json.replaceAll(/\\(?:ufffd|[^])/g, (escape) => escape === "\\ufffd" ? "\ufffd" : escape)
})

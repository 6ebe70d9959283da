/** What `pnpm conformance [DIR]` prints, and how it ends. */
import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Path } from "effect"
import { report } from "./report.ts"

/** Runs sets of the same form: each file's content as JSON, or as it is. */
const reportOn = Effect.fnUntraced(
  function*(content: Readonly<Record<string, unknown>>) {
    const files = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const directory = yield* files.makeTempDirectoryScoped()
    for (const [name, value] of Object.entries(content)) {
      yield* files.writeFileString(
        path.join(directory, name),
        typeof value === "string" ? value : JSON.stringify(value)
      )
    }
    return yield* report(directory)
  },
  Effect.scoped,
  Effect.provide([NodeFileSystem.layer, NodePath.layer])
)

const right = { name: "right", op: "parseRegistry", input: { image: "a.example/b" }, expected: "a.example" }

describe("pnpm conformance DIR", () => {
  it.live("counts, and succeeds if all is well", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* reportOn({ "a.json": [right], "b.json": [right], "c.txt": "no vectors" }), {
        lines: ["2 passed, 0 failed"],
        isSuccess: true
      })
    }))

  it.live("has a line for each mismatch, with file, name and what differs", () =>
    Effect.gen(function*() {
      const { isSuccess, lines } = yield* reportOn({
        "a.json": [right, { ...right, name: "wrong", expected: "b.example" }],
        "b.json": [{ ...right, name: "unknown", op: "parseRegistries" }, {
          ...right,
          name: "bad",
          input: { image: 1 }
        }],
        "c.json": "["
      })
      assert.deepStrictEqual(lines, [
        "c.json: not a list of cases: Expected a valid JSON string",
        "a.json: wrong: the answer: expected \"b.example\", got \"a.example\"",
        "b.json: unknown: there is no operation \"parseRegistries\"",
        "b.json: bad: its input can't be read: Expected string | object at [\"image\"]",
        "1 passed, 4 failed"
      ])
      assert.isFalse(isSuccess)
    }))

  it.live("fails if nothing ran", () =>
    Effect.gen(function*() {
      const empty = yield* reportOn({ "a.json": [], "README.md": "" })
      assert.deepStrictEqual(empty, { lines: ["0 passed, 0 failed"], isSuccess: false })
      const missing = yield* Effect.provide(report("/nonexistent/vectors"), [NodeFileSystem.layer, NodePath.layer])
      assert.deepStrictEqual(missing, {
        lines: ["/nonexistent/vectors is not a directory that can be read", "0 passed, 1 failed"],
        isSuccess: false
      })
    }))
})

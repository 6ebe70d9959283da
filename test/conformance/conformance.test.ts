/** The recorded answers as tests, and proof for each operation that a wrong answer would be caught. */
import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, type Schema } from "effect"
import * as Path from "node:path"
import { compare } from "./compare.ts"
import type { Json } from "./expand.ts"
import { answer, type Case, operations, Platform, read, run } from "./run.ts"

const { cases, problems } = await Effect.runPromise(
  Effect.provide(read(Path.join(import.meta.dirname, "vectors")), [NodeFileSystem.layer, NodePath.layer])
)
/** Milliseconds. All operations run at once, and some of them start processes. */
const timeout = 60_000
const byOperation = Map.groupBy(cases, (one) => one.op)

describe("conformance", () => {
  it("has an operation for each file, and cases for each operation", () => {
    assert.deepStrictEqual(problems, [])
    assert.deepStrictEqual([...byOperation.keys()].toSorted(), [...operations.keys()].toSorted())
    assert.strictEqual(cases.length, 1573)
  })

  for (const [op, ofOperation] of byOperation) {
    it.live(`${op}: the kubelet's answer to each of ${ofOperation.length} cases`, () =>
      Effect.gen(function*() {
        const results = yield* run(ofOperation)
        const differing = results.filter(({ outcome }) => outcome === "failed")
        assert.deepStrictEqual(differing.map(({ case: { name }, details }) => `${name}: ${details.join("; ")}`), [])
        assert.strictEqual(results.length, ofOperation.length)
      }), timeout)

    it.live(`${op}: a wrong answer is caught`, () =>
      Effect.gen(function*() {
        let wrong = 0
        for (const one of ofOperation.slice(0, 25)) {
          const actual = yield* Effect.option(answer(one))
          if (actual._tag === "None" || isAmbiguous(one)) continue
          for (const [path, expected] of variants(one.expected, "")) {
            if (isFree(op, path)) continue
            wrong++
            assert.isNotEmpty(compare(op, expected, actual.value), `${one.name}: ${path} was changed`)
          }
        }
        assert.isAbove(wrong, 20)
      }).pipe(Effect.provide(Platform)), timeout)
  }
})

const isAmbiguous = ({ expected }: Case): boolean =>
  typeof expected === "object" && expected !== null && "ambiguous" in expected

/** What vectors/README.md leaves to us. */
const isFree = (op: string, path: string): boolean =>
  (op === "validateConfig" && path.endsWith(".reason")) || (op === "qualifiedName" && path.startsWith("["))

/** The value with one thing changed, in each way and at each place where it can be. */
function* variants(value: Json, path: string): Generator<readonly [path: string, value: Json]> {
  if (isList(value)) {
    yield [`${path}(longer)`, [...value, "x"]]
    if (value.length > 0) yield [`${path}(shorter)`, value.slice(1)]
    for (const [at, item] of value.entries()) {
      for (const [inner, other] of variants(item, `${path}[${at}]`)) yield [inner, value.with(at, other)]
    }
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      for (const [inner, other] of variants(item, `${path}.${key}`)) yield [inner, { ...value, [key]: other }]
    }
  } else if (typeof value === "string") yield [path, `${value}x`]
  else if (typeof value === "number") yield [path, value + 1]
  else if (typeof value === "boolean") yield [path, !value]
  else yield [path, "x"]
}

const isList = (value: Json): value is Schema.JsonArray => Array.isArray(value)

import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as TypeMeta from "../../src/config/TypeMeta.ts"
import * as StrictJson from "../../src/text/StrictJson.ts"

const read = (json: string) => TypeMeta.read(Result.getOrThrow(StrictJson.parse(json)))

const metaOf = (json: string) => {
  const { group, kind, version } = Result.getOrThrow(read(json))
  return [group, version, kind]
}

const problemOf = (json: string) => {
  const problem = Result.flip(read(json))
  return Result.getOrThrow(problem)
}

describe("TypeMeta", () => {
  it("CFG-50: names match without regard to case, folded as Go folds them", () => {
    assert.deepStrictEqual(metaOf(`{"KIND": "K", "apiversion": "g/v"}`), ["g", "v", "K"])
    assert.deepStrictEqual(metaOf(`{"\u212aind": "K", "apiVer\u017fion": "g/v"}`), ["g", "v", "K"])
    assert.deepStrictEqual(metaOf(`{"k\u0131nd": "K", "kind ": "K", "kin": "K"}`), ["", "", ""])
  })

  it("CFG-50: the last value that is not null wins", () => {
    assert.deepStrictEqual(metaOf(`{"kind": "A", "Kind": "B", "kind": null}`), ["", "", "B"])
    assert.deepStrictEqual(metaOf(`{"kind": "A", "Kind": ""}`), ["", "", ""])
  })

  it("CFG-51: the API version splits at its slash, of which there may be one", () => {
    assert.deepStrictEqual(metaOf(`{"apiVersion": "v1"}`), ["", "v1", ""])
    assert.deepStrictEqual(metaOf(`{"apiVersion": "/v1"}`), ["", "v1", ""])
    assert.deepStrictEqual(metaOf(`{"apiVersion": "g/"}`), ["g", "", ""])
    assert.deepStrictEqual(metaOf(`{"apiVersion": "/"}`), ["", "", ""])
    for (const bad of ["a/b/c", "//", "a//b"]) {
      const problem = problemOf(`{"kind": 1, "kind": "K", "apiVersion": "x"}`.replace("1", "\"K\"").replace("x", bad))
      assert.strictEqual(problem.reason, "badGroupVersion", bad)
    }
  })

  it("RESP-1: null is a document without kind and version, anything else but an object is refused", () => {
    assert.deepStrictEqual(metaOf("null"), ["", "", ""])
    for (const json of ["[]", "1", "\"x\"", "true"]) {
      assert.deepStrictEqual(problemOf(json), {
        reason: "type",
        findings: [{ path: [], offset: 0, expected: "an object" }]
      })
    }
  })

  it("RESP-1: all values that are no texts are found, also where a later one would win", () => {
    const problem = problemOf(`{"kind": 1, "Kind": "K", "apiVersion": "a/b/c", "apiVersion": []}`)
    assert.strictEqual(problem.reason, "type")
    assert.deepStrictEqual(problem.findings.map((finding) => [finding.path, finding.offset]), [
      [["kind"], 9],
      [["apiVersion"], 62]
    ])
  })

  it("says where kind and version stand", () => {
    const { apiVersionOffset, kindOffset } = Result.getOrThrow(read(` {"kind": "K"}`))
    assert.deepStrictEqual([kindOffset, apiVersionOffset], [10, 1])
  })

  it("RESP-2: versions are compared in one form", () => {
    assert.strictEqual(TypeMeta.apiVersionText({ group: "g", version: "v" }), "g/v")
    assert.strictEqual(TypeMeta.apiVersionText({ group: "", version: "v" }), "v")
  })
})

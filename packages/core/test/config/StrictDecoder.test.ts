import { assert, describe, it } from "@effect/vitest"
import { Duration, Result } from "effect"
import * as Decoder from "../../src/config/StrictDecoder.ts"
import * as StrictJson from "../../src/text/StrictJson.ts"

const shape = Decoder.struct({
  name: Decoder.text,
  on: Decoder.boolean,
  wait: Decoder.duration,
  names: Decoder.list(Decoder.text),
  extra: Decoder.anything,
  by: Decoder.mapOf(Decoder.struct({ a: Decoder.text })),
  inner: Decoder.list(Decoder.struct({ b: Decoder.text }))
})

const decode = (json: string) => Decoder.decode(shape, Result.getOrThrow(StrictJson.parse(json)))

const valueOf = (json: string) => {
  const { findings, value } = decode(json)
  assert.deepStrictEqual(findings, [])
  return value
}

const found = (json: string) => decode(json).findings.map(({ kind, path }) => `${kind} ${Decoder.pathText(path)}`)

describe("StrictDecoder", () => {
  it("reads what is right", () => {
    const value = valueOf(
      `{"name": "n", "on": true, "wait": "1m", "names": ["x"], "extra": [{}], "by": {"k": {"a": "1"}}, "inner": [{}]}`
    )
    assert.strictEqual(value.name, "n")
    assert.strictEqual(value.on, true)
    assert.isTrue(value.wait !== undefined && Duration.equals(value.wait, Duration.minutes(1)))
    assert.deepStrictEqual(value.names, ["x"])
    assert.deepStrictEqual([...value.by ?? []], [["k", { a: "1" }]])
    assert.deepStrictEqual(value.inner, [{ b: "" }])
  })

  it("CFG-64: null and absent are not set; as an element or entry, null is the zero value", () => {
    for (const json of ["{}", "null", `{"name": null, "on": null, "wait": null, "names": null, "by": null}`]) {
      const { by, name, names, on, wait } = valueOf(json)
      assert.deepStrictEqual([name, on, wait, names, by], ["", undefined, undefined, undefined, undefined], json)
    }
    assert.deepStrictEqual(valueOf(`{"names": [null, "x"]}`).names, ["", "x"])
    assert.deepStrictEqual(valueOf(`{"inner": [null]}`).inner, [{ b: "" }])
    assert.deepStrictEqual([...valueOf(`{"by": {"k": null}}`).by ?? []], [["k", { a: "" }]])
  })

  it("CFG-60, CFG-61: all unknown fields are found, in the order of the document, each path once", () => {
    assert.deepStrictEqual(
      found(`{"z": 1, "Name": "n", "inner": [{"c": 1}, {"c": 2, "B": 3}], "z": 2, "__proto__": {}}`),
      [
        "unknownField z",
        "unknownField Name",
        "unknownField inner[0].c",
        "unknownField inner[1].c",
        "unknownField inner[1].B",
        "unknownField __proto__"
      ]
    )
    assert.deepStrictEqual(found(`{"constructor": 1, "toString": 2}`), [
      "unknownField constructor",
      "unknownField toString"
    ])
  })

  it("CFG-60: two paths that are written alike count as one", () => {
    assert.deepStrictEqual(found(`{"by": {"k": {"x.y": 1}, "k.x": {"y": 1}}}`), ["unknownField by.k.x.y"])
  })

  it("CFG-60: nothing within an unknown field is looked at", () => {
    assert.deepStrictEqual(found(`{"z": {"a": 1, "a": {"b": 1, "b": 2}}, "extra": {"a": 1, "a": 2}}`), [
      "unknownField z"
    ])
  })

  it("CFG-62: repeated fields and keys are found, each path once", () => {
    assert.deepStrictEqual(
      found(`{"name": "1", "by": {"k": {}, "k": {"a": "1", "a": "2"}, "k": {}}, "name": "2", "name": "3"}`),
      [
        "duplicateField by.k",
        "duplicateField by.k.a",
        "duplicateField name"
      ]
    )
  })

  it("CFG-63: all wrong types are found, also in what a later value replaces", () => {
    assert.deepStrictEqual(
      found(`{"name": 1, "on": "true", "wait": 60, "names": {}, "by": [], "inner": [[], {"b": false}], "name": "n"}`),
      [
        "type name",
        "type on",
        "type wait",
        "type names",
        "type by",
        "type inner[0]",
        "type inner[1].b",
        "duplicateField name"
      ]
    )
    assert.deepStrictEqual(found("[]"), ["type "])
  })

  it("CFG-70: a duration is a text in Go's form", () => {
    for (const value of ["0", "1.5", "true", "{}", "[]", "\"\"", "\"1d\"", "\"10\"", "\" 1s\""]) {
      assert.deepStrictEqual(found(`{"wait": ${value}}`), ["type wait"], value)
    }
  })

  it("findings say where, and what should be there", () => {
    const [unknown, type] = decode(`{"Names": 1, "names": [5]}`).findings
    assert.deepStrictEqual(unknown, {
      kind: "unknownField",
      path: ["Names"],
      offset: 1,
      expected: "\"names\", in exactly this spelling"
    })
    assert.deepStrictEqual(type, { kind: "type", path: ["names", 0], offset: 23, expected: "a string" })
    const [other] = decode(`{"zzz": 1}`).findings
    assert.strictEqual(other?.expected, "only the fields name, on, wait, names, extra, by, inner")
  })

  it("keeps 100 wrong types, and 100 unknown and repeated fields together", () => {
    const many = Array.from({ length: 150 }, (_, at) => `"z${at}": 1`).join(",")
    const types = Array.from({ length: 150 }, () => "1").join(",")
    const findings = found(`{"name": "a", ${many}, "names": [${types}], "name": "b"}`)
    assert.strictEqual(findings.filter((finding) => finding.startsWith("unknownField")).length, 100)
    assert.strictEqual(findings.filter((finding) => finding.startsWith("type")).length, 100)
    assert.notInclude(findings, "duplicateField name")
  })
})

import { assert, describe, it } from "@effect/vitest"
import { Duration, Result, Schema } from "effect"
import * as GoField from "../../src/text/GoField.ts"
import * as NodePath from "../../src/text/NodePath.ts"
import * as StrictDecoding from "../../src/text/StrictDecoding.ts"
import * as StrictJson from "../../src/text/StrictJson.ts"

const decodeShape = StrictDecoding.decode(Schema.Struct({
  name: GoField.text,
  on: GoField.orNull(Schema.Boolean, "true or false"),
  wait: GoField.duration,
  names: GoField.orOmitted(GoField.texts, "a list of texts"),
  extra: Schema.optionalKey(Schema.Unknown),
  by: GoField.orNull(GoField.objectsByKey(Schema.Struct({ a: GoField.text }), {}), "an object"),
  texts: GoField.orNull(GoField.textsByKey, "an object"),
  inner: GoField.orNull(GoField.objects(Schema.Struct({ b: GoField.text }), {}), "a list of objects")
}))

const decode = (json: string) => decodeShape(Result.getOrThrow(StrictJson.parse(json)))

const valueOf = (json: string) => Result.getOrThrow(decode(json))

const findingsOf = (json: string) => {
  const decoded = decode(json)
  return Result.isSuccess(decoded) ? [] : decoded.failure
}

const found = (json: string) => findingsOf(json).map(({ path, type }) => `${type} ${NodePath.format(path)}`)

describe("StrictDecoding", () => {
  it("reads what is right", () => {
    const value = valueOf(
      `{"name": "n", "on": true, "wait": "1m", "names": ["x"], "extra": [{}], "by": {"k": {"a": "1"}}, "inner": [{}]}`
    )
    assert.strictEqual(value.name, "n")
    assert.strictEqual(value.on, true)
    assert.isTrue(value.wait !== undefined && Duration.equals(value.wait, Duration.minutes(1)))
    assert.deepStrictEqual(value.names, ["x"])
    assert.deepStrictEqual(value.by, { k: { a: "1" } })
    assert.deepStrictEqual(value.inner, [{ b: "" }])
  })

  it("CFG-64: null and absent are not set; as an element or entry, null is the zero value", () => {
    for (const json of ["{}", `{"name": null, "on": null, "wait": null, "names": null, "by": null}`]) {
      const { by, name, names, on, wait } = valueOf(json)
      assert.deepStrictEqual([name, on, wait, names, by], ["", undefined, undefined, undefined, undefined], json)
    }
    assert.deepStrictEqual(valueOf(`{"names": [null, "x"]}`).names, ["", "x"])
    assert.deepStrictEqual(valueOf(`{"inner": [null]}`).inner, [{ b: "" }])
    assert.deepStrictEqual(valueOf(`{"by": {"k": null}}`).by, { k: { a: "" } })
    assert.deepStrictEqual(valueOf(`{"texts": {"k": null}}`).texts, { k: "" })
  })

  it("keys that JavaScript treats specially are data", () => {
    const { by = {} } = valueOf(`{"by": {"__proto__": {"a": "1"}, "constructor": null, "10": {}}}`)
    assert.deepStrictEqual(Object.entries(by), [["10", { a: "" }], ["__proto__", { a: "1" }], [
      "constructor",
      { a: "" }
    ]])
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
    assert.deepStrictEqual(found(`{"z": {"a": 1, "a": {"b": 1, "b": 2}}}`), ["unknownField z"])
  })

  it("CFG-62: repeated fields and keys are found, each path once, also where the Schema takes anything", () => {
    assert.deepStrictEqual(
      found(`{"name": "1", "by": {"k": {}, "k": {"a": "1", "a": "2"}, "k": {}}, "name": "2", "name": "3"}`),
      ["duplicateField by.k", "duplicateField by.k.a", "duplicateField name"]
    )
    assert.deepStrictEqual(found(`{"extra": {"a": 1, "a": 2}}`), ["duplicateField extra.a"])
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
    assert.deepStrictEqual(found(`{"inner": [{}, {"b": 1, "c": 2, "b": 3}], "inner": []}`), [
      "type inner[1].b",
      "unknownField inner[1].c",
      "duplicateField inner[1].b",
      "type inner[1].b",
      "duplicateField inner"
    ])
    assert.deepStrictEqual(found("[]"), ["type "])
  })

  it("CFG-63: a wrong type drops what is only strict", () => {
    assert.strictEqual(StrictDecoding.verdict(findingsOf(`{"x": 1, "on": true, "on": false}`)), "strict")
    assert.strictEqual(StrictDecoding.verdict(findingsOf(`{"x": 1, "on": 5}`)), "type")
  })

  it("CFG-70: a duration is a text in Go's form", () => {
    for (const value of ["0", "1.5", "true", "{}", "[]", "\"\"", "\"1d\"", "\"10\"", "\" 1s\""]) {
      assert.deepStrictEqual(found(`{"wait": ${value}}`), ["type wait"], value)
    }
  })

  it("CFG-71: says of a duration what is wrong with its units", () => {
    const expected = (value: string) => {
      const [finding] = findingsOf(`{"wait": ${value}}`)
      return finding?.type === "type" ? finding.expected : undefined
    }
    assert.strictEqual(expected("\"5\""), "a duration with a unit, such as \"5m\"")
    assert.strictEqual(expected("\"1d\""), "a duration in the units h, m, s, ms, us and ns, such as \"1h30m\"")
    assert.strictEqual(expected("\"\""), "a duration such as \"10m\" or \"1h30m\"")
    assert.strictEqual(expected("5"), "a duration with a unit, in quotes, such as \"10m\" or \"1h30m\"")
  })

  it("an unknown field comes with those that are not set, null is not", () => {
    const [finding] = findingsOf(`{"Name": 1, "name": "n", "on": null}`)
    assert(finding?.type === "unknownField")
    assert.deepStrictEqual(finding.unset, finding.fields.filter((field) => field !== "name"))
  })

  it("CFG-71: a text that is no duration comes with the reason", () => {
    const reason = (value: string) => findingsOf(`{"wait": ${value}}`).map((found) => "reason" in found && found.reason)
    assert.deepStrictEqual(["\"5\"", "\"1d\"", "\"\"", "5"].map(reason), [
      ["missingUnit"],
      ["unknownUnit"],
      ["invalid"],
      [false]
    ])
  })

  it("findings say where, what was expected and what is there", () => {
    assert.deepStrictEqual(findingsOf(`{"by": {"k": {"A": 1}}, "names": [5], "inner": [[]], "names": null}`), [
      { type: "unknownField", path: ["by", "k", "A"], offset: 14, fields: ["a"], unset: ["a"] },
      { type: "type", path: ["names", 0], offset: 34, expected: "text", found: "number" },
      { type: "type", path: ["inner", 0], offset: 48, expected: "an object", found: "array" },
      { type: "duplicateField", path: ["names"], offset: 53 }
    ])
  })

  it("keeps 100 wrong types, and 100 unknown and repeated fields together", () => {
    const many = Array.from({ length: 150 }, (_, at) => `"z${at}": 1`).join(",")
    const types = Array.from({ length: 150 }, () => "1").join(",")
    const findings = found(`{"name": "a", ${many}, "names": [${types}], "name": "b"}`)
    assert.strictEqual(findings.filter((finding) => finding.startsWith("unknownField")).length, 100)
    assert.strictEqual(findings.filter((finding) => finding.startsWith("type")).length, 100)
    assert.notInclude(findings, "duplicateField name")
  })

  it("what is deeper than a Schema looks costs no stack", () => {
    const deep = `${"[".repeat(9_000)}${"]".repeat(9_000)}`
    assert.deepStrictEqual(found(`{"extra": ${deep}}`), [])
    assert.deepStrictEqual(found(`{"name": ${deep}, "z": ${deep}}`), ["type name", "unknownField z"])
  })
})

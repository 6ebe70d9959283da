import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Duration, Effect, Redacted, Result, Schema } from "effect"
import { ConfigInvalid } from "../../src/config/ConfigError.ts"
import { ConfigProblem } from "../../src/config/ConfigProblem.ts"
import * as Problem from "../../src/config/ConfigProblem.ts"
import * as ConfigValidation from "../../src/config/ConfigValidation.ts"
import { unlocated } from "../../src/config/LocatedProvider.ts"
import { Provider, TokenAttributes } from "../../src/config/ProviderConfig.ts"
import { assertHides } from "../credential/canary.ts"
import { decode, json, pluginV1, valid, yaml } from "./documents.ts"

const validate = (providers: unknown, options?: ConfigValidation.Options) =>
  Result.flatMap(
    decode(json(providers)),
    (config) => ConfigValidation.validate(config.providers ?? [], options)
  )

const problems = (providers: unknown, options?: ConfigValidation.Options): ReadonlyArray<ConfigProblem> => {
  const result = validate(providers, options)
  if (Result.isSuccess(result)) return []
  assert(result.failure._tag === "ConfigInvalid", result.failure.message)
  return result.failure.problems
}

/** Each problem as `rule type field value`. */
const found = (provider: Readonly<Record<string, unknown>>, options?: ConfigValidation.Options) =>
  problems([provider], options).map(({ badValue, field, rule, type }) =>
    [rule, type.replace("FieldValue", ""), field.replace("providers.", ""), JSON.stringify(badValue)].join(" ")
  )

const token = (more: Readonly<Record<string, unknown>> = {}) =>
  valid("a", {
    tokenAttributes: { serviceAccountTokenAudience: "aud", cacheType: "Token", requireServiceAccount: true, ...more }
  })

describe("ConfigValidation", () => {
  it("CFG-80: at least one provider", () => {
    assert.deepStrictEqual(problems([]).map((problem) => problem.message), [
      "providers: Required value: at least one provider is needed (CFG-80)"
    ])
    assert.deepStrictEqual(problems(null).map((problem) => problem.rule), ["CFG-80"])
  })

  it("CFG-81…84: names", () => {
    assert.deepStrictEqual(found(valid("foo/../bar")), [`CFG-81 Invalid name "foo/../bar"`])
    assert.deepStrictEqual(found(valid("a b/c", { matchImages: ["a"] })), [
      `CFG-81 Invalid name "a b/c"`,
      `CFG-82 Invalid name "a b/c"`
    ])
    assert.deepStrictEqual(found(valid(".")), [`CFG-83 Invalid name "."`])
    assert.deepStrictEqual(found(valid("..")), [`CFG-84 Invalid name ".."`])
    for (const name of ["", "...", "..a", "a\tb", "a\nb", "a\0", "a\\b", "ä"]) {
      assert.deepStrictEqual(found(valid(name, { matchImages: ["a"] })), [])
    }
  })

  it("CFG-85: a repeated name, at each repetition", () => {
    const repeated = problems([valid("a"), valid("b"), valid("a"), valid("a")])
    assert.deepStrictEqual(repeated.map(({ index, rule, type }) => [index, rule, type]), [
      [2, "CFG-85", "FieldValueDuplicate"],
      [3, "CFG-85", "FieldValueDuplicate"]
    ])
  })

  it("CFG-87, CFG-88: the plugin's version, exactly", () => {
    assert.deepStrictEqual(found(valid("a", { apiVersion: "" })), [`CFG-87 Required apiVersion ""`])
    for (const version of [`${pluginV1}alpha0`, "v1", "credentialprovider.kubelet.k8s.io/V1", ` ${pluginV1}`]) {
      assert.deepStrictEqual(found(valid("a", { apiVersion: version })), [
        `CFG-88 NotSupported apiVersion ${JSON.stringify(version)}`
      ])
    }
    for (const version of [pluginV1, `${pluginV1}alpha1`, `${pluginV1}beta1`]) {
      assert.deepStrictEqual(found(valid("a", { apiVersion: version })), [])
    }
  })

  it("CFG-89, CFG-90: patterns", () => {
    for (const matchImages of [undefined, null, []]) {
      assert.deepStrictEqual(found(valid("a", { matchImages })), [`CFG-89 Required matchImages ""`])
    }
    const matchImages = ["a b", "", "x:y", "%", "*.io/*", "https://gcr.example", "a:1:2"]
    const reported = problems([valid("a", { matchImages })])
    assert.deepStrictEqual(reported.map(({ badValue, path, rule }) => [rule, badValue, path.at(-1)]), [
      ["CFG-90", "a b", 0],
      ["CFG-90", "x:y", 2],
      ["CFG-90", "%", 3],
      ["CFG-90", "a:1:2", 6]
    ])
  })

  it("CFG-90: of a bad pattern, user information is shown nowhere, and kept for who asks for it", () => {
    const pattern = "me:c4nary-8f3a@gcr.example:port/x"
    const [problem] = problems([valid("a", { matchImages: [pattern] })])
    if (problem?.exactPattern === undefined) return assert.fail("it is not kept")
    assert.strictEqual(problem.badValue, "…@gcr.example:port/x")
    assert.include(problem.message, "Invalid value: \"…@gcr.example:port/x\"")
    assert.strictEqual(Redacted.value(problem.exactPattern), pattern)
    assertHides(new ConfigInvalid({ problems: [problem] }))
    assertHides(Schema.encodeUnknownExit(Schema.toCodecJson(ConfigProblem))(problem))
  })

  it("CFG-91, CFG-92: the duration must be there and not negative", () => {
    assert.deepStrictEqual(found(valid("a", { defaultCacheDuration: null })), [
      `CFG-91 Required defaultCacheDuration ""`
    ])
    assert.deepStrictEqual(found(valid("a", { defaultCacheDuration: "-90s" })), [
      `CFG-92 Invalid defaultCacheDuration "-1m30s"`
    ])
    assert.deepStrictEqual(found(valid("a", { defaultCacheDuration: "-1ns" })), [
      `CFG-92 Invalid defaultCacheDuration "-1ns"`
    ])
    for (const duration of ["0", "-0", "0s"]) {
      assert.deepStrictEqual(found(valid("a", { defaultCacheDuration: duration })), [])
    }
  })

  it("CFG-93: tokenAttributes need the feature, which is on by default", () => {
    assert.deepStrictEqual(found(token()), [])
    assert.deepStrictEqual(found(token(), { serviceAccountTokens: false }), [`CFG-93 Forbidden tokenAttributes ""`])
    assert.deepStrictEqual(found(valid("a"), { serviceAccountTokens: false }), [])
  })

  it("CFG-94, CFG-95, CFG-101: required parts of tokenAttributes, in this order", () => {
    assert.deepStrictEqual(found(valid("a", { tokenAttributes: {} })), [
      `CFG-94 Required tokenAttributes.serviceAccountTokenAudience ""`,
      `CFG-95 Required tokenAttributes.requireServiceAccount ""`,
      `CFG-101 Required tokenAttributes.cacheType ""`
    ])
  })

  it("CFG-96: tokenAttributes need the plugin's version v1", () => {
    for (const apiVersion of [`${pluginV1}beta1`, `${pluginV1}alpha1`]) {
      assert.deepStrictEqual(found({ ...token(), apiVersion }), [`CFG-96 Forbidden tokenAttributes ""`])
    }
  })

  it("CFG-97: annotations can't be required without a service account", () => {
    const requiredServiceAccountAnnotationKeys = ["a.example/b"]
    assert.deepStrictEqual(found(token({ requireServiceAccount: false, requiredServiceAccountAnnotationKeys })), [
      `CFG-97 Forbidden tokenAttributes.requiredServiceAccountAnnotationKeys ""`
    ])
    assert.deepStrictEqual(
      found(token({ requireServiceAccount: false, requiredServiceAccountAnnotationKeys: [] })),
      []
    )
    assert.deepStrictEqual(
      found(token({ requireServiceAccount: null, requiredServiceAccountAnnotationKeys })),
      [`CFG-95 Required tokenAttributes.requireServiceAccount ""`]
    )
  })

  it("CFG-98, CFG-99, CFG-103…106: annotation keys, in lower case but compared as written", () => {
    const required = (...requiredServiceAccountAnnotationKeys: ReadonlyArray<string>) =>
      found(token({ requiredServiceAccountAnnotationKeys })).map((problem) => problem.replace(/ tokenA\S+/, ""))
    assert.deepStrictEqual(required("A/b", "a/b"), [])
    assert.deepStrictEqual(required("x", "x", "x"), [`CFG-98 Duplicate "x"`, `CFG-98 Duplicate "x"`])
    assert.deepStrictEqual(required("a-", "a-"), [
      `CFG-98 Invalid "a-"`,
      `CFG-98 Invalid "a-"`,
      `CFG-98 Duplicate "a-"`
    ])
    assert.deepStrictEqual(required(""), [`CFG-98 Invalid ""`, `CFG-98 Invalid ""`])
    assert.deepStrictEqual(required("a/b/c"), [`CFG-98 Invalid "a/b/c"`])
    assert.deepStrictEqual(found(token({ optionalServiceAccountAnnotationKeys: ["É"] })), [
      `CFG-99 Invalid tokenAttributes.optionalServiceAccountAnnotationKeys "É"`
    ])
  })

  it("CFG-100: keys in both lists, sorted by bytes, each once", () => {
    const keys = token({
      requiredServiceAccountAnnotationKeys: ["s3", "S1", "s2"],
      optionalServiceAccountAnnotationKeys: ["s2", "s3", "S1", "s4"]
    })
    assert.deepStrictEqual(found(keys), [`CFG-100 Invalid tokenAttributes ["S1","s2","s3"]`])
  })

  it("CFG-102: the cache type, exactly", () => {
    assert.deepStrictEqual(found(token({ cacheType: "ServiceAccount" })), [])
    assert.deepStrictEqual(found(token({ cacheType: "token" })), [
      `CFG-102 NotSupported tokenAttributes.cacheType "token"`
    ])
  })

  it("all problems of all providers are found at once, in order", () => {
    assert.deepStrictEqual(
      problems([{ name: "a b" }, valid("ok"), { name: "." }]).map(({ index, rule }) => [index, rule]),
      [
        [0, "CFG-82"],
        [0, "CFG-87"],
        [0, "CFG-89"],
        [0, "CFG-91"],
        [2, "CFG-83"],
        [2, "CFG-87"],
        [2, "CFG-89"],
        [2, "CFG-91"]
      ]
    )
  })

  it("what passes has everything set and patterns compiled", () => {
    const [checked, second] = Result.getOrThrow(validate([
      token({ cacheType: "ServiceAccount", optionalServiceAccountAnnotationKeys: ["x"] }),
      valid("b", { env: [{ name: "A", value: "v" }], args: ["get"] })
    ]))
    assert(checked !== undefined && second !== undefined)
    assert.deepStrictEqual(checked.tokenAttributes, {
      serviceAccountTokenAudience: "aud",
      cacheType: "ServiceAccount",
      requireServiceAccount: true,
      requiredServiceAccountAnnotationKeys: [],
      optionalServiceAccountAnnotationKeys: ["x"]
    })
    assert.deepStrictEqual([checked.args, checked.env, checked.patterns.length], [[], [], 1])
    assert.isTrue(Duration.equals(checked.defaultCacheDuration, Duration.minutes(10)))
    assert.isUndefined(second.tokenAttributes)
    assert.deepStrictEqual(second.args, ["get"])
    assert.deepStrictEqual(second.env.map(({ name, value }) => [name, Redacted.value(value)]), [["A", "v"]])
  })

  it("a problem says where it stands, and providers that stand nowhere are checked too", () => {
    const text = yaml("- name: a\n  matchImages:\n  - ok.example\n  - \"%zz\"\n  apiVersion: v1\n")
    const config = Result.getOrThrow(decode(text, "conf/a.yaml"))
    const invalid = Result.getOrThrow(Result.flip(ConfigValidation.validate(config.providers ?? [])))
    assert.deepStrictEqual(
      invalid.problems.map(({ location, rule }) => [rule, location?.line, location?.column, location?.pointer]),
      [
        ["CFG-88", 8, 15, "/providers/0/apiVersion"],
        ["CFG-90", 7, 5, "/providers/0/matchImages/1"],
        ["CFG-91", 4, 3, "/providers/0/defaultCacheDuration"]
      ]
    )
    assert.match(
      invalid.message.split("\n")[1] ?? "",
      /^conf\/a\.yaml:7:5: providers\[0\]\.matchImages\[1\]: Invalid value: "%zz": .* \(CFG-90\)$/
    )
    const none = ConfigValidation.validate(unlocated([new Provider({ name: "a/b", apiVersion: pluginV1 })]))
    assert(Result.isFailure(none))
    assert.deepStrictEqual(none.failure.problems.map(({ location, rule }) => [rule, location]), [
      ["CFG-81", undefined],
      ["CFG-89", undefined],
      ["CFG-91", undefined]
    ])
    assert.match(none.failure.message, /^providers\[0\]\.name: Invalid value: "a\/b": /)
  })

  it.effect.prop(
    "no provider makes it throw, and what passes has no problem",
    {
      providers: Arbitrary.array(Arbitrary.map(
        Arbitrary.schema(Schema.Struct({
          name: Schema.String,
          apiVersion: Schema.Literals(["", pluginV1, "v1"]),
          matchImages: Schema.UndefinedOr(Schema.Array(Schema.String)),
          keys: Schema.UndefinedOr(Schema.Array(Schema.String))
        })),
        ({ keys, ...rest }) =>
          new Provider({
            ...rest,
            tokenAttributes: keys === undefined ? undefined : new TokenAttributes({
              serviceAccountTokenAudience: "",
              cacheType: "Token",
              requiredServiceAccountAnnotationKeys: keys
            })
          })
      ))
    },
    ({ providers }) =>
      Effect.sync(() => {
        const result = ConfigValidation.validate(unlocated(providers))
        assert(Result.isFailure(result)) // none of them has a duration
        for (const problem of result.failure.problems) assert.match(Problem.kubeletText(problem), /^providers/)
      })
  )
})

describe("ConfigProblem", () => {
  const texts = (providers: unknown) => problems(providers).map(Problem.kubeletText)

  it("CFG-107: the kubelet's form, without value for required and forbidden ones", () => {
    assert.deepStrictEqual(texts([{ name: "a", apiVersion: pluginV1, matchImages: ["a.example"] }]), [
      "providers.defaultCacheDuration: Required value"
    ])
    assert.match(texts([valid("a\"/b")])[0] ?? "", /^providers\.name: Invalid value: "a\\"\/b": ./)
    assert.match(texts([valid("a", { defaultCacheDuration: "-1m" })])[0] ?? "", /: Invalid value: "-1m0s": ./)
    assert.deepStrictEqual(texts([valid("a"), valid("a")]), [`providers.name: Duplicate value: "a"`])
    const keys = { requiredServiceAccountAnnotationKeys: ["b", "a"], optionalServiceAccountAnnotationKeys: ["a", "b"] }
    assert.match(texts([token(keys)])[0] ?? "", /^providers\.tokenAttributes: Invalid value: \["a","b"\]: ./)
  })

  it("CFG-108: supported values, quoted and sorted", () => {
    assert.deepStrictEqual(texts([valid("a", { apiVersion: "v" })]), [
      `providers.apiVersion: Unsupported value: "v": supported values: ` +
      `"${pluginV1}", "${pluginV1}alpha1", "${pluginV1}beta1"`
    ])
    assert.deepStrictEqual(texts([token({ cacheType: "v" })]), [
      `providers.tokenAttributes.cacheType: Unsupported value: "v": supported values: "ServiceAccount", "Token"`
    ])
  })

  it("CFG-109: equal texts once, one alone without brackets", () => {
    const incomplete = { apiVersion: pluginV1, matchImages: ["a.example"] }
    const required = "providers.defaultCacheDuration: Required value"
    const twice = problems([{ name: "a", ...incomplete }, { name: "b", ...incomplete }])
    assert.strictEqual(twice.length, 2)
    assert.strictEqual(Problem.kubeletSummary(twice), required)
    const both = problems([{ name: "a", ...incomplete }, { ...valid("b"), apiVersion: "" }])
    assert.strictEqual(Problem.kubeletSummary(both), `[${required}, providers.apiVersion: Required value]`)
  })
})

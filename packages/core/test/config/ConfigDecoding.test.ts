import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Redacted, Result, Schema } from "effect"
import * as ConfigDecoding from "../../src/config/ConfigDecoding.ts"
import type { Provider } from "../../src/config/ProviderConfig.ts"
import { bytes, decode, decoded, failed, findings, json, places, pluginV1, v1, valid, yaml } from "./documents.ts"

const reason = (text: string | Uint8Array): string => failed(text).reason

const only = (text: string | Uint8Array): Provider => {
  const providers = decoded(text).providers
  assert(providers !== undefined && providers[0] !== undefined)
  assert.strictEqual(providers.length, 1)
  return providers[0].provider
}

const bom = "\ufeff"

describe("ConfigDecoding: format", () => {
  const good = json([valid("a")])

  it("CFG-30: text that starts with a brace is JSON only, whatever white space is before it", () => {
    assert.strictEqual(only(`\n\t ${good}\r\n`).name, "a")
    assert.strictEqual(reason(`{kind: CredentialProviderConfig, apiVersion: ${v1}}`), "interpret")
    assert.strictEqual(reason(`${good.slice(0, -1)} # comment\n}`), "interpret")
    // Go's white space chooses JSON, JSON's grammar then refuses it.
    for (const space of ["\v", "\f", "\u0085", "\u00a0", "\u2003", "\u3000"]) {
      assert.strictEqual(reason(space + good), "interpret", JSON.stringify(space))
    }
  })

  it("CFG-31: a byte order mark leads to YAML", () => {
    assert.strictEqual(only(bom + good).name, "a")
    assert.strictEqual(only(bom + yaml("- name: a\n")).name, "a")
    assert.strictEqual(reason(`${bom}{"kind": "a\\/b"}`), "yaml")
  })

  it("CFG-32: nothing may follow JSON", () => {
    for (const rest of [" x", "\n{}", "]", "\0"]) assert.strictEqual(reason(good + rest), "interpret")
  })

  it("CFG-33: later YAML documents are ignored, and warned of with their place", () => {
    const { providers, warnings } = decoded(`${yaml("- name: a\n")}---\n{{{\n`)
    assert.strictEqual(providers?.[0]?.provider.name, "a")
    assert.deepStrictEqual(warnings.map(({ location, reason }) => [reason, location?.line, location?.column]), [
      ["ignoredDocuments", 6, 1]
    ])
    assert.deepStrictEqual(decoded(`---\n${yaml("- name: a\n")}...\n`).warnings, [])
  })

  it("CFG-34, CFG-35: an empty document has no kind", () => {
    for (const text of ["", " \n", "# only a comment\n", "null", "~", "---\n---\nkind: x\n", "{}", bom]) {
      assert.strictEqual(reason(text), "missingKind", JSON.stringify(text))
    }
  })

  it("CFG-36: the document must be an object", () => {
    for (const text of ["[]", "- a\n", "hello", "5", "true", `"a"`]) assert.strictEqual(reason(text), "interpret", text)
  })

  it("CFG-40, CFG-42…44: YAML 1.1 decides what is text", () => {
    assert.strictEqual(only(yaml("- name: 2020-01-01\n")).name, "2020-01-01")
    assert.strictEqual(only(yaml("- name: ~\n")).name, "")
    for (const scalar of ["on", "1", "010", "1_000", "0x1F", "1e3", "+1"]) {
      assert.deepStrictEqual(findings(yaml(`- name: ${scalar}\n`)), ["type", "type providers[0].name"], scalar)
    }
    assert.strictEqual(reason(yaml("- name: .nan\n")), "type")
    assert.isTrue(
      only(yaml("- tokenAttributes: {requireServiceAccount: yes}\n")).tokenAttributes?.requireServiceAccount
    )
  })

  it("CFG-47: ill-formed bytes are an error in YAML and U+FFFD in JSON", () => {
    const withBadByte = (text: string) => Uint8Array.from(bytes(text), (byte) => byte === 0x40 ? 0xff : byte)
    assert.strictEqual(reason(withBadByte(yaml("- name: \"@\"\n"))), "yaml")
    assert.strictEqual(only(withBadByte(json([{ name: "@" }]))).name, "\ufffd")
  })

  it("Kubernetes' binary form is named as such", () => {
    assert.strictEqual(reason("k8s\0\n\u0001"), "other")
  })
})

describe("ConfigDecoding: kind and apiVersion", () => {
  const meta = (kind: unknown, apiVersion: unknown) => reason(JSON.stringify({ kind, apiVersion }))

  it("CFG-50: the first pass takes any case and the last that is not null; the second only the exact one", () => {
    assert.deepStrictEqual(findings(`Kind: CredentialProviderConfig\napiVersion: ${v1}\n`), [
      "strict",
      "unknownField Kind"
    ])
    assert.deepStrictEqual(findings(`{"\u212aind": "CredentialProviderConfig", "apiVer\u017fion": "${v1}"}`), [
      "strict",
      "unknownField \u212aind",
      "unknownField apiVer\u017fion"
    ])
    assert.strictEqual(
      reason(`{"kind": "CredentialProviderConfig", "KIND": "x", "apiVersion": "${v1}"}`),
      "notRegistered"
    )
    assert.deepStrictEqual(
      findings(`{"kind": "CredentialProviderConfig", "KIND": null, "apiVersion": "${v1}"}`),
      ["strict", "unknownField KIND"]
    )
  })

  it("CFG-51: missing, malformed, of the wrong type; in the kubelet's order", () => {
    assert.strictEqual(meta(undefined, v1), "missingKind")
    assert.strictEqual(meta("", v1), "missingKind")
    assert.strictEqual(meta(undefined, undefined), "missingKind")
    for (const version of [undefined, "", "/", "a/"]) assert.strictEqual(meta("x", version), "missingVersion", version)
    assert.strictEqual(meta("x", "a/b/c"), "badGroupVersion")
    assert.strictEqual(meta(undefined, "a/b/c"), "badGroupVersion")
    assert.strictEqual(meta(5, "a/b/c"), "interpret")
    assert.strictEqual(meta("x", []), "interpret")
  })

  it("CFG-52: the exact group, version and kind", () => {
    for (const version of ["v1", "v1beta1", "v1alpha1"]) {
      assert.strictEqual(
        decoded(json([], `kubelet.config.k8s.io/${version}`)).apiVersion,
        `kubelet.config.k8s.io/${version}`
      )
    }
    for (const version of ["v1", "/v1", "kubelet.config.k8s.io/v2", "kubelet.config.k8s.io/V1", "foobar/v1alpha1"]) {
      assert.strictEqual(meta("CredentialProviderConfig", version), "notRegistered", version)
    }
    assert.strictEqual(meta("credentialproviderconfig", v1), "notRegistered")
  })

  it("CFG-53: other known kinds are read strictly, then refused", () => {
    assert.strictEqual(meta("KubeletConfiguration", "kubelet.config.k8s.io/v1beta1"), "wrongKind")
    assert.strictEqual(meta("KubeletConfiguration", v1), "notRegistered")
    assert.strictEqual(meta("CredentialProviderRequest", pluginV1), "wrongKind")
    assert.strictEqual(meta("Status", "any/thing"), "wrongKind")
    const response = `kind: CredentialProviderResponse\napiVersion: ${pluginV1}\n`
    assert.deepStrictEqual(findings(`${response}cacheKeyType: Image\nproviders: []\n`), [
      "strict",
      "unknownField providers"
    ])
    assert.deepStrictEqual(findings(`${response}cacheDuration: 5\nproviders: []\n`), [
      "type",
      "type cacheDuration",
      "unknownField providers"
    ])
    assert.deepStrictEqual(findings(`${response}cacheKeyType: a\ncacheKeyType: b\n`), [
      "strict",
      "duplicateKey cacheKeyType"
    ])
  })

  it("CFG-54: the version __internal has Go's names, and a warning", () => {
    const internal = "kubelet.config.k8s.io/__internal"
    const head = `kind: CredentialProviderConfig\napiVersion: ${internal}\n`
    const { providers, warnings } = decoded(
      `${head}Providers:\n- Name: a\n  MatchImages: [x.example]\n  DefaultCacheDuration: 1m\n  APIVersion: v\n  Args: [b]\n` +
        "  Env: [{Name: c, Value: d}, null]\n  TokenAttributes: {ServiceAccountTokenAudience: e, CacheType: f, " +
        "RequireServiceAccount: true, RequiredServiceAccountAnnotationKeys: [g]}\n"
    )
    const provider = providers?.[0]?.provider
    assert.deepStrictEqual(
      [provider?.name, provider?.matchImages, provider?.apiVersion, provider?.args],
      ["a", ["x.example"], "v", ["b"]]
    )
    assert.deepStrictEqual(provider?.env?.map(({ name, value }) => [name, Redacted.value(value)]), [["c", "d"], [
      "",
      ""
    ]])
    assert.deepStrictEqual({ ...provider?.tokenAttributes }, {
      serviceAccountTokenAudience: "e",
      cacheType: "f",
      requireServiceAccount: true,
      requiredServiceAccountAnnotationKeys: ["g"],
      optionalServiceAccountAnnotationKeys: undefined
    })
    assert.deepStrictEqual(warnings.map((warning) => warning.reason), ["internalVersion"])
    assert.deepStrictEqual(findings(`${head}providers: []\n`), ["strict", "unknownField providers"])
    assert.deepStrictEqual(findings(`${head}Providers: [{name: a, DefaultCacheDuration: x}]\n`), [
      "type",
      "type Providers[0].DefaultCacheDuration",
      "unknownField Providers[0].name"
    ])
  })
})

describe("ConfigDecoding: fields", () => {
  it("CFG-60: all unknown fields, in the order of JSON and in key order of YAML", () => {
    assert.deepStrictEqual(findings(json([{ y: 2 }, { z: 1, env: [{}, { a: 1 }] }]).replace("{", `{"x": 1, `)), [
      "strict",
      "unknownField x",
      "unknownField providers[0].y",
      "unknownField providers[1].z",
      "unknownField providers[1].env[1].a"
    ])
    assert.deepStrictEqual(findings(`${yaml("- zeta: 1\n  alpha: 2\n")}extra: 1\n`), [
      "strict",
      "unknownField extra",
      "unknownField providers[0].alpha",
      "unknownField providers[0].zeta"
    ])
  })

  it("CFG-60: keys that JavaScript treats specially are data", () => {
    const keys = ["__proto__", "constructor", "toString", "10", "2"]
    const members = keys.map((key) => `${JSON.stringify(key)}: {}`).join()
    assert.deepStrictEqual(
      findings(json([{}]).replace("{}", `{${members}}`)),
      ["strict", ...keys.map((key) => `unknownField providers[0].${key}`)]
    )
  })

  it("CFG-60: each path once, at most a hundred", () => {
    const many = Array.from({ length: 150 }, (_, index) => `"k${index}": 1, "k0": 2`).join()
    const found = findings(`{"kind": "CredentialProviderConfig", "apiVersion": "${v1}", ${many}}`)
    assert.strictEqual(found.length, 101)
    assert.strictEqual(found.filter((finding) => finding === "unknownField k0").length, 1)
  })

  it("CFG-61, CFG-66: names are case-sensitive, and there is no metadata", () => {
    assert.deepStrictEqual(findings(yaml("- matchimages: []\n")), ["strict", "unknownField providers[0].matchimages"])
    assert.deepStrictEqual(findings(`${yaml("  []\n")}metadata: {name: x}\n`), ["strict", "unknownField metadata"])
  })

  it("CFG-62: duplicate fields of JSON, with their path, among the unknown ones", () => {
    const text = `{"kind": "CredentialProviderConfig", "kind": "CredentialProviderConfig", "apiVersion": "${v1}",` +
      `"providers": [{"x": {"a": 1, "a": 2}, "name": "a", "name": "b", "name": "c"}]}`
    assert.deepStrictEqual(findings(text), [
      "strict",
      "duplicateField kind",
      "unknownField providers[0].x",
      "duplicateField providers[0].name"
    ])
  })

  it("CFG-62: duplicate keys of YAML, before the unknown fields, with their place", () => {
    const text = yaml("- name: a\n  args: [a]\n  x: {b: 1, b: 2}\n  args: [b]\n")
    assert.deepStrictEqual(findings(text), [
      "strict",
      "duplicateKey providers[0].x.b",
      "duplicateKey providers[0].args",
      "unknownField providers[0].x"
    ])
    assert.deepStrictEqual(places(text), ["6:13 providers[0].x.b", "7:3 providers[0].args", "6:3 providers[0].x"])
    assert.deepStrictEqual(failed(text).findings.map(({ key }) => key), ["b", "args", undefined])
    assert.deepStrictEqual(findings(yaml("- &x {name: a}\n- {<<: *x, name: b}\n")), [
      "strict",
      "duplicateKey providers[1].name"
    ])
  })

  it("CFG-62, CFG-63: what a later duplicate replaces is read too", () => {
    const duplicate = (first: string) =>
      findings(`{"kind": "CredentialProviderConfig", "apiVersion": "${v1}", "providers": ${first}, "providers": []}`)
    assert.deepStrictEqual(duplicate(`[{"name": "a"}, {"args": [5]}]`), [
      "type",
      "type providers[1].args[0]",
      "duplicateField providers"
    ])
    assert.deepStrictEqual(duplicate(`[{"env": [{}, {"x": 1}]}]`), [
      "strict",
      "unknownField providers[0].env[1].x",
      "duplicateField providers"
    ])
    assert.deepStrictEqual(duplicate(`[{"name": "a", "name": "b", "y": 1}]`), [
      "strict",
      "duplicateField providers[0].name",
      "unknownField providers[0].y",
      "duplicateField providers"
    ])
  })

  it("CFG-63: a wrong type makes the reason, but all that is wrong is found", () => {
    const text = json([{ x: 1, name: 5, args: ["a", true] }, "p", { defaultCacheDuration: "1d" }, { env: {} }])
    assert.deepStrictEqual(findings(text), [
      "type",
      "unknownField providers[0].x",
      "type providers[0].name",
      "type providers[0].args[1]",
      "type providers[1]",
      "type providers[2].defaultCacheDuration",
      "type providers[3].env"
    ])
    assert.deepStrictEqual(findings(yaml("- {name: a, name: b, args: [5], x: 1}\n")), [
      "type",
      "duplicateKey providers[0].name",
      "type providers[0].args[0]",
      "unknownField providers[0].x"
    ])
    for (const providers of ["{name: a}", "alpha", "5", "no"]) {
      assert.deepStrictEqual(findings(yaml(`  ${providers}\n`)), ["type", "type providers"])
    }
  })

  it("CFG-64, CFG-65: null is not set, null in a list is the zero value, nothing is defaulted", () => {
    for (const text of [json(null), `kind: CredentialProviderConfig\napiVersion: ${v1}\n`]) {
      assert.isUndefined(decoded(text).providers)
    }
    assert.deepStrictEqual(decoded(json([])).providers, [])
    const unset = {
      name: "",
      matchImages: undefined,
      defaultCacheDuration: undefined,
      apiVersion: "",
      args: undefined,
      env: undefined,
      tokenAttributes: undefined
    }
    const nulls = Object.fromEntries(Object.keys(unset).map((key) => [key, null]))
    for (const provider of [null, {}, nulls]) assert.deepStrictEqual({ ...only(json([provider])) }, unset)
    const lists = only(json([{ matchImages: [null, "a"], args: [], env: [null] }]))
    assert.deepStrictEqual([lists.matchImages, lists.args, lists.env?.[0]?.name], [["", "a"], [], ""])
    assert.deepStrictEqual({ ...only(json([{ tokenAttributes: {} }])).tokenAttributes }, {
      serviceAccountTokenAudience: "",
      cacheType: "",
      requireServiceAccount: undefined,
      requiredServiceAccountAnnotationKeys: undefined,
      optionalServiceAccountAnnotationKeys: undefined
    })
  })

  it("CFG-67: tokenAttributes are unknown before v1, even when null", () => {
    for (const version of ["v1beta1", "v1alpha1"]) {
      const text = yaml("- tokenAttributes: null\n", `kubelet.config.k8s.io/${version}`)
      assert.deepStrictEqual(findings(text), ["strict", "unknownField providers[0].tokenAttributes"])
    }
    assert.isUndefined(only(yaml("- tokenAttributes: null\n")).tokenAttributes)
  })

  it("CFG-70…72: durations are Go's, in text", () => {
    const duration = (value: unknown) => only(json([{ defaultCacheDuration: value }])).defaultCacheDuration
    assert.isTrue(Duration.equals(duration("1h30m") ?? Duration.zero, Duration.minutes(90)))
    assert.isTrue(Duration.equals(duration("-5m") ?? Duration.zero, Duration.negate(Duration.minutes(5))))
    assert.isUndefined(duration(null))
    for (const value of [0, 60, "", "10", "1d", " 1m", {}, true, []]) {
      assert.deepStrictEqual(findings(json([{ defaultCacheDuration: value }])), [
        "type",
        "type providers[0].defaultCacheDuration"
      ])
    }
  })
})

describe("ConfigDecoding: texts", () => {
  const said = (provider: string) => failed(yaml(`- ${provider}\n`)).message.replace(/^config:4:\d+: /, "")

  it("CFG-71: of a duration that lacks its unit, says so", () => {
    const path = "providers[0].defaultCacheDuration: expected a duration"
    assert.strictEqual(
      said("defaultCacheDuration: \"5\""),
      `${path} with a unit, such as "5m", found text in which a number lacks its unit`
    )
    assert.strictEqual(
      said("defaultCacheDuration: 5"),
      `${path} with a unit, in quotes, such as "10m" or "1h30m", found a number: add its unit`
    )
    assert.match(said("defaultCacheDuration: 1d"), / in the units h, .*, found text with another one or a space; there/)
    assert.match(said("defaultCacheDuration: soon"), / such as "10m" or "1h30m", found text that is none: /)
    assert.match(said("defaultCacheDuration: yes"), / found a boolean$/)
  })

  it("CFG-60: of an unknown field, says which one may be meant", () => {
    const meant = (field: string) => /did you mean (\w+)\?/.exec(said(`${field}: 1`))?.[1]
    assert.strictEqual(meant("matchImage"), "matchImages")
    assert.strictEqual(meant("mathcImages"), "matchImages")
    assert.strictEqual(meant("cacheDuration"), "defaultCacheDuration")
    assert.strictEqual(meant("APIVersoin"), "apiVersion")
    assert.isUndefined(meant("metadata"))
    assert.isUndefined(meant("en"))
    assert.isUndefined(meant(`name${"x".repeat(61)}`))
    const nearest = said("tokenAttributes: {requireServiceAccountAnnotationKeys: [a/b]}")
    assert.include(nearest, "did you mean requiredServiceAccountAnnotationKeys?")
  })

  it("CFG-60: offers no field that the object has already, but one that is null there", () => {
    const correct = "unknown field: correct its name or remove it"
    assert.include(said("{name: a, names: b}"), correct)
    assert.include(said("{name: a, Name: b}"), correct)
    assert.include(said("{matchImages: [a], matchImage: [b]}"), correct)
    assert.include(said("{name: null, names: b}"), "did you mean name?")
    assert.include(said("{name: null, Name: b}"), "write name, case matters")
    assert.include(said("{env: [{name: A, names: B}]}"), correct)
    const token = "{requiredServiceAccountAnnotationKeys: [a/b], requireServiceAccountAnnotationKeys: [a/b]}"
    assert.include(said(`tokenAttributes: ${token}`), "did you mean requireServiceAccount?")
  })
})

describe("ConfigDecoding: places", () => {
  const text = yaml("- name: a\n  matchImages: [5000]\n  args:\n  - ä\n  - on\n")

  it("line and column in YAML, with a byte order mark and CRLF as without", () => {
    const expected = ["5:17 providers[0].matchImages[0]", "8:5 providers[0].args[1]"]
    assert.deepStrictEqual(places(text), ["8:5 providers[0].args[1]", "5:17 providers[0].matchImages[0]"])
    assert.deepStrictEqual(places(bom + text).toSorted(), expected)
    assert.deepStrictEqual(places(text.replaceAll("\n", "\r\n")).toSorted(), expected)
    assert.deepStrictEqual(places(bom + text.replaceAll("\n", "\r")).toSorted(), expected)
  })

  it("line and column in JSON, with CRLF as without", () => {
    const pretty = JSON.stringify(
      { kind: "CredentialProviderConfig", apiVersion: v1, providers: [{ "ä": 1, x: "" }] },
      null,
      2
    )
    const expected = ["6:7 providers[0].ä", "7:7 providers[0].x"]
    assert.deepStrictEqual(places(pretty), expected)
    assert.deepStrictEqual(places(pretty.replaceAll("\n", "\r\n")), expected)
    assert.deepStrictEqual(places(`\n\n${pretty}`), ["8:7 providers[0].ä", "9:7 providers[0].x"])
  })

  it("a syntax error has one, too", () => {
    assert.deepStrictEqual(places("{\n  \"a\": 1,\n}"), ["2:9 "])
    assert.deepStrictEqual(places(`${bom}kind: a\r\n\tb: c\r\n`), ["2:1 "])
    assert.match(failed("{\n x}", "a/b.json").message, /^a\/b\.json:2:2: not valid JSON: ./)
    assert.match(failed("a:\n\t- b\n", "b.yaml").message, /^b\.yaml:2:1: not readable YAML: ./)
  })

  it("JSON pointers are escaped", () => {
    const [finding] = failed(json([{ "a/b": 1 }])).findings
    assert.strictEqual(finding?.location.pointer, "/providers/0/a~1b")
  })

  it("a message says what was expected and what to do, one line a finding", () => {
    assert.deepStrictEqual(failed(text, "f.yaml").message.split("\n"), [
      "f.yaml:5:17: providers[0].matchImages[0]: expected text, found a number: put it in quotes",
      "f.yaml:8:5: providers[0].args[1]: expected text, found a boolean " +
      "(YAML reads y, n, yes, no, on and off as booleans): put it in quotes"
    ])
    assert.match(failed(yaml("- MatchImages: []\n")).message, /unknown field: write matchImages, case matters$/)
    assert.isBelow(failed(json([{ ["x".repeat(10_000)]: 1 }])).message.length, 300)
  })
})

describe("ConfigDecoding: any input", () => {
  const fragments = Schema.Literals([
    "kind: CredentialProviderConfig\n",
    `apiVersion: ${v1}\n`,
    "providers:\n",
    "- name: a\n",
    "  args: [a, 1]\n",
    "  env: &e\n",
    "  - {name: a, value: *e}\n",
    "\"\\u",
    "{",
    "}",
    "[",
    ",",
    "\t",
    "\0",
    "---\n",
    ": ",
    "<<: *e\n",
    "!!binary x\n",
    "ä",
    "\ufeff"
  ])

  it.effect.prop(
    "no text makes it throw",
    { parts: Schema.Array(fragments) },
    ({ parts }) => Effect.sync(() => assert.isTrue(Result.isResult(decode(parts.join(""))))),
    { arbitrary: { runs: 300, size: 60 } }
  )

  it.effect.prop(
    "no bytes make it throw, and mutated configs neither",
    { at: Schema.Int, values: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))) },
    ({ at, values }) =>
      Effect.sync(() => {
        assert.isTrue(Result.isResult(ConfigDecoding.decode(Uint8Array.from(values))))
        for (const text of [json([valid("a")]), yaml("- name: a\n  args: [b]\n")]) {
          const mutated = bytes(text)
          mutated.set(values.slice(0, 8), Math.abs(at) % (mutated.length - 8))
          assert.isTrue(Result.isResult(ConfigDecoding.decode(mutated)))
        }
      }),
    { arbitrary: { runs: 200, size: 300 } }
  )

  it("depth costs no stack, repetition no time", () => {
    const head = `{"kind": "CredentialProviderConfig", "apiVersion": "${v1}"`
    for (const field of ["x", "providers"]) {
      const deep = `${head}, "${field}": ${"[".repeat(9_000)}${"]".repeat(9_000)}}`
      assert.strictEqual(reason(deep), field === "x" ? "strict" : "type")
    }
    const repeated = `${head}${", \"kind\": \"CredentialProviderConfig\"".repeat(5_000)}}`
    assert.deepStrictEqual(findings(repeated), ["strict", "duplicateField kind"])
  })
})

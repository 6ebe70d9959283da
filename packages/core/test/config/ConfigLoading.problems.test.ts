/** Everything that is wrong is told at once, as far as it can be: beside what the kubelet stops at, also what follows. */
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Layer } from "effect"
import { Digest } from "effect/crypto"
import * as ConfigLoading from "../../src/config/ConfigLoading.ts"
import { json, pluginV1, v1, valid, yaml } from "./documents.ts"

const services = Layer.mergeAll(NodeServices.layer, Digest.layerWebCrypto)

const restLine = "the rest of this file was not checked: mend this first"

/** What `load` says of these files, without the directory, and the explanations up to their first word or two. */
const told = Effect.fnUntraced(function*(
  files: Readonly<Record<string, string>> | string,
  options?: { readonly serviceAccountTokens: boolean }
) {
  const fs = yield* FileSystem.FileSystem
  const root = yield* fs.makeTempDirectoryScoped()
  for (const [name, text] of Object.entries(typeof files === "string" ? { "a.yaml": files } : files)) {
    yield* fs.writeFileString(`${root}/${name}`, text)
  }
  const error = yield* Effect.flip(ConfigLoading.load(root, options))
  const lines = error.message.replaceAll(`${root}/`, "").split("\n")
  return { error, lines, short: lines.map((line) => /^[^ ]+( [^ ]+:)?( \w+( \w+)?)?/.exec(line)?.[0] ?? line) }
})

const good = `matchImages: [a.example], defaultCacheDuration: 1m, apiVersion: ${pluginV1}`

const full = {
  ...valid("name-1"),
  args: ["x"],
  env: [{ name: "A", value: "b" }],
  tokenAttributes: {
    serviceAccountTokenAudience: "a",
    cacheType: "Token",
    requireServiceAccount: true,
    requiredServiceAccountAnnotationKeys: ["a/b"],
    optionalServiceAccountAnnotationKeys: ["a/c"]
  }
}

describe("ConfigLoading: all problems at once", () => {
  it.layer(services, { excludeTestServices: true })((it) => {
    it.effect("CFG-76: a name that is there twice hides nothing that validation finds, and is told once", () =>
      Effect.gen(function*() {
        const { error, short } = yield* told(
          yaml(`- name: a
  apiVersion: v2
  matchImages: []
  defaultCacheDuration: -1m
- name: a
  apiVersion: ${pluginV1}
  matchImages: ["registry.example:x"]
`)
        )
        assert.deepStrictEqual(short, [
          "a.yaml:5:15: providers[0].apiVersion: Unsupported value",
          "a.yaml:6:16: providers[0].matchImages: Required value",
          "a.yaml:7:25: providers[0].defaultCacheDuration: Invalid value",
          "a.yaml:8:3: providers[1].defaultCacheDuration: Required value",
          "a.yaml:8:9: providers[1].name: duplicate provider",
          "a.yaml:10:17: providers[1].matchImages[0]: Invalid value"
        ])
        assert(error._tag === "ConfigFilesInvalid")
        assert.deepStrictEqual(error.errors.map(({ _tag }) => _tag), ["DuplicateProviderName"])
        assert.deepStrictEqual(error.problems.map(({ rule }) => rule), [
          "CFG-88",
          "CFG-89",
          "CFG-92",
          "CFG-90",
          "CFG-91"
        ])
      }))

    it.effect("CFG-60, CFG-62: unknown fields and duplicate keys neither", () =>
      Effect.gen(function*() {
        const { short } = yield* told(
          yaml(`- name: a b
  zed: 1
  apiVersion: v1
  args: [x]
  args: [z]
  matchImages: [a.example]
  env: [{name: A, valu: b}]
`) + "metadata: {}\n"
        )
        assert.deepStrictEqual(short, [
          "a.yaml:4:3: providers[0].defaultCacheDuration: Required value",
          "a.yaml:4:9: providers[0].name: Invalid value",
          "a.yaml:5:3: providers[0].zed: unknown field",
          "a.yaml:6:15: providers[0].apiVersion: Unsupported value",
          "a.yaml:8:3: providers[0].args: this key",
          "a.yaml:10:19: providers[0].env[0].<hidden>: unknown field",
          "a.yaml:11:1: metadata: unknown field"
        ])
        const inJson = yield* told({
          "a.json": json([valid("a", { apiVersion: "v1" })]).replace("{", "{\"providers\":1,")
        })
        assert.deepStrictEqual(inJson.lines.map((line) => line.replace(/:\d+:.*?: /, " ").slice(0, 40)), [
          "a.json providers: expected a list of pro",
          "a.json providers: this field stands twic",
          "a.json providers[0].apiVersion: Unsuppor",
          "a.json: the rest of this file was not ch"
        ])
      }))

    it.effect("CFG-63: wrong types hide nothing of other fields, and what they hold is not told to be missing", () =>
      Effect.gen(function*() {
        const { error, short } = yield* told(
          yaml(`- name: 5
  matchImages: {a: b}
  apiVersion: v1
  defaultCacheDuration: "5"
- name: on
  matchImages: ["%", 7]
  apiVersion: [v1]
  defaultCacheDuration: -1s
  tokenAttributes: {serviceAccountTokenAudience: 3, cacheType: x, requireServiceAccount: "no"}
- text
`)
        )
        assert.deepStrictEqual(short, [
          "a.yaml:4:9: providers[0].name: expected text",
          "a.yaml:5:16: providers[0].matchImages: expected a",
          "a.yaml:6:15: providers[0].apiVersion: Unsupported value",
          "a.yaml:7:25: providers[0].defaultCacheDuration: expected a",
          "a.yaml:8:9: providers[1].name: expected text",
          "a.yaml:9:17: providers[1].matchImages[0]: Invalid value",
          "a.yaml:9:22: providers[1].matchImages[1]: expected text",
          "a.yaml:10:15: providers[1].apiVersion: expected text",
          "a.yaml:11:25: providers[1].defaultCacheDuration: Invalid value",
          "a.yaml:12:50: providers[1].tokenAttributes.serviceAccountTokenAudience: expected text",
          "a.yaml:12:64: providers[1].tokenAttributes.cacheType: Unsupported value",
          "a.yaml:12:90: providers[1].tokenAttributes.requireServiceAccount: expected true",
          "a.yaml:13:3: providers[2]: expected an"
        ])
        assert(error._tag === "ConfigFilesInvalid" && error.errors[0]._tag === "ConfigDecodeError")
        assert.strictEqual(error.errors[0].reason, "type")
      }))

    it.effect("an unknown field that may be meant for a known one leaves no gap", () =>
      Effect.gen(function*() {
        const fields = `matchimage: [a.example], cacheDuration: 1m, apiversion: ${pluginV1}`
        const { short } = yield* told({
          "1.yaml": yaml(`- {Name: a, ${fields}}\n- {Name: b, ${fields}}\n`),
          "2.yaml": yaml(
            `- {name: c, ${good}, cacheType: Token, tokenAttributes: {audience: x, requireserviceAccount: true}}\n`
          ),
          "3.yaml": `kind: CredentialProviderConfig\napiVersion: ${v1}\nprovider: []\n`
        })
        assert.deepStrictEqual(short.filter((line) => !line.endsWith("unknown field")), [`3.yaml: the rest`])
      }))

    it.effect("a field of providers that stands at the root leaves no gap in any of them, others do", () =>
      Effect.gen(function*() {
        const rest = `defaultCacheDuration: 1m, apiVersion: ${pluginV1}`
        const token = "tokenAttributes: {serviceAccountTokenAudience: a, requireServiceAccount: true}"
        const { short } = yield* told({
          "1.yaml": `${yaml(`- {name: a, ${rest}}\n- {name: b, ${rest}}\n`)}matchImages: [a.example]\n`,
          "2.yaml": `${yaml(`- {name: c, ${rest}}\n`)}matchimage: [a.example]\n`,
          "3.yaml": `${yaml(`- {name: d, ${good}, ${token}}\n`)}cacheType: Token\n`,
          "4.yaml": `${yaml(`- {name: e, ${rest}}\n`)}metadata: {matchImages: [a.example]}\n`
        })
        assert.deepStrictEqual(short, [
          "1.yaml:6:1: matchImages: unknown field",
          "2.yaml:5:1: matchimage: unknown field",
          "3.yaml:5:1: cacheType: unknown field",
          "4.yaml:4:3: providers[0].matchImages: Required value",
          "4.yaml:5:1: metadata: unknown field"
        ])
      }))

    it.effect("CFG-80: a field that may be meant for the list of providers leaves no gap", () =>
      Effect.gen(function*() {
        for (const field of ["provider", "Provider", "credentialProvider", "credentialProviders", "prvoiders"]) {
          const { short } = yield* told(`kind: CredentialProviderConfig\napiVersion: ${v1}\n${field}: []\n`)
          assert.deepStrictEqual(short, [`a.yaml:3:1: ${field}: unknown field`, "a.yaml: the rest"])
        }
      }))

    it.effect("CFG-62: of lists of providers, only the last is checked, and that is said", () =>
      Effect.gen(function*() {
        const lists = { first: [{ ...valid("a"), name: "a b" }], last: [{ ...valid("c"), name: "c d" }] }
        const twice = yield* told(
          yaml(`- {name: a b, ${good}}\nproviders:\n- {name: c d, ${good}}\n`)
        )
        assert.deepStrictEqual(twice.short, [
          "a.yaml:5:1: providers: this key",
          "a.yaml:6:10: providers[0].name: Invalid value",
          "a.yaml: the rest"
        ])
        const inJson = yield* told({
          "a.json": json(lists.last).replace("{", `{"providers":${JSON.stringify(lists.first)},`)
        })
        assert.deepStrictEqual(inJson.lines.map((line) => line.replace(/:\d+:.*?: /, " ").slice(0, 40)), [
          "a.json providers: this field stands twic",
          "a.json providers[0].name: Invalid value:",
          "a.json: the rest of this file was not ch"
        ])
        const empty = yield* told(yaml(`- {name: a, ${good}}\nproviders: []\n`))
        assert.deepStrictEqual(empty.short, ["a.yaml:5:1: providers: this key", "a.yaml: the rest"])
      }))

    it.effect("one slip, one finding: whichever value has a wrong type, whichever name is not quite right", () =>
      Effect.gen(function*() {
        const slips: ReadonlyArray<(key: string, value: unknown) => Readonly<Record<string, unknown>>> = [
          (key, value) => ({ [key]: typeof value === "object" ? 5 : { a: 1 } }),
          (key) => ({ [key]: key === "requireServiceAccount" ? "yes" : true }),
          (key, value) => ({ [key.toUpperCase()]: value }),
          (key, value) => ({ [`${key}s`]: value }),
          (key, value) => ({ [`x${key.slice(1)}`]: value })
        ]
        const broken = [full, full.tokenAttributes].flatMap((fields) =>
          Object.entries(fields).flatMap(([key, value]) =>
            slips.map((slip) => {
              const rest = Object.entries(fields).filter(([other]) => other !== key)
              const changed = { ...Object.fromEntries(rest), ...slip(key, value) }
              return fields === full ? changed : { ...full, tokenAttributes: changed }
            })
          )
        )
        for (const provider of broken) {
          const { lines } = yield* told({ "a.json": json([valid("other"), provider]) })
          assert.strictEqual(lines.length, 1, lines.join("\n"))
          assert.match(lines[0] ?? "", / (expected|unknown field) ?/)
        }
      }))

    it.effect("CFG-67, CFG-93, CFG-96: what depends on a value that could not be read is not judged", () =>
      Effect.gen(function*() {
        const token = "{serviceAccountTokenAudience: a, cacheType: Token, requireServiceAccount: false}"
        const provider = (more: string) =>
          yaml(`- {name: a, matchImages: [a.example], defaultCacheDuration: 1m, ${more}}\n`)
        const one = yield* told(provider(`apiVersion: 5, tokenAttributes: ${token}`))
        assert.deepStrictEqual(one.short.length, 1)
        const keys = "requiredServiceAccountAnnotationKeys: [5], optionalServiceAccountAnnotationKeys: [true]"
        const two = yield* told(
          provider(`apiVersion: ${pluginV1}, tokenAttributes: ${token.replace("}", `, ${keys}}`)}`),
          { serviceAccountTokens: false }
        )
        assert.deepStrictEqual(two.short.map((line) => line.replace(/^.*tokenAttributes/, "")), [
          ": Forbidden",
          ".requiredServiceAccountAnnotationKeys: Forbidden",
          ".requiredServiceAccountAnnotationKeys[0]: expected text",
          ".optionalServiceAccountAnnotationKeys[0]: expected text"
        ])
      }))

    it.effect("CFG-30…53: what can't be checked is said, other files are", () =>
      Effect.gen(function*() {
        const { error, lines } = yield* told({
          "1.json": "{\"kind\": ",
          "2.yaml": "a: [",
          "3.yaml": `kind: CredentialProviderConfig\nproviders: [{typo: 1}]\n`,
          "4.yaml": `kind: CredentialProviderConfig\napiVersion: ${v1}a\n`,
          "5.yaml": "kind: KubeletConfiguration\napiVersion: kubelet.config.k8s.io/v1beta1\nproviders: 1\n",
          "6.yaml": "kind: 5\n",
          "7.yaml": yaml("  a: b\n"),
          "8.yaml": yaml(`- {name: a b, ${good}}\n`)
        })
        const rest = lines.filter((line) => line.endsWith(restLine))
        assert.deepStrictEqual(rest, [1, 2, 3, 4, 5, 6, 7].map((n) => `${n}.${n === 1 ? "json" : "yaml"}: ${restLine}`))
        for (const line of rest) {
          const next = lines[lines.indexOf(line) + 1]
          assert.notStrictEqual(next?.slice(0, 6), line.slice(0, 6), "the last of its file")
        }
        assert.match(lines.at(-1) ?? "", /^8\.yaml:4:10: providers\[0\]\.name: Invalid value/)
        assert(error._tag === "ConfigFilesInvalid")
        assert.strictEqual(error.errors.length, 7)
      }))

    it.effect("CFG-80: no provider is told if all files could be read, and only then", () =>
      Effect.gen(function*() {
        const none = `kind: CredentialProviderConfig\napiVersion: ${v1}\n`
        const { short } = yield* told({ "a.yaml": `${none}metadata: {}\n` })
        assert.deepStrictEqual(short, ["a.yaml:3:1: metadata: unknown field", "providers: Required value"])
        const broken = yield* told({ "a.yaml": none, "b.yaml": "a: [" })
        assert.deepStrictEqual(broken.lines.length, 2)
      }))

    it.effect("findings come in the order of the lines, files in that of loading", () =>
      Effect.gen(function*() {
        const { short } = yield* told({
          "b.yaml": yaml(`- {name: b/b, ${good}}\n`),
          "a.yaml": yaml(`- name: x
  matchImages: ["%"]
  defaultCacheDuration: -1s
  apiVersion: v1
`)
        })
        assert.deepStrictEqual(short.map((line) => line.split(" ")[0]), [
          "a.yaml:5:17:",
          "a.yaml:6:25:",
          "a.yaml:7:15:",
          "b.yaml:4:10:"
        ])
      }))

    it.effect("more than can be listed: says that there may be more", () =>
      Effect.gen(function*() {
        const many = json(Array.from({ length: 150 }, (_, n) => ({ ...valid(`p${n}`), x: 1 })))
        const { lines } = yield* told({ "a.json": many })
        assert.strictEqual(lines.length, 101)
        assert.strictEqual(lines.at(-1), `a.json: ${restLine}`)
      }))

    it.effect("values of env are in none of it", () =>
      Effect.gen(function*() {
        const { error } = yield* told(
          yaml(`- name: 5
  env: [{name: A, value: hunter2}, {name: B, value: 1, "value:hunter2": 1}]
  args: [hunter2, 5]
  apiVersion: v1
  token: hunter2
`)
        )
        assert.notInclude(`${error.message}\n${JSON.stringify(error)}`, "hunter2")
      }))
  })
})

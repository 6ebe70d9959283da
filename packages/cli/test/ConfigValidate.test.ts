/** `credlet config validate` as its users see it. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import { config, credlet, directory, oneByOne, provider } from "./support/credlet.ts"

const validate = (dir: string, path: string) => credlet(dir, ["config", "validate", path])

describe("credlet config validate", oneByOne, () => {
  it.live("lists what is in a valid config, with warnings", () =>
    Effect.gen(function*() {
      const dir = yield* directory({
        "providers.yaml": `\
apiVersion: kubelet.config.k8s.io/v1
kind: CredentialProviderConfig
providers:
  - name: ecr-credential-provider
    apiVersion: credentialprovider.kubelet.k8s.io/v1
    defaultCacheDuration: 12h
    matchImages:
      - "*.dkr.ecr.*.amazonaws.example"
      - "https://registry.example/team"
  - name: acr
    apiVersion: credentialprovider.kubelet.k8s.io/v1beta1
    defaultCacheDuration: "0"
    matchImages: ["*.azurecr.example:5000/x"]
  - name: workload-identity
    apiVersion: credentialprovider.kubelet.k8s.io/v1
    defaultCacheDuration: 90s
    matchImages: ["*.pkg.example"]
    tokenAttributes: {serviceAccountTokenAudience: registry, cacheType: Token, requireServiceAccount: yes}
`
      })
      assert.deepStrictEqual(yield* validate(dir, "providers.yaml"), {
        exitCode: 0,
        stdout: `\
providers.yaml is valid
  PROVIDER                 API      CACHE    SERVICE ACCOUNT  IMAGES
  ecr-credential-provider  v1       12h0m0s  no               *.dkr.ecr.*.amazonaws.example
                                                              https://registry.example/team
  acr                      v1beta1  0s       no               *.azurecr.example:5000/x
  workload-identity        v1       1m30s    required         *.pkg.example

  hash   sha256:c01bd29940f07b7614669d10376098fcc4e2d3035f13056717d90c8fb8699cd5
`,
        stderr:
          "warning: providers.yaml:9:9: providers[0].matchImages[1]: \"https://registry.example/team\": a pattern " +
          "with a scheme matches no image: write the registry alone, as registry.example/path\n"
      })
    }))

  it.live("CFG-15, CFG-21: names the files of a directory in the order in which they are read", () =>
    Effect.gen(function*() {
      const dir = yield* directory({
        "d/20-b.yaml": config(provider("b", ["b.example"])),
        "d/10-a.json": config(provider("a", ["a.example"])),
        "d/README.md": "ignored"
      })
      const run = yield* validate(dir, "d")
      assert.deepStrictEqual([run.exitCode, run.stderr], [0, ""])
      assert.match(
        run.stdout,
        /^d is valid\n.*\n {2}a .*\n {2}b .*\n\n {2}files {2}d\/10-a\.json\n {9}d\/20-b\.yaml\n {2}hash {3}sha256:[0-9a-f]{64}\n$/
      )
    }))

  it.live("CFG-80…109: reports all problems with file, line and column", () =>
    Effect.gen(function*() {
      const dir = yield* directory({
        "providers.yaml": `\
apiVersion: kubelet.config.k8s.io/v1
kind: CredentialProviderConfig
providers:
  - name: a/b
    apiVersion: credentialprovider.kubelet.k8s.io/v2
    defaultCacheDuration: -1m
    matchImages: ["registry.example:x"]
    env: [{name: API_KEY, value: hunter2}]
  - name: c
    matchImages: []
`
      })
      const run = yield* validate(dir, "{dir}/providers.yaml")
      assert.deepStrictEqual([run.exitCode, run.stdout], [1, ""])
      assert.deepStrictEqual(places(run.stderr), [
        "error: {dir}/providers.yaml: the kubelet would not start with this config",
        "error: {dir}/providers.yaml:4:11: providers[0].name",
        "error: {dir}/providers.yaml:5:17: providers[0].apiVersion",
        "error: {dir}/providers.yaml:6:27: providers[0].defaultCacheDuration",
        "error: {dir}/providers.yaml:7:19: providers[0].matchImages[0]",
        "error: {dir}/providers.yaml:9:5: providers[1].apiVersion",
        "error: {dir}/providers.yaml:9:5: providers[1].defaultCacheDuration",
        "error: {dir}/providers.yaml:10:18: providers[1].matchImages"
      ])
      assert.notInclude(run.stderr, "hunter2")
    }))

  it.live("CFG-17: reports all that is wrong with all files, and quotes no value", () =>
    Effect.gen(function*() {
      const dir = yield* directory({
        "d/1.yaml": Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0xff, 0xfe]),
        "d/2.yaml": config(provider("a", ["a.example"], { enviroment: "hunter2" })),
        "d/3.json": "{\"apiVersion\": \"kubelet.config.k8s.io/v1\", \"password\": \"hunter2\"",
        "d/4.yaml": config(provider("a", ["a.example"], { env: [{ name: "x", value: 2 }] })),
        "d/5.yaml/file": ""
      })
      yield* Effect.promise(() => Fs.symlink("5.yaml", Path.join(dir, "d/6.yaml")))
      yield* Effect.promise(() => Fs.symlink("7.yaml", Path.join(dir, "d/7.yaml")))
      const run = yield* validate(dir, "d")
      assert.deepStrictEqual([run.exitCode, run.stdout], [1, ""])
      assert.deepStrictEqual(places(run.stderr), [
        "error: d: the kubelet would not start with this config",
        "error: d/1.yaml:1:1: not readable YAML",
        "error: d/1.yaml: the rest of this file was not checked",
        "error: d/2.yaml:12:7: providers[0].enviroment",
        "error: d/3.json:1:65: not valid JSON",
        "error: d/3.json: the rest of this file was not checked",
        "error: d/4.yaml:6:15: providers[0].name",
        "error: d/4.yaml:15:20: providers[0].env[0].value",
        "error: d/6.yaml: the config file can't be read",
        "error: d/7.yaml: the config file can't be read"
      ])
      assert.notInclude(run.stderr, "hunter2")
    }))

  it.live("CFG-10, CFG-16: says what is wrong with the path", () =>
    Effect.gen(function*() {
      const dir = yield* directory({ "d/providers.conf": "" })
      assert.deepStrictEqual(yield* validate(dir, "nowhere.yaml"), {
        exitCode: 1,
        stdout: "",
        stderr:
          "error: nowhere.yaml: the config is not accessible: it does not exist, or is a link to something that does " +
          "not\n"
      })
      assert.deepStrictEqual(yield* validate(dir, "d"), {
        exitCode: 1,
        stdout: "",
        stderr:
          "error: d: no config files in this directory: their names must end in .json, .yaml or .yml, in lower case\n"
      })
    }))
})

/** Where and at what, without the explanations, which are the business of the config's own tests. */
const places = (stderr: string): ReadonlyArray<string> =>
  stderr.trimEnd().split("\n").map((line) => /^error: [^ ]+: [^:]*/.exec(line)?.[0] ?? line)

/** What people see of a kubeconfig that can't be used, and what nobody may see. */
import * as KubeConfig from "@credlet/kubernetes/KubeConfig"
import { KubeConfigError } from "@credlet/kubernetes/KubeConfigError"
import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Result, Schema } from "effect"
import { join, relative } from "node:path"
import { inspect } from "node:util"
import * as KubeConfigFile from "../src/internal/KubeConfigFile.ts"
import * as Certificates from "./kubeconfig/certificates.ts"
import { config, connect, withFiles } from "./kubeconfig/files.ts"
import { directory, surroundings } from "./kubeconfig/run.ts"

const errorOf = Effect.fnUntraced(function*(content: string, more: Readonly<Record<string, string>> = {}) {
  const { dir } = yield* withFiles({ config: content, ...more })
  const error = yield* Effect.flip(connect(dir))
  return { error, message: error.message.replaceAll(dir, "") }
})

const lines = (...all: ReadonlyArray<string>) => `${all.join("\n")}\n`

const good = [
  "clusters:",
  "- name: c",
  "  cluster: {server: 'https://cluster.example'}",
  "users:",
  "- name: u",
  "  user: {token: t}"
]

describe("messages", () => {
  const cases: ReadonlyArray<readonly [title: string, content: string, message: string]> = [
    [
      "KUBE-5: no current-context",
      lines(...good, "contexts:", "- {name: a, context: {cluster: c, user: u}}", "- {name: b, context: {cluster: c}}"),
      `/config: current-context is not set: choose one of "a", "b"`
    ],
    [
      "KUBE-5: an unknown current-context",
      lines(...good, "current-context: z", "contexts:", "- {name: a, context: {cluster: c, user: u}}"),
      `/config: context "z": current-context names it, but there are "a"`
    ],
    [
      "KUBE-5: an unknown user",
      lines(...good, "current-context: a", "contexts:", "- name: a", "  context: {cluster: c, user: nobody}"),
      `/config:9:3: context "a": names the user "nobody", which is in no file`
    ],
    [
      "KUBE-5: an unknown cluster",
      lines(...good, "current-context: a", "contexts:", "- {name: a, context: {cluster: d, user: u}}"),
      `/config:9:3: context "a": names the cluster "d", which is in no file`
    ],
    [
      "KUBE-3: a wrong type",
      lines(...good, "contexts: {a: b}"),
      "/config:7:11: contexts has the wrong type: expected a list"
    ],
    [
      "KUBE-3: a wrong type in depth",
      lines("users:", "- name: u", "  user:", "    as-user-extra: {CANARY: [1]}"),
      "/config:4:30: users[0].user.as-user-extra.<hidden>[0] has the wrong type: expected text (numbers and words such as yes or off need quotes)"
    ],
    [
      "KUBE-3: not base64",
      lines("clusters:", "- name: u", "  cluster: {certificate-authority-data: '?'}"),
      "/config:3:41: clusters[0].cluster.certificate-authority-data has the wrong type: expected base64 with padding"
    ],
    [
      "KUBE-3: broken YAML",
      lines("users:", "- name: [u"),
      "/config:2:9: this is not readable YAML: a closing bracket or brace is missing, or a comma before this place"
    ],
    [
      "KUBE-3: a list",
      "[]",
      "/config:1:1: this is no kubeconfig: expected a mapping with clusters, users and contexts"
    ],
    [
      "KUBE-3: another kind",
      lines("apiVersion: v1", "kind: Secret"),
      `/config:2:7: this is no kubeconfig: kind must be "Config", not "Secret"`
    ],
    [
      "KUBE-3: HTML",
      "\n <!doctype html><p>Sign in",
      "/config: this is an HTML or XML page, such as a login page saved in the place of a kubeconfig"
    ],
    ["KUBE-3: a binary file", "\u0000\u0001", "/config: this is a binary file, not a kubeconfig"],
    ["KUBE-15: nothing in it", "", "/config: this kubeconfig has no contexts"]
  ]
  for (const [title, content, message] of cases) {
    it.effect(title, () =>
      Effect.map(errorOf(content), (given) => {
        assert.instanceOf(given.error, KubeConfigError)
        assert.strictEqual(given.message, message)
      }))
  }

  it.effect("KUBE-1: neither KUBECONFIG nor a home directory", () =>
    Effect.gen(function*() {
      const dir = yield* directory
      const error = yield* Effect.flip(
        Effect.provide(KubeConfig.make(), surroundings(dir, { HOME: "" }), { local: true })
      )
      assert.strictEqual(error.message, "there is no kubeconfig: set KUBECONFIG or write ~/.kube/config")
      assert.strictEqual(error.reason, "NoConfiguration")
    }))

  it.effect("KUBE-1: a file that is a directory, or none at all", () =>
    Effect.gen(function*() {
      const { dir } = yield* withFiles({ "config/there": "" })
      const error = yield* Effect.flip(connect(dir))
      assert.strictEqual(error.reason, "FileUnreadable")
      assert.strictEqual(
        error.message,
        `${dir}/config: this kubeconfig can't be read: it is a directory where a file should be`
      )
      const nothing = yield* Effect.provide(KubeConfig.make({ path: "/dev/null" }), surroundings(dir)).pipe(Effect.flip)
      assert.strictEqual(nothing.reason, "NoConfiguration")
    }))

  it.effect("a context is asked for that is not there", () =>
    Effect.gen(function*() {
      const { dir } = yield* withFiles({ config: config({}) })
      const error = yield* Effect.flip(connect(dir, { context: "y" }))
      assert.strictEqual(error.message, `${dir}/config: context "y": it was asked for, but there are "x"`)
    }))
})

const canary = "c4nary-8f3a"

const printed = (value: unknown): string =>
  [
    String(value),
    inspect(value, { depth: Infinity, showHidden: true }),
    JSON.stringify(value),
    Cause.pretty(Cause.fail(value)),
    value instanceof Error ? `${value.message} ${value.stack} ${inspect(value.cause)}` : ""
  ].join("\n")

describe("no secret is in an error", () => {
  const base64 = Buffer.from(canary).toString("base64")
  const exec = (fields: object) => ({
    exec: { command: "plugin", apiVersion: "client.authentication.k8s.io/v1", interactiveMode: "Never", ...fields }
  })
  const certificate = { "client-certificate-data": Buffer.from(Certificates.clientCertificate).toString("base64") }
  const contents: Readonly<Record<string, string>> = {
    "broken YAML": `users: [{user: {token: "${canary}`,
    "a key twice": `${canary}: 1\n${canary}: 2`,
    "no kubeconfig": canary,
    "another kind": `kind: ${canary} ${canary}`,
    HTML: `<html>${canary}`,
    "a name twice": config({}).replace("\"users\": [", `"users": [{"name": "u", "user": {"token": "${canary}"}}, `),
    "a wrong type": config({ token: [canary] }),
    "a wrong type below a key": config({ "auth-provider": { config: { [canary]: 1 } } }),
    "not base64": config({ "client-key-data": `?${canary}` }),
    "a token and a name": config({ token: canary, username: canary, password: canary }),
    "a password alone": config({ password: canary }),
    "a token with a line break": config({ token: `${canary}\n` }),
    "a userinfo": config({}, { server: `https://u:${canary}@cluster.example` }),
    "a strange server": config({}, { server: `${canary}` }),
    "a proxy": config({}, { "proxy-url": `ftp://u:${canary}@proxy.example` }),
    "a token over http": config({ token: canary }, { server: "http://cluster.example" }),
    "a key that is none": config({ ...certificate, "client-key-data": base64 }),
    "an authority that is none": config({}, { "certificate-authority-data": base64 }),
    "oidc": config({
      "auth-provider": {
        name: "oidc",
        config: { "idp-issuer-url": "i", "client-id": "c", "id-token": canary, "refresh-token": canary }
      }
    }),
    "an extra value": config({ token: canary, as: "a", "as-user-extra": { k: [`${canary}\n`] } }),
    "exec without a version": config(exec({ apiVersion: canary })),
    "exec, Always": config(exec({ args: [canary], env: [{ name: "E", value: canary }], interactiveMode: "Always" }))
  }
  for (const [title, content] of Object.entries(contents)) {
    it.effect(title, () =>
      Effect.map(errorOf(content), ({ error }) => {
        assert.notInclude(printed(error), canary)
        assert.notInclude(printed(error), base64)
      }))
  }

  const plugins: Readonly<Record<string, string>> = {
    "a plugin that fails": `echo ${canary}; echo ${canary} >&2; exit 1`,
    "a plugin that dies": `echo ${canary}; kill -9 $$`,
    "a plugin that answers text": `echo ${canary}`,
    "a plugin that answers half": `echo '{"kind": "${canary}'`,
    "a plugin that answers a wrong type": `echo '{"kind":"ExecCredential","status":{"token":["${canary}"]}}'`,
    "a plugin that answers another kind": `echo '{"kind":"${canary}"}'`,
    "a plugin that answers another version": `echo '{"kind":"ExecCredential","apiVersion":"${canary}"}'`
  }
  for (const [title, plugin] of Object.entries(plugins)) {
    it.effect(title, () =>
      Effect.gen(function*() {
        const { dir } = yield* withFiles({
          config: config(exec({ args: [canary], env: [{ name: "E", value: canary }] })),
          "bin/plugin": `#!/bin/sh\n${plugin}\n`
        })
        const connection = yield* connect(dir)
        assert.notInclude(printed(yield* Effect.flip(connection.credentials)), canary)
        assert.notInclude(printed(connection), canary)
      }))
  }

  it.effect("nor in a connection, or in credentials", () =>
    Effect.gen(function*() {
      const { dir } = yield* withFiles({
        config: config({ tokenFile: "token" }, { "proxy-url": `http://u:${canary}@proxy.example` }),
        token: canary
      })
      const connection = yield* connect(dir)
      assert.notInclude(printed(connection), canary)
      assert.notInclude(printed(yield* connection.credentials), canary)
      assert.strictEqual((yield* connection.credentials).authorization?.toString(), "<redacted>")
      assert.strictEqual(connection.namespace, "default")
    }))
})

describe("any text", () => {
  it.effect.prop(
    "is read or refused with a place, never thrown at",
    { text: Schema.String, at: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 400 })) },
    ({ at, text }) =>
      Effect.sync(() => {
        const whole = config({ token: canary, as: "a", "as-groups": ["g"] })
        const bytes = new TextEncoder().encode(whole.slice(0, at) + text + whole.slice(at + text.length))
        const result = KubeConfigFile.parse(bytes, "config")
        if (Result.isSuccess(result)) return
        assert.instanceOf(result.failure, KubeConfigError)
        assert.notInclude(printed(result.failure), canary)
      }),
    { arbitrary: { runs: 300 } }
  )
})

describe("paths", () => {
  it.effect("KUBE-1: an explicit path may be relative", () =>
    Effect.gen(function*() {
      const { dir } = yield* withFiles({ config: config({ tokenFile: "token" }), token: "t" })
      yield* Effect.provide(
        KubeConfig.make({ path: relative(process.cwd(), join(dir, "config")) }),
        surroundings(dir),
        { local: true }
      )
    }))
})

import * as InCluster from "@credlet/kubernetes/InCluster"
import * as KubeConfig from "@credlet/kubernetes/KubeConfig"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock, TestConsole } from "effect/testing"
import { join } from "node:path"
import * as Certificates from "./kubeconfig/certificates.ts"
import { config, header, withFiles } from "./kubeconfig/files.ts"
import { surroundings } from "./kubeconfig/run.ts"

const pod = { KUBERNETES_SERVICE_HOST: "10.0.0.1", KUBERNETES_SERVICE_PORT: "443" }
const files = { "sa/token": "one\n", "sa/ca.crt": Certificates.authority, "sa/namespace": "team\n" }

const connectIn = (dir: string, env: Readonly<Record<string, string>> = pod) =>
  Effect.provide(InCluster.make({ directory: join(dir, "sa") }), surroundings(dir, env), { local: true })

describe("InCluster", () => {
  it.effect("INC-1, INC-2, INC-3: address, authority, namespace and token of the pod", () =>
    Effect.gen(function*() {
      const { dir } = yield* withFiles(files)
      const connection = yield* connectIn(dir)
      assert.strictEqual(connection.server, "https://10.0.0.1:443")
      assert.strictEqual(connection.namespace, "team")
      assert.strictEqual(yield* connection.tls.authority, Certificates.authority)
      assert.strictEqual(yield* header(connection), "Bearer one")
      assert.deepStrictEqual(connection.impersonation, [])
    }))

  it.effect("INC-2: an IPv6 host is put into brackets", () =>
    Effect.gen(function*() {
      const { dir } = yield* withFiles(files)
      const connection = yield* connectIn(dir, { ...pod, KUBERNETES_SERVICE_HOST: "fd00::1" })
      assert.strictEqual(connection.server, "https://[fd00::1]:443")
    }))

  for (
    const [host, port] of [
      ["bad host", "443"],
      ["10.0.0.1", "tcp://1"],
      ["10.0.0.1", "70000"],
      ["10.0.0.1/path", "443"],
      ["10.0.0.1", "443/path"],
      ["10.0.0.1", "443?a"],
      ["10.0.0.1#", "443"],
      ["canary@10.0.0.1", "443"],
      ["[fd00::1]", "443"]
    ] as const
  ) {
    it.effect(`INC-2: ${host} and ${port} are no address: an error that names the variables`, () =>
      Effect.gen(function*() {
        const { dir } = yield* withFiles(files)
        const error = yield* Effect.flip(
          connectIn(dir, { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port })
        )
        assert.strictEqual(error.reason, "InvalidServer")
        assert.include(error.message, "KUBERNETES_SERVICE_HOST")
        assert.include(error.message, "KUBERNETES_SERVICE_PORT")
        assert.notInclude(error.message, "canary")
      }))
  }

  for (const missing of ["KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"]) {
    it.effect(`INC-1: without ${missing} this is no pod`, () =>
      Effect.gen(function*() {
        const { dir } = yield* withFiles(files)
        assert.strictEqual((yield* Effect.flip(connectIn(dir, { ...pod, [missing]: "" }))).reason, "NotInCluster")
      }))
  }

  it.effect("INC-3: the token must be readable at the start, and not empty", () =>
    Effect.gen(function*() {
      const { dir, put } = yield* withFiles({ "sa/ca.crt": Certificates.authority })
      assert.strictEqual((yield* Effect.flip(connectIn(dir))).reason, "ReferenceUnreadable")
      yield* put({ "sa/token": "\n" })
      assert.strictEqual((yield* Effect.flip(connectIn(dir))).reason, "InvalidToken")
    }))

  for (const [what, more] of [["no ca.crt", {}], ["a ca.crt that is none", { "sa/ca.crt": "x" }]] as const) {
    it.effect(`INC-3: ${what} is logged, and the system's authorities are trusted`, () =>
      Effect.gen(function*() {
        const { dir } = yield* withFiles({ "sa/token": "one", ...more })
        const connection = yield* connectIn(dir)
        assert.isUndefined(yield* connection.tls.authority)
        assert.strictEqual(connection.namespace, "default")
        assert.include((yield* TestConsole.logLines).join(" "), "the system's certificate authorities are trusted")
      }))
  }

  it.effect("INC-4, INC-5: the token is read again after 50 seconds; the last one stays if it can't be", () =>
    Effect.gen(function*() {
      const { dir, put } = yield* withFiles(files)
      const connection = yield* connectIn(dir)
      yield* put({ "sa/token": "two" })
      yield* TestClock.adjust("49 seconds")
      assert.strictEqual(yield* header(connection), "Bearer one")
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* header(connection), "Bearer two")
      yield* put({ "sa/token": "" })
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(yield* header(connection), "Bearer two")
      yield* put({ "sa/token": "three" })
      assert.strictEqual(yield* header(connection), "Bearer three")
    }))

  it.effect("INC-6, stricter: a refusal reads the token at once", () =>
    Effect.gen(function*() {
      const { dir, put } = yield* withFiles(files)
      const connection = yield* connectIn(dir)
      const used = yield* connection.credentials
      yield* put({ "sa/token": "two" })
      assert.isTrue(yield* connection.refused(used))
      assert.strictEqual(yield* header(connection), "Bearer two")
    }))
})

describe("KubeConfig.makeOrInCluster", () => {
  const connect = (dir: string, env: Readonly<Record<string, string>>) =>
    Effect.provide(
      KubeConfig.makeOrInCluster({ inCluster: { directory: join(dir, "sa") } }),
      surroundings(dir, env),
      { local: true }
    )

  it.effect("KUBE-15: a kubeconfig is used where there is one", () =>
    Effect.gen(function*() {
      const { dir } = yield* withFiles({ ...files, "home/.kube/config": config({ token: "t" }) })
      assert.strictEqual((yield* connect(dir, pod)).server, "https://cluster.example:6443")
    }))

  it.effect("KUBE-15: without one, or a context in it, the pod's", () =>
    Effect.gen(function*() {
      const { dir, put } = yield* withFiles(files)
      assert.strictEqual((yield* connect(dir, pod)).server, "https://10.0.0.1:443")
      yield* put({ "home/.kube/config": config({ token: "t" }).replace("\"current-context\": \"x\"", "\"a\": 1") })
      assert.strictEqual((yield* connect(dir, pod)).server, "https://10.0.0.1:443")
    }))

  it.effect("KUBE-15: elsewhere, the kubeconfig's error", () =>
    Effect.gen(function*() {
      const { dir } = yield* withFiles(files)
      assert.strictEqual((yield* Effect.flip(connect(dir, {}))).reason, "NoConfiguration")
      const bare = yield* withFiles({})
      assert.strictEqual((yield* Effect.flip(connect(bare.dir, pod))).reason, "NoConfiguration")
    }))

  it.effect("KUBE-15: a kubeconfig that is wrong is no reason to use the pod's", () =>
    Effect.gen(function*() {
      const { dir } = yield* withFiles({ ...files, "home/.kube/config": config({ token: 1 }) })
      assert.strictEqual((yield* Effect.flip(connect(dir, pod))).reason, "WrongType")
    }))
})

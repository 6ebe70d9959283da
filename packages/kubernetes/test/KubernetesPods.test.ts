import * as PullSecret from "@credlet/core/credential/PullSecret"
import { PodIdentity } from "@credlet/core/identity/PodIdentity"
import * as ApiServer from "@credlet/kubernetes/ApiServer"
import * as KubernetesPods from "@credlet/kubernetes/KubernetesPods"
import { FakeApiServer } from "@credlet/testing"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted, Result } from "effect"
import { inspect } from "node:util"
import * as Cluster from "./fakeCluster.ts"
import { connection, start } from "./scriptedServer.ts"

const password = "canary-password-91c"
const type = "kubernetes.io/dockerconfigjson"
const data = { ".dockerconfigjson": `{"auths":{"registry.example.com":{"username":"u","password":"${password}"}}}` }

const setUp = Effect.fnUntraced(function*(rules: ReadonlyArray<FakeApiServer.Rule> = FakeApiServer.administrator) {
  const { api, fake } = yield* Cluster.make(rules)
  const pods = yield* Effect.provideService(KubernetesPods.make, ApiServer.ApiServer, api)
  return { fake, pods }
})

describe("a pod", () => {
  it.effect("SA-2: its identity, and the names of its pull secrets in order", () =>
    Effect.gen(function*() {
      const { fake, pods } = yield* setUp()
      const uid = yield* fake.setPod({
        namespace: "team",
        name: "web",
        serviceAccountName: "app",
        imagePullSecrets: ["b", "a"]
      })
      const pod = yield* pods.get("team", "web")
      assert.deepStrictEqual(
        pod.identity,
        new PodIdentity({ namespace: "team", podName: "web", podUid: uid, serviceAccountName: "app" })
      )
      assert.deepStrictEqual(pod.imagePullSecrets, ["b", "a"])
    }))

  it.effect("SA-3: a static pod has no service account", () =>
    Effect.gen(function*() {
      const { fake, pods } = yield* setUp()
      yield* fake.setPod({ namespace: "kube-system", name: "etcd", serviceAccountName: "" })
      const pod = yield* pods.get("kube-system", "etcd")
      assert.strictEqual(pod.identity.serviceAccountName, "")
      assert.deepStrictEqual(pod.imagePullSecrets, [])
      assert.deepStrictEqual(yield* pods.pullSecrets(pod, { ofServiceAccount: true }), { secrets: [], missing: [] })
    }))

  it.effect("not there, forbidden, no name, or another one: typed", () =>
    Effect.gen(function*() {
      const { fake, pods } = yield* setUp([{ verbs: ["get"], resources: ["pods"], namespace: "team" }])
      const missing = yield* Effect.flip(pods.get("team", "web"))
      assert.deepStrictEqual([missing.failure, missing.operation], ["PodNotFound", "get pod team/web"])
      assert.strictEqual((yield* Effect.flip(pods.get("other", "web"))).failure, "Forbidden")
      const count = (yield* fake.requests).length
      assert.strictEqual((yield* Effect.flip(pods.get("team", "../secrets"))).failure, "InvalidRequest")
      assert.strictEqual((yield* Effect.flip(pods.get("", "web"))).failure, "InvalidRequest")
      assert.strictEqual((yield* fake.requests).length, count)
      const server = yield* start(() => ({
        body: { metadata: { name: "other", namespace: "team", uid: "u" }, spec: {} }
      }))
      const api = yield* ApiServer.make(connection(server.url))
      const strange = yield* Effect.provideService(KubernetesPods.make, ApiServer.ApiServer, api)
      assert.strictEqual((yield* Effect.flip(strange.get("team", "web"))).failure, "ForeignAnswer")
    }))
})

describe("pull secrets", () => {
  it.effect("SECRET-1: those of the pod in its order; what can't be had is left out and told", () =>
    Effect.gen(function*() {
      const { fake, pods } = yield* setUp([
        { verbs: ["get"], resources: ["pods"] },
        { verbs: ["get"], resources: ["secrets"], resourceNames: ["a", "b", "missing"] }
      ])
      const uid = yield* fake.setSecret({ namespace: "team", name: "a", type, data })
      yield* fake.setSecret({ namespace: "team", name: "b", type: "Opaque", data: { other: password } })
      yield* fake.setSecret({ namespace: "team", name: "hidden", type, data })
      yield* fake.setPod({ namespace: "team", name: "web", imagePullSecrets: ["b", "missing", "", "hidden", "a"] })
      const pod = yield* pods.get("team", "web")
      assert.deepStrictEqual(pod.imagePullSecrets, ["b", "missing", "hidden", "a"])
      const { missing, secrets } = yield* pods.pullSecrets(pod)
      assert.deepStrictEqual(secrets.map(({ name }) => name), ["b", "a"])
      assert.deepStrictEqual(
        missing.map(({ failure, operation }) => [failure, operation]),
        [["SecretNotFound", "get secret team/missing"], ["Forbidden", "get secret team/hidden"]]
      )
      assert.deepStrictEqual(secrets[0], {
        type: "Opaque",
        namespace: "team",
        name: "b",
        uid: secrets[0]?.uid ?? "",
        data: {}
      })
      assert.strictEqual(secrets[1]?.uid, uid)
      const config = secrets[1] === undefined ? undefined : Result.getOrThrow(PullSecret.parse(secrets[1]))
      assert.strictEqual(Redacted.value(config?.get("registry.example.com")?.password ?? Redacted.make("")), password)
      assert.notInclude(inspect(missing, { depth: 10, customInspect: false }), password)
    }))

  it.effect("TR-50: the account's own are asked for only if wanted, after the pod's and none twice", () =>
    Effect.gen(function*() {
      const { fake, pods } = yield* setUp()
      for (const name of ["a", "b", "c"]) yield* fake.setSecret({ namespace: "team", name, type, data })
      yield* fake.setAccount({ namespace: "team", name: "app", imagePullSecrets: ["c", "a", "b"] })
      yield* fake.setPod({ namespace: "team", name: "web", serviceAccountName: "app", imagePullSecrets: ["b"] })
      const pod = yield* pods.get("team", "web")
      const own = yield* pods.pullSecrets(pod)
      assert.deepStrictEqual(own.secrets.map(({ name }) => name), ["b"])
      const both = yield* pods.pullSecrets(pod, { ofServiceAccount: true })
      assert.deepStrictEqual(both.secrets.map(({ name }) => name), ["b", "c", "a"])
      yield* fake.deleteAccount("team", "app")
      const without = yield* pods.pullSecrets(pod, { ofServiceAccount: true })
      assert.deepStrictEqual(without.secrets.map(({ name }) => name), ["b"])
      assert.deepStrictEqual(without.missing.map(({ failure }) => failure), ["ServiceAccountNotFound"])
    }))

  it.effect("data that is not base64 is told, and not shown", () =>
    Effect.gen(function*() {
      const server = yield* start(() => ({
        body: {
          metadata: { name: "a", namespace: "team", uid: "u" },
          type,
          data: { ".dockerconfigjson": `${password}!` }
        }
      }))
      const api = yield* ApiServer.make(connection(server.url))
      const pods = yield* Effect.provideService(KubernetesPods.make, ApiServer.ApiServer, api)
      const identity = new PodIdentity({ namespace: "team", podName: "web", podUid: "p", serviceAccountName: "app" })
      const { missing, secrets } = yield* pods.pullSecrets({ identity, imagePullSecrets: ["a"] })
      assert.deepStrictEqual([secrets.length, missing.map(({ failure }) => failure)], [0, ["ServerFailed"]])
      assert.notInclude(inspect(missing, { depth: 10, customInspect: false }), password)
    }))
})

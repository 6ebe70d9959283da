import { Keyring, PodIdentity } from "@credlet/core"
import { KubernetesPods, KubernetesTokens } from "@credlet/kubernetes"
import { Credlet, Kubernetes } from "@credlet/node"
import { FakeApiServer } from "@credlet/testing"
import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Cause, ConfigProvider, Effect, FileSystem, Layer, Path, Redacted } from "effect"
import { inspect } from "node:util"

const apiVersion = "credentialprovider.kubelet.k8s.io/v1"
const agent = "system:serviceaccount:credlet:agent"
const namespace = "team"
const image = "reg.example/app"

const provider = (name: string, more: object) => ({
  name,
  matchImages: ["reg.example"],
  defaultCacheDuration: "1h",
  apiVersion,
  ...more
})

const config = JSON.stringify({
  kind: "CredentialProviderConfig",
  apiVersion: "kubelet.config.k8s.io/v1",
  providers: [
    provider("account", {
      tokenAttributes: {
        serviceAccountTokenAudience: "reg.example",
        cacheType: "ServiceAccount",
        requireServiceAccount: true,
        requiredServiceAccountAnnotationKeys: ["id.example/role"]
      }
    }),
    provider("plain", {})
  ]
})

/** Keeps each request beside itself, a line each. */
const plugin = (username: string) =>
  `#!/bin/sh
cat >>"$0.requests"
echo >>"$0.requests"
echo '{"kind":"CredentialProviderResponse","apiVersion":"${apiVersion}","cacheKeyType":"Image",
"auth":{"reg.example":{"username":"${username}","password":"word"}}}'
`

const lines = (text: string) => text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line))

/** A directory with plugins, a config, and whatever says where the API server is. */
const makeFiles = Effect.gen(function*() {
  const files = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const directory = yield* files.makeTempDirectoryScoped({ prefix: "credlet-kubernetes-" })
  const write = (name: string, text: string) =>
    Effect.as(files.writeFileString(path.join(directory, name), text, { mode: 0o755 }), path.join(directory, name))
  yield* write("account", plugin("of-account"))
  yield* write("plain", plugin("of-plain"))
  const options = { config: yield* write("providers.json", config), binDir: directory }
  const requests = Effect.map(files.readFileString(path.join(directory, "account.requests")), lines)
  return { directory, options, requests, write: (name: string, text: string) => Effect.orDie(write(name, text)) }
}).pipe(Effect.provide(Layer.mergeAll(NodeFileSystem.layer, NodePath.layer)))

const kubeconfig = (server: string, user: object) =>
  JSON.stringify({
    "current-context": "test",
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    clusters: [{
      name: "test",
      cluster: { server, "certificate-authority-data": btoa(FakeApiServer.certificates.ca) }
    }],
    users: [{ name: "test", user }]
  })

/** `team/web` runs as `builder` and names the pull secret `regcred`. */
const makeCluster = Effect.gen(function*() {
  const fake = yield* FakeApiServer.make({ tls: true })
  yield* fake.setCaller(agent, [...FakeApiServer.agent, { verbs: ["get"], resources: ["secrets"] }])
  yield* fake.setAccount({ namespace, name: "builder", uid: "account-1", annotations: { "id.example/role": "reader" } })
  yield* fake.setSecret({
    namespace,
    name: "regcred",
    type: "kubernetes.io/dockerconfigjson",
    data: { ".dockerconfigjson": `{"auths":{"reg.example":{"username":"of-secret","password":"word"}}}` }
  })
  const uid = yield* fake.setPod({
    namespace,
    name: "web",
    serviceAccountName: "builder",
    imagePullSecrets: ["regcred"]
  })
  const pod = new PodIdentity.PodIdentity({ namespace, podName: "web", podUid: uid, serviceAccountName: "builder" })
  return { fake, pod, token: Redacted.value(yield* fake.issueToken(agent)) }
})

const lookUp = Effect.gen(function*() {
  const pods = yield* KubernetesPods.KubernetesPods
  const keyring = yield* Keyring.Keyring
  const pod = yield* pods.get(namespace, "web")
  const { secrets } = yield* pods.pullSecrets(pod)
  return yield* keyring.lookup(image, { pod: pod.identity, pullSecrets: secrets })
})

const usernames = ({ credentials }: Keyring.Lookup) => credentials.map(({ username }) => username)

const minted = (fake: FakeApiServer.FakeApiServer["Service"]) =>
  Effect.map(fake.requests, (requests) => requests.filter(({ method }) => method === "POST").length)

const never = ConfigProvider.layer(ConfigProvider.fromUnknown({}))

describe("Kubernetes.layer", () => {
  it.live("SA-12…20, RING-1: the whole way, from a kubeconfig to the plugins' processes", () =>
    Effect.gen(function*() {
      const { fake, token } = yield* makeCluster
      const { options, requests, write } = yield* makeFiles
      const kubernetes = Kubernetes.layer({
        kubeconfig: yield* write("kubeconfig", kubeconfig(fake.server, { token }))
      })
      yield* Effect.gen(function*() {
        const found = yield* lookUp
        assert.deepStrictEqual(found.failures, [])
        assert.deepStrictEqual(usernames(found), ["of-secret", "of-account", "of-plain"])
        assert.deepStrictEqual(found.credentials[1]?.source, {
          _tag: "Provider",
          provider: "account",
          coordinates: { namespace, name: "builder", uid: "account-1" }
        })
        const [first] = yield* requests
        assert.deepStrictEqual(first, {
          kind: "CredentialProviderRequest",
          apiVersion,
          image,
          serviceAccountToken: first.serviceAccountToken,
          serviceAccountAnnotations: { "id.example/role": "reader" }
        })
        assert.deepStrictEqual(JSON.parse(atob(first.serviceAccountToken.split(".")[1])).aud, ["reg.example"])

        yield* lookUp
        assert.lengthOf(yield* requests, 1)
        yield* fake.setAccount({ namespace, name: "builder", annotations: { "id.example/role": "writer" } })
        yield* lookUp
        const all = yield* requests
        assert.deepStrictEqual(all.map((one) => one.serviceAccountAnnotations["id.example/role"]), ["reader", "writer"])
        assert.strictEqual(yield* minted(fake), 1)
        assert.strictEqual(yield* Effect.flatMap(KubernetesTokens.KubernetesTokens, ({ held }) => held), 1)
      }).pipe(Effect.provide([Credlet.layer({ ...options, identity: kubernetes }), kubernetes]))
    }))

  it.live("INC-1…4: the same in a pod, by its environment and what is mounted", () =>
    Effect.gen(function*() {
      const { fake, token } = yield* makeCluster
      const { directory, options, write } = yield* makeFiles
      yield* write("token", `${token}\n`)
      yield* write("ca.crt", FakeApiServer.certificates.ca)
      const { hostname, port } = new URL(fake.server)
      const kubernetes = Kubernetes.layer({ inCluster: { directory } })
      const environment = ConfigProvider.layer(
        ConfigProvider.fromUnknown({ KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port })
      )
      const found = yield* Effect.provide(
        lookUp,
        Layer.mergeAll(Credlet.layer({ ...options, identity: kubernetes }), kubernetes).pipe(Layer.provide(environment))
      )
      assert.deepStrictEqual(usernames(found), ["of-secret", "of-account", "of-plain"])
      assert.deepStrictEqual((yield* fake.requests).map(({ caller }) => caller), Array(4).fill(agent))
    }))

  it.live("two clusters are kept apart, also in one program", () =>
    Effect.gen(function*() {
      const { write } = yield* makeFiles
      const start = Effect.fnUntraced(function*(name: string) {
        const { fake, pod, token } = yield* makeCluster
        const kubernetes = Kubernetes.layer({ kubeconfig: yield* write(name, kubeconfig(fake.server, { token })) })
        return { kubernetes, pod }
      })
      const one = yield* start("one")
      const two = yield* start("two")
      const read = Effect.flatMap(KubernetesPods.KubernetesPods, (pods) => pods.get(namespace, "web"))
      const both = yield* Effect.all([read, Effect.provide(read, two.kubernetes)]).pipe(Effect.provide(one.kubernetes))
      assert.deepStrictEqual(both.map(({ identity }) => identity.podUid), [one.pod.podUid, two.pod.podUid])
    }))

  it.live("a token that the server does not take, or a page in its place: that provider alone fails, without the token", () =>
    Effect.gen(function*() {
      const { fake, pod, token } = yield* makeCluster
      const { options, write } = yield* makeFiles
      const identity = Kubernetes.layer({ kubeconfig: yield* write("kubeconfig", kubeconfig(fake.server, { token })) })
      const failures = yield* Effect.gen(function*() {
        const keyring = yield* Keyring.Keyring
        yield* fake.issueToken(agent) // the one before is good for nothing now
        const refused = yield* keyring.lookup(image, { pod })
        yield* fake.intercept(FakeApiServer.html())
        const page = yield* keyring.lookup(image, { pod })
        assert.deepStrictEqual([refused, page].map(usernames), [["of-plain"], ["of-plain"]])
        return [...refused.failures, ...page.failures]
      }).pipe(Effect.provide(Credlet.layer({ ...options, identity })))
      assert.deepStrictEqual(
        failures.map((error) => error._tag === "IdentityFailed" && error.reason.failure),
        ["Unauthenticated", "ForeignAnswer"]
      )
      assert.notInclude(inspect(failures, { depth: 20, showHidden: true, customInspect: false }), token)
    }))

  it.live("KUBE-5, KUBE-10: a configuration that can't be used fails the layer, without the token", () =>
    Effect.gen(function*() {
      const { write } = yield* makeFiles
      const token = "canary-token-71"
      const path = yield* write("kubeconfig", kubeconfig("http://127.0.0.1:1", { token }))
      const build = (options: Kubernetes.Options) => Effect.flip(Effect.scoped(Layer.build(Kubernetes.layer(options))))
      const unsafe = yield* build({ kubeconfig: path })
      const unknown = yield* build({ kubeconfig: path, context: "nope" })
      const none = yield* Effect.provide(build({}), never)
      const reasons = [unsafe, unknown, none].map(({ reason }) => reason)
      assert.deepStrictEqual(reasons, ["InsecureCredentials", "UnknownContext", "NoConfiguration"])
      const shown = [unsafe, unknown].map((error) =>
        inspect(error, { depth: 20, customInspect: false }) + Cause.pretty(Cause.fail(error))
      )
      assert.notInclude(shown.join(), token)
    }))
})

/** Whole lookups of many pods over a server: what it has to do for them. */
import * as CredentialCache from "@credlet/core/cache/CredentialCache"
import type { CheckedProvider } from "@credlet/core/config/ProviderConfig"
import { PodIdentity } from "@credlet/core/identity/PodIdentity"
import * as ImagePattern from "@credlet/core/image/ImagePattern"
import * as Keyring from "@credlet/core/keyring/Keyring"
import * as ProviderRegistry from "@credlet/core/provider/ProviderRegistry"
import * as ApiServer from "@credlet/kubernetes/ApiServer"
import * as KubernetesServiceAccounts from "@credlet/kubernetes/KubernetesServiceAccounts"
import * as KubernetesTokens from "@credlet/kubernetes/KubernetesTokens"
import { FakeApiServer, ScriptedPlugins } from "@credlet/testing"
import { NodeCrypto } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Context, Duration, Effect, Layer, Result } from "effect"
import * as Cluster from "./fakeCluster.ts"

const audience = "registry.example"
const provider: CheckedProvider = {
  name: "cloud",
  patterns: [Result.getOrThrow(ImagePattern.parse("registry.example"))],
  defaultCacheDuration: Duration.minutes(10),
  apiVersion: "credentialprovider.kubelet.k8s.io/v1",
  args: [],
  env: [],
  tokenAttributes: {
    serviceAccountTokenAudience: audience,
    cacheType: "ServiceAccount",
    requireServiceAccount: true,
    requiredServiceAccountAnnotationKeys: ["example.com/role"],
    optionalServiceAccountAnnotationKeys: []
  }
}

/** 1,000 pods of 200 service accounts in 10 namespaces; the plugin answers with the role that it is told. */
const setUp = Effect.fnUntraced(function*(rules: ReadonlyArray<FakeApiServer.Rule>) {
  const { api, fake } = yield* Cluster.make(rules)
  const pods: Array<PodIdentity> = []
  for (let at = 0; at < 1_000; at++) {
    const namespace = `ns-${at % 10}`
    const name = `sa-${Math.floor(at / 10) % 20}`
    if (at < 200) {
      yield* fake.setAccount({ namespace, name, annotations: { "example.com/role": `${namespace}/${name}` } })
    }
    const podUid = yield* fake.setPod({ namespace, name: `pod-${at}`, serviceAccountName: name })
    pods.push(new PodIdentity({ namespace, podName: `pod-${at}`, podUid, serviceAccountName: name }))
  }
  const plugins = ScriptedPlugins.layer({
    cloud: (request) => {
      const username = request.serviceAccountAnnotations?.["example.com/role"] ?? ""
      const auth = { "registry.example": { username, password: "secret" } }
      return Effect.succeed(ScriptedPlugins.answer({ cacheKeyType: "Registry", cacheDuration: "1 hour", auth }))
    }
  })
  const context = yield* Keyring.layer.pipe(
    Layer.provide(ProviderRegistry.layerFixed([provider])),
    Layer.provide([
      CredentialCache.layerMemory,
      NodeCrypto.layer,
      KubernetesServiceAccounts.layer(),
      KubernetesTokens.layer
    ]),
    Layer.provideMerge(plugins),
    Layer.provide(Layer.succeed(ApiServer.ApiServer, api)),
    Layer.build
  )
  const keyring = Context.get(context, Keyring.Keyring)
  const lookUpAll = Effect.forEach(
    pods,
    (pod) =>
      Effect.map(keyring.lookup("registry.example/app:1.0", { pod }), ({ credentials }) => credentials[0]?.username),
    { concurrency: "unbounded" }
  )
  const counted = Effect.map(fake.requests, (requests) => ({
    lists: requests.filter(({ path }) => path.endsWith("/serviceaccounts")).length,
    gets: requests.filter(({ path }) => /\/serviceaccounts\/[^/]+$/.test(path)).length,
    tokens: requests.filter(({ path }) => path.endsWith("/token")).length
  }))
  const expected = pods.map(({ namespace, serviceAccountName }) => `${namespace}/${serviceAccountName}`)
  const runs = Effect.map(Context.get(context, ScriptedPlugins.ScriptedPlugins).calls, (calls) => calls.length)
  return { counted, expected, fake, lookUpAll, runs }
})

describe("1,000 lookups at once, by 1,000 pods of 200 service accounts in 10 namespaces", () => {
  it.effect("are 10 LISTs, and a token for each pod once", () =>
    Effect.gen(function*() {
      const { counted, expected, lookUpAll, runs } = yield* setUp([...FakeApiServer.agent, ...FakeApiServer.lister])
      assert.deepStrictEqual(yield* lookUpAll, expected)
      assert.deepStrictEqual(yield* counted, { lists: 10, gets: 0, tokens: 1_000 })
      assert.strictEqual(yield* runs, 200)
      assert.deepStrictEqual(yield* lookUpAll, expected)
      assert.deepStrictEqual(yield* counted, { lists: 20, gets: 0, tokens: 1_000 })
    }))

  it.effect("are 10 refusals and 200 GETs where LIST is forbidden", () =>
    Effect.gen(function*() {
      const { counted, expected, lookUpAll } = yield* setUp(FakeApiServer.agent)
      assert.deepStrictEqual(yield* lookUpAll, expected)
      assert.deepStrictEqual(yield* counted, { lists: 10, gets: 200, tokens: 1_000 })
    }))
})

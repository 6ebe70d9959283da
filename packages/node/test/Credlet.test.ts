import { IdentityError, Keyring, PodIdentity } from "@credlet/core"
import { Credlet } from "@credlet/node"
import { ScriptedIdentity } from "@credlet/testing"
import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Layer, Path } from "effect"

const apiVersion = "credentialprovider.kubelet.k8s.io/v1"
const Platform = Layer.mergeAll(NodeFileSystem.layer, NodePath.layer)

const config = JSON.stringify({
  kind: "CredentialProviderConfig",
  apiVersion: "kubelet.config.k8s.io/v1",
  providers: [{
    name: "acme",
    matchImages: ["reg.example"],
    defaultCacheDuration: "1h",
    apiVersion,
    tokenAttributes: {
      serviceAccountTokenAudience: "reg.example",
      cacheType: "ServiceAccount",
      requireServiceAccount: true,
      requiredServiceAccountAnnotationKeys: ["id.example/role"]
    }
  }]
})

/** Keeps what it was asked beside itself. */
const plugin = (username: string) =>
  `#!/bin/sh
cat >"$0.request"
echo '{"kind":"CredentialProviderResponse","apiVersion":"${apiVersion}","cacheKeyType":"Image",
"auth":{"reg.example":{"username":"${username}","password":"word"}}}'
`

/** `username` is what the plugin answers with. */
const makeFiles = Effect.fnUntraced(function*(username: string) {
  const files = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const binDir = yield* files.makeTempDirectoryScoped({ prefix: "credlet-node-" })
  const program = path.join(binDir, "acme")
  yield* files.writeFileString(program, plugin(username), { mode: 0o755 })
  yield* files.writeFileString(`${program}.json`, config)
  return { options: { config: `${program}.json`, binDir }, request: files.readFileString(`${program}.request`) }
}, Effect.provide(Platform))

const pod = new PodIdentity.PodIdentity({
  namespace: "team",
  podName: "p",
  podUid: "pu",
  serviceAccountName: "builder"
})

const lookup = Effect.flatMap(Keyring.Keyring, (keyring) => keyring.lookup("reg.example/app", { pod }))

describe("Credlet.layer", () => {
  it.live("SA-12…20: a plugin's process is given the pod's token and annotations over the identity layer", () =>
    Effect.gen(function*() {
      const { options, request } = yield* makeFiles("user")
      const builder = {
        namespace: "team",
        name: "builder",
        uid: "u",
        annotations: { "id.example/role": "r", other: "x" }
      }
      const identity = ScriptedIdentity.layer({ accounts: [builder] })
      const found = yield* Effect.provide(lookup, Credlet.layer({ ...options, identity }))
      assert.deepStrictEqual(found.failures, [])
      const coordinates = { namespace: "team", name: "builder", uid: "u" }
      assert.deepStrictEqual(found.credentials.map(({ source, username }) => [username, source]), [
        ["user", { _tag: "Provider", provider: "acme", coordinates }]
      ])
      const asked = JSON.parse(yield* request)
      assert.deepStrictEqual(asked, {
        kind: "CredentialProviderRequest",
        apiVersion,
        image: "reg.example/app",
        serviceAccountToken: asked.serviceAccountToken,
        serviceAccountAnnotations: { "id.example/role": "r" }
      })
      assert.include(asked.serviceAccountToken, "reg.example")
    }))

  it.live("CFG-124: by default there is no API server, and the provider fails for a pod, not the lookup", () =>
    Effect.gen(function*() {
      const { options } = yield* makeFiles("user")
      const { failures } = yield* Effect.provide(lookup, Credlet.layer(options))
      assert.deepStrictEqual(failures.map((error) => error._tag === "IdentityFailed" && error.reason.failure), [
        "NotConfigured"
      ])
    }))

  it.live("an identity layer's failure is the layer's", () =>
    Effect.gen(function*() {
      const { options } = yield* makeFiles("user")
      const reason = new IdentityError.IdentityError({
        operation: "read the kubeconfig",
        failure: "NotConfigured",
        detail: ""
      })
      const identity = Layer.unwrap(Effect.as(Effect.fail(reason), ScriptedIdentity.layer()))
      assert.strictEqual(yield* Effect.flip(Effect.provide(lookup, Credlet.layer({ ...options, identity }))), reason)
    }))

  it.live("two layers in one program are two: each has the providers and the cache of its own config", () =>
    Effect.gen(function*() {
      const one = yield* makeFiles("one")
      const two = yield* makeFiles("two")
      const identity = ScriptedIdentity.layer({
        accounts: [{ namespace: "team", name: "builder", annotations: { "id.example/role": "r" } }]
      })
      const names = Effect.map(lookup, ({ credentials }) => credentials.map((credential) => credential.username))
      const inner = Effect.provide(names, Credlet.layer({ ...two.options, identity }))
      const outer = Effect.provide(Effect.all([names, inner]), Credlet.layer({ ...one.options, identity }))
      assert.deepStrictEqual(yield* outer, [["one"], ["two"]])
      const same = Credlet.layer({ ...one.options, identity })
      const shared = yield* Effect.provide(Effect.all([Keyring.Keyring, Effect.provide(Keyring.Keyring, same)]), same)
      assert.strictEqual(shared[0], shared[1], "the same layer is one")
    }))
})

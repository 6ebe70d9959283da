/** What a real API server 1.36 said, recorded, and what it means. Rules: TR-10…46, NODE-1…7. */
import { PodIdentity } from "@credlet/core/identity/PodIdentity"
import * as ApiServer from "@credlet/kubernetes/ApiServer"
import * as KubernetesPods from "@credlet/kubernetes/KubernetesPods"
import * as KubernetesServiceAccounts from "@credlet/kubernetes/KubernetesServiceAccounts"
import * as KubernetesTokens from "@credlet/kubernetes/KubernetesTokens"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Redacted, Result, Schema } from "effect"
import { TestClock } from "effect/testing"
import { type Recording, recordings } from "../../testing/test/recorded.ts"
import { connection, start } from "./scriptedServer.ts"

const refusals = recordings.filter(({ response }) => response.status >= 400)

const meanings: Readonly<Record<string, string>> = {
  "node-pod-list-all": "Forbidden",
  "node-sa-get-missing": "Forbidden",
  "node-sa-get-no-relationship": "Forbidden",
  "node-sa-list": "Forbidden",
  "node-secret-get-no-relationship": "Forbidden",
  "node-token-audience-default-refused": "AudienceNotAllowed",
  "node-token-audience-rbac-other-sa": "AudienceNotAllowed",
  "node-token-audience-refused": "AudienceNotAllowed",
  "node-token-expiration-599": "InvalidRequest",
  "node-token-no-ref": "Forbidden",
  "node-token-no-relationship": "Forbidden",
  "node-token-pod-elsewhere": "Forbidden",
  "node-token-pod-not-found": "PodNotFound",
  "node-token-pod-other-sa-audience-ok": "PodOfOtherAccount",
  "node-token-pod-other-sa": "AudienceNotAllowed",
  "node-token-pod-uid-mismatch": "PodReplaced",
  "node-token-ref-no-apiversion": "Forbidden",
  "node-token-ref-no-uid": "Forbidden",
  "node-token-ref-secret": "Forbidden",
  "node-token-sa-uid-mismatch": "ServiceAccountReplaced",
  "node-token-two-audiences": "Forbidden",
  "path-outside": "ForeignAnswer",
  "path-unknown": "InvalidRequest",
  "pod-get-forbidden": "Forbidden",
  "pod-get-not-found": "PodNotFound",
  "sa-get-forbidden": "Forbidden",
  "sa-get-no-namespace": "ServiceAccountNotFound",
  "sa-get-not-found": "ServiceAccountNotFound",
  "sa-get-throttled": "Throttled",
  "sa-list-all-forbidden": "Forbidden",
  "sa-list-bad-continue": "InvalidRequest",
  "sa-list-expired-continue": "InvalidRequest",
  "sa-list-forbidden": "Forbidden",
  "sa-name-percent-slash": "InvalidRequest",
  "sa-name-upper": "ServiceAccountNotFound",
  "sa-watch-forbidden": "Forbidden",
  "secret-get-forbidden": "Forbidden",
  "secret-get-not-found": "SecretNotFound",
  "token-anonymous": "Unauthenticated",
  "token-bad-json": "InvalidRequest",
  "token-delete-method": "InvalidRequest",
  "token-empty-body": "InvalidRequest",
  "token-expiration-0": "InvalidRequest",
  "token-expiration-599": "InvalidRequest",
  "token-expiration-int64": "InvalidRequest",
  "token-expiration-negative": "InvalidRequest",
  "token-expiration-too-large": "InvalidRequest",
  "token-forbidden-missing-sa": "Forbidden",
  "token-forbidden": "Forbidden",
  "token-get-method": "InvalidRequest",
  "token-name-mismatch": "InvalidRequest",
  "token-namespace-mismatch": "InvalidRequest",
  "token-namespace-not-found": "NamespaceNotFound",
  "token-namespace-terminating": "NamespaceTerminating",
  "token-not-acceptable": "InvalidRequest",
  "token-pod-not-found": "PodNotFound",
  "token-pod-other-sa": "PodOfOtherAccount",
  "token-pod-uid-mismatch": "PodReplaced",
  "token-policy-default": "DeniedByPolicy",
  "token-policy-forbidden": "DeniedByPolicy",
  "token-ref-deployment": "InvalidRequest",
  "token-ref-empty": "InvalidRequest",
  "token-ref-lowercase": "InvalidRequest",
  "token-ref-secret-missing": "SecretNotFound",
  "token-sa-not-found": "ServiceAccountNotFound",
  "token-sa-recreated": "ServiceAccountReplaced",
  "token-sa-uid-mismatch": "ServiceAccountReplaced",
  "token-shutting-down": "Throttled",
  "token-strict-unknown-field": "InvalidRequest",
  "token-throttled": "Throttled",
  "token-timeout": "TimedOut",
  "token-too-large": "InvalidRequest",
  "token-unauthorized": "Unauthenticated",
  "token-unsupported-media": "InvalidRequest",
  "token-webhook-down": "ServerFailed",
  "token-wrong-kind": "InvalidRequest",
  "token-wrong-type": "InvalidRequest",
  "token-wrong-version": "InvalidRequest",
  "unauthorized-other-audience": "Unauthenticated",
  "unauthorized-pod-deleted": "Unauthenticated"
}

const read = ApiServer.reader(Schema.Struct({}))

/** The text of a `Status`, or the plain text and whose it is. */
const saidIn = ({ body, status, text }: Recording["response"], url: string): string => {
  if (text !== undefined) return `${url} answered "${text.trim()}"${status === 404 ? "; check the address" : ""}`
  return typeof body === "object" && body !== null && "message" in body ? String(body.message) : ""
}

describe("recorded answers", () => {
  it("all that are no success have a meaning", () => {
    assert.deepStrictEqual(refusals.map(({ id }) => id).sort(), Object.keys(meanings).sort())
    assert.isAtLeast(recordings.length, 122)
  })

  it.effect.each(refusals)("$id", ({ id, request, response }) =>
    Effect.gen(function*() {
      const server = yield* start(() => ({
        status: response.status,
        headers: response.headers,
        body: response.text ?? response.body
      }))
      const api = yield* ApiServer.make(connection(server.url))
      const call = { operation: "do it", path: ["api"], read }
      const fiber = yield* Effect.forkChild(
        Effect.flip(request.method === "GET" ? api.get(call) : api.post(call, {})),
        { startImmediately: true }
      )
      while (fiber.pollUnsafe() === undefined) { // a throttled one is sent again, until it is late
        yield* Effect.promise(() => new Promise((done) => setImmediate(done)))
        yield* TestClock.adjust(500)
      }
      const error = yield* Fiber.join(fiber)
      assert.strictEqual(error.failure, meanings[id])
      assert.strictEqual(error.status, response.status)
      assert.strictEqual(error.detail, saidIn(response, server.url).replace(/\s+/g, " ").trim().slice(0, 500))
      const seconds = response.headers["retry-after"]
      assert.strictEqual(error.retryAfter, seconds === undefined ? undefined : Number(seconds))
    }))
})

const uid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`
const namespace = "credlet-fx"

/** A client of a server that gives the recorded answer whatever it is asked. */
const replay = Effect.fnUntraced(function*(id: string) {
  const { response } = recordings.find((one) => one.id === id) ?? assert.fail(`no recorded ${id}`)
  const { body, headers, status } = response
  const server = yield* start(() => ({ status, headers, body }))
  return Layer.succeed(ApiServer.ApiServer, yield* ApiServer.make(connection(server.url)))
})

describe("recorded successes", () => {
  it.effect.each(["sa-get-ok", "node-sa-get-ok"])("TR-50: %s", (id) =>
    Effect.gen(function*() {
      const accounts = yield* Effect.provide(KubernetesServiceAccounts.make(), yield* replay(id))
      assert.deepStrictEqual(yield* accounts.get(namespace, "app"), {
        namespace,
        name: "app",
        uid: uid(1),
        annotations: new Map([["example.com/empty", ""], ["example.com/role", "reader"]])
      })
    }))

  it.effect.each(["sa-name-empty", "sa-list-no-namespace"])("a LIST: %s", (id) =>
    Effect.gen(function*() {
      const accounts = yield* Effect.provide(KubernetesServiceAccounts.make(), yield* replay(id))
      const results = yield* Effect.all(
        ["app", "agent", "missing"].map((name) => Effect.result(accounts.get(namespace, name))),
        { concurrency: "unbounded" }
      )
      const found = id === "sa-name-empty" ? [uid(1), uid(4)] : ["ServiceAccountNotFound", "ServiceAccountNotFound"]
      assert.deepStrictEqual(
        results.map((result) => Result.isSuccess(result) ? result.success.uid : result.failure.failure),
        [...found, "ServiceAccountNotFound"]
      )
    }))

  const tokens = recordings.filter(({ request, response }) =>
    request.path.includes("/token") && response.status === 201
  )

  it.effect.each(tokens)("TR-4: $id", ({ id }) =>
    Effect.gen(function*() {
      const { get } = yield* Effect.provide(KubernetesTokens.make, yield* replay(id))
      const token = yield* get({
        serviceAccount: { namespace, name: "app", uid: uid(1) },
        pod: { name: "web", uid: uid(2) },
        audience: "registry.example.com"
      })
      assert.match(Redacted.value(token), /^eyJ/)
    }))

  it.effect("SA-2: a pod", () =>
    Effect.gen(function*() {
      const pods = yield* Effect.provide(KubernetesPods.make, yield* replay("pod-get-ok"))
      const pod = yield* pods.get(namespace, "web")
      assert.deepStrictEqual({ ...pod.identity }, {
        namespace,
        podName: "web",
        podUid: uid(2),
        serviceAccountName: "app"
      })
      assert.deepStrictEqual(pod.imagePullSecrets, ["regcred"])
    }))

  it.effect("SECRET-1: a secret", () =>
    Effect.gen(function*() {
      const pods = yield* Effect.provide(KubernetesPods.make, yield* replay("secret-get-ok"))
      const identity = new PodIdentity({ namespace, podName: "web", podUid: uid(2), serviceAccountName: "app" })
      const { missing, secrets } = yield* pods.pullSecrets({ identity, imagePullSecrets: ["regcred"] })
      assert.deepStrictEqual(missing, [])
      assert.deepStrictEqual(secrets.map(({ name, type, uid }) => ({ name, type, uid })), [
        { name: "regcred", type: "kubernetes.io/dockerconfigjson", uid: uid(3) }
      ])
      const data = secrets[0]?.data[".dockerconfigjson"]
      assert(data !== undefined)
      assert.include(new TextDecoder().decode(Redacted.value(data)), `"registry.example.com"`)
    }))
})

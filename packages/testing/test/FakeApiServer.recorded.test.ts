/** Each recorded answer of a real API server (1.36) against the fake's answer to the same request. */
import { FakeApiServer } from "@credlet/testing"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Redacted, Schema } from "effect"
import { TestClock } from "effect/testing"
import { type Lost, namespace, nobody, node, populate, send, type Sent, uid } from "./kubernetesWorld.ts"
import { type Recording, recordings } from "./recorded.ts"

type Api = FakeApiServer.FakeApiServer["Service"]

/** What the fake refuses to play (501), and why. */
const outOfScope: Readonly<Record<string, string>> = {
  "sa-list-metadata": "metadata-only lists save nothing, so nobody asks for them",
  "sa-name-dotdot-encoded": "the path is a list of pods, once it is cleaned; pods are only got one by one",
  "sa-watch-initial-events": "nothing watches",
  "sa-watch-too-old": "nothing watches",
  "self-access-review": "another API group",
  "self-review": "another API group",
  "self-review-pod-bound": "another API group"
}

const created = Date.parse("2026-11-23T04:47:23Z")
const admin = "admin"
const tokenPath = `/api/v1/namespaces/${namespace}/serviceaccounts/app/token`

/** Who sent it: an administrator unless the id or the note says otherwise. */
const callerOf = (id: string): string =>
  id.startsWith("node-") ? node : id.includes("-forbidden") && id !== "token-policy-forbidden" ? nobody : admin

const mayAskFor = (audience: string, account?: string): FakeApiServer.Rule => ({
  verbs: ["request-serviceaccounts-token-audience"],
  resources: [audience],
  ...(account === undefined ? {} : { resourceNames: [account] })
})

const policy = { policy: "credlet-vap", message: "tokens of this account are not allowed" } as const

const mint = (api: Api, token: Redacted.Redacted, spec: object) =>
  Effect.map(
    send(api.server, { method: "POST", path: tokenPath, token, body: JSON.stringify({ spec }) }),
    ({ text }) => Redacted.make(Schema.decodeUnknownSync(TokenAnswer)(text).status.token)
  )

const TokenAnswer = Schema.fromJsonString(Schema.Struct({ status: Schema.Struct({ token: Schema.String }) }))

/** How the server was set up for this one recording, beyond `populate`. */
const setUp: { readonly [id: string]: (api: Api) => Effect.Effect<unknown> } = {
  "node-token-audience-rbac": (api) => api.setCaller(node, [mayAskFor("registry.example.com")]),
  "node-token-audience-rbac-other-sa": (api) => api.setCaller(node, [mayAskFor("registry.example.com", "other")]),
  "node-token-pod-other-sa-audience-ok": (api) =>
    api.setPod({
      namespace,
      name: "as-other-vol",
      uid: uid(25),
      serviceAccountName: "other",
      nodeName: "node-1",
      tokenAudiences: ["volume-audience"]
    }),
  "sa-get-throttled": (api) => api.intercept(FakeApiServer.throttled()),
  "token-throttled": (api) => api.intercept(FakeApiServer.throttled()),
  "token-shutting-down": (api) => api.intercept(FakeApiServer.draining),
  "token-namespace-terminating": (api) =>
    Effect.andThen(
      api.setAccount({ namespace: "credlet-gone", name: "app" }),
      api.terminateNamespace("credlet-gone")
    ),
  "token-policy-default": (api) => api.refuseTokens(namespace, "denied", policy),
  "token-policy-forbidden": (api) => api.refuseTokens(namespace, "denied", { ...policy, reason: "Forbidden" }),
  "token-webhook-down": (api) =>
    api.refuseTokens(namespace, "denied", {
      webhook: "wh.credlet.dev",
      failure: `Post "https://127.0.0.1:1/x?timeout=1s": dial tcp 127.0.0.1:1: connect: connection refused`
    }),
  "token-sa-recreated": (api) =>
    Effect.andThen(
      api.setAccount({ namespace, name: "recreated", uid: uid(20) }),
      api.setAccount({ namespace, name: "recreated", uid: uid(24) })
    )
}

/** The credentials of this one recording, if they were not the caller's own. */
const tokens: {
  readonly [id: string]: (api: Api, admin: Redacted.Redacted) => Effect.Effect<Redacted.Redacted | undefined, Lost>
} = {
  "token-anonymous": () => Effect.succeed(undefined),
  "token-unauthorized": () => Effect.succeed(Redacted.make("unknown")),
  "unauthorized-other-audience": (api, admin) => mint(api, admin, { audiences: ["registry.example.com"] }),
  "unauthorized-pod-deleted": (api, admin) =>
    Effect.gen(function*() {
      yield* api.setPod({ namespace, name: "tmp", serviceAccountName: "app" })
      const token = yield* mint(api, admin, { boundObjectRef: { kind: "Pod", apiVersion: "v1", name: "tmp" } })
      yield* api.deletePod(namespace, "tmp")
      return token
    })
}

const bodyOf = ({ id, request }: Recording): string | undefined => {
  if (id === "token-too-large") return " ".repeat(4 << 20)
  return request.body === undefined || typeof request.body === "string" ? request.body : JSON.stringify(request.body)
}

const replay = Effect.fnUntraced(function*(recording: Recording) {
  const { id, request, response } = recording
  const api = yield* FakeApiServer.make(id === "token-ok-capped" ? { maxTokenExpiration: "2 hours" } : {})
  yield* TestClock.setTime(created)
  yield* populate(api)
  yield* api.setCaller(admin, FakeApiServer.administrator)
  const adminToken = yield* api.issueToken(admin)
  yield* (setUp[id]?.(api) ?? Effect.void)
  const token = yield* (tokens[id]?.(api, adminToken) ?? api.issueToken(callerOf(id)))
  const at = recordedAt(response.body)
  if (at !== undefined) yield* TestClock.setTime(at)
  const sent: Sent = {
    method: request.method,
    path: request.path,
    ...(request.headers === undefined ? {} : { headers: request.headers }),
    token,
    body: bodyOf(recording)
  }
  if (id !== "token-timeout") return yield* send(api.server, sent)
  const arrived = yield* Deferred.make<void>()
  yield* api.intercept(() => Effect.andThen(Deferred.succeed(arrived, undefined), Effect.never))
  const fiber = yield* Effect.forkChild(send(api.server, sent))
  yield* Deferred.await(arrived)
  yield* TestClock.adjust("1 millis")
  return yield* Fiber.join(fiber)
})

const TokenMetadata = Schema.Struct({
  kind: Schema.Literal("TokenRequest"),
  metadata: Schema.Struct({ creationTimestamp: Schema.String })
})

const recordedAt = (body: unknown): number | undefined =>
  Schema.is(TokenMetadata)(body) ? Date.parse(body.metadata.creationTimestamp) : undefined

const headers = [
  "content-type",
  "cache-control",
  "x-content-type-options",
  "retry-after",
  "warning",
  "connection"
]

const select = (all: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(headers.flatMap((name) => all[name] === undefined ? [] : [[name, all[name]]]))

/** As the server wrote it, members in order, without what differs between any two servers. */
const normalise = (body: unknown): string =>
  JSON.stringify(body, (key, value: unknown) => {
    if (key === "managedFields" || key === "resourceVersion") return undefined
    if (key === "token" && typeof value === "string" && value.startsWith("eyJ")) return "a token"
    if (key === "continue" && typeof value === "string") {
      return Buffer.from(value, "base64url").toString().replace(/"rv":\d+/, `"rv":0`)
    }
    return value
  })

describe("FakeApiServer against recordings", () => {
  it.effect.each(recordings.filter(({ id }) => outOfScope[id] === undefined))(
    "$rule: $id",
    (recording) =>
      Effect.gen(function*() {
        const { response } = recording
        const answer = yield* replay(recording)
        assert.strictEqual(answer.status, response.status, answer.text)
        assert.deepStrictEqual(select(answer.headers), select(response.headers))
        if (response.text === undefined) {
          assert.strictEqual(normalise(JSON.parse(answer.text)), normalise(response.body))
        } else assert.strictEqual(answer.text, response.text)
      })
  )

  it.effect.each(Object.entries(outOfScope))("%s is out of scope: %s", ([id]) =>
    Effect.gen(function*() {
      const recording = recordings.find((recording) => recording.id === id)
      assert.isDefined(recording, "the list names a recording that is there")
      assert.strictEqual((yield* replay(recording)).status, 501, "the fake says that it can't")
    }))

  it("most recordings are compared", () => {
    assert.lengthOf(recordings, 122)
    assert.isAtMost(Object.keys(outOfScope).length, 7)
  })

  it("every special set-up belongs to a recording", () => {
    const ids = new Set(recordings.map(({ id }) => id))
    assert.deepStrictEqual([...Object.keys(setUp), ...Object.keys(tokens)].filter((id) => !ids.has(id)), [])
  })
})

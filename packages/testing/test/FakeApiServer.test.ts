import * as NodeJson from "@credlet/core/text/NodeJson"
import * as StrictYaml from "@credlet/core/text/StrictYaml"
import { FakeApiServer } from "@credlet/testing"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Redacted, Result, Schema, Scope } from "effect"
import { TestClock } from "effect/testing"
import { readFileSync } from "node:fs"
import * as Http from "node:http"
import { send, type Sent } from "./kubernetesWorld.ts"

const caller = "system:serviceaccount:credlet:agent"
const account = "/api/v1/namespaces/team/serviceaccounts/builder"
const list = "/api/v1/namespaces/team/serviceaccounts"

/** A server with one account and one pod, a caller with these rules, and that caller's requests. */
const start = Effect.fnUntraced(function*(
  rules: ReadonlyArray<FakeApiServer.Rule> = FakeApiServer.agent,
  options: FakeApiServer.Options = {}
) {
  const api = yield* FakeApiServer.make(options)
  yield* api.setAccount({ namespace: "team", name: "builder", uid: "u-1" })
  yield* api.setPod({ namespace: "team", name: "web", uid: "p-1", serviceAccountName: "builder", nodeName: "n-1" })
  yield* api.setCaller(caller, rules)
  const token = yield* api.issueToken(caller)
  const ask = (sent: Omit<Sent, "token"> & { readonly token?: Redacted.Redacted | undefined }) =>
    send(api.server, { token, ...sent })
  return { api, token, ask }
})

const mint = (spec: object, metadata: object = {}): Omit<Sent, "token"> => ({
  method: "POST",
  path: `${account}/token`,
  body: JSON.stringify({ metadata, spec })
})

const boundTo = (name: string, uid?: string) => ({ boundObjectRef: { kind: "Pod", apiVersion: "v1", name, uid } })

const ApiObject = Schema.fromJsonString(Schema.Struct({
  metadata: Schema.Struct({
    uid: Schema.optionalKey(Schema.String),
    creationTimestamp: Schema.optionalKey(Schema.String),
    continue: Schema.optionalKey(Schema.String),
    remainingItemCount: Schema.optionalKey(Schema.Int)
  }),
  message: Schema.optionalKey(Schema.String),
  items: Schema.optionalKey(Schema.Array(Schema.Struct({ metadata: Schema.Struct({ name: Schema.String }) }))),
  status: Schema.optionalKey(
    Schema.Union([Schema.String, Schema.Struct({ token: Schema.optionalKey(Schema.RedactedFromValue(Schema.String)) })])
  )
}))

const read = ({ text }: { readonly text: string }) => Schema.decodeUnknownSync(ApiObject)(text)

const tokenIn = (answer: { readonly text: string }): Redacted.Redacted => {
  const { status } = read(answer)
  assert(typeof status === "object" && status.token !== undefined)
  return status.token
}

const claimsOf = (token: Redacted.Redacted) =>
  Schema.decodeUnknownSync(Claims)(Buffer.from(Redacted.value(token).split(".")[1] ?? "", "base64url").toString())

const Claims = Schema.fromJsonString(Schema.Struct({
  aud: Schema.Array(Schema.String),
  exp: Schema.Int,
  sub: Schema.String,
  "kubernetes.io": Schema.Unknown
}))

const Role = Schema.fromJsonString(Schema.Struct({
  kind: Schema.Literal("ClusterRole"),
  rules: Schema.Array(
    Schema.Struct({ verbs: Schema.Array(Schema.String), resources: Schema.Array(Schema.String) })
  )
}))

const namesIn = (answer: { readonly text: string }) => read(answer).items?.map(({ metadata }) => metadata.name)

describe("FakeApiServer: what is in it", () => {
  it.effect("TR-50: an account can be changed, deleted and made anew", () =>
    Effect.gen(function*() {
      const { api, ask } = yield* start()
      yield* TestClock.setTime(60_000)
      yield* api.setAccount({ namespace: "team", name: "builder", annotations: { a: "1" } })
      const changed = read(yield* ask({ path: account })).metadata
      assert.deepStrictEqual(changed, { uid: "u-1", creationTimestamp: "1970-01-01T00:00:00Z" })
      yield* api.deleteAccount("team", "builder")
      assert.strictEqual((yield* ask({ path: account })).status, 404)
      const uid = yield* api.setAccount({ namespace: "team", name: "builder" })
      assert.notStrictEqual(uid, "u-1")
      const anew = read(yield* ask({ path: account })).metadata
      assert.deepStrictEqual(anew, { uid, creationTimestamp: "1970-01-01T00:01:00Z" })
    }))

  it.effect("SA-3: a pod without a service account's name runs as default, a static one as none", () =>
    Effect.gen(function*() {
      const { api, ask } = yield* start()
      yield* api.setPod({ namespace: "team", name: "plain" })
      yield* api.setPod({ namespace: "team", name: "static", serviceAccountName: "" })
      assert.include(
        (yield* ask({ path: "/api/v1/namespaces/team/pods/plain" })).text,
        `"serviceAccountName":"default"`
      )
      assert.notInclude((yield* ask({ path: "/api/v1/namespaces/team/pods/static" })).text, "serviceAccountName")
    }))

  it.effect("lists come by pages, in the order of names, as they were at the first page", () =>
    Effect.gen(function*() {
      const { api, ask } = yield* start(FakeApiServer.lister)
      for (const name of ["e", "d", "c"]) yield* api.setAccount({ namespace: "team", name })
      yield* api.setAccount({ namespace: "other", name: "a" })
      const first = yield* ask({ path: `${list}?limit=2` })
      assert.deepStrictEqual(namesIn(first), ["builder", "c"])
      const { continue: next = "", remainingItemCount } = read(first).metadata
      assert.strictEqual(remainingItemCount, 2)
      yield* api.deleteAccount("team", "d")
      const second = yield* ask({ path: `${list}?limit=2&continue=${next}` })
      assert.deepStrictEqual(namesIn(second), ["d", "e"])
      assert.deepStrictEqual(read(second).metadata, {}, "that was the last page")
      assert.deepStrictEqual(namesIn(yield* ask({ path: list })), ["builder", "c", "e"])
    }))

  it.effect("an expired page is a 410, whose own token goes on with the list as it is now", () =>
    Effect.gen(function*() {
      const { api, ask } = yield* start(FakeApiServer.lister)
      for (const name of ["c", "d"]) yield* api.setAccount({ namespace: "team", name })
      const { continue: next = "" } = read(yield* ask({ path: `${list}?limit=1` })).metadata
      yield* api.setAccount({ namespace: "team", name: "cc" })
      yield* api.expirePages
      const expired = yield* ask({ path: `${list}?limit=9&continue=${next}` })
      assert.strictEqual(expired.status, 410)
      const again = read(expired).metadata.continue
      assert.deepStrictEqual(namesIn(yield* ask({ path: `${list}?continue=${again}` })), ["c", "cc", "d"])
    }))
})

describe("FakeApiServer: who asks", () => {
  it.effect("TR-10: 401 for a token that was rotated away, 403 for none", () =>
    Effect.gen(function*() {
      const { api, ask } = yield* start()
      assert.strictEqual((yield* ask({ path: account })).status, 200)
      const fresh = yield* api.issueToken(caller)
      assert.strictEqual((yield* ask({ path: account })).status, 401)
      assert.strictEqual((yield* ask({ path: account, token: fresh })).status, 200)
      assert.strictEqual((yield* ask({ path: account, token: undefined })).status, 403)
    }))

  it.effect("TR-11: rules count by verb, resource, name and namespace, and can change", () =>
    Effect.gen(function*() {
      const { api, ask } = yield* start([
        { verbs: ["get"], resources: ["serviceaccounts"], resourceNames: ["builder"], namespace: "team" }
      ])
      const statusOf = (path: string) => Effect.map(ask({ path }), ({ status }) => status)
      assert.strictEqual(yield* statusOf(account), 200)
      assert.strictEqual(yield* statusOf(`${list}/other`), 403)
      assert.strictEqual(yield* statusOf(account.replace("team", "other")), 403)
      assert.strictEqual(yield* statusOf(list), 403)
      assert.strictEqual(yield* statusOf("/api/v1/namespaces/team/pods/web"), 403)
      yield* api.setCaller(caller, FakeApiServer.lister)
      assert.strictEqual(yield* statusOf(list), 200)
      assert.strictEqual(yield* statusOf(account), 403)
    }))

  it("NODE-2: an agent may do what docs/kubernetes/rbac.yaml grants it", () => {
    const text = readFileSync(new URL("../../../docs/kubernetes/rbac.yaml", import.meta.url))
    const role = Schema.decodeUnknownSync(Role)(NodeJson.toJson(Result.getOrThrow(StrictYaml.parse(text)).root))
    const pairs = (rules: ReadonlyArray<Pick<FakeApiServer.Rule, "verbs" | "resources">>) =>
      rules.flatMap(({ resources, verbs }) => resources.map((resource) => `${verbs.join()} ${resource}`)).sort()
    assert.deepStrictEqual(pairs(FakeApiServer.agent), pairs(role.rules))
  })

  it.effect("NODE-1: a node reads what its pods use, and nothing else", () =>
    Effect.gen(function*() {
      const { api, ask } = yield* start()
      yield* api.setSecret({ namespace: "team", name: "regcred" })
      yield* api.setPod({ namespace: "team", name: "away", serviceAccountName: "builder", nodeName: "n-2" })
      const token = yield* api.issueToken("system:node:n-1")
      const statusOf = (path: string) =>
        Effect.map(ask({ path: `/api/v1/namespaces/team/${path}`, token }), ({ status }) => status)
      assert.strictEqual(yield* statusOf("serviceaccounts/builder"), 200)
      assert.strictEqual(yield* statusOf("pods/web"), 200)
      assert.strictEqual(yield* statusOf("pods/away"), 403)
      assert.strictEqual(yield* statusOf("secrets/regcred"), 403)
      yield* api.setPod({
        namespace: "team",
        name: "web",
        serviceAccountName: "builder",
        nodeName: "n-1",
        imagePullSecrets: ["regcred"]
      })
      assert.strictEqual(yield* statusOf("secrets/regcred"), 200)
      yield* api.deletePod("team", "web")
      assert.strictEqual(yield* statusOf("serviceaccounts/builder"), 403)
    }))

  it.effect("NODE-3: without the plugin a node gets unbound tokens", () =>
    Effect.gen(function*() {
      const request = mint({ audiences: ["registry.example"] })
      const restricted = yield* start()
      const token = yield* restricted.api.issueToken("system:node:n-1")
      assert.strictEqual((yield* restricted.ask({ ...request, token })).status, 403)
      const bare = yield* start([], { nodeRestriction: false })
      assert.strictEqual(
        (yield* bare.ask({ ...request, token: yield* bare.api.issueToken("system:node:n-1") })).status,
        201
      )
    }))

  it.effect("TR-44: a minted token says whose it is, and opens the API while it and what it is bound to last", () =>
    Effect.gen(function*() {
      const { api, ask } = yield* start()
      yield* api.setCaller("system:serviceaccount:team:builder", FakeApiServer.agent)
      const token = tokenIn(yield* ask(mint(boundTo("web"))))
      const { aud, exp, sub, ...claims } = claimsOf(token)
      assert.deepStrictEqual([aud, exp, sub], [
        ["https://kubernetes.default.svc"],
        3600,
        "system:serviceaccount:team:builder"
      ])
      assert.deepStrictEqual(claims["kubernetes.io"], {
        namespace: "team",
        node: { name: "n-1" },
        pod: { name: "web", uid: "p-1" },
        serviceaccount: { name: "builder", uid: "u-1" }
      })
      const unbound = tokenIn(yield* ask(mint({})))
      const opens = (token: Redacted.Redacted) =>
        Effect.map(ask({ path: account, token }), ({ status }) => status === 200)
      assert.isTrue(yield* opens(token))
      yield* api.deletePod("team", "web")
      assert.isFalse(yield* opens(token))
      assert.isTrue(yield* opens(unbound))
      yield* TestClock.adjust("1 hour")
      assert.isFalse(yield* opens(unbound))
      assert.deepStrictEqual((yield* api.requests).at(-1)?.caller, undefined)
    }))

  it.effect("TR-10: over TLS a certificate names the caller, an expired one no one", () =>
    Effect.gen(function*() {
      const { api } = yield* start([], { tls: true })
      const { ca, client, expiredClient } = FakeApiServer.certificates
      yield* api.setCaller("credlet-test-client", FakeApiServer.agent)
      const statusWith = (tls: Sent["tls"]) =>
        Effect.map(send(api.server, { path: account, ...(tls === undefined ? {} : { tls }) }), ({ status }) => status)
      assert.strictEqual(yield* statusWith({ ca, ...client }), 200)
      assert.strictEqual(yield* statusWith({ ca, ...expiredClient }), 401)
      assert.strictEqual(yield* statusWith({ ca }), 403)
      assert.strictEqual((yield* Effect.flip(statusWith({}))).message, "SELF_SIGNED_CERT_IN_CHAIN")
      assert.deepStrictEqual((yield* api.requests).map(({ caller }) => caller), [
        "credlet-test-client",
        undefined,
        "system:anonymous"
      ])
    }))
})

describe("FakeApiServer: when things go wrong", () => {
  it.effect("answers are replaced for as many requests as was said, and those are on record too", () =>
    Effect.gen(function*() {
      const { api, ask } = yield* start()
      yield* api.intercept(FakeApiServer.failing(503, { retryAfterSeconds: 7 }), { times: 2 })
      const answers = yield* Effect.forEach([1, 2, 3], () => ask({ path: account }))
      assert.deepStrictEqual(answers.map(({ status }) => status), [503, 503, 200])
      assert.strictEqual(answers[0]?.headers["retry-after"], "7")
      yield* api.intercept(FakeApiServer.html())
      assert.include((yield* ask({ path: account })).headers["content-type"], "text/html")
      yield* api.intercept(FakeApiServer.failing(500))
      assert.strictEqual((yield* ask({ path: account })).headers["retry-after"], undefined)
      yield* api.intercept(undefined)
      assert.strictEqual((yield* ask({ path: account })).status, 200)
      assert.lengthOf(yield* api.requests, 6)
    }))

  it.effect("a function sees the request and decides", () =>
    Effect.gen(function*() {
      const { api, ask } = yield* start([...FakeApiServer.agent, ...FakeApiServer.lister])
      yield* api.intercept((request) => Effect.succeed(request.path === list ? FakeApiServer.throttled() : undefined))
      assert.strictEqual((yield* ask({ path: `${list}?limit=3` })).status, 429)
      assert.strictEqual((yield* ask({ path: account })).status, 200)
    }))

  it.effect("it can be slow by Effect's Clock, and gives up at the request's own timeout", () =>
    Effect.gen(function*() {
      const { api, ask } = yield* start()
      const arrivals = yield* Effect.all([Deferred.make<void>(), Deferred.make<void>()])
      yield* api.intercept(({ query }) =>
        Effect.andThen(
          Deferred.succeed(arrivals[query === "" ? 0 : 1], undefined),
          Effect.as(Effect.sleep("10 seconds"), undefined)
        )
      )
      const patient = yield* Effect.forkChild(ask({ path: account }))
      const bounded = yield* Effect.forkChild(ask({ path: `${account}?timeout=3s` }))
      yield* Effect.forEach(arrivals, Deferred.await)
      yield* TestClock.adjust("3 seconds")
      assert.strictEqual((yield* Fiber.join(bounded)).status, 504)
      assert.isUndefined(patient.pollUnsafe())
      yield* TestClock.adjust("7 seconds")
      assert.strictEqual((yield* Fiber.join(patient)).status, 200)
    }))

  it.effect("it hangs up; and when the client does, the request's fiber ends", () =>
    Effect.gen(function*() {
      const { api, ask } = yield* start()
      yield* api.intercept("hangUp")
      assert.strictEqual((yield* Effect.flip(ask({ path: account }))).message, "ECONNRESET")
      const arrived = yield* Deferred.make<void>()
      const ended = yield* Deferred.make<void>()
      yield* api.intercept(() =>
        Deferred.succeed(arrived, undefined).pipe(
          Effect.andThen(Effect.never),
          Effect.onInterrupt(() => Deferred.succeed(ended, undefined))
        )
      )
      const fiber = yield* Effect.forkChild(ask({ path: account }))
      yield* Deferred.await(arrived)
      yield* Fiber.interrupt(fiber)
      yield* Deferred.await(ended)
    }))

  it.effect("nothing listens once the scope is closed, even with requests under way", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { api, ask } = yield* Scope.provide(start(), scope)
      const arrived = yield* Deferred.make<void>()
      yield* api.intercept(() => Effect.andThen(Deferred.succeed(arrived, undefined), Effect.never))
      const fiber = yield* Effect.forkChild(Effect.flip(ask({ path: account })))
      yield* Deferred.await(arrived)
      yield* Scope.close(scope, Exit.void)
      assert.strictEqual((yield* Fiber.join(fiber)).message, "ECONNRESET")
      assert.strictEqual((yield* Effect.flip(ask({ path: account }))).message, "ECONNREFUSED")
    }))

  it.effect("what a real server could do and the fake can't is a 501", () =>
    Effect.gen(function*() {
      const { ask } = yield* start(FakeApiServer.administrator)
      const beyond: ReadonlyArray<Omit<Sent, "token">> = [
        { path: "/api/v1/namespaces/team/pods" },
        { path: "/api/v1/serviceaccounts" },
        { path: `${list}?fieldSelector=metadata.name=builder` },
        { path: account, method: "DELETE" },
        { path: account, headers: { accept: "application/yaml" } },
        { path: account, headers: { "impersonate-user": "jane" } },
        mint({ boundObjectRef: { kind: "Node", apiVersion: "v1", name: "n-1" } })
      ]
      const answers = yield* Effect.forEach(beyond, ask)
      assert.deepStrictEqual(answers.map(({ status }) => status), beyond.map(() => 501))
    }))
})

describe("FakeApiServer: what is on record", () => {
  it.effect("method, path, query and caller, but no token", () =>
    Effect.gen(function*() {
      const { api, ask } = yield* start()
      yield* ask({ path: `${list}/a%2Fb?pretty=1` })
      yield* ask(mint({}))
      const records = yield* api.requests
      assert.deepStrictEqual(records, [
        { method: "GET", path: `${list}/a%2Fb`, query: "pretty=1", caller },
        { method: "POST", path: `${account}/token`, query: "", caller }
      ])
      yield* ask({ path: account })
      assert.lengthOf(records, 2, "what was read is a snapshot")
    }))

  it.effect("connections are counted, and kept open between requests", () =>
    Effect.gen(function*() {
      const { api, ask } = yield* start()
      const agent = yield* Effect.acquireRelease(
        Effect.sync(() => new Http.Agent({ keepAlive: true, maxSockets: 1 })),
        (agent) => Effect.sync(() => agent.destroy())
      )
      yield* Effect.forEach([1, 2, 3], () => ask({ path: account, agent }))
      assert.strictEqual(yield* api.connections, 1)
      yield* api.intercept(FakeApiServer.draining, { times: 1 })
      yield* ask({ path: account, agent })
      yield* ask({ path: account, agent })
      assert.strictEqual(yield* api.connections, 2, "a draining server closes them")
    }))
})

/** What the layers over an API server tell: log lines and steps about tokens, and requests counted. */
import { IdentityError } from "@credlet/core/identity/IdentityError"
import { ServiceAccounts } from "@credlet/core/identity/ServiceAccounts"
import type { TokenRequest } from "@credlet/core/identity/ServiceAccountTokens"
import * as ProviderMetrics from "@credlet/core/telemetry/ProviderMetrics"
import * as ApiServer from "@credlet/kubernetes/ApiServer"
import * as KubernetesPods from "@credlet/kubernetes/KubernetesPods"
import * as KubernetesServiceAccounts from "@credlet/kubernetes/KubernetesServiceAccounts"
import * as KubernetesTokens from "@credlet/kubernetes/KubernetesTokens"
import { messages } from "@credlet/kubernetes/TokenLog"
import { FakeApiServer } from "@credlet/testing"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Deferred, Duration, Effect, Fiber, Schema } from "effect"
import { TestClock } from "effect/testing"
import * as Collect from "../../core/test/telemetry/collect.ts"
import * as Cluster from "./fakeCluster.ts"
import { connection, type Script, start, until } from "./scriptedServer.ts"

const request: TokenRequest = {
  serviceAccount: { namespace: "ns", name: "sa", uid: "u" },
  pod: { name: "p", uid: "pu" },
  audience: "a"
}
const subject = { serviceAccount: "ns/sa", pod: "ns/p", podUID: "pu", audience: "a" }
const refused = new IdentityError({ operation: "get a token", failure: "Unreachable", detail: "ECONNREFUSED" })

interface Answer {
  /** In seconds; without, the answer does not say. */
  readonly lifetime?: number
  /** In seconds from now. */
  readonly expiresIn?: number
}

/** Tokens of a server that does as the test says at that moment. */
const tokens = Effect.fnUntraced(function*(answer: Answer = { lifetime: 3600, expiresIn: 3600 }) {
  const script = { answer, fails: false, gate: Effect.void }
  const api = ApiServer.ApiServer.of({
    get: () => Effect.die("not asked"),
    post: ({ read }) =>
      Effect.gen(function*() {
        yield* script.gate
        if (script.fails) return yield* refused
        const { expiresIn, lifetime } = script.answer
        const now = yield* Clock.currentTimeMillis
        const expirationTimestamp = expiresIn === undefined ? null : new Date(now + expiresIn * 1000).toISOString()
        const spec = lifetime === undefined ? {} : { expirationSeconds: lifetime }
        return yield* Effect.orDie(
          read(JSON.stringify({ spec, status: { token: "canary-token", expirationTimestamp } }))
        )
      })
  })
  const made = yield* Effect.provideService(KubernetesTokens.make, ApiServer.ApiServer, api)
  return { get: made.get(request), script }
})

describe("TokenIssued", () => {
  it.effect("TOKEN-4, TOKEN-5: requested, then reused with its remaining life, then requested anew", () =>
    Effect.gen(function*() {
      const { get } = yield* tokens()
      assert.deepStrictEqual(yield* Collect.steps(get), [
        { _tag: "TokenIssued", isReused: false, expiresIn: Duration.hours(1) }
      ])
      yield* TestClock.adjust("10 minutes")
      assert.deepStrictEqual(yield* Collect.steps(get), [
        { _tag: "TokenIssued", isReused: true, expiresIn: Duration.minutes(50) }
      ])
      yield* TestClock.adjust("40 minutes")
      assert.deepStrictEqual(yield* Collect.steps(get), [
        { _tag: "TokenIssued", isReused: false, expiresIn: Duration.hours(1) }
      ])
    }))

  it.effect("TOKEN-7: the old token, where there is no new one", () =>
    Effect.gen(function*() {
      const { get, script } = yield* tokens()
      yield* get
      yield* TestClock.adjust("50 minutes")
      script.fails = true
      assert.deepStrictEqual(yield* Collect.steps(get), [
        { _tag: "TokenIssued", isReused: true, expiresIn: Duration.minutes(10) }
      ])
    }))

  it.effect("TOKEN-12 improved: of parallel gets the one that requested it has a new token", () =>
    Effect.gen(function*() {
      const { get, script } = yield* tokens()
      const gate = yield* Deferred.make<void>()
      script.gate = Deferred.await(gate)
      const gets = yield* Effect.forEach(
        [1, 2, 3],
        () => Effect.forkChild(Collect.steps(get), { startImmediately: true })
      )
      yield* Deferred.succeed(gate, undefined)
      const steps = (yield* Effect.forEach(gets, Fiber.join)).flat()
      assert.deepStrictEqual(steps.map((step) => step._tag === "TokenIssued" && step.isReused), [false, true, true])
    }))

  it.effect("TR-5: an end that the server did not tell is not told", () =>
    Effect.gen(function*() {
      const { get } = yield* tokens({})
      assert.deepStrictEqual(yield* Collect.steps(get), [{ _tag: "TokenIssued", isReused: false }])
    }))

  it.effect("TOKEN-6: none where there is no token", () =>
    Effect.gen(function*() {
      const { get, script } = yield* tokens()
      script.fails = true
      assert.deepStrictEqual(yield* Collect.steps(get), [])
    }))
})

describe("log lines", () => {
  it.effect("LOG-11: a failed refresh, for whom, once, and without the token", () =>
    Effect.gen(function*() {
      const { get, script } = yield* tokens()
      assert.deepStrictEqual(yield* Collect.logLines(get), [])
      yield* TestClock.adjust("50 minutes")
      script.fails = true
      const lines = yield* Collect.logLines(get)
      assert.deepStrictEqual(lines, [
        { level: "Error", message: messages.refreshFailed, err: refused.message, ...subject }
      ])
      assert.isFalse(Collect.holds(lines, "canary"))
    }))

  it.effect("LOG-12: an answer without a lifetime, once, and without the token", () =>
    Effect.gen(function*() {
      const { get } = yield* tokens({ expiresIn: 3600 })
      const lines = yield* Collect.logLines(Effect.andThen(get, get))
      assert.deepStrictEqual(lines, [{ level: "Error", message: messages.withoutLifetime, ...subject }])
      assert.isFalse(Collect.holds(lines, "canary"))
    }))

  it.effect("TOKEN-6: a failure with no token to fall back on is the caller's to log", () =>
    Effect.gen(function*() {
      const { get, script } = yield* tokens()
      script.fails = true
      assert.deepStrictEqual(yield* Collect.logLines(get), [])
    }))
})

describe("credlet_kubernetes_requests_total", () => {
  const call = {
    operation: "get serviceaccount team/app",
    kind: "get_serviceaccount",
    path: ["api", "v1", "namespaces", "team", "serviceaccounts", "app"],
    read: ApiServer.reader(Schema.Struct({ metadata: Schema.Struct({ name: Schema.String }) }))
  } as const
  const serve = Effect.fnUntraced(function*(script: Script) {
    const server = yield* start(script)
    return { server, api: yield* ApiServer.make(connection(server.url)) }
  })
  const status = (code: number, reason: string) => ({
    status: code,
    body: { kind: "Status", apiVersion: "v1", status: "Failure", reason, code, details: { kind: "serviceaccounts" } }
  })
  const one = (operation: string, outcome: string, count = 1) =>
    `credlet_kubernetes_requests_total{operation="${operation}",outcome="${outcome}"} ${count}`

  it.effect("by how they ended; a refusal of our own is no request", () =>
    Collect.counted(Effect.gen(function*() {
      const replies = [
        { body: { metadata: { name: "app" } } },
        { body: { metadata: { name: "app" } } },
        status(403, "Forbidden"),
        status(404, "NotFound"),
        { body: { metadata: 1 } }
      ]
      const { api } = yield* serve((_request, _response, nth) => replies[nth - 1])
      yield* Effect.repeat(Effect.exit(api.get(call)), { times: replies.length - 1 })
      yield* Effect.exit(api.get({ ...call, path: [".."] }))
      assert.deepStrictEqual(yield* Collect.series, [
        one("get_serviceaccount", "forbidden"),
        one("get_serviceaccount", "foreign_answer"),
        one("get_serviceaccount", "service_account_not_found"),
        one("get_serviceaccount", "success", 2)
      ])
    })))

  it.effect("TOKEN-17: those that got no answer in time, and those that nobody waits for any more", () =>
    Collect.counted(Effect.gen(function*() {
      const { api, server } = yield* serve(() => undefined)
      const asked = (count: number) => until(() => server.requests.length === count)
      const slow = yield* Effect.forkChild(api.get(call), { startImmediately: true })
      yield* asked(1)
      yield* TestClock.adjust("30 seconds")
      yield* Fiber.await(slow)
      const left = yield* Effect.forkChild(api.post({ ...call, kind: "create_token" }, {}), { startImmediately: true })
      yield* asked(2)
      yield* Fiber.interrupt(left)
      assert.deepStrictEqual(yield* Collect.series, [
        one("create_token", "interrupted"),
        one("get_serviceaccount", "timed_out")
      ])
    })))

  it.effect("Enabled is false: nothing is counted", () =>
    Collect.counted(Effect.gen(function*() {
      const { api } = yield* serve(() => status(403, "Forbidden"))
      yield* Effect.exit(api.get(call))
      assert.deepStrictEqual(yield* Collect.series, [])
    })).pipe(Effect.provideService(ProviderMetrics.Enabled, false)))

  it.effect("gets and LISTs of accounts, tokens, pods and secrets are told apart, of an agent that may not LIST", () =>
    Collect.counted(Effect.gen(function*() {
      const { api, fake } = yield* Cluster.make(FakeApiServer.agent)
      const uid = yield* fake.setAccount({ namespace: "team", name: "app" })
      for (const name of ["b", "c", "d"]) yield* fake.setAccount({ namespace: "team", name })
      const podUid = yield* fake.setPod({
        namespace: "team",
        name: "web",
        serviceAccountName: "app",
        imagePullSecrets: ["gone"]
      })
      yield* Effect.gen(function*() {
        const pods = yield* KubernetesPods.make
        const accounts = yield* KubernetesServiceAccounts.make()
        const tokens = yield* KubernetesTokens.make
        const get = (name: string) => accounts.get("team", name)
        yield* get("app")
        yield* Effect.all([get("b"), get("c"), get("d")], { concurrency: 3 })
        yield* tokens.get({
          serviceAccount: { namespace: "team", name: "app", uid },
          pod: { name: "web", uid: podUid },
          audience: "registry.example"
        })
        yield* pods.pullSecrets(yield* pods.get("team", "web"))
      }).pipe(Effect.provideService(ApiServer.ApiServer, api))
      assert.deepStrictEqual(yield* Collect.series, [
        one("create_token", "success"),
        one("get_pod", "success"),
        one("get_secret", "forbidden"),
        one("get_serviceaccount", "success", 4),
        one("list_serviceaccounts", "forbidden")
      ])
    })))
})

describe("spans", () => {
  it.effect("a request's is under the one of the lookup that it is for", () =>
    Effect.gen(function*() {
      const { api, fake } = yield* Cluster.make(FakeApiServer.agent)
      yield* fake.setAccount({ namespace: "team", name: "app" })
      const accounts = yield* Effect.provideService(KubernetesServiceAccounts.make(), ApiServer.ApiServer, api)
      const spans = yield* Collect.spans(
        Effect.withSpan(
          Effect.flatMap(ServiceAccounts, (service) => service.get("team", "app")),
          "credlet.service_account.get"
        ).pipe(Effect.provideService(ServiceAccounts, accounts))
      )
      assert.deepInclude(spans.find((span) => span.name === "credlet.kubernetes.request"), {
        parent: "credlet.service_account.get",
        outcome: "Success"
      })
    }))
})

import { IdentityError } from "@credlet/core/identity/IdentityError"
import type { TokenRequest } from "@credlet/core/identity/ServiceAccountTokens"
import { ServiceAccountTokens } from "@credlet/core/identity/ServiceAccountTokens"
import * as ApiServer from "@credlet/kubernetes/ApiServer"
import * as KubernetesTokens from "@credlet/kubernetes/KubernetesTokens"
import { FakeApiServer } from "@credlet/testing"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Deferred, Effect, Exit, Fiber, Layer, Logger, Random, Redacted, Schema } from "effect"
import { TestClock } from "effect/testing"
import { inspect } from "node:util"
import * as Cluster from "./fakeCluster.ts"

const minute = 60_000
const hour = 60 * minute

interface Script {
  /** In seconds; `null`: the answer does not say. */
  lifetime: number | null
  /** In seconds from now; the lifetime by default; `null`: the answer does not say. */
  expiresIn?: number | null
  fails: boolean
  /** What each post waits for. */
  gate: Effect.Effect<void>
  token: (nth: number) => string | undefined
}

interface Posted {
  readonly call: ApiServer.Call<unknown>
  readonly body: unknown
}

/** Tokens over a server that answers as the script says at that moment, by the clock of the test. */
const setUp = Effect.fnUntraced(function*(over: Partial<Script> = {}) {
  const script: Script = { lifetime: 3600, fails: false, gate: Effect.void, token: (nth) => `token-${nth}`, ...over }
  const posted: Array<Posted> = []
  const api = ApiServer.ApiServer.of({
    get: () => Effect.die("not asked"),
    post: (call, body) =>
      Effect.gen(function*() {
        posted.push({ call, body })
        const nth = posted.length
        yield* script.gate
        if (script.fails) {
          return yield* new IdentityError({ operation: call.operation, failure: "Unreachable", detail: "ECONNREFUSED" })
        }
        const now = yield* Clock.currentTimeMillis
        const seconds = script.expiresIn === undefined ? script.lifetime : script.expiresIn
        const status = {
          token: script.token(nth),
          expirationTimestamp: seconds === null ? null : new Date(now + seconds * 1000).toISOString()
        }
        const spec = script.lifetime === null ? {} : { expirationSeconds: script.lifetime }
        return yield* Effect.orDie(call.read(JSON.stringify({ spec, status })))
      })
  })
  const tokens = yield* Effect.provideService(KubernetesTokens.make, ApiServer.ApiServer, api)
  const get = (over?: Partial<TokenRequest>) => Effect.map(tokens.get({ ...request, ...over }), Redacted.value)
  return { get, posted, script, tokens }
})

const request: TokenRequest = {
  serviceAccount: { namespace: "ns", name: "sa", uid: "u" },
  pod: { name: "p", uid: "pu" },
  audience: "a"
}

const withJitter = (seconds: number) =>
  Effect.provideService(Random.Random, {
    nextDoubleUnsafe: () => (seconds + 0.5) / 10,
    nextIntUnsafe: () => 0
  })

const silent = Effect.provide(Logger.layer([]))

describe("request and answer", () => {
  it.effect("TR-1: bound to the pod, with the account's UID as precondition, one audience, and no lifetime", () =>
    Effect.gen(function*() {
      const { get, posted } = yield* setUp()
      yield* get()
      assert.deepStrictEqual(posted[0]?.call.path, ["api", "v1", "namespaces", "ns", "serviceaccounts", "sa", "token"])
      assert.deepStrictEqual(posted[0]?.body, {
        kind: "TokenRequest",
        apiVersion: "authentication.k8s.io/v1",
        metadata: { uid: "u" },
        spec: { audiences: ["a"], boundObjectRef: { kind: "Pod", apiVersion: "v1", name: "p", uid: "pu" } }
      })
    }))

  it.effect("a long audience is cut in what an error says, and what could forge a line is escaped", () =>
    Effect.gen(function*() {
      const { get, posted } = yield* setUp()
      yield* get({ audience: "x".repeat(10_000) })
      yield* get({ audience: "a\n\u0085\u202e\u2028\"b" })
      const operations = posted.map(({ call }) => call.operation)
      const before = "get a token of serviceaccount ns/sa for pod p and audience"
      assert.deepStrictEqual(operations, [
        `${before} "${"x".repeat(100)}"…`,
        `${before} "a\\n\\u0085\\u202e\\u2028\\"b"`
      ])
    }))

  it.effect("SA-19: an empty token is no error", () =>
    Effect.gen(function*() {
      const { get } = yield* setUp({ token: () => "" })
      assert.strictEqual(yield* get(), "")
    }))

  it.effect("TR-6: times as Kubernetes reads them", () =>
    Effect.gen(function*() {
      let time: unknown
      const api = ApiServer.ApiServer.of({
        get: () => Effect.die("not asked"),
        post: (call) =>
          Effect.mapError(
            call.read(
              JSON.stringify({ spec: { expirationSeconds: 600 }, status: { token: "t", expirationTimestamp: time } })
            ),
            () => new IdentityError({ operation: call.operation, failure: "ServerFailed", detail: "" })
          )
      })
      const read = Effect.suspend(() =>
        Effect.scoped(Effect.flatMap(
          Effect.provideService(KubernetesTokens.make, ApiServer.ApiServer, api),
          (tokens) => Effect.exit(tokens.get(request))
        ))
      )
      for (time of ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05+02:00", null]) {
        assert.isTrue(Exit.isSuccess(yield* read), String(time))
      }
      for (
        time of [
          "",
          "2026-01-02 03:04:05Z",
          "2026-01-02t03:04:05Z",
          "2026-01-02T03:04:05z",
          "2026-01-02T03:04:05",
          "2026-13-02T03:04:05Z",
          1767323045,
          "tomorrow"
        ]
      ) {
        assert.isTrue(Exit.isFailure(yield* read), String(time))
      }
    }))
})

describe("keys", () => {
  it.effect("TOKEN-1, TOKEN-2: any other part is another token", () =>
    Effect.gen(function*() {
      const { get, posted } = yield* setUp()
      const account = request.serviceAccount
      const variants: ReadonlyArray<Partial<TokenRequest>> = [
        {},
        { audience: "b" },
        { audience: `a","b` },
        { pod: { name: "p2", uid: "pu" } },
        { pod: { name: "p", uid: "pu2" } },
        { serviceAccount: { ...account, uid: "u2" } },
        { serviceAccount: { ...account, name: "sa2" } },
        { serviceAccount: { ...account, namespace: "ns2" } },
        { serviceAccount: { ...account, namespace: "ns/sa", name: "u" } },
        { serviceAccount: { ...account, namespace: "ns", name: "sa/u" } }
      ]
      const tokens = []
      for (const variant of variants) tokens.push(yield* get(variant))
      assert.strictEqual(new Set(tokens).size, variants.length)
      for (const [at, variant] of variants.entries()) assert.strictEqual(yield* get(variant), tokens[at])
      assert.strictEqual(posted.length, variants.length)
    }))

  const part = Schema.Literals(["a", "b", "a/b", `a","b`, "\\", ""])
  const parts = Schema.Tuple([part, part, part, part, part, part])
  const requestOf = ([namespace, name, uid, podName, podUid, audience]: typeof parts.Type): TokenRequest => ({
    serviceAccount: { namespace, name, uid },
    pod: { name: podName, uid: podUid },
    audience
  })

  it.effect.prop(
    "TOKEN-1: two requests have the same token only if they are equal",
    { one: parts, other: parts },
    ({ one, other }) =>
      Effect.scoped(Effect.gen(function*() {
        const { tokens } = yield* setUp()
        const first = Redacted.value(yield* tokens.get(requestOf(one)))
        const second = Redacted.value(yield* tokens.get(requestOf(other)))
        assert.strictEqual(first === second, one.every((part, at) => part === other[at]))
      }))
  )

  it.effect("TOKEN-12 improved: parallel first gets are one request, and one that leaves does not stop it", () =>
    Effect.gen(function*() {
      const gate = yield* Deferred.make<void>()
      const { get, posted } = yield* setUp({ gate: Deferred.await(gate) })
      const fork = Effect.forkChild(get(), { startImmediately: true })
      const [first, second, third] = [yield* fork, yield* fork, yield* fork]
      yield* Fiber.interrupt(first)
      yield* Deferred.succeed(gate, undefined)
      assert.deepStrictEqual([yield* Fiber.join(second), yield* Fiber.join(third)], ["token-1", "token-1"])
      assert.strictEqual(posted.length, 1)
    }))
})

describe("refresh", () => {
  const dueAt = Effect.fnUntraced(function*(over: Partial<Script>, jitter: number, after: number) {
    const { get, posted } = yield* setUp(over)
    yield* withJitter(jitter)(get())
    yield* TestClock.adjust(after)
    yield* get()
    return posted.length === 2
  })

  it.effect("TOKEN-4, TOKEN-10: E=3600 is not due at 10 minutes, due at 50 and 70", () =>
    Effect.gen(function*() {
      assert.isFalse(yield* dueAt({}, 0, 10 * minute))
      assert.isTrue(yield* dueAt({}, 0, 50 * minute))
      assert.isTrue(yield* dueAt({}, 0, 70 * minute))
    }))

  it.effect("TOKEN-10: due after iat+47m51s … iat+48m0s, as the jitter is, and not at that very moment", () =>
    Effect.gen(function*() {
      for (let jitter = 0; jitter <= 9; jitter++) {
        const threshold = 48 * minute - jitter * 1_000
        assert.isFalse(yield* dueAt({}, jitter, threshold), `jitter ${jitter}`)
        assert.isTrue(yield* dueAt({}, jitter, threshold + 1), `jitter ${jitter}`)
      }
    }))

  it.effect("TOKEN-10: the jitter that is drawn is never outside 0…9 seconds", () =>
    Effect.gen(function*() {
      for (let round = 0; round < 50; round++) {
        const { get, posted } = yield* setUp()
        yield* Random.withSeed(get(), `round ${round}`)
        yield* TestClock.adjust(48 * minute - 9_000)
        yield* get()
        assert.strictEqual(posted.length, 1)
        yield* TestClock.adjust(9_001)
        yield* get()
        assert.strictEqual(posted.length, 2)
      }
    }))

  it.effect("TOKEN-10: a long token is due after a day; E=144000 at 25 h", () =>
    Effect.gen(function*() {
      assert.isFalse(yield* dueAt({ lifetime: 144_000 }, 0, 24 * hour))
      assert.isTrue(yield* dueAt({ lifetime: 144_000 }, 0, 24 * hour + 1))
      assert.isTrue(yield* dueAt({ lifetime: 144_000 }, 0, 25 * hour))
    }))

  it.effect("TOKEN-10: a fifth of the lifetime is rounded down to seconds; both numbers are the answer's", () =>
    Effect.gen(function*() {
      assert.isFalse(yield* dueAt({ lifetime: 604 }, 0, 484_000)) // ⌊120.8⌋ = 120 before the end
      assert.isTrue(yield* dueAt({ lifetime: 604 }, 0, 484_001))
      assert.isFalse(yield* dueAt({ lifetime: 3600, expiresIn: 7200 }, 0, 7200_000 - 720_000))
      assert.isTrue(yield* dueAt({ lifetime: 3600, expiresIn: 7200 }, 0, 7200_000 - 720_000 + 1))
    }))

  it.effect("TOKEN-11 improved: without a lifetime it is due when it has expired", () =>
    Effect.gen(function*() {
      assert.isFalse(yield* dueAt({ lifetime: null, expiresIn: 3600 }, 9, hour))
      assert.isTrue(yield* dueAt({ lifetime: null, expiresIn: 3600 }, 9, hour + 1))
      assert.isTrue(yield* dueAt({ lifetime: null, expiresIn: null }, 0, 1))
    }))

  it.effect("TOKEN-5: a refresh replaces: at 50 minutes a new one, at 51 it is a hit", () =>
    Effect.gen(function*() {
      const { get, posted } = yield* setUp()
      assert.strictEqual(yield* get(), "token-1")
      yield* TestClock.adjust(50 * minute)
      assert.strictEqual(yield* get(), "token-2")
      yield* TestClock.adjust(minute)
      assert.strictEqual(yield* get(), "token-2")
      assert.strictEqual(posted.length, 2)
    }))

  it.effect("parallel gets of a token that is due are one refresh", () =>
    Effect.gen(function*() {
      const { get, posted } = yield* setUp()
      yield* get()
      yield* TestClock.adjust(50 * minute)
      const tokens = yield* Effect.all(Array.from({ length: 20 }, () => get()), { concurrency: "unbounded" })
      assert.deepStrictEqual(new Set(tokens), new Set(["token-2"]))
      assert.strictEqual(posted.length, 2)
    }))
})

describe("failures", () => {
  it.effect("TOKEN-6: without a token the error is the server's, and not remembered", () =>
    Effect.gen(function*() {
      const { get, script } = yield* setUp({ fails: true })
      const error = yield* Effect.flip(get())
      assert.deepStrictEqual([error.failure, error.detail], ["Unreachable", "ECONNREFUSED"])
      script.fails = false
      assert.strictEqual(yield* get(), "token-2")
    }))

  it.effect("TOKEN-7, TOKEN-9: while the old token is valid it is given, and the failure logged without it", () =>
    Effect.gen(function*() {
      const { get, posted, script } = yield* setUp()
      yield* get()
      script.fails = true
      yield* TestClock.adjust(50 * minute)
      const logged: Array<string> = []
      const logger = Logger.map(Logger.formatJson, (line) => void logged.push(line))
      assert.strictEqual(yield* Effect.provide(get(), Logger.layer([logger])), "token-1")
      assert.strictEqual(logged.length, 1)
      assert.match(logged[0] ?? "", /ns\/sa.*ECONNREFUSED/)
      assert.notInclude(logged.join("\n"), "token-1")
      yield* TestClock.adjust(10 * minute)
      assert.strictEqual(yield* silent(get()), "token-1") // at the very timestamp still valid
      assert.strictEqual(posted.length, 3)
    }))

  it.effect("TOKEN-8: an expired token is not given", () =>
    Effect.gen(function*() {
      const { get, script } = yield* setUp()
      yield* get()
      script.fails = true
      yield* TestClock.adjust(hour + 1)
      assert.strictEqual((yield* Effect.flip(get())).failure, "Unreachable")
    }))
})

describe("clean-up", () => {
  it.effect("TOKEN-13: what has expired is gone within a minute", () =>
    Effect.gen(function*() {
      const { get, tokens } = yield* setUp()
      yield* get()
      yield* TestClock.adjust(hour)
      assert.strictEqual(yield* tokens.held, 1)
      yield* TestClock.adjust(minute)
      assert.strictEqual(yield* tokens.held, 0)
    }))

  it.effect("TOKEN-14: a deleted pod's tokens go, and no others", () =>
    Effect.gen(function*() {
      const { get, posted, tokens } = yield* setUp()
      yield* get()
      yield* get({ audience: "b" })
      yield* get({ pod: { name: "p", uid: "other" } })
      yield* tokens.forgetPod("pu")
      assert.strictEqual(yield* tokens.held, 1)
      yield* get({ pod: { name: "p", uid: "other" } })
      assert.strictEqual(posted.length, 3)
      yield* get()
      assert.strictEqual(posted.length, 4)
    }))

  it.effect("TOKEN-14: a token that was under way when its pod was forgotten is not held", () =>
    Effect.gen(function*() {
      const gate = yield* Deferred.make<void>()
      const { get, tokens } = yield* setUp({ gate: Deferred.await(gate) })
      const fiber = yield* Effect.forkChild(get(), { startImmediately: true })
      yield* tokens.forgetPod("pu")
      yield* Deferred.succeed(gate, undefined)
      assert.strictEqual(yield* Fiber.join(fiber), "token-1")
      assert.strictEqual(yield* tokens.held, 0)
    }))
})

describe("over HTTP", () => {
  const setUpFake = Effect.gen(function*() {
    const { api, fake } = yield* Cluster.make(FakeApiServer.agent)
    const uid = yield* fake.setAccount({ namespace: "team", name: "app" })
    const podUid = yield* fake.setPod({ namespace: "team", name: "web", serviceAccountName: "app" })
    const context = yield* Layer.build(Layer.provide(KubernetesTokens.layer, Layer.succeed(ApiServer.ApiServer, api)))
    const { get } = yield* Effect.provide(ServiceAccountTokens, context)
    const request: TokenRequest = {
      serviceAccount: { namespace: "team", name: "app", uid },
      pod: { name: "web", uid: podUid },
      audience: "registry.example.com"
    }
    return { fake, get, request }
  })

  it.effect("1,000 gets for 100 pods are 100 requests, each with its own pod's token", () =>
    Effect.gen(function*() {
      const { fake, get, request } = yield* setUpFake
      const pods: Array<{ readonly name: string; readonly uid: string }> = []
      for (let at = 0; at < 100; at++) {
        const name = `pod-${at}`
        pods.push({ name, uid: yield* fake.setPod({ namespace: "team", name, serviceAccountName: "app" }) })
      }
      const tokens = yield* Effect.all(
        Array.from({ length: 1_000 }, (_, at) => get({ ...request, pod: pods[at % 100] ?? request.pod })),
        { concurrency: "unbounded" }
      )
      assert.strictEqual((yield* fake.requests).length, 100)
      assert.strictEqual(new Set(tokens.map(Redacted.value)).size, 100)
    }))

  it.effect("SA-18: what the server refuses is told apart", () =>
    Effect.gen(function*() {
      const { fake, get, request } = yield* setUpFake
      const failure = (over: Partial<TokenRequest>) =>
        Effect.map(Effect.flip(get({ ...request, ...over })), (error) => error.failure)
      const account = request.serviceAccount
      yield* fake.setPod({ namespace: "team", name: "other", serviceAccountName: "else", uid: "other-uid" })
      assert.strictEqual(yield* failure({ serviceAccount: { ...account, uid: "old" } }), "ServiceAccountReplaced")
      assert.strictEqual(yield* failure({ pod: { name: "web", uid: "old" } }), "PodReplaced")
      assert.strictEqual(yield* failure({ pod: { name: "gone", uid: "x" } }), "PodNotFound")
      assert.strictEqual(yield* failure({ pod: { name: "other", uid: "other-uid" } }), "PodOfOtherAccount")
      assert.strictEqual(yield* failure({ serviceAccount: { ...account, name: "gone" } }), "ServiceAccountNotFound")
      assert.strictEqual(yield* failure({ serviceAccount: { ...account, namespace: "nowhere" } }), "NamespaceNotFound")
      assert.strictEqual(yield* failure({ serviceAccount: { ...account, name: ".." } }), "InvalidRequest")
      yield* fake.terminateNamespace("team")
      assert.strictEqual(yield* failure({}), "NamespaceTerminating")
    }))

  it.effect("nothing that is handed out shows the token", () =>
    Effect.gen(function*() {
      const { get, request } = yield* setUpFake
      const token = yield* get(request)
      assert.notInclude(
        [inspect(token, { depth: 10, showHidden: true }), JSON.stringify({ token }), String(token)].join(),
        Redacted.value(token)
      )
    }))
})

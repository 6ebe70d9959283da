import { IdentityError } from "@credlet/core/identity/IdentityError"
import type { ApiConnection, ApiCredentials } from "@credlet/kubernetes/ApiConnection"
import * as ApiServer from "@credlet/kubernetes/ApiServer"
import { FakeApiServer } from "@credlet/testing"
import { assert, describe, it } from "@effect/vitest"
import { Cause, Clock, Effect, Exit, Fiber, Logger, Random, Redacted, Schema, Tracer } from "effect"
import { TestClock } from "effect/testing"
import { createServer as createProxy, type IncomingMessage } from "node:http"
import { connect, createServer } from "node:net"
import { inspect } from "node:util"
import { connection, type Script, start, token, until } from "./scriptedServer.ts"

const Named = Schema.Struct({ metadata: Schema.Struct({ name: Schema.String }) })
const read = ApiServer.reader(Named)
const operation = "get serviceaccount team/app"
const path = ["api", "v1", "namespaces", "team", "serviceaccounts", "app"]
const call = { operation, path, read }
const found = { body: { metadata: { name: "app" } } }
const text = (status: number, body: string, headers: Readonly<Record<string, string>> = {}) => ({
  status,
  body,
  headers: { "content-type": "text/plain; charset=utf-8", ...headers }
})
const busy = (seconds: number | string) =>
  text(429, "Too many requests, please try again later.\n", { "retry-after": String(seconds) })

/** A client of a scripted server. */
const serve = Effect.fnUntraced(function*(script: Script, over?: Partial<ApiConnection>) {
  const server = yield* start(script)
  return { server, api: yield* ApiServer.make(connection(server.url, over)) }
})

const fork = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.forkChild(effect, { startImmediately: true })

/** Lets the clock run, and real answers arrive, until the effect has ended: how, and how many milliseconds it took. */
const elapse = Effect.fnUntraced(function*<A, E, R>(effect: Effect.Effect<A, E, R>) {
  const begun = yield* Clock.currentTimeMillis
  const fiber = yield* fork(effect)
  while (fiber.pollUnsafe() === undefined) {
    yield* Effect.promise(() => new Promise((done) => setImmediate(done)))
    yield* TestClock.adjust(50)
  }
  return { exit: yield* Fiber.await(fiber), took: (yield* Clock.currentTimeMillis) - begun }
})

const fixedJitter = (value: number) =>
  Effect.provideService(Random.Random, { nextDoubleUnsafe: () => value, nextIntUnsafe: () => value })

describe("requests", () => {
  it.effect("KUBE-11, KUBE-16, TR-3: headers, prefix and query are as a server wants them", () =>
    Effect.gen(function*() {
      const server = yield* start(() => found)
      const api = yield* ApiServer.make(connection(`${server.url}/pre/fix`, {
        impersonation: [["Impersonate-User", "jane"], ["Impersonate-Group", "a"], ["Impersonate-Group", "b"]]
      }))
      yield* api.get({ ...call, query: { limit: "500", continue: "a/b=&c" } })
      yield* api.post(call, { spec: { audiences: ["x"] } })
      const [get, post] = server.requests
      const url = new URL(get?.url ?? "", server.url)
      assert.strictEqual(url.pathname, "/pre/fix/api/v1/namespaces/team/serviceaccounts/app")
      assert.deepStrictEqual(Object.fromEntries(url.searchParams), { limit: "500", continue: "a/b=&c", timeout: "30s" })
      assert.strictEqual(get?.headers.accept, "application/json")
      assert.strictEqual(get?.headers.authorization, `Bearer ${token}`)
      assert.strictEqual(get?.headers["user-agent"], "credlet")
      const raw = get?.rawHeaders ?? []
      assert.deepStrictEqual(
        raw.flatMap((name, at) => /^impersonate/i.test(name) ? [`${name}: ${raw[at + 1]}`] : []),
        ["Impersonate-User: jane", "Impersonate-Group: a", "Impersonate-Group: b"]
      )
      assert.strictEqual(post?.method, "POST")
      assert.strictEqual(post?.headers["content-type"], "application/json")
      assert.strictEqual(post?.body, `{"spec":{"audiences":["x"]}}`)
    }))

  it.effect("connections are kept, and there are at most eight", () =>
    Effect.gen(function*() {
      const { api, server } = yield* serve(() => found)
      yield* Effect.all(Array.from({ length: 50 }, () => api.get(call)), { concurrency: "unbounded" })
      yield* api.get(call)
      assert.strictEqual(server.requests.length, 51)
      assert.isAtMost(server.connections(), 8)
    }))

  it.effect("a name that would make another request is refused, and nothing is sent", () =>
    Effect.gen(function*() {
      const { api, server } = yield* serve(() => found)
      const names = [
        "",
        ".",
        "..",
        "%2e%2e",
        "a/b",
        "a%2Fb",
        "a?b",
        "a#b",
        "a b",
        "UPPER",
        "a\nb",
        "-a",
        "a..b",
        "a".repeat(254)
      ]
      for (const name of names) {
        const error = yield* Effect.flip(api.get({ ...call, path: [...path.slice(0, -1), name] }))
        assert.strictEqual(error.failure, "InvalidRequest", name)
        assert.notInclude(error.message, "\n")
        assert.isBelow(error.detail.length, 200)
      }
      assert.strictEqual(server.requests.length, 0)
    }))

  it.effect("KUBE-16: a warning is logged once", () =>
    Effect.gen(function*() {
      const { api } = yield* serve(() => ({
        ...found,
        headers: { warning: [`299 - "first \\"one\\", and more"`, `299 - "second\t${token}"`, `199 - "other"`] }
      }))
      const logged: Array<string> = []
      const logger = Logger.make(({ logLevel, message }) => void logged.push(`${logLevel} ${String(message)}`))
      yield* Effect.all([api.get(call), api.get(call), api.post(call, {})]).pipe(Effect.provide(Logger.layer([logger])))
      assert.deepStrictEqual(logged, [
        `Warn the API server warns: first "one", and more`,
        "Warn the API server warns: second <redacted>"
      ])
    }))

  it.effect("KUBE-16: of a server that makes up new warnings, 1,000 are logged", () =>
    Effect.gen(function*() {
      const { api } = yield* serve((_request, _response, nth) => ({
        ...found,
        headers: { warning: Array.from({ length: 99 }, (_, at) => `299 - "${nth * 99 + at}"`) }
      }))
      const logged: Array<unknown> = []
      const logger = Logger.make(({ message }) => void logged.push(message))
      yield* Effect.repeat(api.get(call), { times: 11 }).pipe(Effect.provide(Logger.layer([logger])))
      assert.lengthOf(logged, 1_000)
    }))
})

describe("answers", () => {
  const fails = Effect.fnUntraced(function*(script: Script) {
    const { api, server } = yield* serve(script)
    const error = yield* Effect.flip(api.get(call))
    return { error, url: server.url }
  })

  it.effect("a page of HTML is no answer, whatever its status, and is not repeated", () =>
    Effect.gen(function*() {
      for (const status of [200, 302, 403, 404, 502]) {
        const body = `<html><script>${"x".repeat(10_000)}</script></html>`
        const { error, url } = yield* fails(() => ({
          status,
          body,
          headers: { "content-type": "text/html; charset=utf-8", location: "/x" }
        }))
        const words = `the answer of ${url} is an HTML page, not an API server's`
        // A proxy before the server says 502 while that starts anew.
        const said = status === 502 ? ["ServerFailed", words] : ["ForeignAnswer", `${words}; check the address`]
        assert.deepStrictEqual([error.failure, error.detail], said, String(status))
        assert.strictEqual(error.status, status === 200 ? undefined : status)
        assert.strictEqual(error.operation, operation)
      }
    }))

  it.effect("an answer of another form says where, and never what stands there", () =>
    Effect.gen(function*() {
      const { error } = yield* fails(() => ({ body: { metadata: { name: { secret: token } } } }))
      assert.strictEqual(error.failure, "ForeignAnswer")
      assert.strictEqual(error.detail, "the answer is not what was asked for, at /metadata/name")
      const cut = yield* fails(() => ({ body: `{"metadata": {"name": "${token}` }))
      assert.strictEqual(cut.error.failure, "ForeignAnswer")
      assert.notInclude(inspect(cut.error, { depth: 10 }), token)
    }))

  it.effect("an answer that is too large ends in an error", () =>
    Effect.gen(function*() {
      const { api } = yield* serve((_request, response) => {
        response.writeHead(200, { "content-type": "application/json" })
        const block = Buffer.alloc(1024 * 1024, " ")
        const write = () => {
          if (!response.destroyed) response.write(block, () => setImmediate(write))
        }
        write()
        return undefined
      })
      const error = yield* Effect.flip(api.get(call))
      assert.strictEqual(error.failure, "ServerFailed")
      assert.match(error.detail, /^http:.*: the answer is too large$/)
    }))

  it.effect("no error, log, span, inspect or JSON holds our token, not even if the server sends it back", () =>
    Effect.gen(function*() {
      const spans: Array<Tracer.NativeSpan> = []
      const tracer = Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options)
          spans.push(span)
          return span
        }
      })
      const logged: Array<string> = []
      const logger = Logger.make((options) => void logged.push(inspect(options, { depth: 12 })))
      const echo = (request: IncomingMessage) => JSON.stringify(request.headers)
      const replies: ReadonlyArray<Script> = [
        (request) => text(500, `you sent ${request.headers.authorization}`),
        (request) => ({
          status: 403,
          body: { status: "Failure", message: `denied: ${echo(request)}`, reason: "Forbidden" }
        }),
        (request) => ({ status: 401, body: { status: "Failure", message: `bad token ${echo(request)}` } }),
        (request) => ({ body: echo(request), headers: { warning: `299 - "${request.headers.authorization}"` } }),
        (request) => text(429, echo(request), { "retry-after": "99" }),
        (request) => ({ status: 200, body: "{", headers: { "content-type": request.headers.authorization ?? "" } }),
        (_request, response) => void response.destroy()
      ]
      for (const script of replies) {
        const { api } = yield* serve(script)
        const exit = yield* Effect.exit(api.post(call, {})).pipe(
          Effect.provideService(Tracer.Tracer, tracer),
          Effect.provide(Logger.layer([logger]))
        )
        assert.isTrue(Exit.isFailure(exit))
        if (Exit.isSuccess(exit)) return
        const error = Cause.squash(exit.cause)
        const bare = inspect(error, { depth: 20, showHidden: true, customInspect: false })
        const shown = [
          bare,
          inspect(exit, { depth: 20 }),
          JSON.stringify(exit),
          String(error),
          Cause.pretty(exit.cause)
        ]
        assert.notInclude(shown.join("\n"), token)
      }
      assert.isAbove(spans.length, 0)
      assert.notInclude(inspect(spans, { depth: 20, showHidden: true, customInspect: false }), token)
      assert.isAbove(logged.length, 0)
      assert.notInclude(logged.join("\n"), token)
    }))
})

describe("retries", () => {
  it.effect("TR-47: 429 and 5xx with Retry-After are sent again after that time and some jitter", () =>
    Effect.gen(function*() {
      for (const reply of [busy(2), { ...busy(2), status: 503 }]) {
        const { api, server } = yield* serve((_request, _response, nth) => nth <= 2 ? reply : found)
        const { exit, took } = yield* elapse(fixedJitter(0.5)(api.post(call, {})))
        assert.isTrue(Exit.isSuccess(exit))
        assert.strictEqual(server.requests.length, 3)
        assert.isAtLeast(took, 5_000)
        assert.isBelow(took, 5_500)
      }
    }))

  it.effect("TR-47: without Retry-After, or with one that is no number, there is no second try", () =>
    Effect.gen(function*() {
      for (
        const reply of [text(503, "no"), busy("Wed, 21 Oct 2026 07:28:00 GMT"), busy(-1), text(500, "no"), {
          ...busy(1),
          status: 400
        }]
      ) {
        const { api, server } = yield* serve(() => reply)
        assert.strictEqual((yield* Effect.flip(api.get(call))).retryAfter, reply.status === 400 ? 1 : undefined)
        assert.strictEqual(server.requests.length, 1)
      }
    }))

  it.effect("at most ten retries, then what the server said", () =>
    Effect.gen(function*() {
      const { api, server } = yield* serve(() => busy(0))
      const { exit } = yield* elapse(fixedJitter(0.1)(Effect.flip(api.get(call))))
      assert.strictEqual(server.requests.length, 11)
      assert.isTrue(Exit.isSuccess(exit))
      if (Exit.isFailure(exit)) return
      const error = exit.value
      assert.deepStrictEqual(
        [error.failure, error.status, error.retryAfter, error.detail],
        ["Throttled", 429, 0, `${server.url} answered "Too many requests, please try again later."`]
      )
    }))

  it.effect("a Retry-After beyond the deadline is an error at once", () =>
    Effect.gen(function*() {
      const { api, server } = yield* serve(() => busy(30))
      const error = yield* Effect.flip(api.get(call))
      assert.deepStrictEqual([error.failure, error.retryAfter, server.requests.length], ["Throttled", 30, 1])
    }))

  it.effect("TR-47: a broken connection is tried again for a GET, not for a POST", () =>
    Effect.gen(function*() {
      const script: Script = (_request, response, nth) => nth === 1 ? void response.destroy() : found
      const get = yield* serve(script)
      assert.isTrue(Exit.isSuccess((yield* elapse(get.api.get(call))).exit))
      assert.strictEqual(get.server.requests.length, 2)
      const post = yield* serve(script)
      const error = yield* Effect.flip(post.api.post(call, {}))
      assert.deepStrictEqual([error.failure, post.server.requests.length], ["Unreachable", 1])
    }))
})

describe("deadline and interruption", () => {
  it.effect("TOKEN-17: a server that does not answer is given up after 30 seconds, and the connection closed", () =>
    Effect.gen(function*() {
      let closed = 0
      const silent: Script = (_request, response) => void response.on("close", () => closed++)
      const halting: Script = (_request, response) => {
        response.on("close", () => closed++)
        response.writeHead(200, { "content-type": "application/json", "content-length": "100" })
        response.write("{")
        return undefined
      }
      for (const script of [silent, halting]) {
        closed = 0
        const { api, server } = yield* serve(script)
        const fiber = yield* fork(Effect.flip(api.get(call)))
        yield* until(() => server.requests.length === 1)
        yield* TestClock.adjust("29 seconds")
        assert.isUndefined(fiber.pollUnsafe())
        yield* TestClock.adjust("1 seconds")
        const error = yield* Fiber.join(fiber)
        assert.deepStrictEqual([error.failure, error.detail], ["TimedOut", "no answer within 30s"])
        yield* until(() => closed === 1)
      }
    }))

  it.effect("the deadline is for all tries together", () =>
    Effect.gen(function*() {
      const { api, server } = yield* serve((_request, response, nth) => nth < 3 ? busy(9) : void response)
      const { exit, took } = yield* elapse(fixedJitter(0)(Effect.flip(api.get(call))))
      assert.isTrue(Exit.isSuccess(exit) && exit.value.failure === "TimedOut")
      assert.strictEqual(server.requests.length, 3)
      assert.isAtMost(took, 30_100)
    }))

  it.effect("another deadline can be set, and the server is told", () =>
    Effect.gen(function*() {
      const server = yield* start(() => undefined)
      const api = yield* ApiServer.make(connection(server.url), { deadline: "1500 millis" })
      const { exit, took } = yield* elapse(Effect.flip(api.get(call)))
      assert.isTrue(Exit.isSuccess(exit) && exit.value.failure === "TimedOut")
      assert.isAtMost(took, 1_600)
      assert.include(server.requests[0]?.url, "timeout=2s")
    }))

  it.effect("credentials that don't come are given up too", () =>
    Effect.gen(function*() {
      const { api } = yield* serve(() => found, { credentials: Effect.never })
      const { exit } = yield* elapse(Effect.flip(api.get(call)))
      assert.isTrue(Exit.isSuccess(exit) && exit.value.failure === "TimedOut")
    }))

  it.effect("an interrupted call closes its connection", () =>
    Effect.gen(function*() {
      let closed = false
      const { api, server } = yield* serve((_request, response) => void response.on("close", () => closed = true))
      const fiber = yield* fork(api.get(call))
      yield* until(() => server.requests.length === 1)
      yield* Fiber.interrupt(fiber)
      yield* until(() => closed)
    }))

  it.effect("600 interrupted calls do no harm to the next", () =>
    Effect.gen(function*() {
      const { api, server } = yield* serve((request) => request.url?.includes("slow") === true ? undefined : found)
      for (let round = 0; round < 6; round++) {
        const fibers = yield* Effect.forEach(Array.from({ length: 100 }), () =>
          fork(api.get({ ...call, path: ["slow"] })))
        const seen = server.requests.length
        yield* until(() =>
          server.requests.length >= seen
        )
        yield* Fiber.interruptAll(fibers)
      }
      assert.strictEqual((yield* api.get(call)).metadata.name, "app")
    }))
})

const broken = new IdentityError({ operation: "run the exec plugin", failure: "NotConfigured", detail: "exit code 1" })

describe("credentials", () => {
  const ofToken = (value: string): ApiCredentials => ({
    authorization: Redacted.make(`Bearer ${value}`),
    certificate: undefined
  })
  const guarded = (good: string): Script => (request) =>
    request.headers.authorization === `Bearer ${good}`
      ? found
      : {
        status: 401,
        body: { kind: "Status", status: "Failure", message: "Unauthorized", reason: "Unauthorized", code: 401 }
      }

  it.effect("INC-6 improved: after a 401 the connection is told, asked again, and the call sent once more", () =>
    Effect.gen(function*() {
      let current = ofToken("old")
      const told: Array<ApiCredentials> = []
      const { api, server } = yield* serve(guarded("new"), {
        credentials: Effect.sync(() => current),
        refused: (used) =>
          Effect.sync(() => {
            told.push(used)
            current = ofToken("new")
            return true
          })
      })
      assert.strictEqual((yield* api.post(call, {})).metadata.name, "app")
      assert.strictEqual(server.requests.length, 2)
      assert.strictEqual(told.length, 1)
      assert.strictEqual(Redacted.value(told[0]?.authorization ?? Redacted.make("")), "Bearer old")
    }))

  it.effect("TR-10: refused again, or nothing else to offer, is Unauthenticated", () =>
    Effect.gen(function*() {
      const again = yield* serve(guarded("none"), { refused: () => Effect.succeed(true) })
      const error = yield* Effect.flip(again.api.get(call))
      assert.deepStrictEqual([error.failure, error.status, error.detail], ["Unauthenticated", 401, "Unauthorized"])
      assert.strictEqual(again.server.requests.length, 2)
      const fixed = yield* serve(guarded("none"))
      assert.strictEqual((yield* Effect.flip(fixed.api.get(call))).failure, "Unauthenticated")
      assert.strictEqual(fixed.server.requests.length, 1)
    }))

  it.effect("parallel calls with different credentials don't mix them up", () =>
    Effect.gen(function*() {
      let turn = 0
      const sent = new Set<string>()
      const { api } = yield* serve((request) => {
        sent.add(request.headers.authorization ?? "")
        return found
      }, { credentials: Effect.sync(() => ofToken(`t${turn++}`)) })
      yield* Effect.all(Array.from({ length: 40 }, () => api.get(call)), { concurrency: "unbounded" })
      assert.strictEqual(sent.size, 40)
    }))

  it.effect("what credentials fail with is passed on", () =>
    Effect.gen(function*() {
      const api = yield* ApiServer.make(connection("http://127.0.0.1:1", { credentials: Effect.fail(broken) }))
      assert.strictEqual(yield* Effect.flip(api.get(call)), broken)
    }))
})

describe("no answer", () => {
  const { ca, client, expiredClient } = FakeApiServer.certificates
  const tls = (over: Partial<ApiConnection["tls"]>): ApiConnection["tls"] => ({
    authority: Effect.succeed(ca),
    serverName: undefined,
    insecureSkipVerify: false,
    ...over
  })
  const withCertificate = (pair: { readonly cert: string; readonly key: string }): ApiCredentials => ({
    authorization: undefined,
    certificate: { certificate: pair.cert, key: Redacted.make(pair.key) }
  })

  it.effect("a server that can't be reached is Unreachable", () =>
    Effect.gen(function*() {
      const free = yield* Effect.promise(() =>
        new Promise<number>((done) => {
          const server = createServer().listen(0, "127.0.0.1", () => {
            const address = server.address()
            server.close(() => done(typeof address === "object" && address !== null ? address.port : 0))
          })
        })
      )
      for (const scheme of ["http", "https"]) {
        const server = `${scheme}://127.0.0.1:${free}`
        const api = yield* ApiServer.make(connection(server))
        const error = yield* Effect.flip(api.get(call))
        const detail = `${server}: ECONNREFUSED`
        assert.deepStrictEqual([error.failure, error.detail, error.status], ["Unreachable", detail, undefined])
      }
    }))

  it.effect("TLS spoken to a server without it is Unreachable", () =>
    Effect.gen(function*() {
      const server = yield* start(() => found)
      const api = yield* ApiServer.make(connection(server.url.replace("http:", "https:")))
      assert.strictEqual((yield* Effect.flip(api.post(call, {}))).failure, "Unreachable")
    }))

  it.effect("a certificate that is unknown, for another name, or expired is Untrusted", () =>
    Effect.gen(function*() {
      const fake = yield* FakeApiServer.make({ tls: true })
      const unknown = yield* ApiServer.make(
        connection(fake.server, { tls: tls({ authority: Effect.succeed(undefined) }) })
      )
      const named = yield* ApiServer.make(connection(fake.server, { tls: tls({ serverName: "other.example" }) }))
      const old = yield* start(() => found, expiredClient)
      const expired = yield* ApiServer.make(connection(old.url, { tls: tls({}) }))
      for (
        const [api, code] of [
          [unknown, "SELF_SIGNED_CERT_IN_CHAIN"],
          [named, "ERR_TLS_CERT_ALTNAME_INVALID"],
          [expired, "CERT_HAS_EXPIRED"]
        ] as const
      ) {
        const error = yield* Effect.flip(api.get(call))
        assert.strictEqual(error.failure, "Untrusted")
        assert.match(error.detail, new RegExp(`^https:.*: ${code}$`))
      }
      assert.strictEqual((yield* fake.requests).length, 0)
    }))

  it.effect("KUBE-6: the right authority, the right name, or no check at all", () =>
    Effect.gen(function*() {
      const server = yield* start(() => found, { ...client, requestCert: true, rejectUnauthorized: false })
      const any = yield* ApiServer.make(
        connection(server.url, { tls: tls({ authority: Effect.succeed(undefined), insecureSkipVerify: true }) })
      )
      assert.strictEqual((yield* any.get(call)).metadata.name, "app")
      const fake = yield* FakeApiServer.make({ tls: true })
      yield* fake.setCaller("credlet-test-client", FakeApiServer.administrator)
      yield* fake.setAccount({ namespace: "team", name: "app" })
      const api = yield* ApiServer.make(connection(fake.server, {
        tls: tls({ serverName: "localhost" }),
        credentials: Effect.succeed(withCertificate(client))
      }))
      assert.strictEqual((yield* api.get(call)).metadata.name, "app")
    }))

  it.effect("an authority that has changed is tried before giving up, once for all calls", () =>
    Effect.gen(function*() {
      const fake = yield* FakeApiServer.make({ tls: true })
      const reads: Array<string> = []
      const api = yield* ApiServer.make(connection(fake.server, {
        tls: tls({
          authority: Effect.sync(() => {
            reads.push("read")
            return reads.length === 1 ? client.cert : ca
          })
        })
      }))
      assert.strictEqual((yield* Effect.flip(api.get(call))).failure, "Unauthenticated")
      assert.strictEqual((yield* Effect.flip(api.get(call))).failure, "Unauthenticated")
      assert.strictEqual(reads.length, 3) // for the first pool, to see whether it has changed, for the second pool
      const connections = yield* fake.connections
      assert.isAtMost(connections, 2)
    }))

  it.effect("an expired client certificate is Unauthenticated, a new one gets connections of its own", () =>
    Effect.gen(function*() {
      const fake = yield* FakeApiServer.make({ tls: true })
      yield* fake.setCaller("credlet-test-client", FakeApiServer.administrator)
      yield* fake.setAccount({ namespace: "team", name: "app" })
      let current = withCertificate(expiredClient)
      const api = yield* ApiServer.make(
        connection(fake.server, { tls: tls({}), credentials: Effect.sync(() => current) })
      )
      assert.strictEqual((yield* Effect.flip(api.get(call))).failure, "Unauthenticated")
      current = withCertificate(client)
      assert.strictEqual((yield* api.get(call)).metadata.name, "app")
      const refusing = yield* start(() => found, { ...client, ca, requestCert: true, rejectUnauthorized: true })
      const strict = yield* ApiServer.make(connection(refusing.url, {
        tls: tls({ insecureSkipVerify: true }),
        credentials: Effect.succeed(withCertificate(expiredClient))
      }))
      assert.include(["Unauthenticated", "Unreachable"], (yield* Effect.flip(strict.post(call, {}))).failure)
    }))

  it.effect("certificates that can't be read are NotConfigured", () =>
    Effect.gen(function*() {
      const api = yield* ApiServer.make(connection("https://127.0.0.1:1", {
        tls: tls({}),
        credentials: Effect.succeed(withCertificate({ cert: client.cert, key: `-----BEGIN ${token}` }))
      }))
      const error = yield* Effect.flip(api.get(call))
      assert.strictEqual(error.failure, "NotConfigured")
      assert.notInclude(inspect(error, { depth: 10, customInspect: false }), token)
    }))
})

describe("proxy", () => {
  /** Lets everything through to wherever it is told, and remembers where that was. */
  const startProxy = (asked: Array<string>) =>
    Effect.acquireRelease(
      Effect.promise(async () => {
        const proxy = createProxy()
        proxy.on("connect", (request, socket, head) => {
          asked.push(
            `${request.url} ${request.headers["proxy-authorization"] ?? "-"} ${request.headers.authorization ?? "-"}`
          )
          const [host, port] = (request.url ?? "").split(":")
          const through = connect(Number(port), host, () => {
            socket.write("HTTP/1.1 200 OK\r\n\r\n")
            through.write(head)
            through.pipe(socket).pipe(through)
          })
          through.on("error", () => socket.destroy())
          socket.on("error", () => through.destroy())
        })
        await new Promise<void>((done) => proxy.listen(0, "127.0.0.1", done))
        const address = proxy.address()
        return { proxy, port: typeof address === "object" && address !== null ? address.port : 0 }
      }),
      ({ proxy }) => Effect.sync(() => proxy.close().closeAllConnections())
    )

  it.effect("KUBE-6: requests go through the proxy, which does not see our token", () =>
    Effect.gen(function*() {
      const asked: Array<string> = []
      const { port } = yield* startProxy(asked)
      const fake = yield* FakeApiServer.make({ tls: true })
      yield* fake.setCaller("agent", FakeApiServer.administrator)
      yield* fake.setAccount({ namespace: "team", name: "app" })
      const authorization = Redacted.make(`Bearer ${Redacted.value(yield* fake.issueToken("agent"))}`)
      const api = yield* ApiServer.make(connection(fake.server, {
        proxyUrl: Redacted.make(`http://user:pass@127.0.0.1:${port}`),
        tls: {
          authority: Effect.succeed(FakeApiServer.certificates.ca),
          serverName: undefined,
          insecureSkipVerify: false
        },
        credentials: Effect.succeed({ authorization, certificate: undefined })
      }))
      assert.strictEqual((yield* api.get(call)).metadata.name, "app")
      assert.deepStrictEqual(asked, [`${fake.server.replace("https://", "")} Basic ${btoa("user:pass")} -`])
    }))

  it.effect("a proxy that is not there is Unreachable, one that can't be read is NotConfigured; its password is not shown", () =>
    Effect.gen(function*() {
      for (
        const [proxyUrl, failure] of [
          [`http://user:${token}@127.0.0.1:1`, "Unreachable"],
          [`ftp//user:${token}`, "NotConfigured"]
        ] as const
      ) {
        const api = yield* ApiServer.make(connection("https://127.0.0.1:1", { proxyUrl: Redacted.make(proxyUrl) }))
        const error = yield* Effect.flip(api.get(call))
        assert.strictEqual(error.failure, failure)
        assert.notInclude(inspect(error, { depth: 10, customInspect: false, showHidden: true }), token)
      }
    }))
})

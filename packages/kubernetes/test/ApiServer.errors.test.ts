/** What an error says about a server that is none, and about our own credentials. */
import type { ApiConnection, ApiCredentials } from "@credlet/kubernetes/ApiConnection"
import * as ApiServer from "@credlet/kubernetes/ApiServer"
import { FakeApiServer } from "@credlet/testing"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted, Schema } from "effect"
import { TestClock } from "effect/testing"
import { createServer } from "node:net"
import { connection, credentials, type Reply, start, token } from "./scriptedServer.ts"

const read = ApiServer.reader(Schema.Struct({ metadata: Schema.Struct({ name: Schema.String }) }))
const call = { operation: "get serviceaccount team/app", path: ["api"], read }

const plain = (status: number, body: string, type = "text/plain; charset=utf-8"): Reply => ({
  status,
  body,
  headers: { "content-type": type }
})

const failing = Effect.fnUntraced(function*(reply: Reply, over?: Partial<ApiConnection>) {
  const server = yield* start(() => reply)
  const api = yield* ApiServer.make(connection(server.url, over))
  return { error: yield* Effect.flip(api.get(call)), url: server.url }
})

describe("an answer that is no API server's", () => {
  it.effect("TR-46: a line of plain text is shown, with the server's address", () =>
    Effect.gen(function*() {
      for (const text of ["Client sent an HTTP request to an HTTPS server.", "404 page not found"]) {
        const { error, url } = yield* failing(plain(404, `${text}\n`))
        assert.deepStrictEqual([error.failure, error.status], ["ForeignAnswer", 404])
        assert.strictEqual(error.detail, `${url} answered "${text}"; check the address`)
      }
      const busy = yield* failing(plain(503, "The apiserver is shutting down, please try again later.\n"))
      assert.strictEqual(
        busy.error.detail,
        `${busy.url} answered "The apiserver is shutting down, please try again later."`
      )
    }))

  it.effect("without a content type, as a TLS server answers plain HTTP", () =>
    Effect.gen(function*() {
      const line = "Client sent an HTTP request to an HTTPS server."
      const port = yield* rawServer(`HTTP/1.0 400 Bad Request\r\n\r\n${line}\n`)
      const api = yield* ApiServer.make(connection(`http://127.0.0.1:${port}/prefix`))
      const error = yield* Effect.flip(api.get(call))
      assert.strictEqual(error.detail, `http://127.0.0.1:${port} answered "${line}"; check the address`)
    }))

  it.effect("control characters are escaped, our token is masked, and only then is it cut", () =>
    Effect.gen(function*() {
      const { error, url } = yield* failing(plain(400, `a\u001b[31m\u0085\u2028\u202eb "${token}"`))
      assert.strictEqual(
        error.detail,
        `${url} answered "a\\u001b[31m\\u0085\\u2028\\u202eb \\"<redacted>\\""; check the address`
      )
      const authorization = Redacted.make(`Bearer a"b\\c-secret`)
      const odd = yield* failing(plain(400, `you sent a"b\\c-secret`), {
        credentials: Effect.succeed({ authorization, certificate: undefined })
      })
      assert.include(odd.error.detail, `"you sent <redacted>"`)
    }))

  it.effect("a long text is not shown, 200 characters are", () =>
    Effect.gen(function*() {
      const { error, url } = yield* failing(plain(400, "x".repeat(201)))
      assert.strictEqual(error.detail, `the answer of ${url} is not an API server's (text/plain); check the address`)
      assert.include((yield* failing(plain(400, "x".repeat(200)))).error.detail, `"${"x".repeat(200)}"`)
    }))

  it.effect("HTML is only called so, whatever it calls itself", () =>
    Effect.gen(function*() {
      for (const type of ["text/html; charset=utf-8", "text/plain", "application/xhtml+xml"]) {
        for (const status of [200, 404, 502]) {
          const { error, url } = yield* failing(plain(status, "<!doctype html><p>Sign in</p>", type))
          const advice = status === 502 ? "" : "; check the address"
          assert.strictEqual(error.detail, `the answer of ${url} is an HTML page, not an API server's${advice}`)
        }
      }
    }))

  it.effect("the text of a success is never shown, as it may hold a token", () =>
    Effect.gen(function*() {
      const { error, url } = yield* failing(plain(200, "eyJhbGciOi"))
      assert.strictEqual(error.detail, `the answer of ${url} is not an API server's (text/plain); check the address`)
    }))

  it.effect("an address is shown without user info", () =>
    Effect.gen(function*() {
      const api = yield* ApiServer.make(connection("http://jane:hunter2@127.0.0.1:1/prefix?x=y"))
      const error = yield* Effect.flip(api.get(call))
      assert.strictEqual(error.detail, "http://127.0.0.1:1: ECONNREFUSED")
    }))
})

describe("our own credentials", () => {
  const { ca, client, expiredClient } = FakeApiServer.certificates
  const unauthorized: Reply = {
    status: 401,
    body: { kind: "Status", status: "Failure", message: "Unauthorized", reason: "Unauthorized", code: 401 }
  }
  const withCertificate = (pair: { readonly cert: string; readonly key: string }): ApiCredentials => ({
    authorization: undefined,
    certificate: { certificate: pair.cert, key: Redacted.make(pair.key) }
  })
  const detailOf = (reply: Reply, own: ApiCredentials) =>
    Effect.map(failing(reply, { credentials: Effect.succeed(own) }), ({ error }) => error.detail)
  const expired = "the client certificate expired at 2020-01-02T00:00:00Z"
  const now = TestClock.setTime(Date.UTC(2025, 0, 1))

  it.effect("TR-10: a 401 says since when the client certificate has expired", () =>
    Effect.gen(function*() {
      yield* now
      assert.strictEqual(yield* detailOf(unauthorized, withCertificate(expiredClient)), `Unauthorized; ${expired}`)
      const both = { ...withCertificate(expiredClient), authorization: credentials.authorization }
      assert.strictEqual(yield* detailOf(unauthorized, both), `Unauthorized; ${expired}`)
    }))

  it.effect("TR-10: a certificate that has not expired, or is none, is not blamed; nor is it for another answer", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* detailOf(unauthorized, withCertificate(expiredClient)), "Unauthorized") // it is 1970
      yield* now
      assert.strictEqual(yield* detailOf(unauthorized, withCertificate(client)), "Unauthorized")
      assert.strictEqual(yield* detailOf(unauthorized, withCertificate({ cert: "none", key: "" })), "Unauthorized")
      assert.strictEqual(yield* detailOf(unauthorized, credentials), "Unauthorized")
      const forbidden = { status: 403, body: { status: "Failure", message: "no" } }
      assert.strictEqual(yield* detailOf(forbidden, withCertificate(expiredClient)), "no")
    }))

  it.effect("TR-10: with no credentials at all it says so, to a 401 and to what an anonymous caller is told", () =>
    Effect.gen(function*() {
      const none = { authorization: undefined, certificate: undefined }
      assert.strictEqual(yield* detailOf(unauthorized, none), "Unauthorized; no credentials are configured")
      const anonymous = `pods "web" is forbidden: User "system:anonymous" cannot get resource "pods"`
      assert.strictEqual(
        yield* detailOf({ status: 403, body: { status: "Failure", message: anonymous } }, none),
        `${anonymous}; no credentials are configured`
      )
    }))

  it.effect("TR-10: an end of the connection by TLS says it too", () =>
    Effect.gen(function*() {
      yield* now
      for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
        const server = yield* start(() => undefined, {
          ...client,
          ca,
          requestCert: true,
          rejectUnauthorized: true,
          maxVersion
        })
        const api = yield* ApiServer.make(connection(server.url, {
          tls: { authority: Effect.succeed(ca), serverName: undefined, insecureSkipVerify: true },
          credentials: Effect.succeed(withCertificate(expiredClient))
        }))
        const bare = yield* ApiServer.make(connection(server.url, {
          tls: { authority: Effect.succeed(ca), serverName: undefined, insecureSkipVerify: true },
          credentials: Effect.succeed({ authorization: undefined, certificate: undefined })
        }))
        const without = yield* Effect.flip(bare.post(call, {}))
        assert.strictEqual(
          without.detail.endsWith("; no credentials are configured"),
          without.failure === "Unauthenticated"
        )
        const error = yield* Effect.flip(api.post(call, {}))
        assert.include(["Unauthenticated", "Unreachable"], error.failure)
        assert.isTrue(error.detail.endsWith(`; ${expired}`), error.detail)
      }
      const api = yield* ApiServer.make(connection("http://127.0.0.1:1", {
        credentials: Effect.succeed(withCertificate(expiredClient))
      }))
      assert.notInclude((yield* Effect.flip(api.get(call))).detail, "expired") // nobody has seen it
    }))
})

/** Answers each connection with these bytes. */
const rawServer = (bytes: string) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(() =>
        new Promise<ReturnType<typeof createServer>>((done) => {
          const server = createServer((socket) => {
            socket.on("error", () => socket.destroy())
            socket.once("data", () => socket.end(bytes))
          })
          server.listen(0, "127.0.0.1", () => done(server))
        })
      ),
      (server) => Effect.promise(() => new Promise((done) => server.close(done)))
    ),
    (server) => {
      const address = server.address()
      return typeof address === "object" && address !== null ? address.port : 0
    }
  )

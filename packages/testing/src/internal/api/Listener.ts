/**
 * An HTTP or HTTPS server on loopback, at a free port, for as long as the scope is open. Each request is a fiber, which ends
 * when its client goes away.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberSet from "effect/FiberSet"
import type * as Scope from "effect/Scope"
import * as Http from "node:http"
import * as Https from "node:https"
import { TLSSocket } from "node:tls"
import { type Answer, type HangUp, hangUp } from "./Answer.ts"
import * as Certificates from "./TestCertificates.ts"

export interface Incoming {
  readonly method: string
  readonly path: string
  readonly search: string
  readonly query: URLSearchParams
  readonly authorization: string | undefined
  readonly accept: string | undefined
  readonly contentType: string | undefined
  readonly impersonates: boolean
  /** The client's certificate, good or not. */
  readonly certificate: { readonly name: string; readonly trusted: boolean } | undefined
  /** Nothing: it was larger than allowed. */
  readonly body: Uint8Array | undefined
}

interface Options {
  readonly tls: boolean
  /** In bytes. */
  readonly maxBody: number
  readonly answer: (request: Incoming) => Effect.Effect<Answer | HangUp>
}

export interface Listener {
  readonly port: number
  /** How many connections there were so far. */
  readonly connections: () => number
}

export const make = Effect.fnUntraced(function*({ answer, maxBody, tls }: Options): Effect.fn.Return<
  Listener,
  never,
  Scope.Scope
> {
  const run = yield* FiberSet.makeRuntime<never, Answer | HangUp>()
  const server = yield* Effect.acquireRelease(open(tls), close)
  let connections = 0
  server.on(tls ? "secureConnection" : "connection", () => connections++)
  server.on("request", (request, response) => {
    void receive(request, maxBody).then((body) => {
      const fiber = run(answer(incoming(request, body)))
      response.on("close", () => fiber.interruptUnsafe())
      fiber.addObserver((exit) => send(response, Exit.isSuccess(exit) ? exit.value : hangUp))
    }, () => response.destroy()) // the client left in the middle of its request
  })
  return { port: portOf(server), connections: () => connections }
})

const open = (tls: boolean): Effect.Effect<Http.Server | Https.Server> =>
  Effect.callback((resume) => {
    // Longer than any test, so that an idle connection is only closed by the client.
    const options = { keepAliveTimeout: 600_000 }
    const server = tls
      ? Https.createServer({
        ...options,
        key: Certificates.server.key,
        cert: Certificates.server.cert,
        ca: Certificates.ca,
        requestCert: true,
        rejectUnauthorized: false // a bad client certificate is answered with 401, not with a broken handshake
      })
      : Http.createServer(options)
    server.once("error", (error) => resume(Effect.die(error)))
    server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
  })

const close = (server: Http.Server | Https.Server): Effect.Effect<void> =>
  Effect.callback((resume) => {
    server.close(() => resume(Effect.void))
    server.closeAllConnections()
  })

const receive = async (request: Http.IncomingMessage, limit: number): Promise<Uint8Array | undefined> => {
  const chunks: Array<Uint8Array> = []
  let size = 0
  for await (const chunk of request) {
    if (!(chunk instanceof Uint8Array)) continue
    size += chunk.length
    if (size <= limit) chunks.push(chunk)
  }
  return size > limit ? undefined : Buffer.concat(chunks)
}

const incoming = (request: Http.IncomingMessage, body: Uint8Array | undefined): Incoming => {
  const [path = "", search = ""] = (request.url ?? "").split("?", 2)
  const { headers } = request
  return {
    method: request.method ?? "",
    path,
    search,
    query: new URLSearchParams(search),
    authorization: headers.authorization,
    accept: headers.accept,
    contentType: headers["content-type"],
    impersonates: Object.keys(headers).some((name) => name.startsWith("impersonate-")),
    certificate: request.socket instanceof TLSSocket ? certificateOf(request.socket) : undefined,
    body
  }
}

const certificateOf = (socket: TLSSocket): Incoming["certificate"] => {
  const { subject } = socket.getPeerCertificate()
  const name: unknown = subject?.CN
  return typeof name === "string" ? { name, trusted: socket.authorized } : undefined
}

const send = (response: Http.ServerResponse, answer: Answer | HangUp): void => {
  if (answer === hangUp) {
    response.destroy()
    return
  }
  const body = Buffer.from(answer.body)
  response.removeHeader("Connection") // Go's server does not say that it keeps connections either
  response.writeHead(answer.status, { ...copy(answer.headers), "Content-Length": body.length })
  response.end(body)
}

const copy = (headers: Answer["headers"]): Http.OutgoingHttpHeaders =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === "string" ? value : [...value]])
  )

const portOf = (server: Http.Server | Https.Server): number => {
  const address = server.address()
  return typeof address === "object" && address !== null ? address.port : 0
}

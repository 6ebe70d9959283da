/**
 * A server that keeps the credentials it is shown, and can say them back as a careless proxy does. It has the fake client's
 * certificate, so kubeconfigs must not check it. Beside it, a proxy that lets nobody through.
 */
import { FakeApiServer } from "@credlet/testing"
import { Effect, type Scope } from "effect"
import { createServer, type IncomingMessage } from "node:http"
import { createServer as createTlsServer } from "node:https"
import type { AddressInfo, Server } from "node:net"

export interface KubeServer {
  /** With a path behind it, one of `answers`, that decides what it answers. */
  readonly server: string
  /** A `proxy-url` of a proxy that asks for this password. */
  readonly proxy: (password: string) => string
  /** The `Authorization` headers of all requests so far. */
  readonly authorizations: () => string
  readonly proxyAuthorizations: () => string
}

/** For kubeconfigs with this server. */
export const unchecked = { "insecure-skip-tls-verify": true }

interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

const status = (code: number, message: string): string =>
  JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", message, reason: "X", code })

const decoded = (authorization: string): string => Buffer.from(authorization.slice(6), "base64").toString("utf8")

/** What it says to who has this `Authorization`, by the first segment of the path. */
const answers = {
  missing: () => ({ status: 404, body: status(404, "not found") }),
  quotes: (authorization) => ({ status: 403, body: status(403, `forbidden: ${authorization} may not do that`) }),
  "quotes-word": (authorization) => ({
    status: 401,
    body: status(401, `token ${JSON.stringify(authorization.split(" ")[1])} is unknown`)
  }),
  "quotes-password": (authorization) => ({ status: 403, body: status(403, `who is ${decoded(authorization)}?`) }),
  "quotes-url": (authorization) => ({
    status: 500,
    body: status(500, `GET /?token=${encodeURIComponent(authorization)}`)
  }),
  warns: (authorization) => ({
    status: 404,
    headers: { warning: `299 - "the token ${authorization} will expire"` },
    body: status(404, "not found")
  }),
  text: (authorization) => ({ status: 500, headers: { "content-type": "text/plain" }, body: authorization }),
  page: (authorization) => ({ status: 200, headers: { "content-type": "text/html" }, body: `<p>${authorization}</p>` }),
  echoes: (authorization) => ({ status: 200, body: JSON.stringify({ metadata: { [authorization]: authorization } }) })
} satisfies Readonly<Record<string, (authorization: string) => Answer>>

export type AnswerName = keyof typeof answers

const isAnswerName = (name: string): name is AnswerName => Object.hasOwn(answers, name)

export const answerNames: ReadonlyArray<AnswerName> = Object.keys(answers).filter(isAnswerName)

const listening = (server: Server): Effect.Effect<number, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise<number>(() =>
      new Promise((resolve) =>
        server.listen(0, "127.0.0.1", () => {
          const address = server.address()
          resolve(isAddressInfo(address) ? address.port : 0)
        })
      )
    ),
    () => Effect.sync(() => server.close())
  )

const isAddressInfo = (address: AddressInfo | string | null): address is AddressInfo =>
  typeof address === "object" && address !== null

export const make: Effect.Effect<KubeServer, never, Scope.Scope> = Effect.gen(function*() {
  const shown: Array<string> = []
  const shownToProxy: Array<string> = []
  const answerOf = ({ headers, url = "" }: IncomingMessage): Answer => {
    const authorization = headers.authorization ?? ""
    shown.push(authorization)
    const name = url.split("/")[1] ?? ""
    return answers[isAnswerName(name) ? name : "missing"](authorization)
  }
  const { cert, key } = FakeApiServer.certificates.client
  const server = createTlsServer({ cert, key }, (request, response) => {
    const { body, headers, status } = answerOf(request)
    response.writeHead(status, { "content-type": "application/json", connection: "close", ...headers }).end(body)
  })
  const proxy = createServer().on("connect", (request: IncomingMessage, socket) => {
    shownToProxy.push(request.headers["proxy-authorization"] ?? "")
    socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
  })
  const port = yield* listening(server)
  const proxyPort = yield* listening(proxy)
  return {
    server: `https://127.0.0.1:${port}`,
    proxy: (password) => `http://me:${password}@127.0.0.1:${proxyPort}`,
    authorizations: () => shown.join("\n"),
    proxyAuthorizations: () => shownToProxy.join("\n")
  }
})

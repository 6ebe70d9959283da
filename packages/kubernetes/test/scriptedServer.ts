/** A server on loopback that answers as a test says: what no API server would do is what is wanted here. */
import type { ApiConnection, ApiCredentials } from "@credlet/kubernetes/ApiConnection"
import { Effect, Redacted } from "effect"
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http"
import { createServer as createTlsServer, type ServerOptions } from "node:https"
import type { AddressInfo } from "node:net"

export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | ReadonlyArray<string>>>
  readonly body?: unknown
}

/** A request with its whole body. */
export type Received = IncomingMessage & { readonly body: string }

export interface ScriptedServer {
  readonly url: string
  readonly requests: ReadonlyArray<Received>
  /** Connections that were opened. */
  readonly connections: () => number
}

export type Script = (request: IncomingMessage, response: ServerResponse, nth: number) => Reply | undefined

/** `undefined` from the script: it answers by itself, or not at all. */
export const start = (script: Script, tls?: ServerOptions) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const requests: Array<Received> = []
      const listener: RequestListener = (request, response) => {
        const chunks: Array<Buffer> = []
        request.on("data", (chunk: Buffer) => chunks.push(chunk))
        request.on("end", () => {
          requests.push(Object.assign(request, { body: Buffer.concat(chunks).toString() }))
          const reply = script(request, response, requests.length)
          if (reply === undefined) return
          const body = typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body ?? {})
          response.writeHead(reply.status ?? 200, { "content-type": "application/json", ...reply.headers })
          response.end(body)
        })
      }
      const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener)
      let connections = 0
      server.on("connection", () => connections++)
      await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
      const { port } = server.address() as AddressInfo
      const url = `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`
      return { server, scripted: { url, requests, connections: () => connections } satisfies ScriptedServer }
    }),
    ({ server }) =>
      Effect.promise(async () => {
        server.closeAllConnections()
        await new Promise((done) => server.close(done))
      })
  ).pipe(Effect.map(({ scripted }) => scripted))

export const token = "canary-token-7f3a"

export const credentials: ApiCredentials = {
  authorization: Redacted.make(`Bearer ${token}`),
  certificate: undefined
}

export const connection = (server: string, over: Partial<ApiConnection> = {}): ApiConnection => ({
  server,
  namespace: "default",
  tls: { authority: Effect.succeed(undefined), serverName: undefined, insecureSkipVerify: false },
  proxyUrl: undefined,
  impersonation: [],
  credentials: Effect.succeed(credentials),
  refused: () => Effect.succeed(false),
  ...over
})

/** For the events of real sockets: the clock of a test stands still, and nothing sleeps. */
export const until = (condition: () => boolean): Effect.Effect<void> =>
  Effect.promise(() =>
    new Promise<void>((done) => {
      const look = () => condition() ? done() : setImmediate(look)
      look()
    })
  )

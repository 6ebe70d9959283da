/**
 * An HTTP server on loopback, at a free port, for as long as the scope is open.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Http from "node:http"
import type { Answer } from "./Answer.ts"

export interface Incoming {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly authorization: string | undefined
}

export interface Listener {
  /** `127.0.0.1:<port>` */
  readonly host: string
  readonly serve: (answer: (request: Incoming) => Answer) => void
}

export const make: Effect.Effect<Listener, never, Scope.Scope> = Effect.acquireRelease(
  Effect.callback<Http.Server>((resume) => {
    const server = Http.createServer()
    server.once("error", (error) => resume(Effect.die(error)))
    server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
  }),
  (server) =>
    Effect.callback<void>((resume) => {
      server.close(() => resume(Effect.void))
      server.closeAllConnections()
    })
).pipe(Effect.map((server) => ({
  host: `127.0.0.1:${portOf(server)}`,
  serve: (answer) => {
    server.on("request", (request, response) => {
      const [path = "", query] = (request.url ?? "").split("?", 2)
      const { body, headers, status } = answer({
        method: request.method ?? "",
        path,
        query: new URLSearchParams(query),
        authorization: request.headers.authorization
      })
      response.writeHead(status, { ...headers, "Content-Length": body.length })
      response.end(request.method === "HEAD" ? undefined : body)
    })
  }
})))

const portOf = (server: Http.Server): number => {
  const address = server.address()
  return typeof address === "object" && address !== null ? address.port : 0
}

/**
 * The kept connections to one API server: HTTP/1.1 only (with HTTP/2, interrupted requests can end the process), at most
 * eight. Credentials are added below the HTTP client, so that no request, error or span ever holds them.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import type * as Undici from "@effect/platform-node/Undici"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { createSecureContext, getCACertificates } from "node:tls"
import type { ApiConnection, ApiCredentials, ClientCertificate } from "../ApiConnection.ts"
import type { Answer } from "./failureAnswer.ts"
import { codeOf, connectSeconds, type Lost, lost, notConfigured } from "./lostConnection.ts"
import { proxyFor } from "./proxy.ts"

export interface ConnectionPool {
  /** What was trusted when the pool was made: if that has changed, another pool may do better. */
  readonly authority: string | undefined
  readonly exchange: (
    request: HttpClientRequest.HttpClientRequest,
    credentials: ApiCredentials
  ) => Effect.Effect<Answer, Lost>
}

const largestAnswer = 32 * 1024 * 1024

const keptOpen = { allowH2: false, connections: 8, keepAliveTimeout: 30_000, maxResponseSize: largestAnswer } as const

export const make = Effect.fnUntraced(function*(connection: ApiConnection, certificate: ClientCertificate | undefined) {
  const authority = yield* connection.tls.authority
  const dispatcher = yield* acquireDispatcher(connection, yield* tlsOptions(connection, authority, certificate))
  const clients = new WeakMap<ApiCredentials, HttpClient.HttpClient>()

  const clientOf = (credentials: ApiCredentials) =>
    Effect.suspend(() => {
      const known = clients.get(credentials)
      if (known !== undefined) return Effect.succeed(known)
      const authorised = dispatcher.compose(withHeaders(credentials, connection.impersonation))
      return NodeHttpClient.makeUndici.pipe(
        Effect.provideService(NodeHttpClient.Dispatcher, authorised),
        Effect.tap((client) => Effect.sync(() => clients.set(credentials, client)))
      )
    })

  const pool: ConnectionPool = {
    authority,
    exchange: (request, credentials) =>
      Effect.flatMap(clientOf(credentials), (client) => client.execute(request)).pipe(
        Effect.flatMap((response) =>
          Effect.map(response.text, (body): Answer => ({ status: response.status, headers: response.headers, body }))
        ),
        // Its spans would keep requests and answers, tokens among them; `ApiServer` has a span of its own.
        Effect.provideService(HttpClient.TracerDisabledWhen, () => true),
        Effect.mapError(({ reason }) => lost(reason.cause))
      )
  }
  return pool
})

/** Read once for a pool, as it takes long with all that a machine trusts. */
const tlsOptions = (
  { server, tls }: ApiConnection,
  authority: string | undefined,
  certificate: ClientCertificate | undefined
) =>
  Effect.try({
    try: () => ({
      timeout: connectSeconds * 1_000,
      allowH2: false,
      rejectUnauthorized: !tls.insecureSkipVerify,
      ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
      ...(server.startsWith("https:")
        ? { secureContext: secureContext(authoritiesOf(tls, authority), certificate) }
        : {})
    }),
    catch: (cause) => notConfigured(`certificates that can't be read: ${codeOf(cause)}`)
  })

const secureContext = (ca: string | Array<string>, certificate: ClientCertificate | undefined) =>
  createSecureContext({
    ca,
    ...(certificate === undefined ? {} : { cert: certificate.certificate, key: Redacted.value(certificate.key) })
  })

/** As the reference does, what the machine trusts, and not only what Node brings (KUBE-6). */
const authoritiesOf = (tls: ApiConnection["tls"], authority: string | undefined): string | Array<string> => {
  if (authority !== undefined) return authority
  if (tls.insecureSkipVerify) return []
  return [...new Set([...getCACertificates("system"), ...getCACertificates("default")])]
}

type TlsOptions = Effect.Success<ReturnType<typeof tlsOptions>>

const acquireDispatcher = (
  connection: ApiConnection,
  connect: TlsOptions
): Effect.Effect<Undici.Dispatcher, Lost, Scope.Scope> =>
  Effect.flatMap(proxyFor(connection.server, connection.proxyUrl), (proxy) =>
    proxy === undefined
      ? NodeHttpClient.makeDispatcherOptions({ ...keptOpen, connect })
      : Effect.acquireRelease(
        Effect.tryPromise({
          try: async () => {
            const { ProxyAgent } = await import("@effect/platform-node/Undici")
            return new ProxyAgent({ ...keptOpen, uri: Redacted.value(proxy), requestTls: connect })
          },
          catch: () => notConfigured("the proxy's address can't be read")
        }),
        (agent) => Effect.promise(() => agent.destroy())
      ))

/** A name may be there more than once, which Effect's headers don't allow (KUBE-11). */
const withHeaders = (
  credentials: ApiCredentials,
  impersonation: ApiConnection["impersonation"]
): Undici.Dispatcher.DispatcherComposeInterceptor => {
  const own: Record<string, Array<string>> = {}
  for (const [name, value] of impersonation) (own[name] ??= []).push(value)
  const { authorization } = credentials
  return (dispatch) => (options, handler) =>
    dispatch({
      ...options,
      headers: {
        ...headersOf(options.headers),
        ...own,
        ...(authorization === undefined ? {} : { authorization: Redacted.value(authorization) })
      }
    }, handler)
}

/** Effect's client always gives a record. */
const headersOf = (headers: Undici.Dispatcher.DispatchOptions["headers"]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers ?? {}).flatMap(([name, value]) => typeof value === "string" ? [[name, value]] : [])
  )

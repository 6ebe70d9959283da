/**
 * What the API server answers, before it is put on the wire, and the bodies it writes its failures in. Rules: TR-45, TR-46.
 *
 * @since 0.1.0
 */
import type { Answer } from "./Models.ts"

export type { Answer }

/** Instead of an answer: the connection is closed. */
export const hangUp = "hangUp"

export type HangUp = typeof hangUp

const uncached = { "Cache-Control": "no-cache, private" }

export const json = (status: number, value: unknown, headers: Answer["headers"] = {}): Answer => ({
  status,
  headers: { "Content-Type": "application/json", ...headers, ...uncached },
  body: `${JSON.stringify(value)}\n`
})

/** What the server sends where no API is. */
export const text = (status: number, body: string, headers: Answer["headers"] = {}): Answer => ({
  status,
  headers: { "Content-Type": "text/plain; charset=utf-8", ...headers },
  body
})

/** With the headers of answers that come before the API's own handlers: from authorisation, from throttling. */
export const beforeHandlers = (answer: Answer): Answer => ({
  ...answer,
  headers: { ...answer.headers, "X-Content-Type-Options": "nosniff", ...uncached }
})

interface Details {
  readonly name?: string
  readonly group?: string
  readonly kind?: string
  readonly causes?: ReadonlyArray<{ readonly reason?: string; readonly message: string; readonly field?: string }>
}

/** A `Status` object; its members in the order in which the server writes them. */
export const status = (code: number, reason: string, message: string, options: {
  readonly details?: Details
  readonly metadata?: object
  readonly headers?: Answer["headers"]
} = {}): Answer =>
  json(
    code,
    {
      kind: "Status",
      apiVersion: "v1",
      metadata: options.metadata ?? {},
      status: "Failure",
      message,
      reason,
      ...(options.details === undefined ? {} : { details: options.details }),
      code
    },
    options.headers
  )

export const unauthenticated = status(401, "Unauthorized", "Unauthorized")

export const noSuchPage = beforeHandlers(text(404, "404 page not found\n"))

export const noSuchResource = status(404, "NotFound", "the server could not find the requested resource", {
  details: {}
})

export const methodNotAllowed = status(
  405,
  "MethodNotAllowed",
  "the server does not allow this method on the requested resource",
  { details: {} }
)

export const notAcceptable = status(
  406,
  "NotAcceptable",
  "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, " +
    "application/vnd.kubernetes.protobuf",
  { details: {} }
)

export const unsupportedMediaType = status(
  415,
  "UnsupportedMediaType",
  "the body of the request was in an unknown format - accepted media types include: application/json, " +
    "application/yaml, application/vnd.kubernetes.protobuf"
)

export const tooLarge = (limit: number): Answer =>
  status(413, "RequestEntityTooLarge", `Request entity too large: limit is ${limit}`)

export const badRequest = (message: string): Answer => status(400, "BadRequest", message)

export const notFound = (kind: string, name: string): Answer =>
  status(404, "NotFound", `${kind} "${name}" not found`, { details: { name, kind } })

/** What admission refuses; all refusals of one account have equal details. */
export const refused = (account: string, why: string, causes?: Details["causes"], invalid = false): Answer =>
  status(invalid ? 422 : 403, invalid ? "Invalid" : "Forbidden", `serviceaccounts "${account}" is forbidden: ${why}`, {
    details: { name: account, kind: "serviceaccounts", ...(causes === undefined ? {} : { causes }) }
  })

/** The server gave up at the request's own `?timeout=`: a `Status` without kind and version, and not sent as JSON. */
export const timedOut: Answer = {
  status: 504,
  headers: { "Content-Type": "text/plain; charset=utf-8", ...uncached },
  body: JSON.stringify({
    metadata: {},
    status: "Failure",
    message: "Timeout: request did not complete within the allotted timeout",
    reason: "Timeout",
    details: {},
    code: 504
  })
}

/** Real servers do this; a test that needs it should hear that the fake does not. */
export const notFaked = (what: string): Answer => text(501, `FakeApiServer does not do this: ${what}\n`)

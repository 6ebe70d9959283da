/**
 * What an answer that is no success means. The refusals of one call differ in nothing but their text, so that is what is
 * looked at; a text that is not known is `Forbidden`. Rules: TR-10…31, TR-45, TR-46, NODE-1…6.
 */
import type { IdentityFailure } from "@credlet/core/identity/IdentityError"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

/** `text` is the server's and still has to be made presentable; `undefined` if the answer is no Status. */
export interface Failure {
  readonly failure: IdentityFailure
  readonly text: string | undefined
}

const text = Schema.optionalKey(Schema.String)

/** The server's own 504 has neither `kind` nor `apiVersion`, so `status` is what tells a Status (TR-46). */
const Status = Schema.Struct({
  status: Schema.Literal("Failure"),
  message: text,
  details: Schema.optionalKey(Schema.Struct({
    kind: text,
    causes: Schema.optionalKey(Schema.Array(Schema.Struct({ reason: text })))
  }))
})

const decodeStatus = Schema.decodeUnknownOption(Schema.fromJsonString(Status))

const missing: ReadonlyMap<string | undefined, IdentityFailure> = new Map([
  ["serviceaccounts", "ServiceAccountNotFound"],
  ["pods", "PodNotFound"],
  ["pod", "PodNotFound"], // as NodeRestriction says it (NODE-4)
  ["namespaces", "NamespaceNotFound"],
  ["secrets", "SecretNotFound"]
])

const replaced: ReadonlyMap<string | undefined, IdentityFailure> = new Map([
  ["TokenRequest", "ServiceAccountReplaced"],
  ["Pod", "PodReplaced"]
])

/** Names in these texts are the caller's; the server quotes them, so they can't contain a fragment with quotes. */
const refusals: ReadonlyArray<readonly [fragment: RegExp, failure: IdentityFailure]> = [
  [/User "system:anonymous" cannot/, "Unauthenticated"],
  [/is forbidden: audience ".*" not found in pod spec volume/, "AudienceNotAllowed"],
  [/is forbidden: the UID in the bound object reference/, "PodReplaced"]
]

/** A webhook chooses the status of its denial; if it does not, it is 400 (TR-25). */
const denials = /ValidatingAdmissionPolicy '|admission webhook "[^"]*" denied the request/

export const interpret = (answer: Answer): Failure => {
  const { status } = answer
  const said = Option.getOrUndefined(decodeStatus(answer.body))
  if (said === undefined) return { failure: byCode.get(status) ?? "ServerFailed", text: undefined }
  const message = said.message ?? ""
  const kind = said.details?.kind
  const of = (failure: IdentityFailure): Failure => ({ failure, text: message })
  if (status !== 403 && denials.test(message)) return of("DeniedByPolicy")
  switch (status) {
    case 400:
      return of(message.includes("running with different serviceaccount") ? "PodOfOtherAccount" : "InvalidRequest")
    case 403:
      return of(refusal(message, said.details?.causes ?? []))
    case 404:
      return of(missing.get(kind) ?? "InvalidRequest")
    case 409:
      return of(replaced.get(kind) ?? "InvalidRequest")
    case 504:
      return of("TimedOut")
    default:
      return of(byCode.get(status) ?? (status >= 400 && status < 500 ? "InvalidRequest" : "ServerFailed"))
  }
}

/** These say the same whoever wrote the answer: a proxy, or the server before it looked at the request (TR-12). */
const byCode: ReadonlyMap<number, IdentityFailure> = new Map([
  [401, "Unauthenticated"],
  [429, "Throttled"]
])

const refusal = (message: string, causes: ReadonlyArray<{ readonly reason?: string }>): IdentityFailure => {
  if (causes.some((cause) => cause.reason === "NamespaceTerminating")) return "NamespaceTerminating"
  const known = refusals.find(([fragment]) => fragment.test(message))
  if (known !== undefined) return known[1]
  return denials.test(message) ? "DeniedByPolicy" : "Forbidden"
}

/** Seconds, from an integer `Retry-After`; dates are not used by API servers (TR-47). */
export const retryAfter = ({ headers }: Answer): number | undefined => {
  const seconds = /^\d{1,5}$/.exec(headers["retry-after"] ?? "")
  return seconds === null ? undefined : Number(seconds[0])
}

/** The texts of `Warning: 299 - "text"` headers, which come joined by commas (KUBE-16). */
export const warnings = ({ headers }: Answer): ReadonlyArray<string> =>
  Array.from(
    (headers["warning"] ?? "").matchAll(/\b299 \S+ "((?:[^"\\]|\\.)*)"/g),
    (match) => (match[1] ?? "").replace(/\\(.)/g, "$1")
  )

const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

/** Where in an answer something else was found than expected; `undefined` if it is no JSON object at all. */
export const unexpected = (error: Schema.SchemaError): string | undefined => {
  const path = issuesOf(error.issue).issues[0]?.path
  return path === undefined || path.length === 0
    ? undefined
    : `the answer is not what was asked for, at /${path.map((part) => String(part)).join("/")}`
}

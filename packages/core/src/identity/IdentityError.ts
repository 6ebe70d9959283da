/**
 * Why a pod's identity could not be established: what the API server said, or that it said nothing. Errors carry the
 * server's own words, which never hold a token. Rules: SA-12, SA-18, TR-10…31, NODE-1…8.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * - `Unauthenticated`: our own credentials were missing, wrong or expired.
 * - `NoCredentials`: there should be some, but a file can't be read or an exec plugin failed; the server was not asked.
 * - `Forbidden`, `AudienceNotAllowed`, `DeniedByPolicy`, `NamespaceTerminating`: refused, and by what.
 * - `ServiceAccountNotFound`, `PodNotFound`, `NamespaceNotFound`, `SecretNotFound`: it is not there.
 * - `ServiceAccountReplaced`, `PodReplaced`: there is another one of that name (its UID differs).
 * - `PodOfOtherAccount`: the pod runs as another service account.
 * - `InvalidRequest`: the server does not accept the request as such.
 * - `Throttled`: too many requests. `ServerFailed`: any other answer that is none. `ForeignAnswer`: something else than an
 *   API server answered, or it answered what nobody asked for.
 * - `Unreachable`, `Untrusted`, `TimedOut`: no answer, no certificate to trust, none in time.
 * - `NotConfigured`: there is no API server, or its configuration can't be used.
 *
 * @since 0.1.0
 * @category schemas
 */
export const IdentityFailure = Schema.Literals([
  "Unauthenticated",
  "NoCredentials",
  "Forbidden",
  "AudienceNotAllowed",
  "DeniedByPolicy",
  "NamespaceTerminating",
  "ServiceAccountNotFound",
  "PodNotFound",
  "NamespaceNotFound",
  "SecretNotFound",
  "ServiceAccountReplaced",
  "PodReplaced",
  "PodOfOtherAccount",
  "InvalidRequest",
  "Throttled",
  "ServerFailed",
  "ForeignAnswer",
  "Unreachable",
  "Untrusted",
  "TimedOut",
  "NotConfigured"
])

/**
 * @since 0.1.0
 * @category models
 */
export type IdentityFailure = typeof IdentityFailure.Type

/**
 * `operation` says what was asked, such as `get serviceaccount team/builder`; `detail` is what the server said, at most 500
 * characters, or the system's code.
 *
 * @since 0.1.0
 * @category errors
 */
export class IdentityError extends Schema.TaggedError<IdentityError>()("IdentityError", {
  operation: Schema.String,
  failure: IdentityFailure,
  /** The HTTP status, if there was an answer. */
  status: Schema.optionalKey(Schema.Int),
  detail: Schema.String,
  /** After how many seconds the server wants to be asked again. */
  retryAfter: Schema.optionalKey(Schema.Int)
}) {
  override get message() {
    const status = this.status === undefined ? "" : ` (HTTP status ${this.status})`
    const detail = this.detail === "" ? "" : `: ${this.detail}`
    return `could not ${this.operation}: ${textOf(this.failure, this.detail)}${status}${detail}`
  }
}

/** A node's own refusals, by what the server says: no rule of RBAC would change them (NODE-1, NODE-4). */
const nodeRefusals: ReadonlyArray<readonly [said: RegExp, text: string]> = [
  [
    /: no relationship found between node /,
    "a node may ask only for what the pods on it use: none of them does, or this does not exist"
  ],
  [
    /: node requested token bound to a pod scheduled on a different node/,
    "a node may get tokens only for pods that run on it, and this one does not"
  ]
]

const textOf = (failure: IdentityFailure, detail: string): string =>
  (failure === "Forbidden" ? nodeRefusals.find(([said]) => said.test(detail))?.[1] : undefined) ?? texts[failure]

const texts: { readonly [F in IdentityFailure]: string } = {
  Unauthenticated: "the API server does not know who asks; check the token or certificate",
  NoCredentials: "there are no credentials to show to the API server",
  Forbidden: "the API server does not allow it; check the RBAC rules",
  AudienceNotAllowed: "a node may not ask for a token of this audience; grant request-serviceaccounts-token-audience",
  DeniedByPolicy: "an admission policy denies it",
  NamespaceTerminating: "the namespace is being deleted",
  ServiceAccountNotFound: "there is no such service account",
  PodNotFound: "there is no such pod",
  NamespaceNotFound: "there is no such namespace",
  SecretNotFound: "there is no such secret",
  ServiceAccountReplaced: "the service account was deleted and made anew meanwhile",
  PodReplaced: "the pod was deleted and made anew meanwhile, or the UID that was given is not that pod's",
  PodOfOtherAccount: "the pod runs as another service account",
  InvalidRequest: "an API server does not accept such a request",
  Throttled: "the API server has too much to do",
  ServerFailed: "the API server failed",
  ForeignAnswer: "what answered is not the API server",
  Unreachable: "the API server can't be reached",
  Untrusted: "the API server's certificate is not trusted; check the certificate authority",
  TimedOut: "the API server did not answer in time",
  NotConfigured: "there is no API server to ask"
}

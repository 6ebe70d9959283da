/** The error that a call ends with: what was asked, what came of it, and what can be seen to be the cause. */
import { IdentityError } from "@credlet/core/identity/IdentityError"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import type { ApiCredentials } from "../ApiConnection.ts"
import { flawOf } from "./credentialsFlaw.ts"
import { type Answer, interpret, retryAfter, unexpected } from "./failureAnswer.ts"
import * as ForeignAnswer from "./foreignAnswer.ts"
import type { Lost } from "./lostConnection.ts"
import { presentable } from "./serverText.ts"
import { originOf } from "./serverUrl.ts"

export interface Asked {
  readonly operation: string
  /** Named where it did not answer as it should: which one it was may be the mistake. */
  readonly server: string
}

export interface Attempt {
  readonly credentials: ApiCredentials
  readonly outcome: Result.Result<Answer, Lost>
}

export interface Accepted {
  readonly credentials: ApiCredentials
  readonly answer: Answer
}

/** `now` in milliseconds. */
export const failed = (asked: Asked, { credentials, outcome }: Attempt, now: number): IdentityError =>
  Result.isFailure(outcome)
    ? withoutAnswer(asked, credentials, outcome.failure, now)
    : refused(asked, { credentials, answer: outcome.success }, now)

const withoutAnswer = (
  { operation, server }: Asked,
  credentials: ApiCredentials,
  { failure, isBroken, text }: Lost,
  now: number
): IdentityError => {
  // With TLS 1.3 a certificate that is refused may look like a connection that breaks.
  const isDoubtful = isBroken && server.startsWith("https:") && credentials.certificate !== undefined
  const flaw = failure === "Unauthenticated" || isDoubtful ? flawOf(credentials, now) : undefined
  return new IdentityError({ operation, failure, detail: joined(`${originOf(server)}: ${text}`, flaw) })
}

const refused = ({ operation, server }: Asked, { answer, credentials }: Accepted, now: number): IdentityError => {
  const interpreted = interpret(answer)
  const { isForeign, text } = interpreted.text === undefined
    ? ForeignAnswer.said(answer, originOf(server), credentials.authorization)
    : { text: interpreted.text, isForeign: false }
  // Some status codes say the same whoever answers with them.
  const failure = isForeign && interpreted.failure === "ServerFailed" ? "ForeignAnswer" : interpreted.failure
  const flaw = failure === "Unauthenticated" ? flawOf(credentials, now) : undefined
  const seconds = retryAfter(answer)
  return new IdentityError({
    operation,
    failure,
    status: answer.status,
    detail: joined(presentable(text, credentials.authorization), flaw),
    ...(seconds === undefined ? {} : { retryAfter: seconds })
  })
}

/** Where a success is not as it should be, but never what stands there. */
export const unreadable =
  ({ operation, server }: Asked, { answer, credentials }: Accepted) => (error: Schema.SchemaError): IdentityError => {
    const detail = unexpected(error) ?? ForeignAnswer.notTheServer(answer, originOf(server))
    return new IdentityError({
      operation,
      failure: "ForeignAnswer",
      detail: presentable(detail, credentials.authorization)
    })
  }

/** The flaw is what helps, so it is not what gets cut. */
const joined = (text: string, flaw: string | undefined): string =>
  flaw === undefined ? text : text === "" ? flaw : `${text.slice(0, 400)}; ${flaw}`

/**
 * A TokenRequest, there and back. Rules: TR-1…6, SA-19.
 */
import type { TokenRequest } from "@credlet/core/identity/ServiceAccountTokens"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"
import * as ApiServer from "../ApiServer.ts"

export interface TokenAnswer {
  readonly token: Redacted.Redacted
  /** In seconds. */
  readonly lifetime: number | undefined
  /** In milliseconds since 1970; `unsaid` if the answer does not say. */
  readonly expiresAt: number
}

/** The server's defaults hold for what is left out: one hour (TR-40). */
export const request = ({ audience, pod, serviceAccount }: TokenRequest): Schema.Json => ({
  kind: "TokenRequest",
  apiVersion: "authentication.k8s.io/v1",
  metadata: { uid: serviceAccount.uid },
  spec: {
    audiences: [audience],
    boundObjectRef: { kind: "Pod", apiVersion: "v1", name: pod.name, uid: pod.uid }
  }
})

const expected = "a time such as 2026-01-02T03:04:05Z"
const form = /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

/** RFC 3339 as Kubernetes reads it (TR-6). */
const Time = Schema.String.pipe(
  Schema.decodeTo(
    Schema.Finite,
    SchemaTransformation.transformEffect<number, string>({
      decode: (text, options) => {
        const millis = form.test(text) ? Date.parse(text) : Number.NaN
        return Number.isNaN(millis)
          ? Effect.fail(new SchemaIssue.InvalidValue({ expected }, text, options))
          : Effect.succeed(millis)
      },
      encode: (millis) => Effect.succeed(new Date(millis).toISOString())
    })
  )
)

const Answer = Schema.Struct({
  spec: Schema.optionalKey(Schema.Struct({ expirationSeconds: Schema.optionalKey(Schema.NullOr(Schema.Int)) })),
  status: Schema.Struct({
    token: Schema.RedactedFromValue(Schema.String, { label: "token" }),
    expirationTimestamp: Schema.optionalKey(Schema.NullOr(Time))
  })
})

const readAnswer = ApiServer.reader(Answer)

/** Without a timestamp it is Go's zero time: long expired. */
export const unsaid = Date.parse("0001-01-01T00:00:00Z")

export const read: ApiServer.Reader<TokenAnswer> = (text) =>
  Effect.map(readAnswer(text), ({ spec, status }) => ({
    token: status.token,
    lifetime: spec?.expirationSeconds ?? undefined,
    expiresAt: status.expirationTimestamp ?? unsaid
  }))

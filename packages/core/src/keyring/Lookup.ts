/**
 * What a lookup comes to, as data: the credentials, and beside them why any provider gave none. Rules: RING-4, RING-8,
 * RESP-40, SA-10, SA-13, KEY-1.
 *
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { Credential } from "../credential/Credential.ts"
import * as SchemelessUrl from "../image/SchemelessUrl.ts"
import type { SkippedProvider } from "../provider/ProviderAnswer.ts"
import { ProviderError } from "../provider/ProviderError.ts"
import type { SkippedLocation } from "./KeyringIndex.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Lookup {
  /** The normalised name without tag and digest: what the providers were asked for (IMG-1). */
  readonly repository: string
  /** In the order in which a node would try them (RING-4, RING-8). Empty: a node would pull anonymously. */
  readonly credentials: ReadonlyArray<Credential>
  /** The names of the providers whose patterns match, in the order of the config. */
  readonly providers: ReadonlyArray<string>
  /** Why providers that match gave nothing (RESP-40). */
  readonly failures: ReadonlyArray<ProviderError>
  /** Providers that match, but answer only for other pods: no failures (SA-10, SA-13). */
  readonly skipped: ReadonlyArray<SkippedProvider>
  /** Locations in the providers' answers and in pull secrets that are no addresses, so that what stands there is not used (KEY-1). */
  readonly unusable: ReadonlyArray<SkippedLocation>
}

const source = Schema.TaggedUnion({
  PullSecret: { namespace: Schema.String, name: Schema.String, uid: Schema.String },
  NodeConfig: {},
  Provider: {
    provider: Schema.String,
    coordinates: Schema.UndefinedOr(
      Schema.Struct({ namespace: Schema.String, name: Schema.String, uid: Schema.String })
    )
  }
})

const lookup = Schema.Struct({
  repository: Schema.String,
  credentials: Schema.Array(Schema.Struct({
    username: Schema.String,
    password: Schema.Redacted(Schema.String, { disallowJsonEncode: true }),
    email: Schema.String,
    location: Schema.String,
    source
  })),
  providers: Schema.Array(Schema.String),
  failures: Schema.Array(ProviderError),
  skipped: Schema.Array(Schema.Union([
    Schema.Struct({ provider: Schema.String, reason: Schema.Literal("ServiceAccountRequired") }),
    Schema.Struct({ provider: Schema.String, reason: Schema.Literal("AnnotationMissing"), annotation: Schema.String })
  ])),
  unusable: Schema.Array(Schema.Struct({
    location: Schema.String,
    source,
    reason: SchemelessUrl.SchemelessUrlReason
  }))
})

/**
 * Providers that match failed, and `Profile.providerFailures` is `"error"`. `lookup` is what would have been returned
 * otherwise, with the credentials of the other providers; it is not printed with the error, as it has usernames (LOG-30).
 *
 * @since 0.1.0
 * @category errors
 */
export class ProvidersFailed extends Schema.TaggedError<ProvidersFailed>()("ProvidersFailed", {
  failures: Schema.NonEmptyArray(ProviderError),
  exactLookup: Schema.Redacted(lookup, { disallowJsonEncode: true })
}) {
  get lookup(): Lookup {
    return Redacted.value(this.exactLookup)
  }

  override get message() {
    return this.failures.map((failure) => failure.message).join("\n")
  }
}

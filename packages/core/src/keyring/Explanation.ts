/**
 * Why an image got these credentials, or none: a lookup with every decision that it took, as data that can be kept, sent
 * and printed (`ExplanationText`). It holds no password, token, annotation value or cache key, so it may be shown to
 * whoever may know the names in it. Rules: IMG-1…5, RING-1…7, KEY-1, KEY-10…15, LOG-30…36.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { ImagePatternMiss } from "../image/ImagePatternMiss.ts"
import { SchemelessUrlReason } from "../image/SchemelessUrl.ts"
import { Step } from "../LookupTrace.ts"

const text = (description: string) => Schema.String.annotate({ description })
const flag = (description: string) => Schema.Boolean.annotate({ description })
const count = (description: string) => Schema.Int.annotate({ description })

const Account = Schema.Struct({ namespace: Schema.String, name: Schema.String, uid: Schema.String }).annotate({
  description: "A service account"
})

/**
 * Where a credential, or a location, came from. A provider's `serviceAccount` is there if its plugin was asked for one.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Source = Schema.TaggedUnion({
  PullSecret: { namespace: Schema.String, name: Schema.String, uid: Schema.String },
  NodeConfig: {},
  Provider: { provider: text("The provider's name in the config"), serviceAccount: Schema.optionalKey(Account) }
})

/**
 * @since 0.1.0
 * @category models
 */
export type Source = typeof Source.Type

/**
 * What was done to the name as it was written (IMG-1, IMG-3…5).
 *
 * @since 0.1.0
 * @category schemas
 */
export const Change = Schema.Literals(["defaultRegistry", "dockerHubName", "library", "tag", "digest"]).annotate({
  description:
    "defaultRegistry: docker.io was put in front; dockerHubName: index.docker.io became docker.io; library: " +
    "library/ was put in front of the path; tag, digest: left out"
})

/**
 * @since 0.1.0
 * @category models
 */
export type Change = typeof Change.Type

/**
 * @since 0.1.0
 * @category schemas
 */
export const Image = Schema.Struct({
  written: text("The image's name as it was given"),
  repository: text("The normalised name, which patterns, plugins and keys are about"),
  changes: Schema.Array(Change),
  isAddress: flag("Whether the repository can be read as an address; if not, no pattern matches it")
})

/**
 * @since 0.1.0
 * @category schemas
 */
export const Pod = Schema.Struct({
  namespace: Schema.String,
  podName: Schema.String,
  podUid: Schema.String,
  serviceAccountName: text("Empty for a static pod, which has no service account")
})

/**
 * @since 0.1.0
 * @category schemas
 */
export const PullSecret = Schema.Struct({
  namespace: Schema.String,
  name: Schema.String,
  uid: Schema.String,
  type: text("The secret's type"),
  isUsed: flag("Whether its type and data make it a pull secret"),
  locations: count("How many registry locations it has credentials for")
})

/**
 * Whether a provider is asked: the first of its patterns that matches decides, or there is none.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Match = Schema.TaggedUnion({
  Matched: { pattern: text("The first entry of matchImages that matches") },
  Missed: {
    misses: Schema.Array(Schema.Struct({ pattern: text("An entry of matchImages"), miss: ImagePatternMiss })).annotate({
      description: "Why the provider's patterns do not match, the nearest first"
    })
  }
})

const nextStep = text("What to do about it, in a sentence without a full stop")

/**
 * What asking a provider came to.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Outcome = Schema.TaggedUnion({
  NotAsked: {},
  Given: {
    locations: count("How many registry locations the answer has credentials for, of whatever registry"),
    serviceAccount: Schema.optionalKey(Account)
  },
  Skipped: {
    reason: Schema.Literals(["ServiceAccountRequired", "AnnotationMissing"]),
    annotation: Schema.optionalKey(text("The key of the annotation that is missing")),
    nextStep
  },
  Failed: {
    failure: text("The most specific name of the failure, such as NotExecutable"),
    message: text("What happened, in a clause"),
    stderr: Schema.optionalKey(text("What the plugin wrote to stderr, capped, without what is known to be secret")),
    nextStep
  }
})

/**
 * @since 0.1.0
 * @category models
 */
export type Outcome = typeof Outcome.Type

/**
 * One provider of the config. `steps` are what happened when it was asked, in order.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Provider = Schema.Struct({
  name: text("The provider's name in the config"),
  usesServiceAccounts: flag("Whether it makes a difference for which pod it is asked"),
  match: Match,
  steps: Schema.Array(Step),
  outcome: Outcome
})

/**
 * @since 0.1.0
 * @category models
 */
export type Provider = typeof Provider.Type

/**
 * Whether a key's credentials serve the image. `HubFallback`: it does not match, but no key does, and the image is on
 * Docker Hub (KEY-13). `Unreadable`: the key is no address any more once it is decoded (KEY-8).
 *
 * @since 0.1.0
 * @category schemas
 */
export const Verdict = Schema.TaggedUnion({
  Matches: {},
  HubFallback: {},
  Misses: { miss: ImagePatternMiss },
  Unreadable: {}
})

/**
 * @since 0.1.0
 * @category schemas
 */
export const Key = Schema.Struct({
  key: text("Host, port and path that a docker config or a plugin's answer has credentials for"),
  credentials: count("How many there are under this key"),
  verdict: Verdict
})

/**
 * @since 0.1.0
 * @category models
 */
export type Key = typeof Key.Type

/**
 * The keys of all pull secrets, or of all that the providers gave, in the order in which they are tried: descending byte
 * order (KEY-10). The pull secrets' keyring is tried first (RING-1).
 *
 * @since 0.1.0
 * @category schemas
 */
export const Ring = Schema.Struct({
  of: Schema.Literals(["pullSecrets", "providers"]),
  keys: Schema.Array(Key)
})

/**
 * @since 0.1.0
 * @category models
 */
export type Ring = typeof Ring.Type

/**
 * @since 0.1.0
 * @category schemas
 */
export const Unusable = Schema.Struct({
  location: text("A location that is no address, fit to be shown"),
  source: Source,
  reason: SchemelessUrlReason
})

/**
 * @since 0.1.0
 * @category schemas
 */
export const ExplainedCredential = Schema.Struct({
  username: Schema.String,
  password: text("A fingerprint: equal in one explanation for equal passwords. Empty for an empty password"),
  location: text("The key under which it was found"),
  source: Source
})

/**
 * @since 0.1.0
 * @category models
 */
export type ExplainedCredential = typeof ExplainedCredential.Type

/**
 * @example
 * ```ts
 * import { Explanation } from "@credlet/core"
 * import { Schema } from "effect"
 *
 * const codec = Schema.toCodecJson(Explanation.Explanation)
 *
 * export const toJson = Schema.encodeEffect(Schema.fromJsonString(codec))
 * export const jsonSchema = Schema.toJsonSchemaDocument(Schema.toEncoded(codec))
 * ```
 *
 * @since 0.1.0
 * @category schemas
 */
export const Explanation = Schema.Struct({
  image: Image,
  pod: Schema.optionalKey(Pod),
  pullSecrets: Schema.Array(PullSecret),
  providers: Schema.Array(Provider).annotate({ description: "All providers, in the order of the config" }),
  rings: Schema.Array(Ring).annotate({ description: "In the order in which they are tried" }),
  unusable: Schema.Array(Unusable),
  credentials: Schema.Array(ExplainedCredential).annotate({ description: "In the order in which a node tries them" }),
  nextStep: Schema.optionalKey(text("What to do if the image needs credentials, where it got none"))
})

/**
 * @since 0.1.0
 * @category models
 */
export type Explanation = typeof Explanation.Type

/**
 * What every stage of a lookup reports to, as it happens: `Keyring.explain` listens, and nobody else unless a program does.
 * A step holds no password, token, annotation value or cache key, so any of them may be shown.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { GoDuration } from "./text/GoDuration.ts"

const provider = Schema.String
const duration = GoDuration
const scope = Schema.Literals(["Image", "Registry", "Global"])
const keys = Schema.Array(Schema.String)

/**
 * One decision. `provider` is the name in the config; durations are `"1.5s"` in JSON.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Step = Schema.TaggedUnion({
  /** The pod's service account was asked for; it is absent where that failed (SA-12). */
  ServiceAccountRead: {
    provider,
    namespace: Schema.String,
    name: Schema.String,
    uid: Schema.optionalKey(Schema.String),
    duration
  },
  /** Keys of annotations that the provider asks for; without a required one the plugin is not for this pod (SA-13). */
  AnnotationsChosen: { provider, found: keys, missing: keys, missingRequired: Schema.optionalKey(Schema.String) },
  /** A token was asked for; `isObtained` is false where there is none (SA-18). */
  TokenAsked: { provider, audience: Schema.String, isObtained: Schema.Boolean, duration },
  /** What the layer of tokens did for that: it minted one, or had one. `expiresIn` counts from this moment (TOKEN-10). */
  TokenIssued: { isReused: Schema.Boolean, expiresIn: Schema.optionalKey(duration) },
  /** An answer was there; `remaining` is its further life (CACHE-40). */
  CacheHit: { provider, scope, remaining: duration },
  /** No answer was there under any of these kinds of key, in the order in which they were tried. */
  CacheMissed: { provider, scopes: Schema.Array(scope) },
  /** Somebody else was running the plugin with an equal question: his answer is this lookup's (FLIGHT-1). */
  FlightJoined: { provider },
  /** Somebody else was asking for another image of this scope: this lookup waited for what he would get. */
  ScopeAwaited: { provider, scope },
  /** Waited for a free place among the plugins that may run at once. */
  PluginQueued: { provider, duration },
  /** The plugin was run; `outcome` is `"Answered"` or the tag of the failure, `stdoutBytes` the size of its answer. */
  PluginRun: {
    provider,
    path: Schema.String,
    outcome: Schema.String,
    exitCode: Schema.optionalKey(Schema.Int),
    signal: Schema.optionalKey(Schema.String),
    stdoutBytes: Schema.optionalKey(Schema.Int),
    duration
  },
  /** The answer was read; `isTokenEchoed` is absent where no token must be looked for (SA-30). */
  AnswerChecked: { provider, locations: Schema.Int, isTokenEchoed: Schema.optionalKey(Schema.Boolean) },
  /** The answer was put into the cache; one that lives for no time is `NotStored` (RESP-24). */
  Stored: { provider, scope, lifetime: duration, isDefault: Schema.Boolean },
  NotStored: { provider, isDefault: Schema.Boolean }
})

/**
 * @since 0.1.0
 * @category models
 */
export type Step = typeof Step.Type

/**
 * @since 0.1.0
 * @category models
 */
export interface Recorder {
  /** Called in the middle of the lookup: it must be quick and must not throw. */
  readonly report: (step: Step) => void
}

/**
 * Who listens to the lookups of an effect; by default nobody, which costs nothing.
 *
 * @since 0.1.0
 * @category services
 */
export const LookupTrace = Context.Reference<Recorder | undefined>("@credlet/core/LookupTrace", {
  defaultValue: () => undefined
})

/**
 * Tells whoever listens; the step is only made if somebody does.
 *
 * @since 0.1.0
 * @category combinators
 */
export const report = (step: () => Step): Effect.Effect<void> =>
  Effect.withFiber((fiber) => {
    fiber.getRef(LookupTrace)?.report(step())
    return Effect.void
  })

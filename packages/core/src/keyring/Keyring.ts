/**
 * The front door: an image in, the ordered credentials to try for it out, and beside them why any provider gave none.
 * Rules: RING-1…7, RESP-40, IMG-1, KEY-10…15, SA-20, CFG-123, SECRET-3, SECRET-5.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { PullSecret, PullSecretError } from "../credential/PullSecret.ts"
import type { PodIdentity } from "../identity/PodIdentity.ts"
import type { ImageReference, ImageReferenceError } from "../image/ImageReference.ts"
import type { Step } from "../LookupTrace.ts"
import * as Profile from "../Profile.ts"
import { ProviderRegistry } from "../provider/ProviderRegistry.ts"
import type { Question } from "../provider/ProviderSet.ts"
import * as LookupLog from "../telemetry/LookupLog.ts"
import type { Explanation } from "./Explanation.ts"
import * as Answers from "./internal/answers.ts"
import * as Explain from "./internal/explain.ts"
import * as Fingerprint from "./internal/fingerprint.ts"
import * as Plan from "./internal/plan.ts"
import * as Secrets from "./internal/secrets.ts"
import * as KeyringIndex from "./KeyringIndex.ts"
import { type Lookup, ProvidersFailed } from "./Lookup.ts"

export type { Lookup } from "./Lookup.ts"

/**
 * @example
 * ```ts
 * import { Keyring, PodIdentity } from "@credlet/core"
 * import { Effect } from "effect"
 *
 * const pod = new PodIdentity.PodIdentity({
 *   namespace: "team",
 *   podName: "app-7c9f",
 *   podUid: "2b1c5e0e-6f0b-4a8e-9d52-0c9a3d1f7a11",
 *   serviceAccountName: "builder"
 * })
 *
 * const program = Effect.flatMap(Keyring.Keyring, (keyring) => keyring.lookup("registry.example/team/app:1.0", { pod }))
 * ```
 *
 * @since 0.1.0
 * @category models
 */
export interface LookupOptions {
  /**
   * For which pod: providers in service account mode are given its service account's annotations and a token for it.
   * Without, they are asked as for a pod that has none. `Profile.serviceAccountTokens` off: it makes no difference.
   */
  readonly pod?: PodIdentity | undefined
  /**
   * The pod's pull secrets, in the order in which it names them. What they have comes before what the providers have, who
   * are asked all the same (RING-1, RING-2). One that counts but can't be read fails the lookup (SECRET-3).
   */
  readonly pullSecrets?: ReadonlyArray<PullSecret> | undefined
}

/**
 * @since 0.1.0
 * @category errors
 */
export type LookupError = ExplainError | ProvidersFailed

/**
 * @since 0.1.0
 * @category errors
 */
export type ExplainError = ImageReferenceError | PullSecretError

/**
 * A lookup, and why it came to that: both of one and the same run.
 *
 * @since 0.1.0
 * @category models
 */
export interface Explained {
  readonly lookup: Lookup
  readonly explanation: Explanation
}

/**
 * @example
 * ```ts
 * import { Keyring } from "@credlet/core"
 * import { Effect } from "effect"
 *
 * const program = Effect.gen(function*() {
 *   const keyring = yield* Keyring.Keyring
 *   const { credentials, failures } = yield* keyring.lookup("registry.example/team/app:1.0")
 *   for (const failure of failures) yield* Effect.logWarning(failure.message)
 *   return credentials
 * })
 * ```
 *
 * @since 0.1.0
 * @category services
 */
export class Keyring extends Context.Service<Keyring, {
  /**
   * Fails if the image's name can't be parsed (IMG-11) or a pull secret can't be read (SECRET-3). A provider's failure is a
   * value in the answer, unless `Profile.providerFailures` is `"error"`.
   */
  readonly lookup: (
    image: string | ImageReference,
    options?: LookupOptions
  ) => Effect.Effect<Lookup, LookupError>
  /**
   * A lookup that takes notes. It is a lookup like any other: it runs plugins, and takes from the cache and fills it. A
   * provider's failure is a value in the answer, whatever the profile.
   *
   * @example
   * ```ts
   * import { ExplanationText, Keyring } from "@credlet/core"
   * import { Console, Effect } from "effect"
   *
   * const program = Effect.gen(function*() {
   *   const keyring = yield* Keyring.Keyring
   *   const { explanation, lookup } = yield* keyring.explain("registry.example/team/app:1.0")
   *   if (lookup.credentials.length === 0) yield* Console.error(ExplanationText.render(explanation))
   *   return lookup.credentials
   * })
   * ```
   */
  readonly explain: (
    image: string | ImageReference,
    options?: LookupOptions
  ) => Effect.Effect<Explained, ExplainError>
}>()("@credlet/core/keyring/Keyring") {}

/**
 * @since 0.1.0
 * @category constructors
 */
export const make = Effect.gen(function*() {
  const registry = yield* ProviderRegistry
  const profile = yield* Profile.Profile
  const failuresAreErrors = profile.providerFailures === "error"
  const fingerprint = yield* Fingerprint.make
  const plans = new WeakMap<Question, Plan.Plan>()

  const planFor = (question: Question): Plan.Plan => {
    const known = plans.get(question)
    if (known !== undefined) return known
    const plan = Plan.make(question, profile)
    plans.set(question, plan)
    return plan
  }

  const lookUp = (question: Question, options: LookupOptions | undefined) => {
    const plan = planFor(question)
    const secrets = options?.pullSecrets
    return secrets === undefined || secrets.length === 0
      ? plan.lookup(options?.pod)
      : Effect.map(withSecrets(question, secrets, plan.answer(options?.pod), profile), (complete) => complete.lookup)
  }

  const explain = Effect.fnUntraced(function*(image: string | ImageReference, options: LookupOptions = {}) {
    const { ask, providers } = yield* registry.current
    const question = yield* Effect.fromResult(ask(image))
    const { pod, pullSecrets = [] } = options
    const steps = question.providers.map((): Array<Step> => [])
    const asked = planFor(question).answer(pod, (at, step) => steps[at]?.push(step))
    const { answer, lookup, secrets } = yield* withSecrets(question, pullSecrets, asked, profile)
    const findings = { image, pod, pullSecrets, providers, question, answer, secrets, lookup, steps }
    const explained: Explained = { lookup, explanation: yield* Explain.explain(findings, profile, fingerprint) }
    return explained
  })

  return Keyring.of({
    lookup: (image, options) =>
      Effect.flatMap(registry.current, (providers): Effect.Effect<Lookup, LookupError> => {
        const asked = providers.ask(image)
        if (Result.isFailure(asked)) return Effect.fail(asked.failure)
        const lookup = lookUp(asked.success, options)
        return failuresAreErrors ? Effect.flatMap(lookup, refuseFailures) : lookup
      }),
    explain
  })
})

/**
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Keyring, never, ProviderRegistry> = Layer.effect(Keyring, make)

/** What the secrets have comes before what the providers have, each by itself (RING-1, RING-5). */
const withSecrets = Effect.fnUntraced(function*(
  { target: { repository, url } }: Question,
  pullSecrets: ReadonlyArray<PullSecret>,
  ofProviders: Effect.Effect<Answers.Answer>,
  options: KeyringIndex.LookupOptions
) {
  const secrets = yield* Effect.fromResult(Secrets.read(pullSecrets))
  const answer = yield* ofProviders
  const unusable = KeyringIndex.skipped(secrets.index)
  const lookup: Lookup = {
    ...answer.lookup,
    credentials: [
      ...KeyringIndex.lookup(secrets.index, url, repository, options),
      ...answer.lookup.credentials
    ],
    unusable: [...unusable, ...answer.lookup.unusable]
  }
  yield* Answers.logUnusable(unusable)
  if (lookup.credentials.length === 0) yield* LookupLog.noCredentials(repository)
  return { answer, lookup, secrets }
})

const refuseFailures = (lookup: Lookup): Effect.Effect<Lookup, ProvidersFailed> => {
  const [first, ...others] = lookup.failures
  return first === undefined
    ? Effect.succeed(lookup)
    : Effect.fail(new ProvidersFailed({ failures: [first, ...others], exactLookup: Redacted.make(lookup) }))
}

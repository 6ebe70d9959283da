/**
 * The front door: an image in, the ordered credentials to try for it out, and beside them why any provider gave none.
 * Rules: RING-1…7, RESP-40, IMG-1, KEY-10…15, SA-20, CFG-123, SECRET-3, SECRET-5.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type { Coordinates, Credential } from "../credential/Credential.ts"
import * as PullSecret from "../credential/PullSecret.ts"
import type { PodIdentity } from "../identity/PodIdentity.ts"
import type { ImageReference, ImageReferenceError } from "../image/ImageReference.ts"
import * as Profile from "../Profile.ts"
import type { CredentialProvider } from "../provider/CredentialProvider.ts"
import type { ProviderAnswer, SkippedProvider } from "../provider/ProviderAnswer.ts"
import type { ProviderError } from "../provider/ProviderError.ts"
import { ProviderRegistry } from "../provider/ProviderRegistry.ts"
import type { Question } from "../provider/ProviderSet.ts"
import * as KeyringIndex from "./KeyringIndex.ts"

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
  readonly unusable: ReadonlyArray<KeyringIndex.SkippedLocation>
}

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
  readonly pullSecrets?: ReadonlyArray<PullSecret.PullSecret> | undefined
}

/**
 * @since 0.1.0
 * @category errors
 */
export type LookupError = ImageReferenceError | PullSecret.PullSecretError

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
   * Fails only if the image's name can't be parsed (IMG-11) or a pull secret can't be read (SECRET-3); a provider's failure
   * is a value in the answer.
   */
  readonly lookup: (
    image: string | ImageReference,
    options?: LookupOptions
  ) => Effect.Effect<Lookup, LookupError>
}>()("@credlet/core/keyring/Keyring") {}

/**
 * @since 0.1.0
 * @category constructors
 */
export const make = Effect.gen(function*() {
  const registry = yield* ProviderRegistry
  const { hubFallback } = yield* Profile.Profile
  const plans = new WeakMap<Question, Plan>()

  /** The same attempts make the same keyring, so it is built anew only when one has changed. */
  const remembering = (question: Question) => {
    let last: Answer | undefined
    return (attempts: ReadonlyArray<Attempt>): Lookup => {
      if (last === undefined || !isSame(last.attempts, attempts)) {
        last = { attempts, lookup: combine(question, attempts, hubFallback) }
      }
      return last.lookup
    }
  }

  /** What is to be done for an image is the same each time, so it is put together once. */
  const plan = (question: Question): Plan => {
    const completePlain = remembering(question)
    const completeForPod = remembering(question)
    const plain = askAll(question, undefined, completePlain)
    const planned: Plan = question.providers.some((provider) => provider.usesServiceAccounts)
      ? { plain, forPod: (pod) => askAll(question, pod, completeForPod) }
      : { plain, forPod: () => plain }
    plans.set(question, planned)
    return planned
  }

  return Keyring.of({
    lookup: (image, options) =>
      Effect.flatMap(registry.current, (providers): Effect.Effect<Lookup, LookupError> => {
        const asked = providers.ask(image)
        if (Result.isFailure(asked)) return Effect.fail(asked.failure)
        const question = asked.success
        const { forPod, plain } = plans.get(question) ?? plan(question)
        const lookup = options?.pod === undefined ? plain : forPod(options.pod)
        const secrets = options?.pullSecrets ?? []
        return secrets.length === 0 ? lookup : withSecrets(question, secrets, lookup, hubFallback)
      })
  })
})

/**
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Keyring, never, ProviderRegistry> = Layer.effect(Keyring, make)

interface Plan {
  readonly plain: Effect.Effect<Lookup>
  readonly forPod: (pod: PodIdentity) => Effect.Effect<Lookup>
}

type Attempt = ProviderAnswer | ProviderError

interface Answer {
  readonly attempts: ReadonlyArray<Attempt>
  readonly lookup: Lookup
}

const askAll = (
  question: Question,
  pod: PodIdentity | undefined,
  complete: (attempts: ReadonlyArray<Attempt>) => Lookup
): Effect.Effect<Lookup> => {
  const attempts = question.providers.map((provider) => attempt(provider, question, pod))
  const [only] = attempts
  return only !== undefined && attempts.length === 1
    ? Effect.map(only, (one) => complete([one])) // spares the hit path the cost of `Effect.all`
    : Effect.map(Effect.all(attempts), complete)
}

const attempt = (
  provider: CredentialProvider,
  { target }: Question,
  pod: PodIdentity | undefined
): Effect.Effect<Attempt> => Effect.catch(provider.provide(target, pod), (error) => Effect.succeed<Attempt>(error))

/** All secrets make one keyring, which is asked before that of the providers (SECRET-5, RING-1). */
const withSecrets = Effect.fnUntraced(function*(
  { target: { repository, url } }: Question,
  secrets: ReadonlyArray<PullSecret.PullSecret>,
  ofProviders: Effect.Effect<Lookup>,
  hubFallback: Profile.Switches["hubFallback"]
) {
  const configs: Array<KeyringIndex.Addition> = []
  for (const secret of secrets) {
    const config = yield* Effect.fromResult(PullSecret.parse(secret))
    const { name, namespace, uid } = secret
    if (config !== undefined) configs.push({ config, source: { _tag: "PullSecret", namespace, name, uid } })
  }
  const index = KeyringIndex.make(configs)
  const lookup = yield* ofProviders
  return {
    ...lookup,
    credentials: [...KeyringIndex.lookup(index, url, repository, { hubFallback }), ...lookup.credentials],
    unusable: [...KeyringIndex.skipped(index), ...lookup.unusable]
  }
})

const isSame = (a: ReadonlyArray<Attempt>, b: ReadonlyArray<Attempt>): boolean =>
  a.length === b.length && a.every((one, at) => isSameAttempt(one, b[at]))

/** The coordinates are in the keyring too (CACHE-46). */
const isSameAttempt = (a: Attempt, b: Attempt | undefined): boolean =>
  a === b ||
  (a._tag === "Given" && b?._tag === "Given" && a.config === b.config && isSameAccount(a.coordinates, b.coordinates))

const isSameAccount = (a: Coordinates | undefined, b: Coordinates | undefined): boolean =>
  a === b || (a?.namespace === b?.namespace && a?.name === b?.name && a?.uid === b?.uid)

const combine = (
  question: Question,
  attempts: ReadonlyArray<Attempt>,
  hubFallback: Profile.Switches["hubFallback"]
): Lookup => {
  const { repository, url } = question.target
  const failures: Array<ProviderError> = []
  const skipped: Array<SkippedProvider> = []
  const configs: Array<KeyringIndex.Addition> = []
  question.providers.forEach(({ name }, at) => {
    const one = attempts[at]
    if (one === undefined) return
    if (one._tag === "Given") {
      configs.push({ config: one.config, source: { _tag: "Provider", provider: name, coordinates: one.coordinates } })
    } else if (one._tag === "Skipped") skipped.push(one.skipped)
    else failures.push(one)
  })
  const index = KeyringIndex.make(configs)
  return {
    repository,
    credentials: KeyringIndex.lookup(index, url, repository, { hubFallback }),
    providers: question.providers.map((provider) => provider.name),
    failures,
    skipped,
    unusable: KeyringIndex.skipped(index)
  }
}

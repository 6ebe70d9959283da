/**
 * The front door: an image in, the ordered credentials to try for it out, and beside them why any provider gave none.
 * Rules: RING-3…7, RESP-40, IMG-1, KEY-10…15.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type { Credential } from "../credential/Credential.ts"
import type { DockerConfig } from "../credential/DockerConfig.ts"
import type { ImageReference, ImageReferenceError } from "../image/ImageReference.ts"
import * as Profile from "../Profile.ts"
import type { CredentialProvider } from "../provider/CredentialProvider.ts"
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
  /** Providers that match, but answer only for pods with a service account (SA-10). */
  readonly skipped: ReadonlyArray<string>
  /** Locations in the providers' answers that are no addresses, so that what stands there is not used (KEY-1). */
  readonly unusable: ReadonlyArray<KeyringIndex.SkippedLocation>
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
   * Fails only if the image's name can't be parsed (IMG-11); a provider's failure is a value in the answer.
   */
  readonly lookup: (image: string | ImageReference) => Effect.Effect<Lookup, ImageReferenceError>
}>()("@credlet/core/keyring/Keyring") {}

/**
 * @since 0.1.0
 * @category constructors
 */
export const make = Effect.gen(function*() {
  const registry = yield* ProviderRegistry
  const { hubFallback } = yield* Profile.Profile
  const plans = new WeakMap<Question, Effect.Effect<Lookup>>()

  /** What is to be done for an image is the same each time, so it is put together once. */
  const plan = (question: Question): Effect.Effect<Lookup> => {
    const asked = split(question)
    const attempts = asked.providers.map((provider) => attempt(provider, question))
    let last: Answer | undefined
    /** The same answers make the same keyring, so it is built anew only when one has changed. */
    const complete = (given: ReadonlyArray<Attempt>): Lookup => {
      if (last === undefined || !isSame(last.attempts, given)) {
        last = { attempts: given, lookup: combine(question, asked, given, hubFallback) }
      }
      return last.lookup
    }
    const [only] = attempts
    const planned = only !== undefined && attempts.length === 1
      ? Effect.map(only, (one) => complete([one])) // spares the hit path the cost of `Effect.all`
      : Effect.map(Effect.all(attempts), complete)
    plans.set(question, planned)
    return planned
  }

  return Keyring.of({
    lookup: (image) =>
      Effect.flatMap(registry.current, (providers) => {
        const asked = providers.ask(image)
        return Result.isFailure(asked) ? Effect.fail(asked.failure) : plans.get(asked.success) ?? plan(asked.success)
      })
  })
})

/**
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Keyring, never, ProviderRegistry> = Layer.effect(Keyring, make)

interface Asked {
  readonly providers: ReadonlyArray<CredentialProvider>
  readonly skipped: ReadonlyArray<string>
}

/** No pod identity is given yet, so these are the lookups of a pod without a service account (SA-3, SA-10). */
const split = (question: Question): Asked => ({
  providers: question.providers.filter((provider) => !provider.requiresServiceAccount),
  skipped: question.providers.filter((provider) => provider.requiresServiceAccount).map((provider) => provider.name)
})

type Attempt = DockerConfig | ProviderError

interface Answer {
  readonly attempts: ReadonlyArray<Attempt>
  readonly lookup: Lookup
}

const attempt = (provider: CredentialProvider, question: Question): Effect.Effect<Attempt> =>
  Effect.catch(provider.provide(question.target), (error) => Effect.succeed<Attempt>(error))

const isSame = (a: ReadonlyArray<Attempt>, b: ReadonlyArray<Attempt>): boolean =>
  a.length === b.length && a.every((one, at) => one === b[at])

const isConfig = (one: Attempt): one is DockerConfig => !("_tag" in one)

const combine = (
  question: Question,
  asked: Asked,
  attempts: ReadonlyArray<Attempt>,
  hubFallback: Profile.Switches["hubFallback"]
): Lookup => {
  const { repository, url } = question.target
  const failures: Array<ProviderError> = []
  const configs: Array<KeyringIndex.Addition> = []
  asked.providers.forEach((provider, at) => {
    const one = attempts[at]
    if (one === undefined) return
    if (isConfig(one)) {
      configs.push({ config: one, source: { _tag: "Provider", provider: provider.name, coordinates: undefined } })
    } else failures.push(one)
  })
  const index = KeyringIndex.make(configs)
  return {
    repository,
    credentials: KeyringIndex.lookup(index, url, repository, { hubFallback }),
    providers: question.providers.map((provider) => provider.name),
    failures,
    skipped: asked.skipped,
    unusable: KeyringIndex.skipped(index)
  }
}

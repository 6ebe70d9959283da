/** What providers that were asked come to together, and what the log is told of it. */
import * as Effect from "effect/Effect"
import type { Coordinates } from "../../credential/Credential.ts"
import type { PodIdentity } from "../../identity/PodIdentity.ts"
import { SchemelessUrlError } from "../../image/SchemelessUrl.ts"
import type { ProviderAnswer, SkippedProvider } from "../../provider/ProviderAnswer.ts"
import type { ProviderError } from "../../provider/ProviderError.ts"
import type { Question } from "../../provider/ProviderSet.ts"
import * as LookupLog from "../../telemetry/LookupLog.ts"
import * as KeyringIndex from "../KeyringIndex.ts"
import type { Lookup } from "../Lookup.ts"

export type Attempt = ProviderAnswer | ProviderError

/** `attempts` are those of the question's providers, in that order. */
export interface Answer {
  readonly attempts: ReadonlyArray<Attempt>
  readonly index: KeyringIndex.KeyringIndex
  readonly lookup: Lookup
}

export const combine = (
  question: Question,
  attempts: ReadonlyArray<Attempt>,
  options: KeyringIndex.LookupOptions
): Answer => {
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
  const lookup: Lookup = {
    repository,
    credentials: KeyringIndex.lookup(index, url, repository, options),
    providers: question.providers.map((provider) => provider.name),
    failures,
    skipped,
    unusable: KeyringIndex.skipped(index)
  }
  return { attempts, index, lookup }
}

export const isSame = (a: ReadonlyArray<Attempt>, b: ReadonlyArray<Attempt>): boolean =>
  a.length === b.length && a.every((one, at) => isSameAttempt(one, b[at]))

/** The coordinates are in the keyring too (CACHE-46). */
const isSameAttempt = (a: Attempt, b: Attempt | undefined): boolean =>
  a === b ||
  (a._tag === "Given" && b?._tag === "Given" && a.config === b.config && isSameAccount(a.coordinates, b.coordinates))

const isSameAccount = (a: Coordinates | undefined, b: Coordinates | undefined): boolean =>
  a === b || (a?.namespace === b?.namespace && a?.name === b?.name && a?.uid === b?.uid)

/** LOG-7, LOG-8: of what providers have not given before; `told` has what they gave. */
export const logNews = (
  { providers }: Question,
  { attempts, lookup }: Answer,
  pod: PodIdentity | undefined,
  told: WeakSet<object>
): Effect.Effect<void> => {
  const news = providers.filter((_, at) => {
    const attempt = attempts[at]
    if (attempt === undefined) return false
    const given = attempt._tag === "Given" ? attempt.config : attempt
    const isNew = !told.has(given)
    told.add(given)
    return isNew
  })
  const isNews = ({ source }: KeyringIndex.SkippedLocation) =>
    source._tag === "Provider" && news.some(({ name }) => name === source.provider)
  return Effect.andThen(
    Effect.forEach(
      news,
      ({ name, usesServiceAccounts }) =>
        pod !== undefined && usesServiceAccounts ? LookupLog.providerBound(name, pod) : Effect.void,
      { discard: true }
    ),
    logUnusable(lookup.unusable.filter(isNews))
  )
}

/** LOG-8. */
export const logUnusable = (unusable: ReadonlyArray<KeyringIndex.SkippedLocation>): Effect.Effect<void> =>
  Effect.forEach(
    unusable,
    (one) => LookupLog.unusableLocation(one, new SchemelessUrlError({ reason: one.reason }).message),
    { discard: true }
  )

/** LOG-1…4, LOG-20, LOG-21: of each lookup that met them, whoever ran the plugin. */
export const logAttempts = (
  { providers, target }: Question,
  { attempts }: Answer,
  pod: PodIdentity | undefined
): Effect.Effect<void> =>
  Effect.forEach(
    attempts,
    (attempt, at) => {
      if (attempt._tag === "Given") return Effect.void
      const subject = { image: target.repository, pod: providers[at]?.usesServiceAccounts ? pod : undefined }
      return attempt._tag === "Skipped"
        ? LookupLog.providerSkipped(attempt.skipped, subject)
        : LookupLog.providerFailed(attempt, subject)
    },
    { discard: true }
  )

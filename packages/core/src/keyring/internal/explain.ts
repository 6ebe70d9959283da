/** From what a lookup has met to what is told about it. Nothing is decided here: that has been done. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Credential, Source } from "../../credential/Credential.ts"
import * as Location from "../../credential/Location.ts"
import type { PullSecret } from "../../credential/PullSecret.ts"
import type { PodIdentity } from "../../identity/PodIdentity.ts"
import * as ImagePattern from "../../image/ImagePattern.ts"
import * as ImagePatternMiss from "../../image/ImagePatternMiss.ts"
import * as ImageReference from "../../image/ImageReference.ts"
import type { Step } from "../../LookupTrace.ts"
import type { CredentialProvider } from "../../provider/CredentialProvider.ts"
import * as NextStep from "../../provider/NextStep.ts"
import type { Question } from "../../provider/ProviderSet.ts"
import type * as Explanation from "../Explanation.ts"
import * as KeyringIndex from "../KeyringIndex.ts"
import type { Lookup } from "../Lookup.ts"
import type { Answer, Attempt } from "./answers.ts"
import type { Fingerprint } from "./fingerprint.ts"
import type { Secrets } from "./secrets.ts"

/** `steps` are those of the question's providers, in that order. */
interface Findings {
  readonly image: string | ImageReference.ImageReference
  readonly pod: PodIdentity | undefined
  readonly pullSecrets: ReadonlyArray<PullSecret>
  readonly providers: ReadonlyArray<CredentialProvider>
  readonly question: Question
  readonly answer: Answer
  readonly secrets: Secrets
  readonly lookup: Lookup
  readonly steps: ReadonlyArray<ReadonlyArray<Step>>
}

export const explain = Effect.fnUntraced(function*(
  findings: Findings,
  options: KeyringIndex.LookupOptions,
  fingerprint: Fingerprint
) {
  const { answer, lookup, pod, providers, question, secrets } = findings
  const { target } = question
  const credentials = yield* Effect.forEach(
    lookup.credentials,
    (credential) => Effect.map(fingerprint(credential.password), (password) => explainCredential(credential, password))
  )
  const rings = [
    ringOf("pullSecrets", secrets.index, target, options),
    ringOf("providers", answer.index, target, options)
  ].filter((ring) => ring.keys.length > 0)
  const explained = providers.map((provider) => explainProvider(provider, findings))
  const nextStep = credentials.length === 0 ? nextStepOf(lookup, explained, rings) : undefined
  const explanation: Explanation.Explanation = {
    image: imageOf(findings.image, question),
    ...(pod === undefined ? {} : { pod: podOf(pod) }),
    pullSecrets: findings.pullSecrets.map(({ name, namespace, type, uid }, at) => {
      const locations = secrets.locations[at]
      return { namespace, name, uid, type, isUsed: locations !== undefined, locations: locations ?? 0 }
    }),
    providers: explained,
    rings,
    unusable: lookup.unusable.map(({ location, reason, source }) => ({ location, reason, source: sourceOf(source) })),
    credentials,
    ...(nextStep === undefined ? {} : { nextStep })
  }
  return explanation
})

const imageOf = (
  image: string | ImageReference.ImageReference,
  { target }: Question
): Explanation.Explanation["image"] => ({
  written: typeof image === "string" ? image : Location.withoutUserInfo(image.repository),
  repository: Location.withoutUserInfo(target.repository),
  changes: typeof image === "string" ? changesOf(image) : [],
  isAddress: target.url !== undefined
})

const changesOf = (written: string): ReadonlyArray<Explanation.Change> => {
  const parsed = ImageReference.parse(written)
  if (Result.isFailure(parsed)) return []
  const { digest, repository, tag } = parsed.success
  const undigested = digest === undefined ? written : written.slice(0, -digest.length - 1)
  const hasTag = tag !== undefined && undigested.endsWith(`:${tag}`)
  const name = hasTag ? undigested.slice(0, -tag.length - 1) : undigested
  const registry = name.includes("/") ? ImageReference.registryOf(name) : ""
  const isOnHub = repository.startsWith("docker.io/")
  const changes: Array<Explanation.Change> = []
  if (isOnHub && registry === "index.docker.io") changes.push("dockerHubName")
  else if (isOnHub && registry !== "docker.io") changes.push("defaultRegistry")
  if (repository.startsWith("docker.io/library/") && !/(?:^|\/)library\//.test(name)) changes.push("library")
  if (hasTag) changes.push("tag")
  if (digest !== undefined) changes.push("digest")
  return changes
}

const podOf = ({ namespace, podName, podUid, serviceAccountName }: PodIdentity) => ({
  namespace,
  podName,
  podUid,
  serviceAccountName
})

const explainProvider = (
  provider: CredentialProvider,
  { answer, question, steps }: Findings
): Explanation.Provider => {
  const { name, patterns, usesServiceAccounts } = provider
  const at = question.providers.indexOf(provider)
  const attempt = answer.attempts[at]
  const { url } = question.target
  const matched = url && patterns.find((pattern) => ImagePattern.matches(pattern, url))
  return {
    name,
    usesServiceAccounts,
    match: matched === undefined
      ? {
        _tag: "Missed",
        misses: ImagePatternMiss.nearestFirst(patterns, url).map(({ miss, pattern }) => ({
          pattern: ImagePatternMiss.textOf(pattern),
          miss
        }))
      }
      : { _tag: "Matched", pattern: ImagePatternMiss.textOf(matched) },
    steps: steps[at] ?? [],
    outcome: attempt === undefined ? { _tag: "NotAsked" } : outcomeOf(attempt)
  }
}

const outcomeOf = (attempt: Attempt): Explanation.Outcome => {
  if (attempt._tag === "Given") {
    const { config, coordinates } = attempt
    return {
      _tag: "Given",
      locations: config.size,
      ...(coordinates === undefined ? {} : { serviceAccount: coordinates })
    }
  }
  if (attempt._tag === "Skipped") {
    const { skipped } = attempt
    return {
      _tag: "Skipped",
      reason: skipped.reason,
      ...(skipped.reason === "AnnotationMissing" ? { annotation: skipped.annotation } : {}),
      nextStep: NextStep.ofSkipped(skipped)
    }
  }
  const stderr = NextStep.stderrOf(attempt)
  return {
    _tag: "Failed",
    failure: NextStep.failureOf(attempt),
    message: NextStep.causeOf(attempt),
    ...(stderr === undefined ? {} : { stderr }),
    nextStep: NextStep.of(attempt)
  }
}

const ringOf = (
  of: Explanation.Ring["of"],
  index: KeyringIndex.KeyringIndex,
  { repository, url }: Question["target"],
  options: KeyringIndex.LookupOptions
): Explanation.Ring => {
  const { entries, isHubFallback } = KeyringIndex.serving(index, url, repository, options)
  const serving = new Set(entries)
  const verdictOf = (entry: KeyringIndex.Entry): Explanation.Key["verdict"] => {
    if (serving.has(entry)) return { _tag: isHubFallback ? "HubFallback" : "Matches" }
    const miss = entry.pattern && ImagePatternMiss.of(entry.pattern, url)
    return miss === undefined ? { _tag: "Unreadable" } : { _tag: "Misses", miss }
  }
  return {
    of,
    keys: index.entries.map((entry) => ({
      key: Location.withoutUserInfo(entry.key),
      credentials: entry.credentials.length,
      verdict: verdictOf(entry)
    }))
  }
}

const explainCredential = (
  { location, source, username }: Credential,
  password: string
): Explanation.ExplainedCredential => ({
  username,
  password,
  location: Location.withoutUserInfo(location),
  source: sourceOf(source)
})

const sourceOf = (source: Source): Explanation.Source => {
  if (source._tag !== "Provider") return source
  const { coordinates, provider } = source
  return { _tag: "Provider", provider, ...(coordinates === undefined ? {} : { serviceAccount: coordinates }) }
}

/** For what no provider's own next step speaks of. */
const nextStepOf = (
  { repository, unusable }: Lookup,
  providers: ReadonlyArray<Explanation.Provider>,
  rings: ReadonlyArray<Explanation.Ring>
): string | undefined => {
  const registry = Location.withoutUserInfo(ImageReference.registryOf(repository))
  const asked = providers.filter(({ outcome }) => outcome._tag !== "NotAsked")
  if (providers.length === 0) return `if the image needs credentials, configure a provider for "${registry}"`
  if (asked.length === 0) {
    const near = providers.flatMap(nearMissOf)
    const nearest = near.find(({ meant }) => meant === undefined) ?? near[0]
    const mending = nearest === undefined ? "" : `mend "${nearest.pattern}" of provider "${nearest.provider}", or `
    return nearest?.meant === undefined
      ? `if the image needs credentials, ${mending}add "${registry}" to the matchImages of the provider that has them`
      : `is the image's name misspelt: ${nearest.meant}? If not, ${mending}add "${registry}" to the right provider's matchImages`
  }
  if (asked.some(({ outcome }) => outcome._tag === "Failed" || outcome._tag === "Skipped")) return undefined
  return unusable.length > 0 || rings.some((ring) => ring.of === "providers")
    ? `let the plugin answer with a key of "auth" that matches, such as "${registry}"`
    : "if the image needs credentials, see why the plugin has none: what it may read, and for whom it asks"
}

/** Of a provider's patterns the nearest, if it looks as if it was meant for the image, or the image for it: `meant`. */
const nearMissOf = ({ match, name }: Explanation.Provider) => {
  const [nearest] = match._tag === "Missed" ? match.misses : []
  if (nearest === undefined || !ImagePatternMiss.isNear(nearest.miss)) return []
  const meant = nearest.miss._tag === "Label" ? nearest.miss.meant : undefined
  return [{ provider: name, pattern: nearest.pattern, meant }]
}

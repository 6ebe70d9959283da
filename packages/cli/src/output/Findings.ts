/**
 * What there is to say about lookups beside the credentials: what went wrong, for which image there is nothing, why, and
 * what to do about it.
 *
 * @since 0.1.0
 */
import type { Source } from "@credlet/core/credential/Credential"
import type { PodIdentity } from "@credlet/core/identity/PodIdentity"
import { SchemelessUrlError } from "@credlet/core/image/SchemelessUrl"
import type { SkippedLocation } from "@credlet/core/keyring/KeyringIndex"
import type { SkippedProvider } from "@credlet/core/provider/ProviderAnswer"
import { type Answer, sourceText } from "./Answer.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Findings {
  readonly warnings: ReadonlyArray<string>
  readonly errors: ReadonlyArray<string>
  /** 0: credentials for every image. 1: a provider's failure left an image without any. 3: there are none for an image. */
  readonly exitCode: 0 | 1 | 3
}

/**
 * `config` is the path that was given, for the advice; `pod` is the one that was asked for, if any.
 *
 * @since 0.1.0
 * @category constructors
 */
export const of = (answers: ReadonlyArray<Answer>, config: string, pod?: PodIdentity): Findings => {
  const empty = answers.filter(({ lookup }) => lookup.credentials.length === 0)
  const failed = empty.some(({ lookup }) => lookup.failures.length > 0)
  return {
    warnings: Array.from(
      imagesByWarning(answers, pod),
      ([warning, images]) => answers.length === 1 ? warning : `${warning}\n  images: ${Array.from(images).join(", ")}`
    ),
    errors: empty.map((answer) => `no credentials for ${answer.image}: ${whyEmpty(answer, config)}`),
    exitCode: failed ? 1 : empty.length > 0 ? 3 : 0
  }
}

/** A provider that fails for many images fails in one way: that is said once. */
const imagesByWarning = (
  answers: ReadonlyArray<Answer>,
  pod: PodIdentity | undefined
): ReadonlyMap<string, ReadonlySet<string>> => {
  const found = new Map<string, Set<string>>()
  for (const { image, lookup } of answers) {
    const warnings = [
      ...lookup.failures.map((failure) => failure.message),
      ...lookup.skipped.map((skipped) => skippedText(skipped, pod)),
      ...lookup.unusable.map(unusableText)
    ]
    for (const warning of warnings) {
      const images = found.get(warning)
      if (images === undefined) found.set(warning, new Set([image]))
      else images.add(image)
    }
  }
  return found
}

const skippedText = (skipped: SkippedProvider, pod: PodIdentity | undefined): string =>
  `provider ${quoted([skipped.provider])} was not asked: ` +
  (skipped.reason === "ServiceAccountRequired"
    ? `it has requireServiceAccount: true and answers only for a pod's service account; ${
      pod === undefined ? "give --pod NAMESPACE/NAME" : `the pod ${pod.namespace}/${pod.podName} has none`
    }`
    : `it has ${
      quoted([skipped.annotation])
    } in requiredServiceAccountAnnotationKeys, and the pod's service account has no such annotation`)

const unusableText = ({ location, reason, source }: SkippedLocation): string =>
  `${ownerText(source)}: the key ${quoted([location])} in ${source._tag === "Provider" ? `"auth"` : "it"} is ${
    new SchemelessUrlError({ reason }).message
  }; ` +
  "what stands under it is not used"

const ownerText = (source: Source): string =>
  source._tag === "Provider" ? `provider ${quoted([source.provider])}` : sourceText(source)

const whyEmpty = ({ lookup }: Answer, config: string): string => {
  const { failures, providers, repository, skipped } = lookup
  const others = "; no other provider has any"
  if (failures.length > 0) {
    const names = failures.map((failure) => failure.provider)
    return `${names.length === 1 ? "provider" : "providers"} ${quoted(names)} failed` +
      (providers.length > names.length ? others : "")
  }
  if (providers.length === 0) {
    return `no provider's matchImages matches ${repository}: a node would pull it without credentials. If it needs some, ` +
      `add ${quoted([repository.slice(0, repository.indexOf("/"))])} to the matchImages of a provider in ${config}`
  }
  if (skipped.length === providers.length) return "no provider was asked that matches it"
  const asked = providers.filter((provider) => !skipped.some((one) => one.provider === provider))
  return `${asked.length === 1 ? "provider" : "providers"} ${quoted(asked)} answered, but with no credentials for ` +
    `${repository}: check that a key of "auth" in the answer matches it, and what the plugin may read`
}

const quoted = (names: ReadonlyArray<string>): string => names.map((name) => `"${name}"`).join(", ")

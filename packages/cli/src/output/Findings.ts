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
import * as NextStep from "@credlet/core/provider/NextStep"
import type { SkippedProvider } from "@credlet/core/provider/ProviderAnswer"
import { type Answer, sourceText } from "./Answer.ts"
import * as FailureText from "./FailureText.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Findings {
  readonly warnings: ReadonlyArray<string>
  readonly errors: ReadonlyArray<string>
}

/**
 * `config` is the path that was given, for the advice; `pod` is the one that was asked for, if any.
 *
 * @since 0.1.0
 * @category constructors
 */
export const of = (answers: ReadonlyArray<Answer>, config: string, pod?: PodIdentity): Findings => {
  const failures = once(answers, ({ failures }) => failures.map(FailureText.render))
  const others = once(answers, ({ skipped, unusable }) => [
    ...skipped.map((one) => skippedText(one, pod)),
    ...unusable.map(unusableText)
  ])
  const errors = answers.filter(isEmpty).map((answer): Line => ({
    text: `no credentials for ${answer.image}: ${whyEmpty(answer, config)}`,
    image: answer.image
  }))
  return failures.length > 0
    ? { warnings: [...withPointer(failures), ...others.map(textOf)], errors: errors.map(textOf) }
    : { warnings: others.map(textOf), errors: withPointer(errors) }
}

interface Line {
  readonly text: string
  /** The first that it is about. */
  readonly image: string
}

const textOf = ({ text }: Line): string => text

/** To where there is more to read; once is enough. */
const withPointer = (lines: ReadonlyArray<Line>): ReadonlyArray<string> =>
  lines.map(({ image, text }, at) => at === lines.length - 1 ? `${text}; see credlet explain ${image}` : text)

/**
 * 0: credentials for every image. 1: a provider's failure left an image without any. 3: there are none for an image.
 *
 * @since 0.1.0
 * @category getters
 */
export const exitCode = (answers: ReadonlyArray<Answer>): 0 | 1 | 3 => {
  const empty = answers.filter(isEmpty)
  return empty.some(({ lookup }) => lookup.failures.length > 0) ? 1 : empty.length > 0 ? 3 : 0
}

const isEmpty = ({ lookup }: Answer): boolean => lookup.credentials.length === 0

/** A provider that fails for many images fails in one way: that is said once. */
const once = (
  answers: ReadonlyArray<Answer>,
  texts: (lookup: Answer["lookup"]) => ReadonlyArray<string>
): ReadonlyArray<Line> => {
  const imagesByText = new Map<string, Set<string>>()
  for (const { image, lookup } of answers) {
    for (const text of texts(lookup)) imagesByText.set(text, (imagesByText.get(text) ?? new Set()).add(image))
  }
  return Array.from(imagesByText, ([text, images]) => {
    const [image = "", ...more] = images
    return { text: answers.length === 1 ? text : `${text}; images: ${[image, ...more].join(", ")}`, image }
  })
}

const skippedText = (skipped: SkippedProvider, pod: PodIdentity | undefined): string =>
  `provider ${quoted([skipped.provider])} was not asked: ${
    skipped.reason === "ServiceAccountRequired"
      ? `it answers only for a pod's service account, ${
        pod === undefined ? "and no pod was given" : `which the pod ${pod.namespace}/${pod.podName} does not have`
      }`
      : `it requires the annotation ${quoted([skipped.annotation])}, which the service account ${
        pod === undefined ? "" : `${pod.namespace}/${pod.serviceAccountName} `
      }does not have`
  }; next: ${
    skipped.reason === "ServiceAccountRequired" && pod === undefined
      ? "give --pod NAMESPACE/NAME"
      : NextStep.ofSkipped(skipped)
  }`

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
    return `no provider's matchImages matches ${repository}, so a node would pull it anonymously; next: if it needs ` +
      `credentials, add ${
        quoted([repository.slice(0, repository.indexOf("/"))])
      } to the matchImages of a provider in ${config}`
  }
  if (skipped.length === providers.length) return "no provider was asked that matches it"
  const asked = providers.filter((provider) => !skipped.some((one) => one.provider === provider))
  return `${asked.length === 1 ? "provider" : "providers"} ${quoted(asked)} answered, but with no credentials for ` +
    `${repository}; next: check that a key of "auth" in the answer matches it, and what the plugin may read`
}

const quoted = (names: ReadonlyArray<string>): string => names.map((name) => `"${name}"`).join(", ")

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
import type { ProviderError } from "@credlet/core/provider/ProviderError"
import * as Arr from "effect/Array"
import { type Answer, sourceText } from "./Answer.ts"
import * as FailureText from "./FailureText.ts"
import * as ImageList from "./ImageList.ts"

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
  const about = (images: ReadonlyArray<string>) => answers.length === 1 ? "" : ` for ${ImageList.text(images)}`
  const failures = fewForEach(groups(answers, ({ lookup }) => lookup.failures, FailureText.keyOf)).map(
    ({ images, isRest, items }): Line => ({
      text: isRest
        ? `provider ${quoted([items[0].provider])} failed in other ways${about(images)}`
        : FailureText.render(items, about(images)),
      image: images[0]
    })
  )
  const skipped = groups(answers, ({ lookup }) => lookup.skipped, (one) => skippedText(one, pod, ""))
  const unusable = groups(answers, ({ lookup }) => lookup.unusable, (one) => unusableText(one, ""))
  const others = [
    ...skipped.map(({ images, items }): Line => ({
      text: skippedText(items[0], pod, about(images)),
      image: images[0]
    })),
    ...unusable.map(({ images, items }): Line => ({ text: unusableText(items[0], about(images)), image: images[0] }))
  ]
  const empty = groups(answers, (answer) => isEmpty(answer) ? [answer] : [], ({ lookup }) => whyEmpty(lookup, config))
  const errors = empty.map(({ images, items: [{ lookup }] }): Line => ({
    text: `no credentials for ${ImageList.text(images)}: ${
      whyEmpty(lookup, config, images.length === 1 ? lookup.repository : undefined)
    }`,
    image: images[0]
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

/** What is the same for several images, which is said once. */
interface Group<A> {
  readonly items: Arr.NonEmptyReadonlyArray<A>
  /** Each once. */
  readonly images: Arr.NonEmptyReadonlyArray<string>
}

const groups = <A>(
  answers: ReadonlyArray<Answer>,
  itemsOf: (answer: Answer) => ReadonlyArray<A>,
  keyOf: (item: A) => string
): ReadonlyArray<Group<A>> =>
  alike(
    answers.flatMap((answer) => itemsOf(answer).map((item) => ({ item, image: answer.image }))),
    ({ item }) => keyOf(item)
  ).map((found) => ({
    items: Arr.map(found, ({ item }) => item),
    images: Arr.dedupe(Arr.map(found, ({ image }) => image))
  }))

/** In the order of each one's first. */
const alike = <A>(all: ReadonlyArray<A>, keyOf: (one: A) => string) =>
  Array.from(Map.groupBy(all, keyOf).values()).filter(Arr.isArrayNonEmpty)

/** How many ways to fail are told of one provider: its answer may be wrong in another place for each image. */
const waysToFail = 3

const fewForEach = (all: ReadonlyArray<Group<ProviderError>>) =>
  alike(all, ({ items }) => items[0].provider).flatMap((ways) => {
    const rest = ways.slice(waysToFail)
    const told = ways.slice(0, waysToFail).map((group) => ({ ...group, isRest: false }))
    return Arr.isReadonlyArrayNonEmpty(rest)
      ? [...told, {
        items: Arr.flatMap(rest, ({ items }) => items),
        images: Arr.dedupe(Arr.flatMap(rest, ({ images }) => images)),
        isRest: true
      }]
      : told
  })

const skippedText = (skipped: SkippedProvider, pod: PodIdentity | undefined, about: string): string =>
  `provider ${quoted([skipped.provider])} was not asked${about}: ${
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

const unusableText = ({ location, reason, source }: SkippedLocation, about: string): string =>
  `${ownerText(source)}: the key ${quoted([location])} in ${source._tag === "Provider" ? `"auth"` : "it"} is ${
    new SchemelessUrlError({ reason }).message
  }; ` +
  `what stands under it is not used${about}`

const ownerText = (source: Source): string =>
  source._tag === "Provider" ? `provider ${quoted([source.provider])}` : sourceText(source)

/** Of one repository, or of several. */
const whyEmpty = (lookup: Answer["lookup"], config: string, one?: string): string => {
  const { failures, providers, repository, skipped } = lookup
  const others = "; no other provider has any"
  const [it, needs] = one === undefined ? ["them", "they need"] : ["it", "it needs"]
  if (failures.length > 0) {
    const names = failures.map((failure) => failure.provider)
    return `${names.length === 1 ? "provider" : "providers"} ${quoted(names)} failed` +
      (providers.length > names.length ? others : "")
  }
  if (providers.length === 0) {
    return `no provider's matchImages matches ${
      one ?? "any of them"
    }, so a node would pull ${it} anonymously; next: if ${needs} ` +
      `credentials, add ${
        quoted([repository.slice(0, repository.indexOf("/"))])
      } to the matchImages of a provider in ${config}`
  }
  if (skipped.length === providers.length) return `no provider was asked that matches ${it}`
  const asked = providers.filter((provider) => !skipped.some((one) => one.provider === provider))
  return `${asked.length === 1 ? "provider" : "providers"} ${quoted(asked)} answered, but with no credentials for ` +
    `${one ?? it}; next: check that a key of "auth" in the answer matches ${it}, and what the plugin may read`
}

const quoted = (names: ReadonlyArray<string>): string => names.map((name) => `"${name}"`).join(", ")

/**
 * The providers in force, and for each image that was asked for which of them match: found once an image, remembered
 * for the images asked for lately.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as ImageReference from "../image/ImageReference.ts"
import type { CredentialProvider } from "./CredentialProvider.ts"
import * as LookupTarget from "./LookupTarget.ts"
import * as ProviderIndex from "./ProviderIndex.ts"

/**
 * An image, and who is to be asked for it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Question {
  readonly target: LookupTarget.LookupTarget
  /** In the order of the config. */
  readonly providers: ReadonlyArray<CredentialProvider>
}

/**
 * @since 0.1.0
 * @category models
 */
export interface ProviderSet {
  readonly providers: ReadonlyArray<CredentialProvider>
  /** Takes the image as the user wrote it, or a reference that somebody has parsed already. */
  readonly ask: (
    image: string | ImageReference.ImageReference
  ) => Result.Result<Question, ImageReference.ImageReferenceError>
}

/** How many images are remembered; the one remembered first goes first. */
const remembered = 10_000

/**
 * @since 0.1.0
 * @category constructors
 */
export const make = (providers: ReadonlyArray<CredentialProvider>): ProviderSet => {
  const index = ProviderIndex.make(providers)
  const questions = new Map<string, Result.Result<Question, never>>()

  const question = (repository: string): Question => {
    const target = LookupTarget.make(repository)
    return { target, providers: target.url === undefined ? [] : index.matching(target.url) }
  }

  const remember = (image: string, found: Result.Result<Question, never>) => {
    if (questions.size >= remembered) {
      const first = questions.keys().next()
      if (!first.done) questions.delete(first.value)
    }
    questions.set(image, found)
    return found
  }

  return {
    providers,
    ask: (image) => {
      if (typeof image !== "string") return Result.succeed(question(image.repository))
      const known = questions.get(image)
      if (known !== undefined) return known
      const parsed = ImageReference.parse(image)
      return Result.isFailure(parsed)
        ? Result.fail(parsed.failure)
        : remember(image, Result.succeed(question(parsed.success.repository)))
    }
  }
}

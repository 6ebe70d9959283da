/**
 * A provider's failure in one line, however many images it met. All that a plugin wrote to stderr is for an explanation;
 * the last of it, where most programs name the cause, is enough here.
 *
 * @since 0.1.0
 */
import * as NextStep from "@credlet/core/provider/NextStep"
import type { ProviderError } from "@credlet/core/provider/ProviderError"
import type * as Arr from "effect/Array"

/**
 * Failures of which this is the same are one to `render`: what a plugin wrote often names the image.
 *
 * @since 0.1.0
 * @category grouping
 */
export const keyOf = (failure: ProviderError): string => sentence(failure, "", "")

/**
 * Of failures with the same key. `about` says for which images, ` for …`, if that is not clear.
 *
 * @since 0.1.0
 * @category rendering
 */
export const render = (failures: Arr.NonEmptyReadonlyArray<ProviderError>, about: string): string => {
  const [words = "", ...others] = new Set(failures.map(lastWords))
  const shown = others.length === 0 ? words : `in one case ${words === "" ? others[0] : words}`
  return sentence(failures[0], about, shown === "" ? "" : `; ${shown}`)
}

const sentence = (failure: ProviderError, about: string, words: string): string =>
  `provider "${failure.provider}" failed${about}: ${NextStep.causeOf(failure)}${words}; next: ${NextStep.of(failure)}`

/** In characters. */
const longest = 200

const lastWords = (failure: ProviderError): string => {
  const lines = (NextStep.stderrOf(failure) ?? "").split("\n").map((line) => line.trim()).filter(hasWords)
  const last = lines.at(-1)
  if (last === undefined) return ""
  const characters = Array.from(last)
  const shown = characters.length > longest ? `${characters.slice(0, longest).join("")}…` : last
  return `${lines.length === 1 ? "it wrote" : "the last that it wrote is"} "${shown}"`
}

/** Rulers and lone brackets tell nothing. */
const hasWords = (line: string): boolean => /[\p{L}\p{N}]/u.test(line)

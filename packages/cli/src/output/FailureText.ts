/**
 * A provider's failure in one line. All that a plugin wrote to stderr is for an explanation; the last of it, where most
 * programs name the cause, is enough here.
 *
 * @since 0.1.0
 */
import * as NextStep from "@credlet/core/provider/NextStep"
import type { ProviderError } from "@credlet/core/provider/ProviderError"

/**
 * @since 0.1.0
 * @category rendering
 */
export const render = (failure: ProviderError): string =>
  `provider "${failure.provider}" failed: ${NextStep.causeOf(failure)}${lastWords(failure)}; next: ${
    NextStep.of(failure)
  }`

/** In characters. */
const longest = 200

const lastWords = (failure: ProviderError): string => {
  const lines = (NextStep.stderrOf(failure) ?? "").split("\n").map((line) => line.trim()).filter(hasWords)
  const last = lines.at(-1)
  if (last === undefined) return ""
  const characters = Array.from(last)
  const shown = characters.length > longest ? `${characters.slice(0, longest).join("")}…` : last
  return `; ${lines.length === 1 ? "it wrote" : "the last that it wrote is"} "${shown}"`
}

/** Rulers and lone brackets tell nothing. */
const hasWords = (line: string): boolean => /[\p{L}\p{N}]/u.test(line)

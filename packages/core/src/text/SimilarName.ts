/**
 * Which other name somebody may have meant who wrote one, for errors that ask "did you mean …?".
 *
 * @since 0.1.0
 */

/**
 * Its case is wrong, a part of it is missing, or a letter or two.
 *
 * @since 0.1.0
 * @category guards
 */
export const isSimilar = (written: string, meant: string): boolean => similarity(written, meant) !== undefined

/**
 * Of the similar names, the one that takes the fewest letters to correct; the first of equals.
 *
 * @example
 * ```ts
 * import * as SimilarName from "@credlet/core/text/SimilarName"
 *
 * SimilarName.nearest("usernames", ["user", "username"]) // "username"
 * ```
 *
 * @since 0.1.0
 * @category filtering
 */
export const nearest = (written: string, candidates: ReadonlyArray<string>): string | undefined => {
  let found: string | undefined
  let least = Infinity
  for (const candidate of candidates) {
    const letters = similarity(written, candidate) ?? Infinity
    if (letters < least) [found, least] = [candidate, letters]
  }
  return found
}

/** The letters to correct if the names are similar. A part that is nearly the whole counts like any other slip. */
const similarity = (written: string, meant: string): number | undefined => {
  const [one, other] = [written.toLowerCase(), meant.toLowerCase()]
  if (one === other) return 0
  if (one.length < 4 || other.length < 4 || one.length > 64) return undefined
  const letters = distance(one, other)
  return letters <= 2 || one.includes(other) || other.includes(one) ? letters : undefined
}

/** The least number of letters to insert, to leave out or to replace. */
const distance = (one: string, other: string): number => {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let at = 1; at <= one.length; at++) {
    const next = [at]
    for (let index = 1; index <= other.length; index++) {
      const replaced = (row[index - 1] ?? 0) + (one[at - 1] === other[index - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[index] ?? 0) + 1, (next[index - 1] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}

/**
 * Whether somebody who wrote one name may have meant another, for errors that ask "did you mean …?".
 *
 * @since 0.1.0
 */

/**
 * Its case is wrong, a part of it is missing, or a letter or two.
 *
 * @since 0.1.0
 * @category guards
 */
export const isSimilar = (written: string, meant: string): boolean => {
  const [one, other] = [written.toLowerCase(), meant.toLowerCase()]
  if (one === other) return true
  if (one.length < 4 || other.length < 4 || one.length > 64) return false
  return one.includes(other) || other.includes(one) || distance(one, other) <= 2
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

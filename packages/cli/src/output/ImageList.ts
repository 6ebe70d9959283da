/**
 * Images in a sentence: a few of them by name, as a command may be asked for hundreds.
 *
 * @since 0.1.0
 */

/** How many are named. */
const named = 5

/**
 * @since 0.1.0
 * @category rendering
 */
export const text = (images: ReadonlyArray<string>): string => {
  const shown = images.slice(0, named).join(", ")
  return images.length > named ? `${shown} and ${images.length - named} more` : shown
}

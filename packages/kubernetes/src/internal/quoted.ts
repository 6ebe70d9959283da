/** Text that is not ours, for people: in quotes, without anything that could forge a line, hide or turn text, and cut. */

/** What JSON leaves as it is: other control characters, line separators, and marks that can't be seen. */
const unseen = /[\p{Cc}\p{Cf}\u2028\u2029]/gu

const escaped = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`
  ).join("")

export const quoted = (text: string, longest: number): string =>
  JSON.stringify(text.slice(0, longest)).replace(unseen, escaped) + (text.length > longest ? "…" : "")

/**
 * Text that others wrote (plugins, config files) made fit for logs and terminals: what would end the line, move the cursor,
 * change colours or reverse the direction of writing is shown, not obeyed.
 *
 * @since 0.1.0
 */

// Control and format characters, lone surrogates, and the separators that some terminals take for line ends.
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

const escape = (character: string): string => {
  const code = character.codePointAt(0) ?? 0
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`
}

/**
 * Stays on its line.
 *
 * @since 0.1.0
 * @category rendering
 */
export const line = (text: string): string => text.replace(unprintable, escape)

/**
 * For a message: line ends and tabs are left as they are.
 *
 * @since 0.1.0
 * @category rendering
 */
export const lines = (text: string): string =>
  text.replace(unprintable, (character) => character === "\n" || character === "\t" ? character : escape(character))

/**
 * Whether a config file is JSON or YAML (CFG-30, CFG-31): its first character decides, never its name.
 *
 * @since 0.1.0
 */
import * as Bytes from "./Bytes.ts"

/**
 * @since 0.1.0
 * @category models
 */
export type TextFormat = "json" | "yaml"

/** Go's `unicode.IsSpace`, then a brace. JavaScript's `\s` differs: it has U+FEFF and lacks U+0085. */
const jsonStart = /^[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*\{/

/**
 * JSON if the first character after Unicode white space is `{`, otherwise YAML. A byte order mark is no white space,
 * so JSON after one is read as YAML, which includes it.
 *
 * @since 0.1.0
 * @category accessors
 * @example
 * ```ts
 * import * as TextFormat from "@credlet/core/text/TextFormat"
 *
 * TextFormat.detect(new TextEncoder().encode("\n  {}")) // "json"
 * ```
 */
export const detect = (bytes: Uint8Array): TextFormat => jsonStart.test(Bytes.decode(bytes)) ? "json" : "yaml"

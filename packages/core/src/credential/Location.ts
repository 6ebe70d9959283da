/**
 * A registry location, a key of `auths` or of a plugin's `auth`, made fit to be shown in errors and logs: people write
 * `https://user:password@registry.example` there.
 *
 * @since 0.1.0
 */
import * as Printable from "../text/Printable.ts"

/** The most characters of a location that are shown. */
const maxShown = 100

/**
 * The location without what may be a password: everything before the last `@` is replaced by `…`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const withoutUserInfo = (location: string): string => {
  const at = location.lastIndexOf("@")
  return at < 0 ? location : `…${location.slice(at)}`
}

/**
 * As `withoutUserInfo`, on one line, and what is too long is cut off.
 *
 * @since 0.1.0
 * @category rendering
 * @example
 * ```ts
 * import * as Location from "@credlet/core/credential/Location"
 *
 * Location.shown("https://me:word@registry.example/team") // "…@registry.example/team"
 * ```
 */
export const shown = (location: string): string => {
  const visible = withoutUserInfo(location)
  return Printable.line(visible.slice(0, maxShown)) + (visible.length > maxShown ? "…" : "")
}

/**
 * A JSON pointer (RFC 6901) to a value, whose names are fit to be shown.
 *
 * @since 0.1.0
 * @category rendering
 */
export const pointer = (path: ReadonlyArray<string | number>): string =>
  path.map((segment) => `/${shown(String(segment)).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("")

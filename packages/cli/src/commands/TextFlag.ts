/**
 * A flag that takes any text but an empty one, which is most likely a shell's variable that is not set.
 *
 * @since 0.1.0
 */
import * as Flag from "effect/cli/Flag"
import type * as Option from "effect/Option"

/**
 * @since 0.1.0
 * @category flags
 */
export const required = (name: string, metavar: string, description: string): Flag.Flag<string> =>
  Flag.String(name).pipe(
    Flag.withMetavar(metavar),
    Flag.withDescription(description),
    Flag.filter((value) => value !== "", () => metavar)
  )

/**
 * @since 0.1.0
 * @category flags
 */
export const optional = (name: string, metavar: string, description: string): Flag.Flag<Option.Option<string>> =>
  Flag.optional(required(name, metavar, description))

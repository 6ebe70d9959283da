import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** What is said of each fault; the name is its key. */
export interface Description {
  /** Its numbers in the list of faults; a plugin without a fault has none. */
  readonly numbers: ReadonlyArray<number>
  readonly does: string
  readonly goodHost: string
  /** With their defaults. */
  readonly options: Readonly<Record<string, string>>
  /** Puts it there. An executable of the folder `faults` has none. */
  readonly make?: (path: string) => Effect.Effect<void, never, Scope.Scope>
}

export const describe = (
  numbers: ReadonlyArray<number>,
  does: string,
  goodHost: string,
  options: Readonly<Record<string, string>> = {}
): Description => ({ numbers, does, goodHost, options })

/**
 * The environment a plugin sees: the host's as the policy lets it through, then the provider's `env` entries; for equal
 * names the last one counts (EXEC-2, EXEC-3). A NUL in an entry keeps the plugin from being started (EXEC-4), and so does
 * a name that can't be one, where `Profile.environmentNames` says so.
 *
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"
import type { EnvVar } from "../config/ProviderConfig.ts"
import type { EnvironmentPolicy } from "./ExecutionPolicy.ts"

/**
 * What the policy lets through of the host's environment.
 *
 * @since 0.1.0
 * @category combinators
 */
export const select = (host: ReadonlyArray<string>, policy: EnvironmentPolicy): ReadonlyArray<string> => {
  if (policy === "inherit") return host
  if (!("allow" in policy)) return policy
  const allowed = new Set(policy.allow)
  return host.filter((entry) => allowed.has(nameOf(entry) ?? entry))
}

/**
 * Both lists one after the other, each entry `NAME=value`, nothing dropped. The provider's values leave their
 * `Redacted` here, on their way into the process.
 *
 * @since 0.1.0
 * @category combinators
 */
export const merge = (environment: ReadonlyArray<string>, env: ReadonlyArray<EnvVar>): ReadonlyArray<string> => [
  ...environment,
  ...env.map((entry) => `${entry.name}=${Redacted.value(entry.value)}`)
]

/**
 * What is left when each name is kept once, at the place of its last entry. Entries with a NUL are left out, as Go does;
 * whether there are any, `hasNul` says. A name ends at the first `=`, so an entry named `A=B` overrides an `A` (EXEC-3).
 *
 * @since 0.1.0
 * @category combinators
 */
export const effective = (merged: ReadonlyArray<string>): ReadonlyArray<string> => {
  const seen = new Set<string>()
  const kept: Array<string> = []
  for (let at = merged.length - 1; at >= 0; at--) {
    const entry = merged[at]!
    if (entry.includes("\0")) continue
    const name = nameOf(entry)
    if (name === undefined) {
      // Nothing can override it; Go passes any such entry on, except an empty one.
      if (entry !== "") kept.push(entry)
      continue
    }
    if (seen.has(name)) continue
    seen.add(name)
    kept.push(entry)
  }
  return kept.reverse()
}

/** A leading `=` belongs to the name if another one follows: Windows keeps such entries (`=C:=C:\\dir`). */
const nameOf = (entry: string): string | undefined => {
  const first = entry.indexOf("=")
  const equals = first === 0 ? Math.max(0, entry.indexOf("=", 1)) : first
  return equals < 0 ? undefined : entry.slice(0, equals)
}

/**
 * @since 0.1.0
 * @category predicates
 */
export const hasNul = (merged: ReadonlyArray<string>): boolean => merged.some((entry) => entry.includes("\0"))

/**
 * A name that no variable can have. `index` counts the provider's `env` from 0.
 *
 * @since 0.1.0
 * @category models
 */
export interface BadName {
  readonly index: number
  readonly problem: "empty" | "equals"
  /** What stands before the `=`, if it is a plain word; anything else may be a secret in the wrong place. */
  readonly word?: string
}

/**
 * The first name that is empty or contains `=`.
 *
 * @since 0.1.0
 * @category predicates
 */
export const badName = (env: ReadonlyArray<EnvVar>): BadName | undefined => {
  const index = env.findIndex(({ name }) => name === "" || name.includes("="))
  const name = env[index]?.name
  if (name === undefined) return undefined
  if (name === "") return { index, problem: "empty" }
  const word = name.slice(0, name.indexOf("="))
  return { index, problem: "equals", ...(plainWord.test(word) ? { word } : {}) }
}

/** Words in one case with underscores, as variables have them; digits are for keys and tokens. */
const plainWord = /^(?=.{1,32}$)(?:[A-Z]+(?:_[A-Z]+)*|[a-z]+(?:_[a-z]+)*)$/

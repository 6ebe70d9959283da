/** One way through Credlet, and which canaries get where on it. */
import { assert } from "@effect/vitest"
import { Cause, type Effect, Exit, type Scope } from "effect"
import type { SlotName } from "../slots.ts"
import * as Canary from "../support/canary.ts"
import type { Watch } from "../support/watch.ts"
import type { World } from "../support/world.ts"

export interface Scene {
  readonly name: string
  /** What stands at the place where each canary should arrive. */
  readonly play: (watch: Watch) => Effect.Effect<Arrivals, never, World | Scope.Scope>
  readonly slots: ReadonlyArray<SlotName>
}

export type Arrivals = { readonly [N in SlotName]?: string }

/** `play` has to give something for each of the slots. */
export const make = <const N extends SlotName>(
  name: string,
  slots: ReadonlyArray<N>,
  play: (watch: Watch) => Effect.Effect<{ readonly [S in N]: string }, never, World | Scope.Scope>
): Scene => ({ name, slots, play })

/** Whole, in whatever form the place has it. */
export const hasArrived = (text: string, canary: string): boolean =>
  Object.values(Canary.forms(canary)).flat().some((form) => text.includes(form))

export const failureOf = <A, E>(exit: Exit.Exit<A, E>): E => {
  const found = Exit.isFailure(exit) ? exit.cause.reasons.find(Cause.isFailReason) : undefined
  return found === undefined ? assert.fail(`no failure: ${exit}`) : found.error
}

export const valueOf = <A, E>(exit: Exit.Exit<A, E>): A =>
  Exit.isSuccess(exit) ? exit.value : assert.fail(`a failure: ${Cause.pretty(exit.cause)}`)

/** Lines count from 1. */
export const lineOf = (text: string, line: number | undefined): string => text.split("\n")[(line ?? 0) - 1] ?? ""

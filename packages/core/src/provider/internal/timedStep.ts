/** A step of `LookupTrace` that says how long something took. Costs next to nothing if nobody listens. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import { LookupTrace, type Step } from "../../LookupTrace.ts"

export const timedStep = <A, E, R>(
  begin: () => Effect.Effect<A, E, R>,
  step: (exit: Exit.Exit<A, E>, duration: Duration.Duration) => Step
): Effect.Effect<A, E, R> =>
  Effect.withFiber((fiber) => {
    const recorder = fiber.getRef(LookupTrace)
    if (recorder === undefined) return begin()
    const clock = fiber.getRef(Clock.Clock)
    const began = clock.monotonicTimeNanosUnsafe()
    return Effect.onExit(begin(), (exit) =>
      Effect.sync(() => recorder.report(step(exit, Duration.nanos(clock.monotonicTimeNanosUnsafe() - began)))))
  })

/**
 * One run for many callers: while an effect with a key is under way, whoever else asks for that key joins it and gets
 * the same answer, the same error or the same defect. One caller's interruption leaves the others alone; when the last one
 * leaves, the run is interrupted. Nothing is remembered. Rules: FLIGHT-1, 7, 11 (FLIGHT-10 made interruptible).
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"

/**
 * @since 0.1.0
 * @category models
 */
export interface SingleFlight<in out A, in out E> {
  readonly run: (key: string, effect: Effect.Effect<A, E>) => Effect.Effect<A, E>
}

/**
 * `Effect.cachedWithTTL` counts the waiters and interrupts the run when the last one leaves; what is added here is the key,
 * and that a flight is forgotten when its run has ended. With no time to live it keeps no answer, also while an abandoned
 * run of that key is still ending.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = <A, E>(): Effect.Effect<SingleFlight<A, E>> =>
  Effect.sync(() => {
    const flights = new Map<string, Effect.Effect<A, E>>()

    const begin = (key: string, effect: Effect.Effect<A, E>): Effect.Effect<A, E> => {
      // Abandoned runs may still be ending when the next caller starts anew: the flight stays until the last has ended.
      let runs = 0
      const counted = Effect.suspend(() => {
        runs++
        return Effect.ensuring(
          effect,
          Effect.sync(() => {
            if (--runs === 0) flights.delete(key)
          })
        )
      })
      return Effect.flatMap(Effect.cachedWithTTL(counted, 0), (flight) => {
        flights.set(key, flight)
        return flight
      })
    }

    return { run: (key, effect) => Effect.suspend(() => flights.get(key) ?? begin(key, effect)) }
  })

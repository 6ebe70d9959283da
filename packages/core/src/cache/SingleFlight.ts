/**
 * One run for many callers: while an effect with a key is under way, whoever else asks for that key joins it and gets
 * the same answer, the same error or the same defect. One caller's interruption leaves the others alone; when the last one
 * leaves, the run is interrupted. Nothing is remembered. Rules: FLIGHT-1, 7, 11 (FLIGHT-10 made interruptible).
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

/**
 * @since 0.1.0
 * @category models
 */
export interface SingleFlight<in out A, in out E> {
  /** `onJoin` is for those alone who ran nothing, and comes when they have their answer. */
  readonly run: (key: string, effect: Effect.Effect<A, E>, onJoin?: Effect.Effect<void>) => Effect.Effect<A, E>
}

/**
 * `Effect.cachedWithTTL` counts the waiters and interrupts the run when the last one leaves; what is added here is the key,
 * that a flight is forgotten when its run has ended, and who it was that ran. With no time to live it keeps no answer, also
 * while an abandoned run of that key is still ending. The run has the effect, the services, the span and the `LookupTrace`
 * of the caller that began it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = <A, E>(): Effect.Effect<SingleFlight<A, E>> =>
  Effect.sync(() => {
    const flights = new Map<string, Effect.Effect<A, E>>()

    /** A run is evaluated with the services of the caller that began it, and so knows him. */
    const CallerOfRun = Context.Reference<Caller<A, E>>("@credlet/core/cache/SingleFlight/CallerOfRun", {
      defaultValue: () => ({ effect: Effect.die("a flight has nobody who asks"), hasRun: false })
    })

    const begin = (key: string): Effect.Effect<Effect.Effect<A, E>> => {
      // Abandoned runs may still be ending when the next caller starts anew: the flight stays until the last has ended.
      let runs = 0
      const counted = Effect.flatMap(CallerOfRun, (caller) => {
        runs++
        caller.hasRun = true
        return Effect.ensuring(
          caller.effect,
          Effect.sync(() => {
            if (--runs === 0) flights.delete(key)
          })
        )
      })
      return Effect.map(Effect.cachedWithTTL(counted, 0), (shared) => {
        flights.set(key, shared)
        return shared
      })
    }

    return {
      run: (key, effect, onJoin = Effect.void) =>
        Effect.suspend(() => {
          const caller = { effect, hasRun: false }
          const flight = flights.get(key)
          return Effect.onExit(
            Effect.provideService(flight ?? Effect.flatten(begin(key)), CallerOfRun, caller),
            (exit) => caller.hasRun || Exit.hasInterrupts(exit) ? Effect.void : onJoin
          )
        })
    }
  })

interface Caller<in out A, in out E> {
  readonly effect: Effect.Effect<A, E>
  hasRun: boolean
}

/**
 * The places in which plugins run: so many at once, given in turn to the providers that wait. Whoever got one leaves it
 * when the process is gone, not when its caller has been answered.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as PartitionedSemaphore from "effect/PartitionedSemaphore"
import { PreventSchedulerYield } from "effect/Scheduler"
import type { ExecutionPolicy } from "../ExecutionPolicy.ts"
import type { Restore } from "./Restore.ts"

/** What happens to a provider's calls, for whoever counts them. */
interface Gauges {
  readonly queued: (change: 1 | -1) => void
  readonly running: (change: 1 | -1) => void
}

/** A place, or none after the longest wait. */
type Place =
  | { readonly leave: Effect.Effect<unknown>; readonly waited: Duration.Duration | undefined }
  | { readonly leave: undefined; readonly waited: Duration.Duration }

export interface PluginQueue {
  /**
   * Within an `Effect.uninterruptibleMask`, whose `restore` is given: only the wait can be interrupted, so that no place is
   * lost. Who got one runs `leave` once. `waited` is undefined if there was a free place at once.
   */
  readonly enter: (provider: string, gauges: Gauges, restore: Restore) => Effect.Effect<Place>
}

export const make = (policy: ExecutionPolicy): PluginQueue => {
  const places = PartitionedSemaphore.makeUnsafe<string>({ permits: policy.maxConcurrent })

  const placeOf = (gauges: Gauges, waited: Duration.Duration | undefined): Place => {
    gauges.running(1)
    const leave = Effect.suspend(() => {
      gauges.running(-1)
      return places.release(1)
    })
    return { leave, waited }
  }

  const wait = Effect.fnUntraced(
    function*(provider: string, gauges: Gauges, restore: Restore): Effect.fn.Return<Place> {
      const began = yield* Clock.monotonicTimeNanos
      gauges.queued(1)
      const taken = yield* Effect.ensuring(
        restore(Effect.timeoutOption(places.take(provider, 1), policy.maxWait)),
        Effect.sync(() => gauges.queued(-1))
      )
      const waited = Duration.nanos((yield* Clock.monotonicTimeNanos) - began)
      return Option.isSome(taken) ? placeOf(gauges, waited) : { leave: undefined, waited }
    }
  )

  return {
    enter: (provider, gauges, restore) =>
      Effect.flatMap(places.available, (free) =>
        free > 0
          ? Effect.map(places.take(provider, 1), () => placeOf(gauges, undefined))
          : wait(provider, gauges, restore)).pipe(
          // A fiber that yields between getting its permit and the end of the interruptible region could lose the permit;
          // and one that yields before taking a free one could find it taken.
          Effect.provideService(PreventSchedulerYield, true)
        )
  }
}

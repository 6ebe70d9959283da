import type * as Effect from "effect/Effect"

/** What `Effect.uninterruptibleMask` hands out: makes a part interruptible again, if the whole was. */
export type Restore = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

/**
 * Something that goes out of date: a token, a certificate. Whoever uses it asks each time, and says so when it was refused.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import type { KubeConfigError } from "../KubeConfigError.ts"

export interface Renewable<out A> {
  readonly get: Effect.Effect<A, KubeConfigError>
  /** `used`, which `get` gave, was refused. True if `get` may give another one now. */
  readonly renew: (used: unknown) => Effect.Effect<boolean>
}

export const fixed = <A>(value: A): Renewable<A> => ({
  get: Effect.succeed(value),
  renew: () => Effect.succeed(false)
})

/**
 * A value out of files, read again when it is older than `interval` and somebody asks. A failure is logged once and leaves
 * the value as it is; the next who asks tries again (INC-4, INC-5). A refusal reads at once (stricter than INC-6).
 */
export const reread = Effect.fnUntraced(function*<A>(options: {
  readonly initial: A
  /** Whether `initial` was read just now; otherwise the first who asks reads. */
  readonly isFresh: boolean
  readonly read: Effect.Effect<A, KubeConfigError>
  readonly interval: Duration.Duration
  readonly isSame: (a: A, b: A) => boolean
}) {
  const { interval, isSame, read } = options
  const one = yield* Semaphore.make(1)
  const lifetime = Duration.toNanosUnsafe(interval)
  let current = options.initial
  let readAt = options.isFresh ? yield* Clock.monotonicTimeNanos : undefined
  let isFailing = false

  const isFresh = Effect.map(Clock.monotonicTimeNanos, (now) => readAt !== undefined && now - readAt < lifetime)
  const update = read.pipe(
    Effect.flatMap((value) =>
      Effect.map(Clock.monotonicTimeNanos, (now) => {
        readAt = now
        isFailing = false
        if (!isSame(current, value)) current = value
      })
    ),
    Effect.catch((error) =>
      Effect.suspend(() => {
        if (isFailing) return Effect.void
        isFailing = true
        return Effect.logWarning(`using the last one that could be read: ${error.message}`)
      })
    )
  )
  const get = Effect.gen(function*() {
    if (!(yield* isFresh)) yield* one.withPermit(Effect.flatMap(isFresh, (fresh) => fresh ? Effect.void : update))
    return current
  })
  const renew = (used: unknown) => {
    const isOld = Effect.sync(() => current !== used)
    return one.withPermit(Effect.flatMap(isOld, (old) => old ? Effect.void : update)).pipe(Effect.andThen(isOld))
  }
  return { get, renew } satisfies Renewable<A>
})

/**
 * What `credlet resolve` and `credlet explain` have in common: all images are looked up, then it is told what came of it,
 * data to stdout, everything else to stderr.
 *
 * @since 0.1.0
 */
import type { PodIdentity } from "@credlet/core/identity/PodIdentity"
import * as ImageReference from "@credlet/core/image/ImageReference"
import { Keyring, type LookupOptions } from "@credlet/core/keyring/Keyring"
import * as Credlet from "@credlet/node/Credlet"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Ref from "effect/Ref"
import * as Result from "effect/Result"
import type { Request } from "../commands/LookupFlags.ts"
import { Unsuccessful } from "../Unsuccessful.ts"

/**
 * What was found out about the images, in their order, and for which pod.
 *
 * @since 0.1.0
 * @category models
 */
export interface Found<A> {
  readonly answers: ReadonlyArray<A>
  readonly pod: PodIdentity | undefined
}

/**
 * `ask` is for one image; `tell` writes and gives the exit status. The metrics are written whatever the answers are; that
 * they could not be is told after the answers.
 *
 * @since 0.1.0
 * @category running
 */
export const run = Effect.fnUntraced(function*<A, E1, E2, R>(
  request: Request,
  ask: (keyring: Keyring["Service"], image: string, options: LookupOptions) => Effect.Effect<A, E1>,
  tell: (found: Found<A>) => Effect.Effect<0 | 1 | 3, E2, R>
) {
  yield* checkNames(request.images)
  const { found, written } = yield* counted(request.metrics, (hold) => lookUp(request, ask, hold))
  const exitCode = yield* tell(found)
  yield* Effect.fromResult(written)
  if (exitCode !== 0) return yield* new Unsuccessful({ exitCode })
})

/** All of them before anything is run: a plugin may take its time. */
const checkNames = Effect.fnUntraced(function*(images: ReadonlyArray<string>) {
  const wrong = images.map((image) => ImageReference.parse(image)).filter(Result.isFailure)
  yield* Effect.forEach(wrong, ({ failure }) => Effect.logError(failure.message), { discard: true })
  if (wrong.length > 0) return yield* new Unsuccessful({ exitCode: 2 })
})

/** `hold` is run when all is asked, or nothing more is to be, with the keyring still there. */
const lookUp = <A, E>(
  { binDir, config, images, timeout, workload }: Request,
  ask: (keyring: Keyring["Service"], image: string, options: LookupOptions) => Effect.Effect<A, E>,
  hold: Effect.Effect<void>
) => {
  const forPod = Effect.fnUntraced(function*(options: LookupOptions) {
    const keyring = yield* Keyring
    // One after the other: what a plugin answers for one image may serve the next from the cache.
    const answers = yield* Effect.forEach(images, (image) => ask(keyring, image, options))
    const found: Found<A> = { answers, pod: options.pod }
    return found
  }, Effect.ensuring(hold))
  const options = { config, binDir, execution: timeout === undefined ? {} : { deadline: timeout } }
  return workload === undefined
    ? Effect.provide(forPod({}), Credlet.layer(options))
    : Effect.flatMap(
      Effect.promise(() => import("./PodLookup.ts")),
      (action) => action.run(workload, options, forPod)
    )
}

/**
 * Counts what `self` does, and writes it to the file when the plugins are gone, also after Ctrl-C. When the keyring is gone,
 * so are some series: those are as they were when `self` ran `hold`. The file's module is loaded only if one is wanted.
 */
const counted = Effect.fnUntraced(
  function*<E, R, A>(path: string | undefined, self: (hold: Effect.Effect<void>) => Effect.Effect<A, E, R>) {
    if (path === undefined) return { found: yield* self(Effect.void), written: Result.void }
    const file = yield* Effect.promise(() => import("../output/MetricsFile.ts"))
    const held = yield* Ref.make<Metric.MetricRegistry | undefined>(undefined)
    const write = Effect.flatMap(Ref.get(held), (series) =>
      series === undefined
        ? Effect.void
        : Effect.flatMap(file.format(series), (text) => file.write(path, text)))
    const found = yield* Effect.onInterrupt(
      self(Effect.flatMap(file.hold, (series) => Ref.set(held, series))),
      () => Effect.catch(write, (error) => Effect.logError(error.message))
    )
    return { found, written: yield* Effect.result(write) }
  },
  (self) => Effect.provideService(self, Metric.MetricRegistry, new Map())
)

/**
 * A span on the slow way of a lookup; without a tracer, nothing. Its attributes say for whom, and hold nothing secret. It
 * has no stack frame: that would cost as much again, and be in the causes of all errors.
 */
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"

interface Subject {
  readonly provider: string
  readonly image: string
  readonly account: { readonly namespace: string; readonly name: string } | undefined
}

export const stageSpan = <A, E>(
  effect: Effect.Effect<A, E>,
  name: "credlet.provider.ask" | "credlet.service_account.get" | "credlet.service_account.token",
  { account, image, provider }: Subject
): Effect.Effect<A, E> =>
  Effect.withFiber((fiber) => {
    // Effect's own tracer, there by default, keeps nothing, and costs 2 µs a span.
    if (fiber.cache.tracer === undefined) return effect
    const attributes = {
      plugin_name: provider,
      image,
      ...(account === undefined ? {} : { namespace: account.namespace, service_account: account.name })
    }
    return Effect.useSpan(name, { attributes }, (span) => Effect.provideService(effect, Tracer.ParentSpan, span))
  })

/** What an API server is asked, and how it ends: `credlet_kubernetes_requests_total{operation,outcome}`. */
import { IdentityFailure } from "@credlet/core/identity/IdentityError"
import type { IdentityError } from "@credlet/core/identity/IdentityError"
import { Enabled } from "@credlet/core/telemetry/ProviderMetrics"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import type { Kind } from "../ApiServer.ts"

export interface RequestMetrics {
  readonly ended: (kind: Kind, exit: Exit.Exit<unknown, IdentityError>) => void
}

/** `success`, a failure in lower case, `interrupted`, or `defect`. */
type Outcome = string

const outcomes: ReadonlyMap<IdentityFailure, Outcome> = new Map(
  IdentityFailure.literals.map((failure) => [
    failure,
    failure.replaceAll(/\B[A-Z]/g, (letter) => `_${letter}`).toLowerCase()
  ])
)

const outcomeOf = (exit: Exit.Exit<unknown, IdentityError>): Outcome => {
  if (Exit.isSuccess(exit)) return "success"
  const error = Option.getOrUndefined(Exit.findErrorOption(exit))
  if (error !== undefined) return outcomes.get(error.failure) ?? "defect"
  return Exit.hasInterrupts(exit) ? "interrupted" : "defect"
}

export const make = Effect.gen(function*(): Effect.fn.Return<RequestMetrics> {
  if (!(yield* Enabled)) return { ended: () => {} }
  const context = yield* Effect.context<never>()
  const counters = new Map<string, Metric.Counter<number>>()

  const counterOf = (operation: Kind, outcome: Outcome): Metric.Counter<number> => {
    const key = `${operation} ${outcome}`
    const known = counters.get(key)
    if (known !== undefined) return known
    const counter = Metric.counter("credlet_kubernetes_requests_total", {
      description: "Requests to the Kubernetes API server, each with its repetitions, by how they ended",
      incremental: true,
      attributes: { operation, outcome }
    })
    counters.set(key, counter)
    return counter
  }

  return { ended: (kind, exit) => counterOf(kind, outcomeOf(exit)).updateUnsafe(1, context) }
})

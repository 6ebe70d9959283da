/** How the providers that match an image are asked. What is to be done for an image is the same each time, so it is put together once. */
import * as Effect from "effect/Effect"
import type { PodIdentity } from "../../identity/PodIdentity.ts"
import { LookupTrace, type Step } from "../../LookupTrace.ts"
import type { CredentialProvider } from "../../provider/CredentialProvider.ts"
import type { Question } from "../../provider/ProviderSet.ts"
import * as LookupLog from "../../telemetry/LookupLog.ts"
import type { LookupOptions } from "../KeyringIndex.ts"
import type { Lookup } from "../Lookup.ts"
import * as Answers from "./answers.ts"

/** Without a pod, providers are asked as for a pod that has no service account. */
export interface Plan {
  readonly lookup: (pod: PodIdentity | undefined) => Effect.Effect<Lookup>
  /** `watch` is told each step and of which of the question's providers it is. */
  readonly answer: (pod: PodIdentity | undefined, watch?: Watch) => Effect.Effect<Answers.Answer>
}

type Watch = (at: number, step: Step) => void

export const make = (question: Question, options: LookupOptions): Plan => {
  const forNone = remembering(question, options)
  const forPods = question.providers.some((provider) => provider.usesServiceAccounts)
    ? remembering(question, options)
    : undefined
  const lookupForNone = askAll(question, undefined, forNone(undefined, asLookup))
  return {
    lookup: (pod) =>
      pod === undefined || forPods === undefined ? lookupForNone : askAll(question, pod, forPods(pod, asLookup)),
    answer: (pod, watch) => {
      const remembered = pod === undefined || forPods === undefined ? forNone : forPods
      return askAll(question, pod, remembered(pod, asAnswer), watch)
    }
  }
}

const asLookup = (remembered: Remembered) => remembered.asLookup
const asAnswer = (remembered: Remembered) => remembered.asAnswer

interface Remembered {
  readonly answer: Answers.Answer
  /** Nobody failed, and nobody was skipped. */
  readonly isQuiet: boolean
  readonly asAnswer: Effect.Effect<Answers.Answer>
  readonly asLookup: Effect.Effect<Lookup>
}

/** For how many service accounts in turn a keyring is kept. */
const kept = 8

/** The same attempts make the same keyring, so it is built anew only for others than the last few. */
const remembering = (question: Question, options: LookupOptions) => {
  const recent: Array<Remembered> = []
  const told = new WeakSet<object>()

  const find = (attempts: ReadonlyArray<Answers.Attempt>): Remembered | undefined => {
    for (const one of recent) if (Answers.isSame(one.answer.attempts, attempts)) return one
    return undefined
  }

  return <A>(pod: PodIdentity | undefined, give: (remembered: Remembered) => Effect.Effect<A>) =>
  (
    attempts: ReadonlyArray<Answers.Attempt>
  ): Effect.Effect<A> => {
    const known = find(attempts)
    if (known !== undefined) {
      return known.isQuiet
        ? give(known)
        : Effect.andThen(Answers.logAttempts(question, known.answer, pod), give(known))
    }
    const made = remember(Answers.combine(question, attempts, options))
    recent.unshift(made)
    recent.length = Math.min(recent.length, kept)
    return Effect.andThen(
      Effect.andThen(
        Answers.logNews(question, made.answer, pod, told),
        Answers.logAttempts(question, made.answer, pod)
      ),
      give(made)
    )
  }
}

const remember = (answer: Answers.Answer): Remembered => {
  const { lookup } = answer
  return {
    answer,
    isQuiet: lookup.failures.length === 0 && lookup.skipped.length === 0,
    asAnswer: Effect.succeed(answer),
    asLookup: lookup.credentials.length > 0
      ? Effect.succeed(lookup)
      : Effect.as(LookupLog.noCredentials(lookup.repository), lookup)
  }
}

const askAll = <A>(
  question: Question,
  pod: PodIdentity | undefined,
  complete: (attempts: ReadonlyArray<Answers.Attempt>) => Effect.Effect<A>,
  watch?: Watch
): Effect.Effect<A> => {
  const attempts = question.providers.map((provider, at) => {
    const one = attempt(provider, question, pod)
    return watch === undefined ? one : watched(one, (step) => watch(at, step))
  })
  const [only] = attempts
  return only !== undefined && attempts.length === 1
    ? Effect.flatMap(only, (one) => complete([one])) // spares the hit path the cost of `Effect.all`
    : Effect.flatMap(Effect.all(attempts), complete)
}

const attempt = (
  provider: CredentialProvider,
  { target }: Question,
  pod: PodIdentity | undefined
): Effect.Effect<Answers.Attempt> =>
  Effect.catch(provider.provide(target, pod), (error) => Effect.succeed<Answers.Attempt>(error))

/** Whoever listens already goes on to hear it. */
const watched = <A>(self: Effect.Effect<A>, report: (step: Step) => void): Effect.Effect<A> =>
  Effect.updateService(self, LookupTrace, (outer) => ({
    report: (step) => {
      outer?.report(step)
      report(step)
    }
  }))

/**
 * Looks for an input that breaks a property: makes one input after the other until its time is over, bounds how long each
 * may take, and makes the first that fails as small as it can. Every input has a seed of its own, so one can be had
 * again without those before it.
 */
import { setImmediate } from "node:timers/promises"
import { DeadlineError, within } from "./deadline.ts"
import { hash, mix, Random } from "./random.ts"
import type { Shape } from "./shape.ts"

export interface Property<A, B> {
  readonly generate: (random: Random) => A
  readonly shape: Shape<A>
  /** What is tested. It must not throw, nor take longer than is allowed. */
  readonly run: (input: A) => B
  /** Throws if what `run` gave is not right. */
  readonly check: (output: B, input: A) => void
}

export interface Options {
  readonly seed: number
  /** The number of the first input. */
  readonly first: number
  /** For how long to look. At least one input is tried. */
  readonly millis: number
  /** How many inputs to try at most. */
  readonly most?: number | undefined
  /** How many milliseconds an input of so many bytes may take. */
  readonly allowed?: ((size: number) => number) | undefined
  /** After how many milliseconds an input counts as one that never ends. */
  readonly hungAfter?: number | undefined
}

export interface Report<A> {
  readonly cases: number
  readonly millis: number
  readonly slowest: { readonly millis: number; readonly size: number }
  readonly failure: Failure<A> | undefined
}

export interface Failure<A> {
  /** The number of the input. */
  readonly at: number
  readonly kind: "threw" | "wrong" | "slow" | "hung"
  readonly error: unknown
  /** Made small. */
  readonly input: A
  readonly originalSize: number
}

/** One second for 64 KiB and less, in proportion beyond: hundreds of times what is needed, and too little for O(n²). */
const allowedMillis = (size: number): number => 1000 * Math.max(1, size / 65_536)

const batchMillis = 50
const shrinkMillis = 20_000
const shrinkAttempts = 5_000

export const search = async <A, B>(
  name: string,
  property: Property<A, B>,
  options: Options
): Promise<Report<A>> => {
  const { allowed = allowedMillis, first, hungAfter = 15_000, millis, most = Infinity, seed } = options
  const begin = performance.now()
  const inputAt = (at: number) => property.generate(new Random(mix(seed, hash(name), at)))
  let at = first
  let slowest: Report<A>["slowest"] = { millis: 0, size: 0 }
  let input: A | undefined
  const report = (failure: Failure<A> | undefined): Report<A> => ({
    cases: at - first,
    millis: performance.now() - begin,
    slowest,
    failure
  })
  const batch = (): Fault | undefined => {
    const end = Math.min(performance.now() + batchMillis, begin + millis)
    do {
      input = inputAt(at++)
      const { fault, took } = attempt(property, input, allowed)
      if (took > slowest.millis) slowest = { millis: took, size: property.shape.size(input) }
      if (fault !== undefined) return fault
    } while (performance.now() < end && at - first < most)
    return undefined
  }
  const isOver = () => performance.now() - begin >= millis || at - first >= most
  do {
    const fault = guarded(hungAfter, batch)
    if (fault !== undefined && input !== undefined) {
      const originalSize = property.shape.size(input)
      const shrunk = shrink(property, input, fault, { hungAfter, allowed })
      return report({ ...shrunk, at: at - 1, originalSize })
    }
    await setImmediate() // the test runner has things to say, too
  } while (!isOver())
  return report(undefined)
}

interface Fault {
  readonly kind: Failure<unknown>["kind"]
  readonly error: unknown
}

const guarded = (hungAfter: number, work: () => Fault | undefined): Fault | undefined => {
  try {
    return within(hungAfter, work)
  } catch (error) {
    if (error instanceof DeadlineError) return { kind: "hung", error }
    throw error
  }
}

const attempt = <A, B>(
  { check, run, shape }: Property<A, B>,
  input: A,
  allowed: (size: number) => number
): { fault?: Fault; took: number } => {
  let kind: Fault["kind"] = "threw"
  let took = 0
  try {
    const begin = now()
    const output = run(input)
    took = since(begin)
    kind = "wrong"
    check(output, input)
  } catch (error) {
    return { took, fault: { kind, error } }
  }
  // It may have been the compiler's or collector's time, so an input is slow only if it is so again and again.
  const most = allowed(shape.size(input))
  for (let again = 0; again < 3 && took > most; again++) {
    const begin = now()
    run(input)
    took = Math.min(took, since(begin))
  }
  if (took <= most) return { took }
  const error = new Error(`took ${Math.round(took)} ms, allowed are ${Math.round(most)} ms`)
  return { took, fault: { kind: "slow", error } }
}

/** Both clocks, as others may have the processor for a while. */
const now = () => ({ millis: performance.now(), cpu: process.cpuUsage() })

const since = ({ cpu, millis }: ReturnType<typeof now>): number => {
  const { system, user } = process.cpuUsage(cpu)
  return Math.min(performance.now() - millis, (system + user) / 1000)
}

/** Greedy: goes on with the first smaller input that fails in the same manner. */
const shrink = <A, B>(
  property: Property<A, B>,
  from: A,
  fault: Fault,
  { allowed, hungAfter }: { readonly allowed: (size: number) => number; readonly hungAfter: number }
) => {
  const end = performance.now() + shrinkMillis
  let attempts = 0
  let input = from
  let { error } = fault
  const smallerOnes = function*(): Generator<A> {
    for (const smaller of property.shape.smaller(input)) {
      if (attempts++ >= shrinkAttempts || performance.now() > end) return
      yield smaller
    }
  }
  const step = (): boolean => {
    for (const smaller of smallerOnes()) {
      const found = guarded(Math.min(hungAfter, 2_000), () => attempt(property, smaller, allowed).fault)
      if (found?.kind !== fault.kind) continue
      input = smaller
      error = found.error
      return true
    }
    return false
  }
  while (step());
  return { kind: fault.kind, input, error }
}

/**
 * Properties as tests. `CREDLET_FUZZ_SECONDS` says for how many seconds each looks for an input that breaks it (0.3 unless
 * it is set), `CREDLET_FUZZ_SEED` with which seed it begins (a new one unless it is set; `7:1500` is input 1,500 of seed 7).
 * A failure prints both in a command that finds it again; above the default each property prints what it did.
 */
import { it } from "@effect/vitest"
import { type Property, type Report, search } from "./search.ts"

const defaultSeconds = 0.3

/** How long each property looks for an input that breaks it. */
export const secondsOf = (text: string | undefined): number => {
  const seconds = text === undefined || text === "" ? defaultSeconds : Number(text)
  if (seconds > 0 && seconds < 1_000_000) return seconds
  throw new Error("CREDLET_FUZZ_SECONDS must be a number of seconds, such as 60")
}

/** `seed`, or `seed:number` to begin with the input of that number. */
export const seedOf = (text: string | undefined): { readonly seed: number; readonly first: number } => {
  if (text === undefined || text === "") return { seed: Math.floor(Math.random() * 0x1_0000_0000), first: 0 }
  const match = /^(\d{1,10})(?::(\d{1,15}))?$/.exec(text)
  if (match === null) {
    throw new Error("CREDLET_FUZZ_SEED must be a seed, or a seed and an input's number, such as 7:1500")
  }
  return { seed: Number(match[1]), first: Number(match[2] ?? "0") }
}

const { CREDLET_FUZZ_SECONDS, CREDLET_FUZZ_SEED } = process.env
const seconds = secondsOf(CREDLET_FUZZ_SECONDS)
const isLong = seconds > defaultSeconds
const start = seedOf(CREDLET_FUZZ_SEED)

/** A test that looks for an input that breaks the property. */
export const property = <A, B>(name: string, property: Property<A, B>): void =>
  // oxlint-disable-next-line vitest/valid-title -- the title is the caller's
  it(name, { timeout: seconds * 2_000 + 120_000, concurrent: false }, async () => {
    const report = await search(name, property, { ...start, millis: seconds * 1000 })
    // oxlint-disable-next-line no-console -- in long runs, what was done is the result
    if (isLong) console.log(summary(name, start.seed, report))
    if (report.failure !== undefined) throw new Error(failureText(name, start.seed, property, report.failure))
  })

const summary = (name: string, seed: number, { cases, millis, slowest }: Report<unknown>): string =>
  `${name}: ${cases} inputs in ${Math.round(millis / 1000)} s, seed ${seed}, ` +
  `slowest ${slowest.millis.toFixed(1)} ms for ${slowest.size} bytes`

const shownLength = 4_000

const failureText = <A, B>(
  name: string,
  seed: number,
  { shape }: Property<A, B>,
  { at, error, input, kind, originalSize }: NonNullable<Report<A>["failure"]>
): string => {
  const shown = shape.show(input)
  return [
    `${kind}: ${error instanceof Error ? error.stack : String(error)}`,
    `input (${shape.size(input)} bytes, made smaller from ${originalSize}):`,
    shown.length > shownLength ? `${shown.slice(0, shownLength)}… (${shown.length} characters)` : shown,
    `again: CREDLET_FUZZ_SEED=${seed}:${at} node_modules/.bin/vitest run test/properties -t ${JSON.stringify(name)}`
  ].join("\n")
}

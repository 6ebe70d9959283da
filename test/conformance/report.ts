/**
 * What is printed about a directory of vectors: a line for each mismatch, and the count.
 */
import { Effect } from "effect"
import { read, type Result, run } from "./run.ts"

/** So many differences of a case are shown. */
const shown = 5

const describe = ({ case: { file, name }, details }: Result): string => {
  const lines = details.slice(0, shown).map((detail) => detail.replaceAll(/\s+/g, " "))
  const more = details.length > shown ? [`and ${details.length - shown} more differences`] : []
  return `${file}: ${name}: ${[...lines, ...more].join("; ")}`
}

/** Only if something ran and nothing failed, it is a success. */
export const report = Effect.fnUntraced(function*(directory: string) {
  const { cases, problems } = yield* Effect.catchTag(
    read(directory),
    "BadDirectory",
    ({ message }) => Effect.succeed({ cases: [], problems: [message] })
  )
  const results = yield* run(cases)
  const of = (outcome: Result["outcome"]) => results.filter((result) => result.outcome === outcome)
  const passed = of("passed").length
  const failed = of("failed").length + problems.length
  return {
    lines: [
      ...problems,
      ...of("failed").map(describe),
      `${passed} passed, ${failed} failed`
    ],
    isSuccess: failed === 0 && passed > 0
  }
})

/** For tests that nothing secret can be got out of a value by printing it. */
import { assert } from "@effect/vitest"
import { Cause } from "effect"
import { inspect } from "node:util"

export const canary = "c4nary-8f3a"

/** All that people print of a value. */
export const printed = (value: unknown): ReadonlyArray<string> => [
  String(value),
  inspect(value, { depth: Infinity, showHidden: true }),
  JSON.stringify(value) ?? "",
  Cause.pretty(Cause.fail(value)),
  value instanceof Error ? `${value.message} ${value.stack} ${inspect(value.cause)}` : ""
]

export const assertHides = (value: unknown, secret: string = canary): void => {
  for (const text of printed(value)) assert.notInclude(text, secret)
}

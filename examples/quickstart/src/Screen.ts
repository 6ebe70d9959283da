/**
 * What the quickstart prints. Colours are for terminals only: `styleText` looks at stdout, and at `NO_COLOR`.
 */
import { Console, Effect, Runtime, Schema } from "effect"
import { styleText } from "node:util"

/** A step came out differently. The screen has shown how, so `runMain` need not report it; the exit code is 1. */
export class StepFailed extends Schema.TaggedError<StepFailed>()("StepFailed", { step: Schema.Int }) {
  override readonly [Runtime.errorReported] = false
}

export const print = (text: string) => Console.log(text)

export const title = (text: string) => print(styleText("bold", text))

/** What was done and how it came out; fails unless that was to be expected. */
export const step = (number: number, action: string, outcome: string, expected: boolean) => {
  const mark = expected ? styleText("green", "✓") : styleText("red", "✗")
  return Effect.andThen(
    print(`${mark} ${number}  ${action.padEnd(25)}  ${styleText("cyan", outcome)}`),
    expected ? Effect.void : new StepFailed({ step: number })
  )
}

export const indented = (text: string): string => text.replaceAll(/^/gm, "     ")

/** In the place of a password, whatever its length. */
export const masked = "••••••••"

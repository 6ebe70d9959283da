/**
 * Explanations, for people and for programs. They hold no password, so there is nothing to mask.
 *
 * @since 0.1.0
 */
import * as Explanation from "@credlet/core/keyring/Explanation"
import * as ExplanationText from "@credlet/core/keyring/ExplanationText"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Style } from "./Style.ts"

const widest = 100

/**
 * A tree an image, with an empty line between. `columns` are the terminal's; 0 if it is none.
 *
 * @since 0.1.0
 * @category rendering
 */
export const trees = (
  explanations: ReadonlyArray<Explanation.Explanation>,
  style: Style,
  columns: number
): string => {
  const options = { width: columns === 0 ? widest : Math.min(columns, widest), style: coloured(style) }
  return explanations.map((explanation) => ExplanationText.render(explanation, options)).join("\n\n")
}

const coloured = (style: Style) => ({ role, text }: ExplanationText.Line): string => {
  switch (role) {
    case "image":
    case "result":
      return style.bold(text)
    case "failure":
      return style.red(text)
    case "advice":
      return style.yellow(text)
    case "section":
    case "detail":
      return text
  }
}

const encode = Schema.encodeEffect(Schema.toCodecJson(Schema.Struct({ images: Schema.Array(Explanation.Explanation) })))

/**
 * @since 0.1.0
 * @category rendering
 */
export const json = (explanations: ReadonlyArray<Explanation.Explanation>): Effect.Effect<string> =>
  encode({ images: explanations }).pipe(
    Effect.map((value) => JSON.stringify(value, undefined, 2)),
    Effect.orDie
  )

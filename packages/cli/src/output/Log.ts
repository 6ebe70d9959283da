/**
 * Everything that is not data, on stderr: one line a message, `warning: …`, more lines where the message has them. There
 * are no dates and no stack traces: this is for somebody who sits at a terminal.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Inspectable from "effect/Inspectable"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Printable from "./Printable.ts"
import { type Style, Styles } from "./Style.ts"

/**
 * Replaces the default logger, which writes to stdout.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<never, never, Styles> = Layer.unwrap(
  Effect.map(Styles, ({ stderr }) => Logger.layer([Logger.withConsoleError(logger(stderr))]))
)

const logger = (style: Style) =>
  Logger.make<unknown, string>(({ logLevel, message }) => {
    const parts = Array.isArray(message) ? message : [message]
    const text = parts.map((part) => typeof part === "string" ? part : Inspectable.toStringUnknown(part)).join(" ")
    return `${label(logLevel, style)} ${Printable.lines(text)}`
  })

const label = (level: string, style: Style): string => {
  switch (level) {
    case "Fatal":
    case "Error":
      return style.red("error:")
    case "Warn":
      return style.yellow("warning:")
    default:
      return style.dim(`${level.toLowerCase()}:`)
  }
}

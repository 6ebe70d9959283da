/**
 * Everything that is not data, on stderr: one line a message, `warning: …`, with the library's fields after it as
 * `name=value`. There are no dates and no stack traces: this is for somebody who sits at a terminal. What the commands
 * tell in their own words, the library need not say again.
 *
 * @since 0.1.0
 */
import { messages } from "@credlet/core/telemetry/LookupLog"
import * as Printable from "@credlet/core/text/Printable"
import * as Effect from "effect/Effect"
import * as Inspectable from "effect/Inspectable"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import { type Style, Styles } from "./Style.ts"

/**
 * Replaces the default logger, which writes to stdout.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<never, never, Styles> = Layer.unwrap(
  Effect.map(Styles, ({ stderr }) => Logger.layer([logger(stderr)]))
)

const toldByCommands: ReadonlySet<string> = new Set([
  messages.providerFailed,
  messages.serviceAccountRequired,
  messages.annotationMissing,
  messages.unusableLocation,
  messages.noCredentials
])

const logger = (style: Style) => {
  const written = Logger.withConsoleError(formatter(style))
  return Logger.make<unknown, void>((options) => {
    if (!toldByCommands.has(textOf(options.message))) written.log(options)
  })
}

const formatter = (style: Style) =>
  Logger.make<unknown, string>(({ fiber, logLevel, message }) => {
    const fields = Object.entries(fiber.getRef(References.CurrentLogAnnotations)).map(fieldText)
    return `${label(logLevel, style)} ${[Printable.line(textOf(message)), ...fields].join(" ")}`
  })

const asText = (value: unknown): string => typeof value === "string" ? value : Inspectable.toStringUnknown(value, 0)

const textOf = (message: unknown): string => Array.isArray(message) ? message.map(asText).join(" ") : asText(message)

/** In quotes where it would not be clear where it ends. */
const fieldText = ([name, value]: readonly [string, unknown]): string => {
  const text = asText(value)
  return `${Printable.line(name)}=${
    /^[^\s"=]+$/.test(text) ? Printable.line(text) : Printable.line(JSON.stringify(text))
  }`
}

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

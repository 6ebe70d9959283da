/**
 * How help and usage errors are shown: help, which was asked for, on stdout with the example near its top; a usage error
 * on stderr, short, with where to find help.
 *
 * @since 0.1.0
 */
import * as Printable from "@credlet/core/text/Printable"
import * as CliConfig from "effect/cli/CliConfig"
import * as CliOutput from "effect/cli/CliOutput"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import type { HelpDoc } from "effect/cli/HelpDoc"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Style, Styles } from "./Style.ts"

/**
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<never, never, Styles> = Layer.mergeAll(
  CliConfig.layer({
    builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions, GlobalFlag.LogLevel]
  }),
  Layer.unwrap(
    Effect.map(Styles, ({ stderr, stdout }) => {
      const formatter = CliOutput.defaultFormatter({ colors: stdout.colours, globalFlags: "summary" })
      return CliOutput.layerPresenter({
        present: (event) => {
          switch (event._tag) {
            case "Help":
              return Console.log(formatter.formatHelpDoc(readable(event.helpDoc, stdout)))
            case "Version":
              return Console.log(`${event.name} ${event.version}`)
            case "InvalidInvocation":
              return Console.error(usageError(event.helpDoc, event.errors, event.commandPath, stderr))
          }
        }
      })
    })
  )
)

/** The default formatter writes examples last, below the flags, and makes a column of all choices of a flag. */
const readable = ({ description, examples = [], globalFlags = [], ...doc }: HelpDoc, style: Style): HelpDoc => {
  const [summary = "", ...details] = description.split("\n\n")
  return {
    ...doc,
    description: [summary, ...examples.map((example) => `  ${style.dim("$")} ${example.command}`), ...details].join(
      "\n\n"
    ),
    globalFlags: globalFlags.map((flag) => flag.type.startsWith("<") ? { ...flag, type: "NAME" } : flag)
  }
}

const usageError = (
  doc: HelpDoc,
  errors: ReadonlyArray<{ readonly message: string }>,
  commandPath: ReadonlyArray<string>,
  style: Style
): string =>
  [
    ...errors.map((error) => `${style.red("error:")} ${Printable.lines(error.message)}\n`),
    `Usage: ${doc.usage}`,
    ...(doc.examples ?? []).map(({ command }) => `Example:\n  $ ${command}`),
    `Run '${commandPath.join(" ")} --help' for more.`
  ].join("\n")

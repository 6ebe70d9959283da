/**
 * What `credlet explain` does: ask the keyring for each image and print what it met on its way. That providers failed
 * stands there, so nothing is said of it on stderr.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Terminal from "effect/Terminal"
import type { Request } from "../commands/LookupFlags.ts"
import * as ExplanationFormat from "../output/ExplanationFormat.ts"
import * as Findings from "../output/Findings.ts"
import * as Stdout from "../output/Stdout.ts"
import { Styles } from "../output/Style.ts"
import * as Lookups from "./Lookups.ts"

/**
 * @since 0.1.0
 * @category running
 */
export const run = (request: Request, output: "tree" | "json") =>
  Lookups.run(
    request,
    (keyring, image, options) => Effect.map(keyring.explain(image, options), (explained) => ({ image, ...explained })),
    Effect.fnUntraced(function*({ answers }) {
      const { stdout } = yield* Styles
      const { columns } = yield* Terminal.Terminal
      const explanations = answers.map(({ explanation }) => explanation)
      yield* Stdout.print(
        output === "tree"
          ? ExplanationFormat.trees(explanations, stdout, yield* columns)
          : yield* ExplanationFormat.json(explanations)
      )
      return Findings.exitCode(answers)
    })
  )

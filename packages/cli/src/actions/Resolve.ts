/**
 * What `credlet resolve` does: ask the keyring for each image and print what a node would try.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { Request } from "../commands/LookupFlags.ts"
import type { Answer, Secrets } from "../output/Answer.ts"
import * as DockerConfigFile from "../output/DockerConfigFile.ts"
import * as Findings from "../output/Findings.ts"
import * as Json from "../output/Json.ts"
import * as Stdout from "../output/Stdout.ts"
import { type Style, Styles } from "../output/Style.ts"
import * as Table from "../output/Table.ts"
import * as Lookups from "./Lookups.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Format {
  readonly output: "table" | "json" | "docker-config"
  readonly secrets: Secrets
}

/**
 * @since 0.1.0
 * @category running
 */
export const run = (request: Request, format: Format) =>
  Lookups.run(
    request,
    (keyring, image, options) => Effect.map(keyring.lookup(image, options), (lookup): Answer => ({ image, lookup })),
    Effect.fnUntraced(function*(found) {
      const { stdout } = yield* Styles
      const { errors, text, warnings } = render(found, format, stdout)
      if (text !== "") yield* Stdout.print(text)
      const findings = Findings.of(found.answers, request.config, found.pod)
      yield* Effect.forEach([...warnings, ...findings.warnings], (warning) => Effect.logWarning(warning), {
        discard: true
      })
      yield* Effect.forEach([...errors, ...findings.errors], (error) => Effect.logError(error), { discard: true })
      return errors.length > 0 ? 1 : Findings.exitCode(found.answers)
    })
  )

const render = (
  { answers, pod }: Lookups.Found<Answer>,
  { output, secrets }: Format,
  style: Style
): DockerConfigFile.DockerConfigFile => {
  switch (output) {
    case "table":
      return { text: Table.render(answers, secrets, style), warnings: [], errors: [] }
    case "json":
      return { text: Json.render(answers, secrets, pod), warnings: [], errors: [] }
    case "docker-config":
      return DockerConfigFile.render(answers, secrets)
  }
}

/**
 * `credlet config validate`: what can be typed, and its help.
 *
 * @since 0.1.0
 */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"

const description =
  `Check a CredentialProviderConfig as the kubelet does at its start, and report all problems that can be found at once.

  The kubelet stops at the first. Where a file can't be read as a config (broken syntax, another kind or apiVersion, no
  list of providers), or has more mistakes than are listed, the rest of it is not checked, and a line says so.

  A valid config is listed on stdout: its providers, in the order in which they are tried, and its hash, which the
  kubelet publishes as the label of a metric. Whether the plugins exist is not checked: credlet resolve does that.

  Exit status: 0 valid, 1 invalid or not readable, 2 wrong usage.`

/**
 * @since 0.1.0
 * @category commands
 */
export const command = Command.make(
  "validate",
  {
    path: Argument.String("PATH").pipe(
      Argument.withDescription("A file, or a directory of .json, .yaml and .yml files")
    )
  },
  ({ path }) =>
    Effect.flatMap(Effect.promise(() => import("../actions/ConfigValidate.ts")), (action) => action.run(path))
).pipe(
  Command.withDescription(description),
  Command.withShortDescription("Report all problems of a config, with file, line and column"),
  Command.withExamples([{ command: "credlet config validate /etc/kubernetes/credential-providers.yaml" }])
)

/**
 * The command line: its commands, and what becomes of an error: one line on stderr and an exit status, 1 for a failure
 * and 2 for wrong usage, never a stack trace.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Runtime from "effect/Runtime"
import * as ConfigValidate from "./commands/ConfigValidate.ts"
import * as Explain from "./commands/Explain.ts"
import * as Resolve from "./commands/Resolve.ts"
import * as Defect from "./output/Defect.ts"
import * as Help from "./output/Help.ts"
import * as Log from "./output/Log.ts"
import * as Style from "./output/Style.ts"
import { Unsuccessful } from "./Unsuccessful.ts"

/**
 * The version of this package.
 *
 * @since 0.1.0
 * @category constants
 */
export const version = "0.1.0"

const config = Command.make("config").pipe(
  Command.withDescription("Look into a CredentialProviderConfig."),
  Command.withShortDescription("Look into a CredentialProviderConfig"),
  Command.withSubcommands([ConfigValidate.command])
)

/**
 * @since 0.1.0
 * @category commands
 */
export const command = Command.make("credlet").pipe(
  Command.withDescription("Resolve container-image pull credentials as a Kubernetes node does, without the node."),
  Command.withExamples(Resolve.examples),
  Command.withSubcommands([Resolve.command, Explain.command, config])
)

/**
 * Runs the command with the process's arguments. It fails with what `NodeRuntime.runMain` takes the exit status from;
 * all that is to be said has been said then.
 *
 * @since 0.1.0
 * @category running
 */
export const run = Command.run(command, { version }).pipe(
  // Help that was shown for want of a subcommand is no failure.
  Effect.catchTag("ShowHelp", ({ errors }) => errors.length > 0 ? new Unsuccessful({ exitCode: 2 }) : Effect.void),
  Effect.tapCause((cause) => report(cause)),
  Effect.provide(Layer.mergeAll(Log.layer, Help.layer).pipe(Layer.provideMerge(Style.layer)))
)

/** Errors that list several findings have one a line. */
const report = (cause: Cause.Cause<{ readonly message: string }>): Effect.Effect<void> => {
  if (Cause.hasInterruptsOnly(cause)) return Effect.void
  const expected = cause.reasons.find(Cause.isFailReason)
  if (expected === undefined) return Effect.logError(Defect.text(Cause.squash(cause), version))
  if (!Runtime.getErrorReported(expected.error)) return Effect.void
  return Effect.forEach(expected.error.message.split("\n"), (line) => Effect.logError(line), { discard: true })
}

/**
 * Why a plugin gave no credentials: one error, whose `reason` says what happened. It names the provider and the program,
 * and holds neither stdout, arguments nor environment; stderr is capped, and what is known to be secret is masked in it.
 * Rules: EXEC-9…13, RESP-33…35.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { causeOf, nextStepOf, PluginFailure } from "./PluginFailure.ts"
import { UnsupportedApiVersion } from "./PluginProtocol.ts"

export { PluginFailure } from "./PluginFailure.ts"

/**
 * A plugin failed. Failures are never cached: the next lookup runs the plugin again (EXEC-14).
 *
 * @since 0.1.0
 * @category errors
 */
export class PluginError extends Schema.TaggedError<PluginError>()("PluginError", {
  provider: Schema.String,
  reason: Schema.Union([PluginFailure, UnsupportedApiVersion]),
  /** Of the run, with all tries to start it; of the wait if there was no place; zero if the plugin was refused before. */
  duration: Schema.Duration.pipe(Schema.withConstructorDefault(Effect.succeed(Duration.zero)))
}) {
  /** One line, or more where stderr has them: what happened, what to do, what the plugin wrote. */
  override get message() {
    const { provider, reason } = this
    return `provider "${provider}": ${causeOf(reason)}: ${nextStepOf(reason, provider)}${
      "stderr" in reason ? said(reason) : ""
    }`
  }
}

/** Enough of stderr to see the cause in a terminal; the whole of what was kept is in the error's field. */
const said = ({ _tag, stderr }: Extract<PluginFailure, { readonly stderr: string }>): string => {
  const text = stderr.trim()
  // A plugin that ended well rarely says anything.
  if (text === "") return _tag === "BadOutput" || _tag === "WrongApiVersion" ? "" : "; it wrote nothing to stderr"
  const lines = text.split("\n")
  const shown = lines.slice(0, 10).map((line) => line.length > 300 ? `${line.slice(0, 300)}…` : line)
  const rest = lines.length > shown.length ? [`… and ${lines.length - shown.length} more lines`] : []
  return `; its stderr:\n${[...shown, ...rest].map((line) => `  ${line}`).join("\n")}`
}

/**
 * Data goes to stdout whole, or the command fails: `credlet … > config.json` on a full disk must not look like success.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/**
 * `code` is the system's: `ENOSPC`.
 *
 * @since 0.1.0
 * @category errors
 */
export class StdoutError extends Schema.TaggedError<StdoutError>()("StdoutError", {
  code: Schema.String
}) {
  override get message() {
    return `the output could not be written (${this.code}): what has been written is not complete`
  }
}

/**
 * Writes the text and a line end. A reader that has gone away, as `head` does, is no failure.
 *
 * @since 0.1.0
 * @category writing
 */
export const print = (text: string): Effect.Effect<void, StdoutError> =>
  Effect.callback((resume) => {
    process.stdout.once("error", ignore) // comes after the callback, which has told us
    process.stdout.write(`${text}\n`, (error) => {
      if (error === null || error === undefined) {
        process.stdout.off("error", ignore)
        return resume(Effect.void)
      }
      const code = "code" in error ? String(error.code) : "unknown"
      resume(code === "EPIPE" ? Effect.void : new StdoutError({ code }))
    })
  })

const ignore = () => {}

/**
 * The end of a command that has said on stderr what is wrong.
 *
 * @since 0.1.0
 */
import * as Runtime from "effect/Runtime"
import * as Schema from "effect/Schema"

/**
 * 1: failure. 2: wrong usage. 3: there are no credentials for an image.
 *
 * @since 0.1.0
 * @category errors
 */
export class Unsuccessful extends Schema.TaggedError<Unsuccessful>()("Unsuccessful", {
  exitCode: Schema.Literals([1, 2, 3])
}) {
  override readonly [Runtime.errorExitCode] = this.exitCode
  override readonly [Runtime.errorReported] = false

  override get message() {
    return `exit status ${this.exitCode}`
  }
}

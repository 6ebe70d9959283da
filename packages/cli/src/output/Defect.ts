/**
 * A mistake in Credlet itself, in one line. What was thrown may quote a secret, so its message is not shown: its kind and
 * where it was thrown are enough to find it.
 *
 * @since 0.1.0
 */

/**
 * @since 0.1.0
 * @category rendering
 */
export const text = (defect: unknown, version: string): string =>
  `unexpected ${kind(defect)}${place(defect)} in credlet ${version} on Node ${process.version}: this is a mistake in ` +
  "credlet, not in what you did; please report this line and the command"

const kind = (defect: unknown): string => defect instanceof Error ? defect.constructor.name : typeof defect

/** The first line of the stack that is no part of the message. */
const place = (defect: unknown): string => {
  if (!(defect instanceof Error) || typeof defect.stack !== "string") return ""
  const frames = defect.stack.slice(defect.stack.lastIndexOf(defect.message) + defect.message.length)
  const frame = frames.split("\n").find((line) => /^\s+at /.test(line))
  return frame === undefined ? "" : ` ${frame.trim()}`
}

/**
 * Tries again to start a program that can't be started at this moment, with pauses that grow. What is bounded is the sum of
 * the pauses, which no change of a clock can prolong.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { ExecutionPolicy } from "../ExecutionPolicy.ts"
import type { StartError } from "../PluginProcess.ts"
import type { Restore } from "./Restore.ts"

const firstPause = Duration.millis(10)
const longestPause = Duration.millis(500)

const passes = ({ failure }: StartError): boolean => failure === "Busy" || failure === "ResourceExhausted"

/** Within an `Effect.uninterruptibleMask`, whose `restore` is given: only the pauses can be interrupted. */
export const retryStart = <A>(
  start: Effect.Effect<A, StartError>,
  { deadline, startRetry }: ExecutionPolicy,
  restore: Restore
): Effect.Effect<A, StartError> => {
  const attempt = (pause: Duration.Duration, left: Duration.Duration): Effect.Effect<A, StartError> =>
    Effect.catchIf(start, passes, (error) =>
      Duration.isGreaterThanOrEqualTo(pause, left)
        ? Effect.fail(error)
        : Effect.andThen(
          restore(Effect.sleep(pause)),
          attempt(Duration.min(Duration.times(pause, 2), longestPause), Duration.subtract(left, pause))
        ))
  return attempt(firstPause, Duration.min(startRetry, deadline))
}

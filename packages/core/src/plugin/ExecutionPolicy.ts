/**
 * How far a plugin is let go before it is stopped. The kubelet has only the first of these limits (EXEC-7…9); the
 * others keep a plugin that hangs, floods or forks from taking its host with it.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"

/**
 * What is in a plugin's environment under the provider's own entries:
 *
 * - `"inherit"`: the host's environment as it is when the plugin is started (EXEC-2).
 * - `{ allow }`: of that only the variables of these names, letter by letter; on Windows, too, where the system itself
 *   makes no difference between cases. Most plugins need at least `PATH` and `HOME`.
 * - a list: these entries `NAME=value` and nothing of the host's.
 *
 * @since 0.1.0
 * @category models
 */
export type EnvironmentPolicy = "inherit" | { readonly allow: ReadonlyArray<string> } | ReadonlyArray<string>

/**
 * @since 0.1.0
 * @category models
 */
export interface ExecutionPolicy {
  /** Bounds the whole call, from just before the start; waiting for a place is not part of it. Default 1 minute (EXEC-8). */
  readonly deadline: Duration.Duration
  /**
   * How many plugins may run at once; rounded down, but at least 1. Further calls wait, and whenever a place becomes free
   * it goes to the next provider in turn, so a provider with many calls can't keep out one with few. A place is free again
   * when the plugin's process is gone, which may be after its caller was answered. Places are not reserved and no plugin is
   * stopped to make room: if all places are held by plugins that hang, others wait until those are at their deadline.
   * Default 8.
   */
  readonly maxConcurrent: number
  /** How long a call waits for a place before it fails with `QueueTimedOut`. Default 1 minute. */
  readonly maxWait: Duration.Duration
  /**
   * How long to go on trying to start a plugin whose file is being written (`Busy`), or for which the system lacks
   * processes, descriptors or memory (`ResourceExhausted`). The pauses grow; they are part of the deadline and end before
   * it. Zero: one try. Default 3 seconds. Nothing else is tried again (EXEC-14).
   */
  readonly startRetry: Duration.Duration
  /** Between SIGTERM and SIGKILL. Default 2 seconds. */
  readonly termGrace: Duration.Duration
  /** How long an exited plugin's pipes may stay open in somebody else's hands before its answer stands. Default 2 seconds. */
  readonly drainGrace: Duration.Duration
  /** How long to wait for the pipes after what is left of the process group was killed. Default 100 ms. */
  readonly settleGrace: Duration.Duration
  /** Bytes. More on stdout ends the plugin. Default 10 MiB. */
  readonly maxStdout: number
  /** Bytes. More on stderr ends the plugin. Default 4 MiB. */
  readonly maxStderr: number
  /** Bytes of stderr that are kept for an error. Default 64 KiB. */
  readonly keepStderr: number
  /** Default `"inherit"`. */
  readonly environment: EnvironmentPolicy
}

/**
 * @since 0.1.0
 * @category constructors
 */
export const make = ({ maxConcurrent = 8, ...options }: Partial<ExecutionPolicy> = {}): ExecutionPolicy => ({
  deadline: Duration.minutes(1),
  maxConcurrent: Math.max(1, Math.floor(maxConcurrent)),
  maxWait: Duration.minutes(1),
  startRetry: Duration.seconds(3),
  termGrace: Duration.seconds(2),
  drainGrace: Duration.seconds(2),
  settleGrace: Duration.millis(100),
  maxStdout: 10 * 1024 * 1024,
  maxStderr: 4 * 1024 * 1024,
  keepStderr: 64 * 1024,
  environment: "inherit",
  ...options
})

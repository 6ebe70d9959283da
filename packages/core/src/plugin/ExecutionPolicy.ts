/**
 * How far a plugin is let go before it is stopped. The kubelet has only the first of these limits (EXEC-7…9); the
 * others keep a plugin that hangs, floods or forks from taking its host with it.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"

/**
 * @since 0.1.0
 * @category models
 */
export interface ExecutionPolicy {
  /** Bounds the whole call, from just before the start. Default 1 minute (EXEC-8). */
  readonly deadline: Duration.Duration
  /** Between SIGTERM and SIGKILL. Default 2 seconds. */
  readonly termGrace: Duration.Duration
  /** How long an exited plugin's pipes may stay open in somebody else's hands before its answer stands. Default 2 seconds. */
  readonly drainGrace: Duration.Duration
  /** How long to wait for the pipes after what is left of the process group was killed. Default 100 ms. */
  readonly settleGrace: Duration.Duration
  /** Bytes. More on stdout ends the plugin. Default 10 MiB. */
  readonly maxStdout: number
  /** Bytes. More on stderr ends the plugin. Default 16 MiB. */
  readonly maxStderr: number
  /** Bytes of stderr that are kept for an error. Default 64 KiB. */
  readonly keepStderr: number
  /** The environment under the provider's own entries: the host's at that moment (EXEC-2), or a fixed list of `NAME=value`. */
  readonly environment: "inherit" | ReadonlyArray<string>
}

/**
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Partial<ExecutionPolicy> = {}): ExecutionPolicy => ({
  deadline: Duration.minutes(1),
  termGrace: Duration.seconds(2),
  drainGrace: Duration.seconds(2),
  settleGrace: Duration.millis(100),
  maxStdout: 10 * 1024 * 1024,
  maxStderr: 16 * 1024 * 1024,
  keepStderr: 64 * 1024,
  environment: "inherit",
  ...options
})

/**
 * Runs one program to its end, whatever it does: the deadline bounds the call, output is capped, the answer of a program
 * that has exited stands even if a descendant holds its pipes, and nothing of its process group is left behind. Pure
 * logic over `PluginProcess`; the outcome is a value. Rules: EXEC-6…12 (safer where the kubelet's limit is none).
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { ExecutionPolicy } from "./ExecutionPolicy.ts"
import { Capture } from "./internal/Capture.ts"
import type { Restore } from "./internal/Restore.ts"
import { retryStart } from "./internal/retryStart.ts"
import { type Command, type Handle, type Observer, PluginProcess, type StartError } from "./PluginProcess.ts"

/**
 * How a program ended. Its stdout is there only if it exited with 0 (EXEC-11).
 *
 * @since 0.1.0
 * @category models
 */
export type Outcome =
  | { readonly _tag: "Answered"; readonly stdout: Uint8Array; readonly stderr: Uint8Array }
  | { readonly _tag: "Exited"; readonly code: number; readonly stderr: Uint8Array }
  | { readonly _tag: "Killed"; readonly signal: string; readonly stderr: Uint8Array }
  | { readonly _tag: "TimedOut"; readonly stderr: Uint8Array }
  | { readonly _tag: "OutputTooLarge"; readonly stream: "stdout" | "stderr"; readonly stderr: Uint8Array }

/**
 * @since 0.1.0
 * @category models
 */
export interface ContainedProcess {
  /** Who interrupts it does not wait for the program's end; the program is stopped all the same. */
  readonly run: (command: Command) => Effect.Effect<Outcome, StartError>
  /**
   * `run` for who holds something as long as the program is there. To be used within an `Effect.uninterruptibleMask`, whose
   * `restore` is given. `start` is run again where it fails for a reason that passes. `gone` is run once, when the process
   * is no more, which may be long after the outcome, and also if it could not be started.
   */
  readonly runMasked: (
    start: (observer: Observer) => Effect.Effect<Handle, StartError>,
    restore: Restore,
    gone: Effect.Effect<unknown>
  ) => Effect.Effect<Outcome, StartError>
}

/**
 * Programs that are still alive when the scope closes are killed, and none is started after that.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  policy: ExecutionPolicy
): Effect.Effect<ContainedProcess, never, PluginProcess | Scope.Scope> =>
  Effect.gen(function*() {
    const platform = yield* PluginProcess
    const alive = new Set<Handle>()
    const stopping = yield* Scope.make()
    let isOpen = true
    yield* Effect.addFinalizer((exit) =>
      Effect.suspend(() => {
        isOpen = false // before anybody's place becomes free
        alive.forEach(kill)
        return Scope.close(stopping, exit)
      })
    )

    /** SIGTERM, a grace, SIGKILL: behind the back of the caller, who has his answer already. */
    const stop = (handle: Handle, exited: Deferred.Deferred<void>, gone: Effect.Effect<unknown>) => {
      const end = Effect.sync(() => {
        alive.delete(handle)
        kill(handle)
      })
      if (!isOpen) return Effect.andThen(end, gone)
      return Effect.sync(() => handle.signal("SIGTERM")).pipe(
        Effect.andThen(awaitFor(exited, policy.termGrace)),
        Effect.ensuring(end),
        Effect.andThen(Deferred.await(exited)),
        Effect.ensuring(gone),
        Effect.forkIn(stopping, { startImmediately: true })
      )
    }

    const runMasked: ContainedProcess["runMasked"] = Effect.fnUntraced(function*(start, restore, gone) {
      const began = yield* Clock.monotonicTimeNanos
      const watch = makeWatch(policy)
      const alarm = yield* Effect.forkChild(
        Effect.andThen(Effect.sleep(policy.deadline), Effect.sync(() => open(watch.turn))),
        { startImmediately: true }
      )
      const starting = Effect.suspend(() => isOpen ? start(watch.observer) : Effect.interrupt)
      const started = yield* Effect.exit(retryStart(starting, policy, restore))
      if (Exit.isFailure(started)) {
        alarm.interruptUnsafe()
        yield* gone
        return yield* Effect.failCause(started.cause)
      }
      const handle = started.value
      watch.onTooLarge = () => handle.release()
      alive.add(handle)
      if (!isOpen) kill(handle) // the scope was closed while it was being started
      const waited = yield* Effect.exit(restore(awaitTurn(policy, handle, watch, began)))
      alarm.interruptUnsafe()
      const result = outcome(watch)
      if (watch.exit === undefined) {
        yield* stop(handle, watch.exited, gone)
      } else {
        alive.delete(handle)
        kill(handle)
        yield* gone
      }
      if (Exit.isFailure(waited)) return yield* Effect.failCause(waited.cause) // interrupted
      return result
    })

    return {
      run: (command) =>
        Effect.uninterruptibleMask((restore) =>
          runMasked((observer) => platform.start(command, observer), restore, Effect.void)
        ),
      runMasked
    }
  })

interface Watch {
  readonly observer: Observer
  readonly stdout: Capture
  readonly stderr: Capture
  /** Opens when there is something to decide: it exited, wrote too much, or the deadline is here. */
  readonly turn: Deferred.Deferred<void>
  readonly exited: Deferred.Deferred<void>
  readonly ended: Deferred.Deferred<void>
  exit: { readonly code: number | null; readonly signal: string | null } | undefined
  tooLarge: "stdout" | "stderr" | undefined
  onTooLarge: () => void
}

const makeWatch = (policy: ExecutionPolicy): Watch => {
  const watch: Watch = {
    observer: {
      onData: (stream, bytes) => {
        watch[stream].push(bytes)
        const limit = stream === "stdout" ? policy.maxStdout : policy.maxStderr
        if (watch.tooLarge !== undefined || watch[stream].total <= limit) return
        watch.tooLarge = stream
        watch.onTooLarge() // stop reading: most writers die of SIGPIPE here
        open(watch.turn)
      },
      onEnd: () => open(watch.ended),
      onExit: (code, signal) => {
        watch.exit = { code, signal }
        open(watch.exited)
        open(watch.turn)
      }
    },
    stdout: new Capture(policy.maxStdout),
    stderr: new Capture(policy.keepStderr),
    turn: Deferred.makeUnsafe(),
    exited: Deferred.makeUnsafe(),
    ended: Deferred.makeUnsafe(),
    exit: undefined,
    tooLarge: undefined,
    onTooLarge: () => {}
  }
  return watch
}

/** Until it is clear how the program ended, and then a little longer for what is still in its pipes. */
const awaitTurn = Effect.fnUntraced(function*(policy: ExecutionPolicy, handle: Handle, watch: Watch, began: bigint) {
  yield* Deferred.await(watch.turn)
  if (watch.exit === undefined || watch.tooLarge !== undefined) return
  if (watch.exit.code === 0 && !Deferred.isDoneUnsafe(watch.ended)) {
    const spent = Duration.nanos((yield* Clock.monotonicTimeNanos) - began)
    const left = Duration.max(Duration.zero, Duration.subtract(policy.deadline, spent))
    yield* awaitFor(watch.ended, Duration.min(left, policy.drainGrace))
  }
  handle.signal("SIGKILL") // whoever is left of the group
  yield* awaitFor(watch.ended, policy.settleGrace) // after that only an escaped process can hold a pipe: let it
})

const outcome = (watch: Watch): Outcome => {
  const stderr = watch.stderr.bytes
  if (watch.tooLarge !== undefined) return { _tag: "OutputTooLarge", stream: watch.tooLarge, stderr }
  if (watch.exit === undefined) return { _tag: "TimedOut", stderr }
  const { code, signal } = watch.exit
  if (code === null) return { _tag: "Killed", signal: signal ?? "unknown", stderr }
  return code === 0 ? { _tag: "Answered", stdout: watch.stdout.bytes, stderr } : { _tag: "Exited", code, stderr }
}

const kill = (handle: Handle): void => {
  handle.signal("SIGKILL")
  handle.release()
}

const open = (gate: Deferred.Deferred<void>): void => {
  Deferred.doneUnsafe(gate, Exit.void)
}

const awaitFor = (gate: Deferred.Deferred<void>, time: Duration.Duration): Effect.Effect<void> =>
  Deferred.isDoneUnsafe(gate) ? Effect.void : Effect.asVoid(Effect.timeoutOption(Deferred.await(gate), time))

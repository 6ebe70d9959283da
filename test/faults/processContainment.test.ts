/** FAULT-1…11: whatever a plugin does, the call ends, has a typed outcome, and leaves nothing behind. */
import { FaultLab } from "@credlet/testing"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber } from "effect"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import {
  answers,
  eventually,
  failure,
  Hosts,
  leavesNothing,
  live,
  PluginRunnerLive,
  provideHost,
  runPlugin
} from "./support/containment.ts"

const mebibyte = 1024 * 1024

it.layer(Hosts.layer, live)((it) => {
  describe("a plugin that does not end", () => {
    it.effect("FAULT-1: a hanging plugin is given up at the deadline", () =>
      Effect.gen(function*() {
        const reason = yield* failure("hang", { hangs: true })
        assert(reason._tag === "TimedOut")
        assert.strictEqual(Duration.toMillis(reason.deadline), 300)
      }))

    it.effect("FAULT-1: one that writes a little now and then is, too", () =>
      Effect.gen(function*() {
        assert.strictEqual((yield* failure("drip", { hangs: true }))._tag, "TimedOut")
      }))

    it.effect("FAULT-2: SIGTERM is not all that a plugin gets", () =>
      Effect.gen(function*() {
        assert.strictEqual((yield* failure("ignore-sigterm", { hangs: true }))._tag, "TimedOut")
      }))

    it.effect("FAULT-2: nor all that its group gets", () =>
      Effect.gen(function*() {
        const plugin = { fault: "ignore-sigterm", options: { who: "child" } } as const
        assert.strictEqual((yield* failure(plugin, { hangs: true }))._tag, "TimedOut")
      }))

    it.effect("FAULT-2: SIGTERM comes first, and who minds it has the time to clear up", () =>
      Effect.gen(function*() {
        const aside = yield* FaultLab.make({})
        const log = Path.join(aside.binDir, "log")
        const lab = yield* FaultLab.make({ plugin: { fault: "hang", options: { log } } })
        const logged = Effect.promise(() => Fs.readFile(log, "utf8").catch(() => ""))
        yield* Effect.gen(function*() {
          const hanging = yield* Effect.forkChild(runPlugin(lab, "plugin"), { startImmediately: true })
          yield* eventually("it hangs", Effect.map(logged, (text) => text === "hangs\n"))
          // As at the deadline, but not before it hangs, however slow the machine is.
          yield* Fiber.interrupt(hanging)
        }).pipe(leavesNothing(lab), provideHost(PluginRunnerLive({ termGrace: Duration.seconds(50) })))
        assert.strictEqual(yield* logged, "hangs\ntold to end\n")
      }))

    it.effect.each(["stdout", "stderr", "both", "none"])(
      "FAULT-3: an answer stands though a grandchild holds %s",
      (holds) => answers({ fault: "grandchild", options: { holds } })
    )

    it.effect("FAULT-4: a failure stands though a grandchild holds the pipes", () =>
      Effect.gen(function*() {
        const reason = yield* failure({ fault: "grandchild", options: { holds: "both", status: 1 } })
        assert(reason._tag === "Exited")
        assert.strictEqual(reason.code, 1)
      }))

    it.effect("FAULT-4: an answer stands though a process that escaped to its own session holds the pipes", () =>
      answers("escaped-grandchild", { escapes: 1 }))

    it.effect("FAULT-4: and so does a failure", () =>
      Effect.gen(function*() {
        const reason = yield* failure({ fault: "escaped-grandchild", options: { status: 7 } }, { escapes: 1 })
        assert(reason._tag === "Exited")
        assert.strictEqual(reason.code, 7)
      }))

    it.effect("FAULT-4: one that escaped and floods is cut off, and ends as nobody reads", () =>
      Effect.gen(function*() {
        const plugin = { fault: "escaped-grandchild", options: { does: "floods" } } as const
        const execution = { drainGrace: Duration.seconds(10) } // it ends at the limit
        const reason = yield* failure(plugin, { execution })
        assert(reason._tag === "OutputTooLarge")
        assert.strictEqual(reason.stream, "stdout")
      }))
  })

  describe("a plugin that floods", () => {
    it.effect("FAULT-5: stdout has a limit, and the plugin ends there", () =>
      Effect.gen(function*() {
        const reason = yield* failure("flood-stdout")
        assert(reason._tag === "OutputTooLarge")
        assert.deepInclude(reason, { stream: "stdout", limit: 10 * mebibyte })
      }))

    it.effect.each(["stdout", "stderr"] as const)(
      "FAULT-5, FAULT-6: one that minds neither SIGTERM nor that nobody reads its %s is killed",
      (stream) =>
        Effect.gen(function*() {
          const plugin = { fault: `flood-${stream}`, options: { stays: 60 } } as const
          const reason = yield* failure(plugin, { execution: { maxStdout: mebibyte, maxStderr: mebibyte } })
          assert(reason._tag === "OutputTooLarge")
          assert.strictEqual(reason.stream, stream)
        })
    )

    it.effect("FAULT-6: stderr has a limit, too, and little of it is kept", () =>
      Effect.gen(function*() {
        const reason = yield* failure("flood-stderr", { execution: { maxStderr: mebibyte, keepStderr: 1000 } })
        assert(reason._tag === "OutputTooLarge")
        assert.deepInclude(reason, { stream: "stderr", limit: mebibyte })
        assert.match(reason.stderr, /^fault-lab: the same line/)
        assert.isAtMost(reason.stderr.length, 1000)
      }))

    it.effect("FAULT-6: below the limit a flood of stderr does no harm", () =>
      answers({ fault: "flood-stderr", options: { bytes: mebibyte } }))

    it.effect("FAULT-6: both at the same time, each with more than a pipe holds, do not wait for each other", () =>
      answers("interleaved-floods"))
  })

  describe("a plugin that does not read its request", () => {
    const token = "canary-of-token".repeat(70_000)

    it.effect("FAULT-7: a broken pipe is no failure: the exit status decides", () =>
      Effect.gen(function*() {
        yield* answers("close-stdin", { token })
        const reason = yield* failure({ fault: "close-stdin", options: { status: 3 } }, { token })
        assert(reason._tag === "Exited")
        assert.strictEqual(reason.code, 3)
      }))

    it.effect("FAULT-8: one that never reads may answer", () => answers("ignore-stdin", { token }))

    it.effect("FAULT-8: even with more than a pipe holds: neither waits for the other to read first", () =>
      answers({ fault: "ignore-stdin", options: { bytes: mebibyte } }, { token }))
  })

  describe("a plugin that does not end well", () => {
    it.effect("FAULT-9: half an answer is none, whatever the exit status", () =>
      Effect.gen(function*() {
        const reason = yield* failure("half-answer")
        assert(reason._tag === "BadOutput")
        assert.deepInclude(reason.response, { stage: "interpret", class: "syntax" })
      }))

    it.effect("FAULT-10: an answer and then a failure is a failure, and the answer is not shown", () =>
      Effect.gen(function*() {
        const reason = yield* failure({ fault: "answer-then-fail", options: { status: 7 } })
        assert(reason._tag === "Exited")
        assert.deepInclude(reason, { code: 7, stderr: "fault-lab: failed after the answer\n" })
      }))

    it.effect.each(["KILL", "SEGV", "TERM"])(
      "FAULT-11: death by SIG%s has its name, though there was an answer",
      (signal) =>
        Effect.gen(function*() {
          const reason = yield* failure({ fault: "killed", options: { signal } })
          assert(reason._tag === "Killed")
          assert.strictEqual(reason.signal, `SIG${signal}`)
        })
    )
  })
})

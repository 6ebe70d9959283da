/** FAULT-12 and many plugins at once (FAULT-16): places, groups, and processes that end all at the same time. */
import { Keyring } from "@credlet/core"
import { FaultLab } from "@credlet/testing"
import { assert, it } from "@effect/vitest"
import { Duration, Effect, Fiber } from "effect"
import { execFile } from "node:child_process"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import {
  eventually,
  failure,
  Hosts,
  KeyringLive,
  type Lab,
  leavesNothing,
  live,
  PluginRunnerLive,
  provideHost,
  runPlugin
} from "./support/containment.ts"

const unbounded = { concurrency: "unbounded" } as const

/** How many of the runs in a plugin's log went on at the same time, at most. */
const overlap = (log: string): number => {
  let now = 0
  let most = 0
  for (const line of log.trim().split("\n")) {
    now += line.startsWith("begin") ? 1 : -1
    most = Math.max(most, now)
  }
  return most
}

/** `use` with a laboratory of providers that answer after half a second, and the log of their runs. */
const logged = Effect.fnUntraced(function*<A, E, R>(
  providers: ReadonlyArray<string>,
  use: (lab: Lab) => Effect.Effect<A, E, R>
) {
  const aside = yield* FaultLab.make({})
  const log = Path.join(aside.binDir, "log")
  const plugin: FaultLab.Plugin = { fault: "good", options: { delay: 0.5, log } }
  const lab = yield* FaultLab.make(Object.fromEntries(providers.map((name) => [name, plugin])))
  yield* use(lab)
  return yield* Effect.promise(() => Fs.readFile(log, "utf8"))
})

it.layer(Hosts.layer, live)("plugins that run at once", (it) => {
  it.effect("FAULT-12: a bomb is ended with all its processes at the deadline", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* failure("fork-bomb", { hangs: true }))._tag, "TimedOut")
    }))

  it.effect("FAULT-12: no more than the limit run at once; the others wait and have their answers", () =>
    Effect.gen(function*() {
      const log = yield* logged(
        ["plugin"],
        (lab) =>
          Effect.forEach(Array.from({ length: 6 }), () => runPlugin(lab, "plugin"), unbounded).pipe(
            leavesNothing(lab),
            provideHost(PluginRunnerLive({ maxConcurrent: 2 }))
          )
      )
      assert.strictEqual(log.match(/begin/g)?.length, 6)
      assert.strictEqual(overlap(log), 2)
    }))

  it.effect("FAULT-12: and so for lookups of different images, over all providers together", () =>
    Effect.gen(function*() {
      const log = yield* logged(["one", "two"], (lab) =>
        Effect.flatMap(Keyring.Keyring, (keyring) =>
          Effect.forEach(
            ["a", "b", "c"],
            (name) => Effect.map(keyring.lookup(`registry.example/${name}`), ({ failures }) => failures),
            unbounded
          )).pipe(
            Effect.map((failures) => assert.deepStrictEqual(failures.flat(), [])),
            provideHost(KeyringLive(lab, { maxConcurrent: 2 }))
          ))
      assert.isAtMost(overlap(log), 2)
    }))

  it.effect("FAULT-12: who waits too long for a place is told so, and nothing of his is started", () =>
    Effect.gen(function*() {
      const lab = yield* FaultLab.make({ hang: "hang", good: "good" })
      const policy = { maxConcurrent: 1, maxWait: Duration.millis(100) }
      const reason = yield* Effect.gen(function*() {
        const hanging = yield* Effect.forkChild(runPlugin(lab, "hang"), { startImmediately: true })
        yield* eventually("it hangs", Effect.map(lab.leftovers, (left) => left.length === 1))
        const { reason } = yield* Effect.flip(runPlugin(lab, "good"))
        assert.strictEqual((yield* lab.leftovers).length, 1)
        yield* Fiber.interrupt(hanging)
        yield* eventually("it is gone", Effect.map(lab.leftovers, (left) => left.length === 0))
        yield* runPlugin(lab, "good") // the place is free again
        return reason
      }).pipe(leavesNothing(lab), provideHost(PluginRunnerLive(policy)))
      assert(reason._tag === "QueueTimedOut")
      assert.strictEqual(reason.maxConcurrent, 1)
    }))

  it.effect("FAULT-16: a storm of processes that end, ours and others', loses no answer", () =>
    Effect.gen(function*() {
      const lab = yield* FaultLab.make({ good: "good", bad: { fault: "answer-then-fail" } })
      const others = Effect.promise(() =>
        Promise.all(Array.from({ length: 40 }, () => new Promise((resolve) => execFile("true", resolve))))
      )
      const runs = Effect.forEach(Array.from({ length: 30 }), () =>
        Effect.all([runPlugin(lab, "good"), Effect.flip(runPlugin(lab, "bad"))], unbounded), unbounded)
      const [answers] = yield* Effect.all([runs, others], unbounded).pipe(
        leavesNothing(lab),
        provideHost(PluginRunnerLive({ maxConcurrent: 60 }))
      )
      for (const [response, { reason }] of answers) {
        assert.strictEqual(response.auth?.size, 1)
        assert.strictEqual(reason._tag, "Exited")
      }
    }))
})

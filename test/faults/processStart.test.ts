/** FAULT-13, FAULT-14: what stands in the bin directory, can be run or not, and who may put it there. */
import { RegistrationError } from "@credlet/core"
import { FaultLab } from "@credlet/testing"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Layer, Logger, Result } from "effect"
import { execFileSync } from "node:child_process"
import { existsSync, readdirSync } from "node:fs"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import {
  failure,
  Hosts,
  KeyringLive,
  type Lab,
  leavesNothing,
  live,
  lookup,
  PluginRunnerLive,
  provideHost,
  runPlugin,
  saysNothing
} from "./support/containment.ts"
import * as Host from "./support/host.ts"

/** Linux can have handlers for binaries of other machines (binfmt_misc); which ones they take, only the kernel knows. */
const binfmt = "/proc/sys/fs/binfmt_misc"
const runsForeignBinaries = existsSync(binfmt) &&
  readdirSync(binfmt).some((name) => name !== "register" && name !== "status")

/** Tags of a run's failure, and of the failure at the start of the host, which looks at each program (CFG-111). */
const outcomes: ReadonlyArray<readonly [FaultLab.FaultName, run: string, registration?: string]> = [
  ["missing", "NotFound", "NotFound"],
  ["not-executable", "NotExecutable", "NotExecutable"],
  ["no-shebang", "NotAProgram"],
  ["empty-file", "NotAProgram"],
  ...(runsForeignBinaries ? [] : [["foreign-binary", "NotAProgram"] as const]),
  ["bad-interpreter", "BadInterpreter"],
  ["windows-line-ends", "BadInterpreter"],
  ["directory", "NotExecutable", "IsDirectory"],
  ["dangling-link", "NotFound", "NotFound"],
  ["link-loop", "BadPath", "BadPath"],
  ["busy", "Busy"]
]

const execution = { startRetry: Duration.millis(300) }

const tagsOf = (failures: ReadonlyArray<readonly [string, (string | undefined)?, ...ReadonlyArray<unknown>]>) =>
  Object.fromEntries(failures.flatMap(([name, tag]) => tag === undefined ? [] : [[name, tag]]))

const quiet = Effect.provide(Logger.layer([]))

const users = Effect.map(lookup, ({ credentials }) => credentials.map(({ username }) => username))

const tag = (lab: Lab) =>
  Effect.map(
    Effect.result(runPlugin(lab, "plugin")),
    (run) => Result.isSuccess(run) ? "answered" : run.failure.reason._tag
  )

it.layer(Hosts.layer, live)((it) => {
  describe("a program that can't be run", () => {
    it.effect("FAULT-13: each has its own outcome when it is started", () =>
      Effect.gen(function*() {
        const lab = yield* FaultLab.make({
          ...Object.fromEntries(outcomes.map(([fault]) => [fault, fault])),
          good: "good"
        })
        const tags = yield* Effect.forEach(outcomes, ([fault]) =>
          Effect.gen(function*() {
            const run = yield* Effect.result(runPlugin(lab, fault))
            if (Result.isSuccess(run)) return [fault, "answered"] as const
            saysNothing(run.failure, lab)
            return [fault, run.failure.reason._tag] as const
          })).pipe(
            leavesNothing(lab),
            provideHost(PluginRunnerLive(execution))
          )
        assert.deepStrictEqual(tagsOf(tags), tagsOf(outcomes))
      }))

    it.effect("FAULT-13: at the start of the host all are told that can be told", () =>
      Effect.gen(function*() {
        const lab = yield* FaultLab.make(Object.fromEntries(outcomes.map(([fault]) => [fault, fault])))
        const error = yield* Effect.flip(Layer.build(KeyringLive(lab)))
        assert(error instanceof RegistrationError.PluginsUnavailable)
        saysNothing(error, lab)
        assert.deepStrictEqual(
          tagsOf(error.problems.map(({ failure, provider }) => [provider, failure._tag])),
          tagsOf(outcomes.map(([fault, , registration]) => [fault, registration]))
        )
      }))

    it.effect("FAULT-13, FAULT-14: one that became so after that fails its provider, not the lookup", () =>
      Effect.gen(function*() {
        const lab = yield* FaultLab.make({
          ...Object.fromEntries(outcomes.map(([fault]) => [fault, "good"] as const)),
          good: { fault: "good", options: { username: "good" } }
        })
        const found = yield* Effect.gen(function*() {
          yield* Effect.forEach(outcomes, ([fault]) => lab.replace(fault, fault))
          return yield* leavesNothing(lab)(lookup)
        }).pipe(provideHost(KeyringLive(lab, execution)), quiet)
        assert.deepStrictEqual(found.credentials.map(({ username }) => username), ["good"])
        const tags = found.failures.map((failed) =>
          [failed.provider, failed._tag === "PluginError" ? failed.reason._tag : failed._tag] as const
        )
        assert.deepStrictEqual(tagsOf(tags), tagsOf(outcomes))
      }))

    it.effect("FAULT-13: a pipe that nobody writes to is not waited for", () =>
      Effect.gen(function*() {
        const lab = yield* FaultLab.make({ pipe: "missing", good: "good" })
        yield* Effect.sync(() => execFileSync("mkfifo", ["-m", "755", lab.plugin("pipe").path]))
        // In a process of its own: who waits for a pipe's writer does nothing else.
        const found = yield* Host.report("lookup", lab)
        assert.deepInclude(found, { users: [["good", "robot"]], failures: [["pipe", "NotExecutable"]] })
      }))

    it.effect("FAULT-13: arguments that are too long for the system (E2BIG)", () =>
      Effect.gen(function*() {
        const args = ["canary-of-argument".repeat(250_000)]
        const reason = yield* failure({ fault: "tell-all", args }, { secrets: ["canary-of-argument"] })
        assert.strictEqual(reason._tag, "TooBig")
      }))

    it.effect("FAULT-13: a program that is being written is tried again, and runs when that is done", () =>
      Effect.gen(function*() {
        const lab = yield* FaultLab.make({ plugin: "missing" })
        const { path } = lab.plugin("plugin")
        const file = yield* Effect.acquireRelease(
          Effect.promise(async () => {
            await Fs.copyFile(Path.join(FaultLab.directory, "good"), path)
            return Fs.open(path, "r+")
          }),
          (open) => Effect.promise(() => open.close())
        )
        const run = (startRetry: Duration.Duration) =>
          Effect.result(provideHost(PluginRunnerLive({ startRetry }))(runPlugin(lab, "plugin")))
        const patient = yield* Effect.forkChild(run(Duration.seconds(30)), { startImmediately: true })
        const hasty = yield* run(Duration.zero)
        assert(Result.isFailure(hasty))
        assert.strictEqual(hasty.failure.reason._tag, "Busy")
        yield* Effect.promise(() => file.close())
        assert(Result.isSuccess(yield* Fiber.join(patient)))
      }))
  })

  describe("the bin directory", () => {
    it.effect("FAULT-14: what stands there at that moment is run, not what stood there when the host started", () =>
      Effect.gen(function*() {
        const lab = yield* FaultLab.make({ plugin: "good" })
        yield* Effect.gen(function*() {
          assert.deepStrictEqual(yield* users, ["robot"])
          yield* lab.replace("plugin", "killed")
          const { credentials, failures: [failure] } = yield* lookup
          assert.deepStrictEqual(credentials, [])
          assert(failure?._tag === "PluginError")
          assert.strictEqual(failure.reason._tag, "Killed")
          yield* lab.replace("plugin", "good")
          assert.deepStrictEqual(yield* users, ["robot"])
        }).pipe(provideHost(KeyringLive(lab)), quiet)
      }))

    it.effect("FAULT-14: while it is swapped again and again, each run is of the one or of the other", () =>
      Effect.gen(function*() {
        const lab = yield* FaultLab.make({ plugin: "good" })
        const swaps = Effect.forever(Effect.andThen(lab.replace("plugin", "killed"), lab.replace("plugin", "good")))
        const tags = new Set<string>()
        let runs = 0
        const run = Effect.map(tag(lab), (tag) => {
          tags.add(tag)
          runs++
        })
        // Until both were met: then runs and swaps went on at the same time.
        const enough = Effect.repeat(run, { while: () => runs < 40 || (tags.size < 2 && runs < 1000) })
        yield* Effect.raceFirst(Effect.all([enough, enough], { concurrency: 2, discard: true }), swaps).pipe(
          Effect.provide(PluginRunnerLive())
        )
        assert.sameMembers([...tags], ["answered", "Killed"])
      }))

    it.effect("FAULT-14: a link out of it is followed, and that others may write there is not looked at, as in the kubelet", () =>
      Effect.gen(function*() {
        const lab = yield* FaultLab.make({ plugin: "good" })
        yield* Effect.promise(async () => {
          assert.isTrue((await Fs.lstat(lab.plugin("plugin").path)).isSymbolicLink())
          await Fs.chmod(lab.binDir, 0o777)
        })
        assert.deepStrictEqual(yield* Effect.provide(users, KeyringLive(lab)), ["robot"])
      }))
  })

  describe("a provider's name", () => {
    it.effect("FAULT-14: with a backslash is one name in the bin directory, where that is no separator", () =>
      Effect.gen(function*() {
        const name = "..\\plugin"
        const lab = yield* FaultLab.make({ [name]: "good" })
        assert.deepStrictEqual(yield* Effect.promise(() => Fs.readdir(lab.binDir)), [name])
        assert.deepStrictEqual(yield* Effect.provide(users, KeyringLive(lab)), ["robot"])
      }))

    /** The error of a host whose config has this name in the place of a good one. */
    const refusal = Effect.fnUntraced(function*(name: string) {
      const lab = yield* FaultLab.make({ plugin: "good" })
      const text = lab.configText.replace("\"plugin\"", JSON.stringify(name))
      yield* Effect.promise(() => Fs.writeFile(lab.config, text))
      const error = yield* quiet(Effect.flip(Layer.build(KeyringLive(lab))))
      saysNothing(error, lab)
      return error
    })

    it.effect.each(
      [
        ["", "PluginsUnavailable"],
        [".", "ConfigInvalid"],
        ["..", "ConfigInvalid"],
        ["../bin/plugin", "ConfigInvalid"],
        ["/bin/sh", "ConfigInvalid"],
        ["with space", "ConfigInvalid"]
      ] as const
    )("FAULT-14: %j is refused", ([name, tag]) =>
      Effect.gen(function*() {
        assert.strictEqual((yield* refusal(name))._tag, tag)
      }))

    it.effect("FAULT-14: with a NUL is refused, too, and nothing is run", () =>
      Effect.gen(function*() {
        const error = yield* refusal("plugin\0.sh")
        assert(error instanceof RegistrationError.PluginsUnavailable)
        assert.deepStrictEqual(error.problems.map(({ failure }) => failure), [{ _tag: "NulCharacter", in: "file" }])
      }))
  })
})

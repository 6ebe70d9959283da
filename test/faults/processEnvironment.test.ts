/** FAULT-15: what a plugin sees of environment and arguments, and that no error tells it. */
import { Profile } from "@credlet/core"
import { FaultLab } from "@credlet/testing"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import {
  failure,
  Hosts,
  live,
  PluginRunnerLive,
  provideHost,
  runPlugin,
  saysNothing,
  withstand
} from "./support/containment.ts"

const env = (entries: ReadonlyArray<readonly [name: string, value: string]>) =>
  entries.map(([name, value]) => ({ name, value }))

/** A plugin whose answer's username is the value of a variable. */
const telling = (variable: string, entries: Parameters<typeof env>[0]): FaultLab.Plugin => ({
  fault: "good",
  options: { "username-from": variable },
  env: env(entries)
})

/** What a plugin saw, through the runner. */
const seen = Effect.fnUntraced(function*(...plugin: Parameters<typeof telling>) {
  const { run } = yield* withstand(telling(...plugin))
  if (Result.isFailure(run)) return assert.fail(run.failure.message)
  return run.success.auth?.get("registry.example")?.username
})

it.layer(Hosts.layer, live)((it) => {
  describe("a plugin's environment", () => {
    it.effect("FAULT-15: of equal names the last one counts", () =>
      Effect.gen(function*() {
        assert.strictEqual(yield* seen("LAB_TWICE", [["LAB_TWICE", "one"], ["LAB_TWICE", "two"]]), "two")
      }))

    it.effect("FAULT-15: the config's come after the host's", () =>
      Effect.gen(function*() {
        assert.isDefined(process.env.TMPDIR)
        assert.strictEqual(yield* seen("TMPDIR", [["TMPDIR", "of the config"]]), "of the config")
        assert.strictEqual(yield* seen("TMPDIR", []), process.env.TMPDIR)
      }))

    it.effect("FAULT-15: a name with = or without a letter is refused before anything is started", () =>
      Effect.gen(function*() {
        for (const name of ["LAB=NAME", "=LAB", "LAB=", ""]) {
          const reason = yield* failure({ fault: "good", env: env([[name, "canary-of-value"]]) }, {
            secrets: ["canary-of-value"]
          })
          assert(reason._tag === "BadEnvironmentName")
          assert.deepInclude(reason, { index: 0, problem: name === "" ? "empty" : "equals" })
        }
      }))

    it.effect("FAULT-15: or is passed on as by the kubelet, where the profile says so", () =>
      Effect.gen(function*() {
        const profile = { ...Profile.recommended, environmentNames: "any" } as const
        const told = seen("LAB", [["LAB=NAME", "x"]])
        assert.strictEqual(yield* Effect.provideService(told, Profile.Profile, profile), "NAME=x")
      }))

    it.effect("FAULT-15: a NUL in a name, a value or an argument is refused before anything is started", () =>
      Effect.gen(function*() {
        const secrets = ["canary-of-nul"]
        const inName: FaultLab.Plugin = { fault: "good", env: env([["LAB\0canary-of-nul", "x"]]) }
        const inValue: FaultLab.Plugin = { fault: "good", env: env([["LAB", "canary-of-nul\0"]]) }
        for (const plugin of [inName, inValue]) {
          assert.deepStrictEqual(yield* failure(plugin, { secrets }), { _tag: "NulCharacter", in: "environment" })
        }
        const inArgument: FaultLab.Plugin = { fault: "tell-all", args: ["canary-of-nul\0"] }
        assert.deepStrictEqual(yield* failure(inArgument, { secrets }), { _tag: "NulCharacter", in: "arguments" })
      }))

    it.effect("FAULT-15: with a list of what is allowed, the plugin sees nothing else of the host's", () =>
      Effect.gen(function*() {
        const names = Effect.fnUntraced(function*(environment: "inherit" | { readonly allow: ReadonlyArray<string> }) {
          const reason = yield* failure("tell-all", { execution: { environment } })
          assert(reason._tag === "Exited")
          return [...reason.stderr.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name)
        })
        assert.includeMembers(yield* names("inherit"), ["PATH", "TMPDIR", "LAB_SECRET", "FAULT_LAB"])
        assert.sameMembers(
          (yield* names({ allow: ["PATH"] })).filter((name) => name !== "PWD" && name !== "OLDPWD" && name !== "_"),
          ["PATH", "LAB_SECRET", "FAULT_LAB"]
        )
      }))
  })

  describe("a plugin that tells all it knows", () => {
    it.effect("FAULT-15: its stderr is there, without token, arguments and the values of the config's environment", () =>
      Effect.gen(function*() {
        const secrets = ["canary-of-argument", "canary-of-option", "canary-of-variable", "canary of two words"]
        const reason = yield* failure({
          fault: "tell-all",
          args: ["canary-of-argument", "--password=canary-of-option", "--token", "canary of two words"],
          env: env([["LAB_TOKEN", "canary-of-variable"], ["LAB_QUOTED", "\"canary of\ttwo lines\"\nand more"]])
        }, { secrets: [...secrets, "canary of\ttwo lines"] })
        assert(reason._tag === "Exited")
        assert.match(reason.stderr, /^fault-lab: argument: <redacted>$/m)
        assert.match(reason.stderr, /^LAB_TOKEN=<redacted>$/m)
        assert.match(reason.stderr, /"serviceAccountToken":"<redacted>"/)
        assert.notMatch(reason.stderr, /CredentialProviderResponse/)
      }))

    it.effect("FAULT-15: what can't be started says no argument either", () =>
      Effect.gen(function*() {
        const args = ["canary-of-argument"]
        const lab = yield* FaultLab.make({
          missing: { fault: "missing", args },
          "not-executable": { fault: "not-executable", args },
          "link-loop": { fault: "link-loop", args },
          directory: { fault: "directory", args }
        })
        for (const name of yield* Effect.promise(() => Fs.readdir(lab.binDir))) {
          const run = yield* provideHost(PluginRunnerLive())(Effect.flip(runPlugin(lab, name)))
          saysNothing(run, lab, ...args)
          assert.include(run.message, Path.join(lab.binDir, name))
        }
      }))
  })
})

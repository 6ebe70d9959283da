import { EnvVar } from "@credlet/core/config/ProviderConfig"
import type * as ExecutionPolicy from "@credlet/core/plugin/ExecutionPolicy"
import type { Command } from "@credlet/core/plugin/PluginProcess"
import * as Profile from "@credlet/core/Profile"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import type * as ScriptedProcess from "./ScriptedProcess.ts"
import { answer, ends, everythingSaidOf, failsWith, run } from "./ScriptedRun.ts"

const envOf = (...entries: ReadonlyArray<readonly [name: string, value: string]>) =>
  entries.map(([name, value]) => new EnvVar({ name, value: Redacted.make(value) }))

/** What the program finds. */
const environmentOf = (
  host: ReadonlyArray<string>,
  env: ReadonlyArray<EnvVar>,
  environment: ExecutionPolicy.EnvironmentPolicy = "inherit"
) =>
  Effect.suspend(() => {
    let seen: Command["environment"] = []
    const onStart = (program: ScriptedProcess.Program) => {
      seen = program.command.environment
      ends(0, answer)(program)
    }
    return Effect.map(run({ environment: host, onStart }, { plugin: { env }, policy: { environment } }), () => seen)
  })

describe("ExecutionPolicy.environment", () => {
  it.effect("EXEC-2: the provider's entries come after the host's, the last one of a name wins", () =>
    Effect.gen(function*() {
      const env = envOf(["A", "2"], ["B", "1"], ["A", "3"])
      assert.deepStrictEqual(yield* environmentOf(["A=1", "HOME=/h"], env), ["HOME=/h", "B=1", "A=3"])
      assert.deepStrictEqual(yield* environmentOf(["A=1"], env, ["PATH=/bin"]), ["PATH=/bin", "B=1", "A=3"])
    }))

  it.effect("EXEC-2: where the provider has none, the platform hands on the host's as it is", () =>
    Effect.map(environmentOf(["A=1"], []), (seen) => assert.strictEqual(seen, "inherit")))

  it.effect("an allow-list lets through the variables of its names and no others, whatever their value", () =>
    Effect.gen(function*() {
      const host = ["PATH=/bin", "Path=/no", "PATHX=/no", "TOKEN=PATH", "EMPTY=", "B=host", "no entry"]
      const allow = ["PATH", "EMPTY", "B", "MISSING", ""]
      assert.deepStrictEqual(yield* environmentOf(host, envOf(["B", "own"]), { allow }), [
        "PATH=/bin",
        "EMPTY=",
        "B=own"
      ])
      assert.deepStrictEqual(yield* environmentOf(host, [], { allow: [] }), [])
    }))

  it.effect("a secret of the host's that is not let through is not looked for in stderr, one that is, is", () =>
    Effect.gen(function*() {
      const host = ["A_TOKEN=aaaa-secret", "B_TOKEN=bbbb-secret"]
      const script = { environment: host, onStart: ends(1, "", "aaaa-secret bbbb-secret") }
      const { reason } = yield* failsWith(script, { policy: { environment: { allow: ["A_TOKEN"] } } })
      assert.deepInclude(reason, { stderr: "<redacted> bbbb-secret" })
    }))

  it.effect("EXEC-4: a NUL in the environment keeps the plugin from being started", () =>
    Effect.gen(function*() {
      for (const env of [envOf(["A", "canary\0"]), envOf(["A\0canary", "x"])]) {
        let started = false
        const onStart = () => {
          started = true
        }
        const error = yield* failsWith({ onStart }, { plugin: { env } })
        assert.deepStrictEqual(error.reason, { _tag: "NulCharacter", in: "environment" })
        assert.isFalse(started)
        assert.notInclude(everythingSaidOf(error), "canary")
      }
    }))
})

describe("Profile.environmentNames", () => {
  for (
    const [name, reason, said] of [
      ["", { problem: "empty" }, "the name in env[1] is empty"],
      ["DUP=X", { problem: "equals", word: "DUP" }, "the name in env[1] (DUP=…) contains \"=\""],
      ["https_proxy=http://canary", { problem: "equals", word: "https_proxy" }, "(https_proxy=…)"],
      ["=canary", { problem: "equals" }, "the name in env[1] contains"],
      ["Y2FuYXJ5LXNlY3JldA==canary", { problem: "equals" }, "the name in env[1] contains"],
      ["CANARY2SECRET=canary", { problem: "equals" }, "the name in env[1] contains"]
    ] as const
  ) {
    it.effect(`EXEC-3: the name ${JSON.stringify(name)} is refused, and its value not told`, () =>
      Effect.gen(function*() {
        let started = false
        const onStart = () => {
          started = true
        }
        const error = yield* failsWith({ onStart }, { plugin: { env: envOf(["A", "1"], [name, "canary"]) } })
        assert.deepStrictEqual<unknown>(error.reason, { _tag: "BadEnvironmentName", index: 1, ...reason })
        assert.include(error.message, said)
        assert.isFalse(started)
        assert.notMatch(everythingSaidOf(error), /canary|Y2FuY/i)
      }))
  }

  it.effect("EXEC-3: the kubelet's profile passes such names on", () =>
    Effect.gen(function*() {
      const env = envOf(["DUP=X", "y"], ["", "v"])
      const seen = yield* Effect.provideService(
        environmentOf(["A=1", "DUP=host"], env),
        Profile.Profile,
        Profile.kubelet
      )
      assert.deepStrictEqual(seen, ["A=1", "DUP=X=y", "=v"])
    }))
})

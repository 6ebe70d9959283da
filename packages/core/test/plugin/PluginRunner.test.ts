import { EnvVar } from "@credlet/core/config/ProviderConfig"
import type * as ExecutionPolicy from "@credlet/core/plugin/ExecutionPolicy"
import type { PluginError } from "@credlet/core/plugin/PluginError"
import { StartError } from "@credlet/core/plugin/PluginProcess"
import type { PluginRequest } from "@credlet/core/plugin/PluginProtocol"
import * as PluginRunner from "@credlet/core/plugin/PluginRunner"
import { assert, describe, it } from "@effect/vitest"
import { Cause, Duration, Effect, Fiber, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { inspect } from "node:util"
import * as ScriptedProcess from "./ScriptedProcess.ts"

const v1 = "credentialprovider.kubelet.k8s.io/v1"
const answer = JSON.stringify({
  kind: "CredentialProviderResponse",
  apiVersion: v1,
  cacheKeyType: "Registry",
  auth: { "registry.example": { username: "u", password: "canary-password" } }
})

const plugin = (options: Partial<PluginRunner.Plugin> = {}): PluginRunner.Plugin => ({
  provider: "acme",
  path: "/plugins/acme",
  apiVersion: v1,
  args: ["get", "canary-argument"],
  env: [],
  ...options
})

const run = (
  script: Parameters<typeof ScriptedProcess.make>[0],
  options: {
    readonly plugin?: Partial<PluginRunner.Plugin>
    readonly request?: Partial<PluginRequest>
    readonly policy?: Partial<ExecutionPolicy.ExecutionPolicy>
  } = {}
) =>
  Effect.flatMap(
    PluginRunner.makeExec(options.policy),
    (runner) => runner.run(plugin(options.plugin), { image: "registry.example/app", ...options.request })
  ).pipe(
    Effect.provide(ScriptedProcess.make(script).layer)
  )

const ends = (status: number, stdout: string, stderr = "") => (program: ScriptedProcess.Program) => {
  program.writes("stdout", stdout)
  program.writes("stderr", stderr)
  program.closes()
  program.exits(status)
}

const failsWith = (script: Parameters<typeof ScriptedProcess.make>[0], options: Parameters<typeof run>[1] = {}) =>
  Effect.flip(run(script, options))

const everythingSaidOf = (error: PluginError) =>
  [
    error.message,
    String(error),
    inspect(error, { depth: 20, showHidden: true }),
    JSON.stringify(error),
    Cause.pretty(Cause.fail(error))
  ]
    .join("\n")

describe("PluginRunner.layerExec", () => {
  it.effect("REQ-1, EXEC-1: the program gets its arguments, and one request on stdin", () =>
    Effect.gen(function*() {
      const commands: Array<ScriptedProcess.Program["command"]> = []
      const response = yield* run({
        onStart: (program) => {
          commands.push(program.command)
          ends(0, answer)(program)
        }
      })
      const [seen] = commands
      assert(seen !== undefined)
      assert.strictEqual(seen.file, "/plugins/acme")
      assert.deepStrictEqual(seen.args, ["get", "canary-argument"])
      assert.strictEqual(
        new TextDecoder().decode(seen.stdin),
        `{"kind":"CredentialProviderRequest","apiVersion":"${v1}","image":"registry.example/app"}\n`
      )
      const credential = response.auth?.get("registry.example")
      assert.strictEqual(credential && Redacted.value(credential.password), "canary-password")
    }))

  it.effect("EXEC-2: the provider's entries come after the host's, the last one of a name wins", () =>
    Effect.gen(function*() {
      let environment: ReadonlyArray<string> = []
      const env = [["A", "2"], ["B", "1"], ["A", "3"]].map(([name = "", value = ""]) =>
        new EnvVar({ name, value: Redacted.make(value) })
      )
      const onStart = (program: ScriptedProcess.Program) => {
        environment = program.command.environment
        ends(0, answer)(program)
      }
      yield* run({ environment: ["A=1", "HOME=/h"], onStart }, { plugin: { env } })
      assert.deepStrictEqual(environment, ["HOME=/h", "B=1", "A=3"])
      yield* run({ environment: ["A=1"], onStart }, { plugin: { env }, policy: { environment: ["PATH=/bin"] } })
      assert.deepStrictEqual(environment, ["PATH=/bin", "B=1", "A=3"])
    }))

  it.effect("EXEC-4: a NUL in the environment keeps the plugin from being started", () =>
    Effect.gen(function*() {
      const env = [new EnvVar({ name: "A", value: Redacted.make("canary\0") })]
      let started = false
      const onStart = () => {
        started = true
      }
      const error = yield* failsWith({ onStart }, { plugin: { env } })
      assert.deepStrictEqual(error.reason, { _tag: "NulCharacter", in: "environment" })
      assert.isFalse(started)
    }))

  it.effect("an API version that no plugin speaks is refused", () =>
    Effect.gen(function*() {
      const error = yield* failsWith({}, { plugin: { apiVersion: "credentialprovider.kubelet.k8s.io/v2" } })
      assert.strictEqual(error.reason._tag, "UnsupportedApiVersion")
    }))

  it.effect("EXEC-13: a failure tells exit status, duration and stderr", () =>
    Effect.gen(function*() {
      const script = ScriptedProcess.make()
      const call = yield* Effect.flatMap(PluginRunner.makeExec(), (runner) => runner.run(plugin(), { image: "i" }))
        .pipe(
          Effect.provide(script.layer),
          Effect.flip,
          Effect.forkChild({ startImmediately: true })
        )
      const program = yield* script.started
      yield* TestClock.adjust("250 millis")
      ends(3, answer, "boom: no such region\n")(program)
      const error = yield* Fiber.join(call)
      assert.deepStrictEqual(error.reason, { _tag: "Exited", code: 3, stderr: "boom: no such region\n" })
      assert.strictEqual(error.duration && Duration.toMillis(error.duration), 250)
      assert.strictEqual(
        error.message,
        "provider \"acme\": the plugin failed with exit status 3; its stderr:\n  boom: no such region"
      )
    }))

  it.effect("EXEC-11: a valid answer of a failed plugin is not used and not told", () =>
    Effect.gen(function*() {
      const error = yield* failsWith({ onStart: ends(1, answer) })
      assert.strictEqual(error.reason._tag, "Exited")
      assert.notInclude(everythingSaidOf(error), "canary")
    }))

  for (
    const [name, stdout] of [
      ["nothing", ""],
      ["rubbish", "canary-password: not JSON"],
      ["half an answer", answer.slice(0, -3)],
      ["an unknown field beside a password", answer.replace("\"username\"", "\"user\"")],
      ["two answers", answer + answer]
    ] as const
  ) {
    it.effect(`RESP-1…3: ${name} on stdout is an error that quotes nothing of it`, () =>
      Effect.gen(function*() {
        const error = yield* failsWith({ onStart: ends(0, stdout) })
        assert.strictEqual(error.reason._tag, "ResponseError")
        assert.notInclude(everythingSaidOf(error), "canary")
      }))
  }

  it.effect("what is known to be secret is masked in stderr: token, env values, inherited variables with a telling name", () =>
    Effect.gen(function*() {
      const stderr = "t=canary-token e=canary-env i=canary-inherited h=/home/someone"
      const error = yield* failsWith(
        { environment: ["SERVICE_TOKEN=canary-inherited", "HOME=/home/someone"], onStart: ends(1, "", stderr) },
        {
          plugin: { args: [], env: [new EnvVar({ name: "X", value: Redacted.make("canary-env") })] },
          request: { serviceAccountToken: Redacted.make("canary-token") }
        }
      )
      assert(error.reason._tag === "Exited")
      assert.strictEqual(
        error.reason.stderr,
        "t=<redacted> e=<redacted> i=<redacted> h=/home/someone"
      )
    }))

  const stderrOf = (
    stderr: string,
    options: { readonly args?: ReadonlyArray<string>; readonly env?: string; readonly keepStderr?: number }
  ) =>
    Effect.map(
      failsWith({ onStart: ends(1, "", stderr) }, {
        plugin: {
          args: options.args ?? [],
          env: options.env === undefined ? [] : [new EnvVar({ name: "X", value: Redacted.make(options.env) })]
        },
        policy: options.keepStderr === undefined ? {} : { keepStderr: options.keepStderr }
      }),
      ({ reason }) => reason._tag === "Exited" ? reason.stderr : ""
    )

  it.effect("arguments that may be secret are masked, words that plugins are commonly given are not", () =>
    Effect.gen(function*() {
      const args = ["get", "--region=eu-1", "--password=pw-1", "--token", "tk-1", "a-long-positional-word"]
      assert.strictEqual(
        yield* stderrOf(`unknown arguments: ${args.join(" ")}`, { args }),
        "unknown arguments: get --region=eu-1 --password=<redacted> --token <redacted> <redacted>"
      )
    }))

  it.effect("a secret of several lines is masked as JSON has it, and line by line", () =>
    Effect.gen(function*() {
      const env = "first-line-of-it\nsecond-line-of-it"
      assert.strictEqual(
        yield* stderrOf(`${JSON.stringify({ env })} and second-line-of-it alone`, { env }),
        "{\"env\":\"<redacted>\"} and <redacted> alone"
      )
    }))

  it.effect("what is left of a secret where stderr was cut is masked", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* stderrOf("x: canary-of-some-length", { env: "canary-of-some-length", keepStderr: 12 }),
        "x: <redacted>"
      )
      assert.strictEqual(yield* stderrOf("x: canary-", { env: "canary-of-some-length" }), "x: canary-")
    }))

  it.effect("neither arguments nor environment are in any error", () =>
    Effect.gen(function*() {
      const env = [new EnvVar({ name: "X", value: Redacted.make("canary-env") })]
      const environment = ["Y=canary-inherited"]
      const failures = [
        { onStart: ends(1, "") },
        { onStart: ends(0, "") },
        { failure: new StartError({ failure: "NotFound", code: "ENOENT" }) },
        { failure: new StartError({ failure: "TooBig", code: "E2BIG" }) }
      ]
      for (const script of failures) {
        assert.notInclude(everythingSaidOf(yield* failsWith({ environment, ...script }, { plugin: { env } })), "canary")
      }
    }))

  it.effect("EXEC-8: the deadline is told", () =>
    Effect.gen(function*() {
      const call = yield* Effect.forkChild(failsWith({}, { policy: { deadline: Duration.seconds(5) } }), {
        startImmediately: true
      })
      yield* TestClock.adjust("5 seconds")
      const error = yield* Fiber.join(call)
      assert.strictEqual(error.reason._tag, "TimedOut")
      assert.include(error.message, "did not answer within 5s")
    }))
})

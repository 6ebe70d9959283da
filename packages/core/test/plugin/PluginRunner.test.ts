import { EnvVar } from "@credlet/core/config/ProviderConfig"
import { StartError } from "@credlet/core/plugin/PluginProcess"
import * as PluginRunner from "@credlet/core/plugin/PluginRunner"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Redacted } from "effect"
import { TestClock } from "effect/testing"
import * as ScriptedProcess from "./ScriptedProcess.ts"
import { answer, ends, everythingSaidOf, failsWith, plugin, run, v1 } from "./ScriptedRun.ts"

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
      assert.strictEqual(Duration.toMillis(error.duration), 250)
      assert.strictEqual(
        error.message,
        "provider \"acme\": the plugin exited with status 3: see what it wrote, or run it by hand with the same request " +
          "on stdin; its stderr:\n  boom: no such region"
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
        assert.strictEqual(error.reason._tag, "BadOutput")
        assert.notInclude(everythingSaidOf(error), "canary")
      }))
  }

  it.effect("RESP-34: an answer that can't be read says where, and keeps stderr, cut and without secrets", () =>
    Effect.gen(function*() {
      const error = yield* failsWith(
        { onStart: ends(0, "canary-password", "warning: no region; t=canary-token and a lot more") },
        { request: { serviceAccountToken: Redacted.make("canary-token") }, policy: { keepStderr: 33 } }
      )
      assert(error.reason._tag === "BadOutput")
      const { response, stderr } = error.reason
      assert.deepInclude(response, { stage: "interpret", class: "syntax" })
      assert.strictEqual(stderr, "warning: no region; t=<redacted>")
      assert.include(error.message, "line 1, column 1: expected \"{\", but the output begins with something else")
      assert.include(error.message, "its stderr:\n  warning: no region")
      assert.notInclude(everythingSaidOf(error), "canary")
    }))

  it.effect("an answer that can't be read and a silent stderr: nothing is said of the latter", () =>
    Effect.map(
      failsWith({ onStart: ends(0, "") }),
      (error) => assert.notMatch(error.message, /its stderr|wrote nothing/)
    ))

  for (
    const [name, apiVersion, actual] of [
      ["another known version", v1.replace("/v1", "/v1beta1"), v1.replace("/v1", "/v1beta1")],
      ["an unknown version, which may be a secret", "canary/v1", undefined],
      ["no version", "", ""]
    ] as const
  ) {
    it.effect(`RESP-2: ${name} in the answer is not the one of the config`, () =>
      Effect.gen(function*() {
        const error = yield* failsWith({ onStart: ends(0, answer.replace(v1, apiVersion), "old plugin") })
        assert.deepStrictEqual<unknown>(error.reason, {
          _tag: "WrongApiVersion",
          expected: v1,
          ...(actual === undefined ? {} : { actual }),
          stderr: "old plugin"
        })
        assert.include(error.message, `asked in ${v1}, but its answer is `)
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

  it.effect("LOG-31: a secret is masked across line ends too, as base64 has them after 76 characters", () =>
    Effect.gen(function*() {
      const env = Array.from({ length: 40 }, (_, at) => `canary-${at}`).join(".")
      const written = btoa(`user:${env}`).replaceAll(/.{76}/g, "$&\n")
      const told = yield* stderrOf(`header:\n${written}\nbye\n`, { env })
      assert.match(told, /^header:\n.{0,8}<redacted>[^]{0,4}\nbye\n$/)
      assert.strictEqual(
        yield* stderrOf("canary-of\r\n-some-len", { env: "canary-of-some-length", keepStderr: 20 }),
        "<redacted>"
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

  for (
    const [failure, code, reason, advice] of [
      ["NotFound", "ENOENT", { path: "/plugins/acme" }, "put an executable"],
      ["NotExecutable", "EACCES", { path: "/plugins/acme" }, "chmod +x"],
      ["NotAProgram", "ENOEXEC", { path: "/plugins/acme" }, "#!"],
      ["BadPath", "ELOOP", { path: "/plugins/acme", code: "ELOOP" }, "a circle of symbolic links"],
      ["TooBig", "E2BIG", { path: "/plugins/acme" }, "shorten the provider's args and env"],
      ["Busy", "ETXTBSY", { path: "/plugins/acme" }, "try again"],
      ["ResourceExhausted", "EMFILE", { path: "/plugins/acme", code: "EMFILE" }, "ulimit -u, -n"]
    ] as const
  ) {
    it.effect(`FAULT-13: ${code} is ${failure}, with what to do`, () =>
      Effect.gen(function*() {
        const error = yield* failsWith({ failure: new StartError({ failure, code }) }, {
          policy: { startRetry: Duration.zero }
        })
        assert.deepStrictEqual<unknown>(error.reason, { _tag: failure, ...reason })
        assert.include(error.message, advice)
      }))
  }

  it.effect("FAULT-13: the tries to start it are part of a failure's duration", () =>
    Effect.gen(function*() {
      const failure = new StartError({ failure: "ResourceExhausted", code: "EAGAIN" })
      const call = yield* Effect.forkChild(failsWith({ failure }), { startImmediately: true })
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(Duration.toMillis((yield* Fiber.join(call)).duration), 2630)
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

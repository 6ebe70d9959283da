import { EnvVar } from "@credlet/core/config/ProviderConfig"
import * as LookupTrace from "@credlet/core/LookupTrace"
import type * as ExecutionPolicy from "@credlet/core/plugin/ExecutionPolicy"
import { StartError } from "@credlet/core/plugin/PluginProcess"
import * as PluginRunner from "@credlet/core/plugin/PluginRunner"
import * as ProviderMetrics from "@credlet/core/telemetry/ProviderMetrics"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Exit, Fiber, Metric, Redacted, Tracer } from "effect"
import { TestClock } from "effect/testing"
import * as ScriptedProcess from "./ScriptedProcess.ts"
import { answer, ends, plugin } from "./ScriptedRun.ts"

/** A call of a plugin, of which everything is on record that it tells. */
const observe = Effect.fnUntraced(function*(
  script: ScriptedProcess.Script,
  options: {
    readonly policy?: Partial<ExecutionPolicy.ExecutionPolicy>
    readonly plugin?: Partial<PluginRunner.Plugin>
    readonly meanwhile?: (
      call: Fiber.Fiber<unknown, unknown>,
      again: Effect.Effect<Fiber.Fiber<unknown, unknown>>
    ) => Effect.Effect<void>
  } = {}
) {
  const steps: Array<LookupTrace.Step> = []
  const spans: Array<Tracer.Span> = []
  const registry: Metric.MetricRegistry = new Map()
  const tracer = Tracer.make({
    span: (spanOptions) => {
      const span = new Tracer.NativeSpan(spanOptions)
      spans.push(span)
      return span
    }
  })
  const metrics = yield* Effect.gen(function*() {
    const runner = yield* Effect.provide(PluginRunner.makeExec(options.policy), script.layer)
    const start = Effect.forkChild(
      Effect.exit(runner.run(plugin({ args: ["canary"], ...options.plugin }), { image: "registry.example/app" })),
      { startImmediately: true }
    )
    const call = yield* start
    if (options.meanwhile !== undefined) yield* options.meanwhile(call, start)
    yield* TestClock.adjust("10 minutes")
    yield* Fiber.await(call)
    return yield* Metric.snapshot
  }).pipe(
    Effect.provideService(LookupTrace.LookupTrace, { report: (step) => steps.push(step) }),
    Effect.provideService(Metric.MetricRegistry, registry),
    Effect.provideService(Tracer.Tracer, tracer)
  )
  const series = (id: string) => metrics.filter((metric) => metric.id === id)
  const [errors] = series("kubelet_credential_provider_plugin_errors_total")
  const [duration] = series("kubelet_credential_provider_plugin_duration")
  return {
    steps,
    spans,
    metrics,
    errors: errors?.type === "Counter" ? errors.state.count : undefined,
    duration: duration?.type === "Histogram" ? duration.state : undefined
  }
})

const failing = (failure: StartError["failure"], code: string) =>
  ScriptedProcess.make({ failure: new StartError({ failure, code }) })

const run = { _tag: "PluginRun", provider: "acme", path: "/plugins/acme" }
const after = (millis: number) => Duration.nanos(BigInt(millis) * 1_000_000n)

describe("a run of a plugin is told", () => {
  it.effect("MET-2, MET-12: an answer is counted with its duration, and is no error", () =>
    Effect.gen(function*() {
      const script = ScriptedProcess.make()
      const { duration, errors, metrics, steps } = yield* observe(script, {
        meanwhile: () =>
          Effect.gen(function*() {
            yield* TestClock.adjust("300 millis")
            ends(0, answer, "chatter")(yield* script.started)
          })
      })
      assert.deepStrictEqual<unknown>(steps, [
        { ...run, outcome: "Answered", exitCode: 0, stdoutBytes: answer.length, duration: after(300) }
      ])
      assert.strictEqual(errors, undefined, "MET-11: no series without a failure")
      assert.deepStrictEqual([duration?.count, duration?.sum], [1, 0.3])
      assert.deepStrictEqual(duration?.buckets, [
        ...[0.005, 0.01, 0.025, 0.05, 0.1, 0.25].map((bound) => [bound, 0] as [number, number]),
        ...[0.5, 1, 2.5, 5, 10].map((bound) => [bound, 1] as [number, number])
      ])
      assert.isTrue(metrics.every(({ attributes }) => JSON.stringify(attributes) === "{\"plugin_name\":\"acme\"}"))
      assert.isTrue(metrics.every((metric) => metric.type !== "Gauge" || metric.state.value === 0))
    }))

  for (
    const [name, script, outcome, details] of [
      ["a start that fails", failing("NotFound", "ENOENT"), "NotFound", { duration: after(0) }],
      ["a start that was tried again", failing("Busy", "ETXTBSY"), "Busy", { duration: after(2630) }],
      ["a failure", ScriptedProcess.make({ onStart: ends(3, answer) }), "Exited", { exitCode: 3, duration: after(0) }],
      [
        "a signal",
        ScriptedProcess.make({
          onStart: (program) => {
            program.closes()
            program.exits(null, "SIGSEGV")
          }
        }),
        "Killed",
        { signal: "SIGSEGV", duration: after(0) }
      ],
      ["the deadline", ScriptedProcess.make(), "TimedOut", { duration: after(60_000) }],
      [
        "too much output",
        ScriptedProcess.make({ onStart: (program) => program.writes("stdout", "x".repeat(1000)) }),
        "OutputTooLarge",
        { duration: after(0) }
      ]
    ] as const
  ) {
    it.effect(`MET-1, EXEC-15: ${name} is an error of the plugin`, () =>
      Effect.gen(function*() {
        const seen = yield* observe(script, { policy: { maxStdout: 999 } })
        assert.deepStrictEqual<unknown>(seen.steps, [{ ...run, outcome, ...details }])
        assert.deepStrictEqual([seen.errors, seen.duration?.count], [1, 1])
        assert.isTrue(seen.metrics.every((metric) => metric.type !== "Gauge" || metric.state.value === 0))
      }))
  }

  for (
    const [outcome, stdout] of [["BadOutput", "canary"], ["WrongApiVersion", "{\"apiVersion\":\"v1\"}"]] as const
  ) {
    it.effect(`MET-1, EXEC-15: ${outcome} takes its time, but is no error of the run`, () =>
      Effect.gen(function*() {
        const seen = yield* observe(ScriptedProcess.make({ onStart: ends(0, stdout) }))
        assert.deepStrictEqual<unknown>(seen.steps, [
          { ...run, outcome, exitCode: 0, stdoutBytes: stdout.length, duration: after(0) }
        ])
        assert.deepStrictEqual([seen.errors, seen.duration?.count], [undefined, 1])
        assert.notInclude(JSON.stringify([seen.steps, seen.metrics]), "canary")
      }))
  }

  it.effect("EXEC-4: to the kubelet a plugin with a NUL in its environment is one that could not be started", () =>
    Effect.gen(function*() {
      const env = [new EnvVar({ name: "A", value: Redacted.make("canary\0") })]
      const seen = yield* observe(ScriptedProcess.make(), { plugin: { env } })
      assert.deepStrictEqual<unknown>(seen.steps, [{ ...run, outcome: "NulCharacter", duration: after(0) }])
      assert.deepStrictEqual([seen.errors, seen.duration?.count], [1, 1])
      assert.notInclude(JSON.stringify([seen.steps, seen.metrics]), "canary")
    }))

  it.effect("an interrupted run took its time, and is no error of the plugin", () =>
    Effect.gen(function*() {
      const seen = yield* observe(ScriptedProcess.make(), {
        meanwhile: (call) => Effect.andThen(TestClock.adjust("2 seconds"), Fiber.interrupt(call))
      })
      assert.deepStrictEqual<unknown>(seen.steps, [{ ...run, outcome: "Interrupted", duration: after(2000) }])
      assert.deepStrictEqual([seen.errors, seen.duration?.sum], [undefined, 2])
    }))

  it.effect("a wait for a place is told with its duration, and is no part of the run's", () =>
    Effect.gen(function*() {
      const script = ScriptedProcess.make()
      const { duration, steps } = yield* observe(script, {
        policy: { maxConcurrent: 1 },
        meanwhile: (_, again) =>
          Effect.gen(function*() {
            yield* again
            yield* TestClock.adjust("3 seconds")
            ends(0, answer)(script.programs[0]!)
            yield* TestClock.adjust("1 second")
            ends(0, answer)(script.programs[1]!)
          })
      })
      const answered = { ...run, outcome: "Answered", exitCode: 0, stdoutBytes: answer.length }
      assert.sameDeepMembers<unknown>(steps, [
        { ...answered, duration: after(3000) },
        { _tag: "PluginQueued", provider: "acme", duration: after(3000) },
        { ...answered, duration: after(1000) }
      ])
      assert.deepStrictEqual([duration?.count, duration?.sum], [2, 4])
    }))

  it.effect("EXEC-15: a wait in vain is told, but nothing was run", () =>
    Effect.gen(function*() {
      const { duration, spans, steps } = yield* observe(ScriptedProcess.make({ unkillable: true }), {
        policy: { maxConcurrent: 1 },
        meanwhile: (_, again) => Effect.asVoid(again)
      })
      assert.deepStrictEqual<unknown>(steps.filter((step) => step._tag === "PluginQueued"), [
        { _tag: "PluginQueued", provider: "acme", duration: after(60_000) }
      ])
      assert.deepStrictEqual([duration?.count, spans.length], [1, 1], "only of the first call")
    }))

  it.effect("a run is a span that names plugin and image and nothing else", () =>
    Effect.gen(function*() {
      const { spans } = yield* observe(ScriptedProcess.make({ onStart: ends(1, "", "boom") }))
      const [span, ...others] = spans
      assert(span?.status._tag === "Ended")
      assert.strictEqual(span.name, "credlet.plugin.run")
      assert.deepStrictEqual([...span.attributes], [["plugin_name", "acme"], ["image", "registry.example/app"]])
      assert.isTrue(Exit.isFailure(span.status.exit))
      assert.deepStrictEqual(others, [])
    }))

  it.effect("without metrics there are none", () =>
    Effect.gen(function*() {
      const { metrics } = yield* Effect.provideService(
        observe(ScriptedProcess.make({ onStart: ends(1, "") })),
        ProviderMetrics.Enabled,
        false
      )
      assert.deepStrictEqual(metrics, [])
    }))
})

/** The spans and log lines of one provider. */
import { messages } from "@credlet/core/telemetry/LookupLog"
import { answer } from "@credlet/testing/ScriptedPlugins"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Redacted } from "effect"
import * as Collect from "../telemetry/collect.ts"
import { pod, tokenAttributes } from "./providers.ts"
import { auth, broken, builderPod, held, image, setup, start } from "./scripted.ts"

describe("spans", () => {
  const names = (spans: ReadonlyArray<Collect.Seen>) => spans.map((span) => span.name)

  it.effect("a miss has one, a hit has none", () =>
    Effect.gen(function*() {
      const { provide } = yield* setup(answer({ cacheKeyType: "Image", auth }))
      assert.deepStrictEqual(yield* Collect.spans(Effect.withSpan(provide(), "pull")), [
        { name: "pull", parent: undefined, attributes: {}, outcome: "Success" },
        {
          name: "credlet.provider.ask",
          parent: "pull",
          attributes: { plugin_name: "acme", image },
          outcome: "Success"
        }
      ])
      assert.deepStrictEqual(yield* Collect.spans(provide()), [])
    }))

  it.effect("service account, token and plugin each have one that says for whom, and nothing secret", () =>
    Effect.gen(function*() {
      const { identity, provide } = yield* setup(answer({ cacheKeyType: "Image", auth }), {
        attributes: tokenAttributes({ optionalServiceAccountAnnotationKeys: ["a"] })
      })
      yield* identity.scriptTokens(Effect.succeed(Redacted.make("canary-token")))
      const spans = yield* Collect.spans(provide(image, builderPod))
      assert.deepStrictEqual(names(spans), [
        "credlet.service_account.get",
        "credlet.service_account.token",
        "credlet.provider.ask"
      ])
      for (const { attributes } of spans) {
        assert.deepStrictEqual(attributes, {
          plugin_name: "acme",
          image,
          namespace: "team",
          service_account: "builder"
        })
      }
      assert.isFalse(Collect.holds(spans, "canary"))
      assert.notInclude(names(yield* Collect.spans(provide(image, builderPod))), "credlet.provider.ask")
    }))

  it.effect("what fails ends its span with a failure", () =>
    Effect.gen(function*() {
      const { provide } = yield* setup(broken("Exited"), { attributes: tokenAttributes() })
      const outcomes = (spans: ReadonlyArray<Collect.Seen>) => spans.map((span) => span.outcome)
      assert.deepStrictEqual(outcomes(yield* Collect.spans(provide())), ["Failure"])
      assert.deepStrictEqual(outcomes(yield* Collect.spans(provide(image, pod("team", "nobody")))), ["Failure"])
    }))
})

describe("log lines", () => {
  it.effect("LOG-5, LOG-22: one for the run, by whoever runs; none for a hit", () =>
    Effect.gen(function*() {
      const { behaviour, release } = yield* held({ cacheKeyType: "Image", auth })
      const { provide } = yield* setup(behaviour)
      const callers = yield* Effect.all([start(Collect.logLines(provide())), start(Collect.logLines(provide()))])
      yield* release
      assert.deepStrictEqual(yield* Effect.forEach(callers, Fiber.join), [
        [{ level: "Trace", message: messages.pluginStarting, pluginName: "acme", image }],
        []
      ])
      assert.deepStrictEqual(yield* Collect.logLines(provide()), [])
    }))

  it.effect("LOG-20: a failure is not logged here: the keyring does, once", () =>
    Effect.gen(function*() {
      const { provide } = yield* setup(broken("Exited"))
      assert.deepStrictEqual(
        (yield* Collect.logLines(provide())).map((line) => line.message),
        [messages.pluginStarting]
      )
    }))
})

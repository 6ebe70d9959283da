/**
 * A long story in which all that can go wrong does, and then each kind of outlet by itself: much came out of it, and no
 * canary. Rules: LOG-30…37; FAULT-38…41.
 */
import { PluginError } from "@credlet/core"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { leaksOf } from "./support/leaks.ts"
import * as Story from "./support/story.ts"
import type { OutletKind } from "./support/watch.ts"
import * as World from "./support/world.ts"

const outletsOf = (...kinds: ReadonlyArray<OutletKind>) =>
  Effect.gen(function*() {
    const { watch } = yield* Story.Story
    const { made } = yield* World.World
    const outlets = watch.outlets.filter(({ kind }) => kinds.includes(kind))
    assert.deepStrictEqual(leaksOf(outlets, made()), [])
    return outlets
  })

const beside = ["TokenEchoed", "UnknownCacheKeyType", "UncacheableAnswer", "IdentityFailed", "ServiceAccountNotFound"]

const around = ["PullSecretError", "ImageReferenceError", "ConfigNotAccessible", "ProvidersFailed"]

describe("a story in which everything goes wrong", () => {
  it.layer(Layer.provideMerge(Story.layer, World.layer), { excludeTestServices: true })((it) => {
    it.effect("FAULT-38: errors, their causes, stacks, inspect and JSON, of each class that there is", () =>
      Effect.gen(function*() {
        yield* outletsOf("error")
        const { failures } = yield* Story.Story
        const ofPlugins = Object.keys(PluginError.PluginFailure.cases)
        for (const name of [...ofPlugins, "UnsupportedApiVersion", ...beside, ...around]) {
          assert.include([...failures], name)
        }
      }))

    it.effect("FAULT-39: logs at every level, as each logger writes them", () =>
      Effect.gen(function*() {
        const logs = yield* outletsOf("log")
        for (const level of ["Error", "Warn", "Debug", "Trace"]) {
          assert.isTrue(logs.some(({ where }) => where === `message at ${level}`), level)
        }
        assert.isTrue(logs.some(({ where }) => where === "console"))
      }))

    it.effect("FAULT-40: spans, their attributes, events and failures; metrics, their labels and their text", () =>
      Effect.gen(function*() {
        const spans = yield* outletsOf("span")
        for (const name of ["ProviderRegistry.make", "credlet.provider.ask", "credlet.service_account.get"]) {
          assert.isTrue(spans.some(({ where }) => where === name), name)
        }
        const metrics = yield* outletsOf("metric")
        const text = metrics.filter(({ where }) => where === "Prometheus").map((metric) => metric.text).join("\n")
        assert.include(text, `kubelet_credential_provider_plugin_errors_total{plugin_name="exits"}`)
        assert.include(text, "credlet_provider_failures_total")
      }))

    it.effect("FAULT-41: explanations as data, as JSON and as a tree, and the steps that they are made of", () =>
      Effect.gen(function*() {
        const explanations = yield* outletsOf("explanation")
        const trees = explanations.filter(({ where }) => where === "tree").map(({ text }) => text).join("\n")
        for (const name of ["good", "exits", "rubbish", "echoes"]) assert.include(trees, name)
        assert.isTrue(explanations.some(({ where }) => where.startsWith("PluginRun")))
      }))

    it.effect("values that are printed: lookups without passwords, keys of the cache without tokens", () =>
      Effect.gen(function*() {
        const kinds = (yield* outletsOf("lookup", "cacheKey")).map(({ kind }) => kind)
        assert.includeMembers(kinds, ["lookup", "cacheKey"])
      }))
  })
})

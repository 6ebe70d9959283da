import { ImageReference, PluginError } from "@credlet/core"
import { ScriptedPlugins, TestCredlet, TinyRegistry } from "@credlet/testing"
import { assert, describe, it } from "@effect/vitest"
import { type Duration, Effect, Layer, Redacted, Result } from "effect"
import { FetchHttpClient } from "effect/http"
import { TestConsole } from "effect/testing"
import { StepFailed } from "../src/Screen.ts"
import { tour } from "../src/tour.ts"
import { Workspace } from "../src/Workspace.ts"

const password = "CANARY"

const answering = (password: string, cacheDuration: Duration.Input): ScriptedPlugins.Behaviour => ({ image }) => {
  const auth = { [ImageReference.registryOf(image)]: { username: "robot", password } }
  return Effect.succeed(ScriptedPlugins.answer({ cacheKeyType: "Registry", cacheDuration, auth }))
}

const asPluginsSeeThem = (images: ReadonlyArray<string>) =>
  images.map((image) => JSON.stringify({ kind: "CredentialProviderRequest", apiVersion: "v1", image }))

/** Credlet without files and processes, asking the plugin that a test wants. */
const layerOf = (
  plugin: ScriptedPlugins.Behaviour,
  asked: (images: ReadonlyArray<string>) => ReadonlyArray<string>
) => {
  const Registry = TinyRegistry.layer({ username: "robot", password: Redacted.make(password) })
  const Credlet = Layer.unwrap(
    Effect.map(TinyRegistry.TinyRegistry, ({ host }) => TestCredlet.layer({ plugin: { matchImages: [host], plugin } }))
  )
  const Files = Layer.effect(
    Workspace,
    Effect.map(ScriptedPlugins.ScriptedPlugins, ({ calls }) => ({
      config: "",
      binDir: "",
      requests: Effect.map(calls, (calls) => asPluginsSeeThem(asked(calls.map(({ image }) => image))))
    }))
  )
  return Layer.provideMerge(Files, Credlet).pipe(Layer.provideMerge([Registry, FetchHttpClient.layer]))
}

/** Runs it, and says at which step it failed, with what was on the screen. */
const take = (plugin: ScriptedPlugins.Behaviour, asked = (images: ReadonlyArray<string>) => images) =>
  Effect.gen(function*() {
    const ended = yield* Effect.result(tour)
    const screen = (yield* TestConsole.logLines).join("\n")
    assert.notInclude(screen, password)
    if (Result.isSuccess(ended)) return { failedStep: undefined, screen }
    assert.instanceOf(ended.failure, StepFailed)
    return { failedStep: ended.failure.step, screen }
  }).pipe(Effect.provide(layerOf(plugin, asked)))

describe("the tour", () => {
  it.effect("goes to its end if each step comes out as said", () =>
    Effect.gen(function*() {
      const { failedStep, screen } = yield* take(answering(password, "5 minutes"))
      assert.isUndefined(failedStep)
      assert.notInclude(screen, "✗")
    }))

  it.effect("ends at step 2 if the plugin fails, and says why", () =>
    Effect.gen(function*() {
      const reason = { _tag: "Exited", code: 3, stderr: "no such role" } as const
      const { failedStep, screen } = yield* take(new PluginError.PluginError({ provider: "plugin", reason }))
      assert.strictEqual(failedStep, 2)
      assert.match(screen, /✗ 2 .*exited with status 3: .*; its stderr:\n {2}no such role/)
    }))

  it.effect("ends at step 3 if the registry does not take the password", () =>
    Effect.gen(function*() {
      const { failedStep, screen } = yield* take(answering("out of date", "5 minutes"))
      assert.strictEqual(failedStep, 3)
      assert.match(screen, /✗ 3 .*refused/)
    }))

  it.effect("ends at step 4 if the plugin runs a second time", () =>
    Effect.gen(function*() {
      const { failedStep, screen } = yield* take(answering(password, 0))
      assert.strictEqual(failedStep, 4)
      assert.match(screen, /✗ 4 .*2 times/)
    }))

  it.effect("ends at step 5 if the plugin was asked for something else", () =>
    Effect.gen(function*() {
      const { failedStep } = yield* take(answering(password, "5 minutes"), () => ["other.example/app"])
      assert.strictEqual(failedStep, 5)
    }))
})

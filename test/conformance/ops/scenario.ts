/** Rooms `provider` and `keyring` at work: scenario, keyringScenario. Service account mode is not there yet: skipped. */
import * as CacheKey from "@credlet/core/cache/CacheKey"
import * as CredentialCache from "@credlet/core/cache/CredentialCache"
import type { DockerConfig } from "@credlet/core/credential/DockerConfig"
import { ImageReference } from "@credlet/core/image/ImageReference"
import * as Keyring from "@credlet/core/keyring/Keyring"
import { PluginError } from "@credlet/core/plugin/PluginError"
import type { PluginRequest, PluginResponse } from "@credlet/core/plugin/PluginProtocol"
import * as Profile from "@credlet/core/Profile"
import type { ProviderError } from "@credlet/core/provider/ProviderError"
import * as ProviderRegistry from "@credlet/core/provider/ProviderRegistry"
import type { ProviderSet } from "@credlet/core/provider/ProviderSet"
import { ScriptedPlugins } from "@credlet/testing"
import { Effect, Fiber, Latch, Layer, Redacted, Result, Schema } from "effect"
import { TestClock } from "effect/testing"
import { type Json, maybe, written } from "../expand.ts"
import { effectful, type Operation, Skipped } from "../operation.ts"
import { writtenCredentials, writtenEntries } from "./credential.ts"
import {
  checkedProviders,
  needsServiceAccounts,
  Provider,
  type Response,
  type Scenario,
  Step
} from "./scenarioSteps.ts"

const Steps = { steps: Schema.Array(Step), saTokenFeature: maybe(Schema.Boolean) }

export const scenario: Readonly<Record<string, Operation>> = {
  scenario: effectful(
    Schema.Struct({ provider: Provider, ...Steps }),
    ({ provider, ...rest }) => play({ providers: [provider], ...rest })
  ),
  keyringScenario: effectful(Schema.Struct({ providers: Schema.Array(Provider), ...Steps }), (input) => play(input))
}

const play = (input: Scenario) => {
  if (needsServiceAccounts(input)) return Effect.fail(new Skipped({ reason: "needs service account mode" }))
  const layer = Keyring.layer.pipe(
    Layer.provideMerge(ProviderRegistry.layerFixed(checkedProviders(input))),
    Layer.provideMerge([CredentialCache.layerMemory, ScriptedPlugins.layer()]),
    Layer.provideMerge([
      Layer.succeed(Profile.Profile, { ...Profile.kubelet, serviceAccountTokens: input.saTokenFeature !== false }),
      Layer.effectDiscard(TestClock.setTime(Date.UTC(2024, 0, 1)))
    ]),
    Layer.provideMerge(TestClock.layer())
  )
  return Effect.provide(playSteps(input), layer, { local: true })
}

/** What the plugins do, and what was asked of them since the last step. */
class World {
  readonly responses = new Map<string, typeof Response.Type>()
  readonly errors = new Set<string>()
  readonly gate = Latch.makeUnsafe(true)
  calls: Array<Json> = []
  readonly names: ReadonlyArray<string>

  constructor(names: ReadonlyArray<string>) {
    this.names = names
  }

  run(name: string, request: PluginRequest): Effect.Effect<PluginResponse, PluginError> {
    const { image, serviceAccountAnnotations, serviceAccountToken } = request
    const token = serviceAccountToken === undefined ? "" : Redacted.value(serviceAccountToken)
    this.calls.push({
      provider: this.names.indexOf(name),
      image: written(image),
      serviceAccountToken: token,
      serviceAccountAnnotations: serviceAccountAnnotations ?? null
    })
    return Effect.andThen(
      this.gate.await,
      Effect.suspend(() => {
        const response = this.errors.has(name) ? undefined : this.responses.get(name)
        return response === undefined
          ? Effect.fail(new PluginError({ provider: name, reason: { _tag: "Exited", code: 1, stderr: "" } }))
          : Effect.succeed(responseOf(response, { "{token}": token, "{image}": image }))
      })
    )
  }

  takeCalls(): ReadonlyArray<Json> {
    const calls = this.calls
    this.calls = []
    return calls
  }
}

const responseOf = (
  { auth, cacheDuration, cacheKeyType }: typeof Response.Type,
  words: Readonly<Record<string, string>>
): PluginResponse => {
  const fill = (text: string) => text.replaceAll(/\{(?:token|image)\}/g, (word) => words[word] ?? word)
  return {
    cacheKeyType: cacheKeyType ?? "",
    cacheDuration: cacheDuration ?? undefined,
    auth: auth == null ? undefined : new Map(
      Object.entries(auth).map(([location, entry]) => [
        fill(location),
        { username: fill(entry?.username ?? ""), password: Redacted.make(fill(entry?.password ?? "")), email: "" }
      ])
    )
  }
}

const playSteps = Effect.fnUntraced(function*({ providers, steps }: Scenario) {
  const set = yield* (yield* ProviderRegistry.ProviderRegistry).current
  const plugins = yield* ScriptedPlugins.ScriptedPlugins
  const world = new World(providers.map((provider) => provider.name))
  yield* Effect.forEach(world.names, (name) => plugins.script(name, (request) => world.run(name, request)))
  const results = yield* Effect.forEach(steps, (step) => playStep(world, set, step))
  const finalCacheKeys = yield* Effect.forEach(
    set.providers,
    ({ cache }) => Effect.map(cache.entries, (entries) => entries.map((entry) => CacheKey.toHex(entry.key)).toSorted())
  )
  return { results, finalCacheKeys }
})

const playStep = Effect.fnUntraced(function*(world: World, set: ProviderSet, step: typeof Step.Type) {
  const name = "provider" in step ? world.names[step.provider ?? 0] ?? "" : world.names[0] ?? ""
  /** What is told of every step that asks for something. There are no service accounts yet. */
  const observed = Effect.map(
    Effect.forEach(set.providers, ({ cache }) => Effect.map(cache.entries, (entries) => entries.length)),
    (cacheSizes) => ({ pluginCalls: world.takeCalls(), serviceAccountGets: [], tokenRequests: [], cacheSizes })
  )
  switch (step.do) {
    case "provide":
      return { ...yield* provide(set, name, step.image), ...yield* observed }
    case "lookup": {
      const keyring = yield* Keyring.Keyring
      const lookup = yield* Effect.orDie(keyring.lookup(new ImageReference({ repository: step.image })))
      const auths = yield* writtenCredentials(lookup.credentials, true)
      return { found: lookup.credentials.length > 0, auths, ...yield* observed }
    }
    case "concurrent": {
      yield* world.gate.close
      const fibers = yield* Effect.forEach(
        step.calls,
        (call) =>
          Effect.forkChild(provide(set, world.names[call.provider ?? 0] ?? "", call.image), { startImmediately: true })
      )
      yield* world.gate.open
      return { results: yield* Fiber.joinAll(fibers), ...yield* observed }
    }
    case "advance":
      yield* TestClock.adjust(step.by)
      return null
    case "setResponse":
      if (step.response == null) world.responses.delete(name)
      else world.responses.set(name, step.response)
      return null
    case "setPluginError":
      if (step.error == null) world.errors.delete(name)
      else world.errors.add(name)
      return null
    default:
      return null // service accounts, and tokens for them: nobody asks for any
  }
})

/** One provider asked for an image, as a keyring asks: if a pattern matches, and a pod without a service account may. */
const provide = (set: ProviderSet, name: string, image: string): Effect.Effect<Schema.JsonObject> => {
  const { providers, target } = Result.getOrThrow(set.ask(new ImageReference({ repository: image })))
  const provider = providers.find((one) => one.name === name)
  if (provider === undefined || provider.requiresServiceAccount) return Effect.succeed(provided(new Map(), null))
  return Effect.match(provider.provide(target), {
    onSuccess: (config) => provided(config, null),
    onFailure: (error) => provided(new Map(), errorClass[error._tag])
  })
}

const provided = (config: DockerConfig, error: string | null): Schema.JsonObject => ({
  dockerConfig: writtenEntries(config),
  coordinates: null,
  error
})

const errorClass: Readonly<Record<ProviderError["_tag"], string>> = {
  PluginError: "plugin",
  UnknownCacheKeyType: "cacheKeyType",
  UncacheableImage: "keyTooLong"
}

/** Rooms `provider` and `keyring` at work: scenario, keyringScenario. */
import * as CacheKey from "@credlet/core/cache/CacheKey"
import * as CredentialCache from "@credlet/core/cache/CredentialCache"
import type { Coordinates } from "@credlet/core/credential/Credential"
import { PodIdentity } from "@credlet/core/identity/PodIdentity"
import { ImageReference } from "@credlet/core/image/ImageReference"
import * as Keyring from "@credlet/core/keyring/Keyring"
import * as Profile from "@credlet/core/Profile"
import type { ProviderAnswer } from "@credlet/core/provider/ProviderAnswer"
import type { ProviderError } from "@credlet/core/provider/ProviderError"
import * as ProviderRegistry from "@credlet/core/provider/ProviderRegistry"
import type { ProviderSet } from "@credlet/core/provider/ProviderSet"
import { NodeCrypto } from "@effect/platform-node"
import { Effect, Fiber, Layer, Result, Schema } from "effect"
import { TestClock } from "effect/testing"
import { type Json, maybe, written } from "../expand.ts"
import { effectful, type Operation } from "../operation.ts"
import { writtenCredentials, writtenEntries } from "./credential.ts"
import { type Call, checkedProviders, Provider, type Scenario, Step } from "./scenarioSteps.ts"
import { accountKey, World } from "./scenarioWorld.ts"

const Steps = { steps: Schema.Array(Step), saTokenFeature: maybe(Schema.Boolean) }

export const scenario: Readonly<Record<string, Operation>> = {
  scenario: effectful(
    Schema.Struct({ provider: Provider, ...Steps }),
    ({ provider, ...rest }) => play({ providers: [provider], ...rest })
  ),
  keyringScenario: effectful(Schema.Struct({ providers: Schema.Array(Provider), ...Steps }), (input) => play(input))
}

const play = (input: Scenario) => {
  const world = new World(input.providers.map((provider) => provider.name))
  const layer = Keyring.layer.pipe(
    Layer.provideMerge(ProviderRegistry.layerFixed(checkedProviders(input))),
    // With a digest that does not wait, a call that was started goes as far as it can.
    Layer.provideMerge([CredentialCache.layerMemory, world.layer, NodeCrypto.layerDigest]),
    Layer.provideMerge([
      Layer.succeed(Profile.Profile, { ...Profile.kubelet, serviceAccountTokens: input.saTokenFeature !== false }),
      Layer.effectDiscard(TestClock.setTime(Date.UTC(2024, 0, 1)))
    ]),
    Layer.provideMerge(TestClock.layer())
  )
  return Effect.provide(playSteps(world, input), layer, { local: true })
}

const playSteps = Effect.fnUntraced(function*(world: World, { steps }: Scenario) {
  const set = yield* (yield* ProviderRegistry.ProviderRegistry).current
  const results = yield* Effect.forEach(steps, (step) => playStep(world, set, step))
  const finalCacheKeys = yield* Effect.forEach(
    set.providers,
    ({ cache }) => Effect.map(cache.entries, (entries) => entries.map((entry) => CacheKey.toHex(entry.key)).toSorted())
  )
  return { results, finalCacheKeys }
})

const playStep = Effect.fnUntraced(function*(world: World, set: ProviderSet, step: typeof Step.Type) {
  const name = "provider" in step ? world.names[step.provider ?? 0] ?? "" : world.names[0] ?? ""
  /** What is told of every step that asks for something. */
  const observed = Effect.map(
    Effect.forEach(set.providers, ({ cache }) => Effect.map(cache.entries, (entries) => entries.length)),
    (cacheSizes): Schema.JsonObject => ({ ...world.take(), cacheSizes })
  )
  switch (step.do) {
    case "provide":
      return { ...yield* provide(set, name, step), ...yield* observed }
    case "lookup": {
      const keyring = yield* Keyring.Keyring
      const image = new ImageReference({ repository: step.image })
      const lookup = yield* Effect.orDie(keyring.lookup(image, { pod: podOf(step) }))
      const auths = yield* writtenCredentials(lookup.credentials, true)
      return { found: lookup.credentials.length > 0, auths, ...yield* observed }
    }
    case "concurrent": {
      yield* world.gate.close
      const fibers = yield* Effect.forEach(
        step.calls,
        (call) =>
          Effect.forkChild(provide(set, world.names[call.provider ?? 0] ?? "", call), { startImmediately: true })
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
      if (step.error == null) world.pluginErrors.delete(name)
      else world.pluginErrors.add(name)
      return null
    case "setServiceAccount": {
      const annotations = new Map(Object.entries(step.annotations ?? {}))
      const account = { namespace: step.namespace ?? "", name: step.name ?? "", uid: step.uid ?? "", annotations }
      world.accounts.set(accountKey(account.namespace, account.name), account)
      return null
    }
    case "deleteServiceAccount":
      world.accounts.delete(accountKey(step.namespace ?? "", step.name ?? ""))
      return null
    case "setServiceAccountError":
      world.hasAccountError = step.error != null
      return null
    case "setToken":
      world.tokenTemplate = step.template ?? ""
      return null
    case "setTokenError":
      world.hasTokenError = step.error != null
      return null
  }
})

const podOf = ({ namespace, podName, podUID, serviceAccountName }: typeof Call.Type): PodIdentity =>
  new PodIdentity({
    namespace: namespace ?? "",
    podName: podName ?? "",
    podUid: podUID ?? "",
    serviceAccountName: serviceAccountName ?? ""
  })

/** One provider asked for an image, as a keyring asks: if a pattern matches. */
const provide = (set: ProviderSet, name: string, call: typeof Call.Type): Effect.Effect<Schema.JsonObject> => {
  const { providers, target } = Result.getOrThrow(set.ask(new ImageReference({ repository: call.image })))
  const provider = providers.find((one) => one.name === name)
  if (provider === undefined) return Effect.succeed(nothing)
  return Effect.match(provider.provide(target, podOf(call)), {
    onSuccess: writtenAnswer,
    onFailure: (error) => ({ ...nothing, error: errorClass(error) })
  })
}

const nothing = { dockerConfig: {}, coordinates: null, error: null }

const writtenAnswer = (answer: ProviderAnswer): Schema.JsonObject => {
  if (answer._tag === "Skipped") return nothing
  const { config, coordinates } = answer
  return {
    dockerConfig: writtenEntries(config),
    coordinates: coordinates === undefined ? null : writtenCoordinates(coordinates),
    error: null
  }
}

const writtenCoordinates = (coordinates: Coordinates): Json => ({
  namespace: written(coordinates.namespace),
  name: written(coordinates.name),
  uid: written(coordinates.uid)
})

const errorClass = (error: ProviderError): string => {
  switch (error._tag) {
    case "PluginError":
      return "plugin"
    case "UnknownCacheKeyType":
      return "cacheKeyType"
    case "UncacheableAnswer":
      return "keyTooLong"
    case "TokenEchoed":
      return "tokenEchoed"
    case "IdentityFailed":
      return error.stage
  }
}

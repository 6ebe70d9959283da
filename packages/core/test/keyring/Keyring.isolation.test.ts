/**
 * Nobody gets what was obtained for somebody else. The plugin of these tests gives whoever it was asked for as the user's
 * name; so each credential says for whom it was obtained, and must be the caller's, as he was when he asked.
 */
import * as CredentialCache from "@credlet/core/cache/CredentialCache"
import type { CheckedTokenAttributes } from "@credlet/core/config/ProviderConfig"
import type { TokenRequest } from "@credlet/core/identity/ServiceAccountTokens"
import * as Keyring from "@credlet/core/keyring/Keyring"
import type { PluginRequest } from "@credlet/core/plugin/PluginProtocol"
import * as Profile from "@credlet/core/Profile"
import * as ProviderRegistry from "@credlet/core/provider/ProviderRegistry"
import * as ScriptedIdentity from "@credlet/testing/ScriptedIdentity"
import * as ScriptedPlugins from "@credlet/testing/ScriptedPlugins"
import { NodeCrypto } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Latch, Layer, Redacted, Schema } from "effect"
import { TestClock } from "effect/testing"
import { pod, provider, tokenAttributes } from "../provider/providers.ts"

/** Equal names in two namespaces, and names that run into each other when they are joined. */
const names = [
  ["team", "builder"],
  ["other", "builder"],
  ["team", "other"],
  ["teambuild", "er"],
  ["a", "b/c"],
  ["a/b", "c"],
  ["a\0\u0001b", "c"],
  ["a", "\u0001b\0c"]
] as const

/** As above, of keys and values. */
const sets: ReadonlyArray<Readonly<Record<string, string>>> = [
  {},
  { a: "1", b: "2" },
  { a: "2", b: "1" },
  { a: "1\0\u0001b\0\u00012" },
  { a: "1b2" },
  { ab: "12" },
  { a: "" },
  { a: "1", b: "2", unconfigured: "x" }
]
const keys = ["a", "b", "ab"]

const at = (list: ReadonlyArray<unknown>) => Schema.Literals(list.map((_, index) => index))
const oneOf = <T>(list: ReadonlyArray<T>, index: number): T => {
  const found = list[index]
  assert.isDefined(found)
  return found
}

/** Who takes part, by twos: chance meetings are what matters. */
const Cast = Schema.Struct({
  names: Schema.Tuple([at(names), at(names)]),
  annotations: Schema.Tuple([at(sets), at(sets)])
})

const either = Schema.Literals([0, 1])
const image = Schema.Literals(["reg.example/a", "reg.example/a/b", "x.reg.example/a"])
const LookUp = Schema.Struct({ do: Schema.Literal("lookUp"), who: either, pod: Schema.Literals(["p", "q"]), image })

const Step = Schema.Union([
  LookUp,
  LookUp, // as often as the others together
  LookUp,
  Schema.Struct({ do: Schema.Literal("lookUpWithout"), image }),
  Schema.Struct({
    do: Schema.Literal("change"),
    who: either,
    uid: Schema.Literals(["u", "v"]),
    annotations: either
  }),
  Schema.Struct({
    do: Schema.Literal("answerFor"),
    scope: Schema.Literals(["Image", "Registry", "Global"]),
    minutes: Schema.Literals([0, 1, 60])
  }),
  Schema.Struct({ do: Schema.Literal("wait"), minutes: Schema.Literals([1, 30]) }),
  Schema.Struct({ do: Schema.Literals(["hold", "release", "renewTokens"]) })
])

const asText = (
  account: { readonly namespace: string; readonly name: string; readonly uid: string },
  podUid: string,
  annotations: Readonly<Record<string, string>>
): string =>
  JSON.stringify([
    account.namespace,
    account.name,
    account.uid,
    podUid,
    Object.entries(annotations).filter(([key]) => keys.includes(key)).toSorted()
  ])

/** The tokens that were given out, each for one pod and account as it was then. */
const makeIssuer = () => {
  const requests = new Map<string, TokenRequest>()
  const fresh = new Map<string, Redacted.Redacted>()
  return {
    renew: () => fresh.clear(),
    issue: (request: TokenRequest) =>
      Effect.sync(() => {
        const key = JSON.stringify(request)
        const known = fresh.get(key)
        if (known !== undefined) return known
        const token = Redacted.make(`token-${requests.size}-`)
        requests.set(Redacted.value(token), request)
        fresh.set(key, token)
        return token
      }),
    whose: ({ serviceAccountAnnotations = {}, serviceAccountToken }: PluginRequest): string => {
      if (serviceAccountToken === undefined) return "nobody"
      const request = requests.get(Redacted.value(serviceAccountToken))
      return request === undefined
        ? "an unknown token"
        : asText(request.serviceAccount, request.pod.uid, serviceAccountAnnotations)
    }
  }
}

interface Expected {
  readonly whose: string
  readonly coordinates: unknown
}

/** Plays the steps, and returns for each lookup whose credentials were expected, and whose came. */
const play = Effect.fnUntraced(function*(
  cast: typeof Cast.Type,
  steps: ReadonlyArray<typeof Step.Type>,
  cacheType: CheckedTokenAttributes["cacheType"]
) {
  const { lookup } = yield* Keyring.Keyring
  const identity = yield* ScriptedIdentity.ScriptedIdentity
  const { script } = yield* ScriptedPlugins.ScriptedPlugins
  const issuer = makeIssuer()
  const gate = yield* Latch.make(true)
  let answering = { cacheKeyType: "Registry", cacheDuration: "60 minutes" as `${number} minutes` }
  const accounts = names.map(([namespace, name]) => ({
    namespace,
    name,
    uid: "u",
    annotations: oneOf(sets, cast.annotations[0])
  }))
  const lookups: Array<readonly [Expected, Fiber.Fiber<Keyring.Lookup, unknown>]> = []

  yield* identity.scriptTokens(issuer.issue)
  yield* Effect.forEach(accounts, identity.setAccount)
  yield* script("acme", (request) =>
    Effect.as(
      gate.await,
      answer({
        ...answering,
        auth: Object.fromEntries(
          ["reg.example", "x.reg.example"].map((host) => [host, { username: issuer.whose(request), password: "word" }])
        )
      })
    ))
  const start = (expected: Expected, found: Effect.Effect<Keyring.Lookup, unknown>) =>
    Effect.map(Effect.forkChild(found, { startImmediately: true }), (fiber) => void lookups.push([expected, fiber]))

  const playStep = (step: typeof Step.Type): Effect.Effect<unknown> => {
    switch (step.do) {
      case "lookUp": {
        const { annotations, name, namespace, uid } = oneOf(accounts, cast.names[step.who])
        const caller = pod(namespace, name, step.pod)
        const coordinates = { namespace, name, uid }
        const expected = {
          whose: asText(coordinates, cacheType === "Token" ? caller.podUid : "*", annotations),
          coordinates
        }
        return start(expected, lookup(step.image, { pod: caller }))
      }
      case "lookUpWithout":
        return start({ whose: "nobody", coordinates: undefined }, lookup(step.image))
      case "change": {
        const { name, namespace } = oneOf(accounts, cast.names[step.who])
        const account = { namespace, name, uid: step.uid, annotations: oneOf(sets, cast.annotations[step.annotations]) }
        accounts[cast.names[step.who]] = account
        return identity.setAccount(account)
      }
      case "answerFor":
        answering = { cacheKeyType: step.scope, cacheDuration: `${step.minutes} minutes` }
        return Effect.void
      case "wait":
        return TestClock.adjust(`${step.minutes} minutes`)
      case "hold":
        return gate.close
      case "release":
        return Effect.andThen(gate.open, Effect.forEach(lookups, ([, fiber]) => Fiber.await(fiber)))
      case "renewTokens":
        return Effect.sync(issuer.renew)
    }
  }
  yield* Effect.forEach(steps, playStep)
  yield* gate.open
  return yield* Effect.forEach(
    lookups,
    ([expected, fiber]) =>
      Effect.map(Fiber.join(fiber), ({ credentials, failures }) => ({
        expected: [expected],
        found: credentials.map(({ source, username }) => ({
          // With cacheType ServiceAccount pods of one account may share.
          whose: cacheType === "Token" ? username : username.replace(/"uid-of-[pq]"/, "\"*\""),
          coordinates: source._tag === "Provider" ? source.coordinates : source
        })),
        failures
      }))
  )
})

const { answer } = ScriptedPlugins

const layer = (cacheType: CheckedTokenAttributes["cacheType"], switches: Profile.Switches) =>
  Keyring.layer.pipe(
    Layer.provide(ProviderRegistry.layerFixed([
      provider("acme", { tokenAttributes: tokenAttributes({ cacheType, optionalServiceAccountAnnotationKeys: keys }) })
    ])),
    Layer.provideMerge([ScriptedPlugins.layer(), ScriptedIdentity.layer()]),
    Layer.provide([CredentialCache.layerMemory, NodeCrypto.layerDigest]),
    Layer.provide(Layer.succeed(Profile.Profile, switches))
  )

describe("isolation", () => {
  for (const cacheType of ["ServiceAccount", "Token"] as const) {
    for (const [name, switches] of [["kubelet", Profile.kubelet], ["recommended", Profile.recommended]] as const) {
      it.effect.prop(
        `CACHE-6, CACHE-46: credentials are for whom they were obtained for (${cacheType}, ${name})`,
        { cast: Cast, steps: Schema.Array(Step).check(Schema.isMinLength(2), Schema.isMaxLength(40)) },
        ({ cast, steps }) =>
          Effect.gen(function*() {
            for (const { expected, failures, found } of yield* play(cast, steps, cacheType)) {
              assert.deepStrictEqual(failures, [])
              assert.deepStrictEqual(found, expected)
            }
          }).pipe(Effect.provide(layer(cacheType, switches), { local: true })),
        { arbitrary: { runs: 200, size: 40 } }
      )
    }
  }
})

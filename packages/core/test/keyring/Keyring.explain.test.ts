/**
 * An explanation is a lookup like any other. The same script is played in two worlds, where everybody looks up in the one
 * and explains in the other: they must come to the same, and the explanations must account for all that was asked of
 * plugins and API server.
 */
import type { CheckedProvider } from "@credlet/core/config/ProviderConfig"
import * as Location from "@credlet/core/credential/Location"
import { IdentityError } from "@credlet/core/identity/IdentityError"
import * as Keyring from "@credlet/core/keyring/Keyring"
import type { Step } from "@credlet/core/LookupTrace"
import type { PluginRequest } from "@credlet/core/plugin/PluginProtocol"
import * as Profile from "@credlet/core/Profile"
import * as ScriptedIdentity from "@credlet/testing/ScriptedIdentity"
import * as ScriptedPlugins from "@credlet/testing/ScriptedPlugins"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Duration, Effect, Fiber, Redacted, Schema } from "effect"
import { TestClock } from "effect/testing"
import { pod, provider, tokenAttributes } from "../provider/providers.ts"
import { answer, failing, secret, worldLayer } from "./explaining.ts"

const Behaviour = Schema.Struct({
  does: Schema.Literals(["answers", "answers", "answers", "fails", "echoes the token"]),
  cacheKeyType: Schema.Literals(["Image", "Registry", "Registry", "Registry", "Global", "Global", "bogus"]),
  minutes: Schema.UndefinedOr(Schema.Literals([0, 1, 60])),
  seconds: Schema.Literals([0, 2, 2]),
  locations: Schema.Array(
    Schema.Literals([
      "reg.example",
      "reg.example/a",
      "*.example",
      "https://index.docker.io/v1/",
      "reg.example:x",
      "other.example"
    ])
  ).check(Schema.isMaxLength(3))
})

const Provider = Schema.Struct({
  matchImages: Schema.NonEmptyArray(
    Schema.Literals([
      "reg.example",
      "reg.example",
      "reg.example",
      "*.reg.example",
      "docker.io",
      "reg.example/a",
      "*",
      "localhost"
    ])
  ).check(Schema.isMaxLength(3)),
  mode: Schema.Literals(["plain", "ServiceAccount", "Token"]),
  isRequired: Schema.Boolean,
  required: Schema.Literals(["none", "a", "a", "b"]),
  behaviours: Schema.NonEmptyArray(Behaviour).check(Schema.isMaxLength(3))
})

const LookUp = Schema.Struct({
  // Most are of one registry: chance meetings are what matters.
  image: Schema.Literals([
    "reg.example/a:1",
    "reg.example/a:1",
    "reg.example/b",
    "reg.example/b",
    "x.reg.example/a",
    "busybox",
    "localhost/a",
    "none.example/a"
  ]),
  pod: Schema.Literals(["", "builder", "builder", "builder", "nobody", "static"]),
  secrets: Schema.Literals([0, 0, 0, 1, 2])
})

/** Lookups at the same time, and how long it is until the next. */
const Turn = Schema.Struct({
  lookUps: Schema.NonEmptyArray(LookUp).check(Schema.isMaxLength(5)),
  minutes: Schema.Literals([0, 1, 30])
})

const Script = Schema.Struct({
  switches: Schema.Literals(["kubelet", "recommended", "small"]),
  tokens: Schema.Literals(["same", "same", "new", "refused"]),
  providers: Schema.NonEmptyArray(Provider).check(Schema.isMaxLength(3)),
  turns: Schema.NonEmptyArray(Turn).check(Schema.isMaxLength(5))
})
type Script = typeof Script.Type

const switchesOf = {
  kubelet: Profile.kubelet,
  recommended: Profile.recommended,
  small: { ...Profile.recommended, cacheCapacity: 1 }
}

const providerOf = ({ isRequired, matchImages, mode, required }: typeof Provider.Type, at: number): CheckedProvider =>
  provider(`p${at}`, {
    matchImages,
    tokenAttributes: mode === "plain" ? undefined : tokenAttributes({
      cacheType: mode,
      requireServiceAccount: isRequired,
      requiredServiceAccountAnnotationKeys: required === "none" ? [] : [required],
      optionalServiceAccountAnnotationKeys: ["c"]
    })
  })

/** What each plugin does at its first run, its second, and so on. */
const pluginOf = ({ behaviours }: typeof Provider.Type, name: string): ScriptedPlugins.Behaviour => {
  let runs = 0
  return (request) => {
    const behaviour = behaviours[runs++ % behaviours.length] ?? behaviours[0]
    const run = behaviour.does === "fails"
      ? failing(name, { _tag: "Exited", code: 1, stderr: "" })
      : Effect.succeed(answerOf(behaviour, request, `${name}-${runs}`))
    return Effect.delay(run, Duration.seconds(behaviour.seconds))
  }
}

const answerOf = (behaviour: typeof Behaviour.Type, request: PluginRequest, username: string) => {
  const { cacheKeyType, does, locations, minutes } = behaviour
  const token = does === "echoes the token" ? request.serviceAccountToken : undefined
  const password = token === undefined ? `${username}-word` : Redacted.value(token)
  return answer({
    cacheKeyType,
    ...(minutes === undefined ? {} : { cacheDuration: Duration.minutes(minutes) }),
    auth: Object.fromEntries(locations.map((location) => [location, { username, password }]))
  })
}

const tokensOf = (tokens: Script["tokens"]): ScriptedIdentity.Options => {
  const accounts = [{ namespace: "team", name: "builder", annotations: { a: "1", c: "3" } }]
  if (tokens === "same") return { accounts }
  let issued = 0
  return {
    accounts,
    tokens: tokens === "refused"
      ? new IdentityError({ operation: "create token", failure: "Forbidden", detail: "" })
      : Effect.sync(() => Redacted.make(`token-${issued++}`))
  }
}

const secrets = [
  secret("one", { "reg.example": "one", "*.example": "two" }),
  secret("hub", { "index.docker.io": "hub" })
]

const optionsOf = ({ pod: name, secrets: count }: typeof LookUp.Type): Keyring.LookupOptions => ({
  ...(name === "" ? {} : { pod: pod("team", name === "static" ? "" : name) }),
  pullSecrets: secrets.slice(0, count)
})

/** Plays the script in a world of its own; `ask` is what everybody does there. */
const play = <A, E>(
  script: Script,
  ask: (keyring: Keyring.Keyring["Service"], lookUp: typeof LookUp.Type) => Effect.Effect<A, E>
) =>
  Effect.gen(function*() {
    const keyring = yield* Keyring.Keyring
    const answers: Array<A> = []
    for (const { lookUps, minutes } of script.turns) {
      const fibers = yield* Effect.forEach(lookUps, (one) =>
        Effect.forkChild(ask(keyring, one), { startImmediately: true }))
      yield* TestClock.adjust("10 seconds")
      for (const fiber of fibers) {
        answers.push(yield* Fiber.join(fiber))
      }
      yield* TestClock.adjust(Duration.minutes(minutes))
    }
    const { calls } = yield* ScriptedPlugins.ScriptedPlugins
    const { gets, tokenRequests } = yield* ScriptedIdentity.ScriptedIdentity
    return { answers, calls: yield* calls, gets: yield* gets, tokenRequests: yield* tokenRequests }
  }).pipe(Effect.provide(
    worldLayer({
      providers: script.providers.map(providerOf),
      plugins: Object.fromEntries(script.providers.map((one, at) => [`p${at}`, pluginOf(one, `p${at}`)])),
      identity: tokensOf(script.tokens),
      switches: switchesOf[script.switches]
    }),
    { local: true }
  ))

/** All of a lookup that can be compared: errors by what they say. */
const comparable = (lookup: Keyring.Lookup) => ({
  ...lookup,
  credentials: lookup.credentials.map((one) => ({ ...one, password: Redacted.value(one.password) })),
  failures: lookup.failures.map((failure) => [failure._tag, failure.message])
})

/** An explanation's own account of what came out. */
const assertTells = ({ explanation, lookup }: Keyring.Explained) => {
  assert.deepStrictEqual(
    explanation.credentials.map(({ location, source, username }) => ({ location, username, source: source._tag })),
    lookup.credentials.map(({ location, source, username }) => ({
      location: Location.withoutUserInfo(location),
      username,
      source: source._tag
    }))
  )
  const fingerprints = new Map<string, string>()
  explanation.credentials.forEach(({ password }, at) => {
    const secret = Redacted.value(lookup.credentials[at]?.password ?? Redacted.make(""))
    assert.strictEqual(fingerprints.get(secret) ?? password, password, "equal passwords have equal fingerprints")
    fingerprints.set(secret, password)
  })
  assert.strictEqual(new Set(fingerprints.values()).size, fingerprints.size, "others have others")
  const serving = explanation.rings.flatMap(({ keys }) =>
    keys.filter(({ verdict }) => verdict._tag === "Matches" || verdict._tag === "HubFallback")
  )
  assert.strictEqual(serving.reduce((sum, key) => sum + key.credentials, 0), lookup.credentials.length)
  const named = (tag: string) =>
    explanation.providers.filter(({ outcome }) => outcome._tag === tag).map(({ name }) => name)
  assert.deepStrictEqual(named("Failed"), lookup.failures.map((failure) => failure.provider))
  assert.deepStrictEqual(named("Skipped"), lookup.skipped.map((skipped) => skipped.provider))
  assert.deepStrictEqual(
    explanation.providers.filter(({ outcome }) => outcome._tag !== "NotAsked").map(({ name }) => name),
    lookup.providers
  )
}

const stepsOf = <Tag extends Step["_tag"]>(explained: ReadonlyArray<Keyring.Explained>, tag: Tag) =>
  explained.flatMap(({ explanation }) => explanation.providers.flatMap(({ steps }) => steps))
    .filter((step): step is Extract<Step, { readonly _tag: Tag }> => step._tag === tag)

const sorted = (all: ReadonlyArray<string>) => all.toSorted()

describe("Keyring.explain", () => {
  it.effect.prop(
    "comes to what lookup comes to, and accounts for all that was asked",
    { script: Arbitrary.schema(Script) },
    ({ script }) =>
      Effect.gen(function*() {
        const lookedUp = yield* play(script, (keyring, one) => keyring.lookup(one.image, optionsOf(one)))
        const explained = yield* play(script, (keyring, one) => keyring.explain(one.image, optionsOf(one)))
        assert.deepStrictEqual(
          explained.answers.map(({ lookup }) => comparable(lookup)),
          lookedUp.answers.map(comparable)
        )
        explained.answers.forEach(assertTells)
        assert.deepStrictEqual(explained.calls, lookedUp.calls)
        assert.deepStrictEqual(
          sorted(stepsOf(explained.answers, "PluginRun").map((step) => step.provider)),
          sorted(explained.calls.map((call) => call.provider))
        )
        assert.deepStrictEqual(
          sorted(stepsOf(explained.answers, "ServiceAccountRead").map((step) => `${step.namespace}/${step.name}`)),
          sorted(explained.gets.map((get) => `${get.namespace}/${get.name}`))
        )
        assert.deepStrictEqual(
          stepsOf(explained.answers, "TokenAsked").map((step) => step.audience),
          explained.tokenRequests.map((request) => request.audience)
        )
      }),
    { arbitrary: { runs: 150 } }
  )
})

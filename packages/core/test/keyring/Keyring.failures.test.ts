/** What becomes of failures: in the answer, as an error, and in the log. */
import * as Keyring from "@credlet/core/keyring/Keyring"
import { ProvidersFailed } from "@credlet/core/keyring/Lookup"
import { LookupTrace, type Step } from "@credlet/core/LookupTrace"
import * as Profile from "@credlet/core/Profile"
import * as LookupLog from "@credlet/core/telemetry/LookupLog"
import * as ScriptedPlugins from "@credlet/testing/ScriptedPlugins"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Redacted, Schema } from "effect"
import { TestClock } from "effect/testing"
import { assertHides } from "../credential/canary.ts"
import { pod, provider, tokenAttributes } from "../provider/providers.ts"
import { type Line, logLines } from "../telemetry/collect.ts"
import { answer, failing, gives, secret, type World, worldLayer } from "./explaining.ts"

const image = "reg.example/app:1"
const failed = failing("bad", { _tag: "Exited", code: 1, stderr: "no role" })
const failedAs = (name: string) => failing(name, { _tag: "Exited", code: 1, stderr: "" })
const broken = {
  ...secret("broken", {}),
  data: { ".dockerconfigjson": Redacted.make(new TextEncoder().encode("{canary")) }
}
const mixed: World = {
  providers: [provider("good"), provider("bad")],
  plugins: { good: gives("good", "reg.example"), bad: failed }
}

const usernames = (lookup: Keyring.Lookup) => lookup.credentials.map(({ username }) => username)

describe("Profile.providerFailures", () => {
  it("is a value in both presets, as upstream (RESP-40)", () => {
    assert.strictEqual(Profile.kubelet.providerFailures, "value")
    assert.strictEqual(Profile.recommended.providerFailures, "value")
  })

  it.effect("\"error\": the lookup fails, with the failures and with what the others gave", () =>
    Effect.gen(function*() {
      const { lookup } = yield* Keyring.Keyring
      for (
        const options of [{}, { pod: pod("team", "builder") }, { pullSecrets: [secret("a", { "reg.example": "a" })] }]
      ) {
        const error = yield* Effect.flip(lookup(image, options))
        assert(error._tag === "ProvidersFailed")
        assert.deepStrictEqual(error.failures, [failed])
        assert.deepStrictEqual(usernames(error.lookup), options.pullSecrets === undefined ? ["good"] : ["a", "good"])
        assert.strictEqual(error.message, failed.message)
        assertHides(error, "good-word")
      }
    }).pipe(Effect.provide(worldLayer({ ...mixed, switches: { providerFailures: "error" } }))))

  it.effect("\"error\": without a failure, and for a provider that was skipped, the lookup succeeds", () =>
    Effect.gen(function*() {
      const { lookup } = yield* Keyring.Keyring
      assert.deepStrictEqual(usernames(yield* lookup(image)), ["good"])
      assert.deepStrictEqual(usernames(yield* lookup("other.example/app")), [])
    }).pipe(Effect.provide(worldLayer({
      providers: [
        provider("good"),
        provider("sa", { tokenAttributes: tokenAttributes({ requireServiceAccount: true }) })
      ],
      plugins: { good: gives("good", "reg.example") },
      switches: { providerFailures: "error" }
    }))))

  it.effect("\"error\": explain explains all the same", () =>
    Effect.gen(function*() {
      const { explain } = yield* Keyring.Keyring
      const { explanation, lookup } = yield* explain(image)
      assert.deepStrictEqual(lookup.failures, [failed])
      assert.deepStrictEqual(explanation.providers.map(({ outcome }) => outcome._tag), ["Given", "Failed"])
    }).pipe(Effect.provide(worldLayer({ ...mixed, switches: { providerFailures: "error" } }))))

  it.effect("the error's passwords can't be written as JSON", () =>
    Effect.gen(function*() {
      const { lookup } = yield* Keyring.Keyring
      const error = yield* Effect.flip(lookup(image))
      const written = yield* Effect.exit(Schema.encodeUnknownEffect(Schema.toCodecJson(ProvidersFailed))(error))
      assert.strictEqual(written._tag, "Failure")
    }).pipe(Effect.provide(worldLayer({ ...mixed, switches: { providerFailures: "error" } }))))
})

describe("Keyring.explain", () => {
  it.effect("IMG-11, SECRET-3: fails as lookup does, before anybody is asked", () =>
    Effect.gen(function*() {
      const { explain, lookup } = yield* Keyring.Keyring
      for (
        const [name, options] of [["reg.example/App", {}], [image, { pullSecrets: [secret("a", {}), broken] }]] as const
      ) {
        const error = yield* Effect.flip(explain(name, options))
        assert.deepStrictEqual(error, yield* Effect.flip(lookup(name, options)))
        assert.notInclude(error.message, "canary")
      }
      assert.deepStrictEqual(yield* (yield* ScriptedPlugins.ScriptedPlugins).calls, [])
    }).pipe(Effect.provide(worldLayer(mixed))))

  it.effect("who listens to the lookups of a program hears an explanation's steps too", () =>
    Effect.gen(function*() {
      const { explain } = yield* Keyring.Keyring
      const heard: Array<Step> = []
      const { explanation } = yield* Effect.provideService(explain(image), LookupTrace, {
        report: (step) => void heard.push(step)
      })
      assert.isNotEmpty(heard)
      assert.deepStrictEqual(heard, explanation.providers.flatMap(({ steps }) => steps))
    }).pipe(Effect.provide(worldLayer(mixed))))
})

describe("the log of a lookup", () => {
  const { messages } = LookupLog
  const told = (lines: ReadonlyArray<Line>, ...wanted: ReadonlyArray<string>) =>
    lines.filter(({ message }) => wanted.includes(message))

  it.effect("LOG-2, LOG-20: a failure is told once a lookup, whether it is explained or not", () =>
    Effect.gen(function*() {
      const { explain, lookup } = yield* Keyring.Keyring
      const line = {
        level: "Error",
        message: messages.providerFailed,
        err: failed.message,
        provider: "bad",
        image: "reg.example/app"
      }
      assert.deepStrictEqual(told(yield* logLines(lookup(image)), messages.providerFailed), [line])
      assert.deepStrictEqual(told(yield* logLines(lookup(image)), messages.providerFailed), [line])
      assert.deepStrictEqual(told(yield* logLines(explain(image)), messages.providerFailed), [line])
    }).pipe(Effect.provide(worldLayer(mixed))))

  it.effect("LOG-21: each of those who waited for one run tells of its failure", () =>
    Effect.gen(function*() {
      const { lookup } = yield* Keyring.Keyring
      const all = Effect.all([lookup(image), lookup(image), lookup(image)], { concurrency: "unbounded" })
      const fiber = yield* Effect.forkChild(logLines(all), { startImmediately: true })
      yield* TestClock.adjust("1 second")
      assert.lengthOf(told(yield* Fiber.join(fiber), messages.providerFailed), 3)
      assert.lengthOf(yield* (yield* ScriptedPlugins.ScriptedPlugins).calls, 1)
    }).pipe(Effect.provide(worldLayer({
      providers: [provider("bad")],
      plugins: { bad: Effect.delay(failed, "1 second") }
    }))))

  it.effect("LOG-1, LOG-3, LOG-4, LOG-7: in service account mode the pod is named", () =>
    Effect.gen(function*() {
      const { lookup } = yield* Keyring.Keyring
      const own = [
        messages.providerFailed,
        messages.annotationMissing,
        messages.serviceAccountRequired,
        messages.providerBound
      ]
      const ofPod = {
        image: "reg.example/app",
        pod: "team/app",
        podUID: "uid-of-app",
        serviceAccount: "team/builder"
      }
      const lines = yield* logLines(lookup(image, { pod: pod("team", "builder", "app") }))
      assert.deepStrictEqual(told(lines, ...own), [
        {
          level: "Debug",
          message: messages.providerBound,
          provider: "strict",
          podName: "app",
          podNamespace: "team",
          podUID: "uid-of-app",
          serviceAccountName: "builder"
        },
        {
          level: "Debug",
          message: messages.providerBound,
          provider: "sa",
          podName: "app",
          podNamespace: "team",
          podUID: "uid-of-app",
          serviceAccountName: "builder"
        },
        {
          level: "Trace",
          message: messages.annotationMissing,
          provider: "strict",
          err: "the service account has no annotation \"a\"",
          ...ofPod
        },
        { level: "Error", message: messages.providerFailed, provider: "sa", err: failedAs("sa").message, ...ofPod },
        {
          level: "Error",
          message: messages.providerFailed,
          provider: "plain",
          err: failedAs("plain").message,
          image: "reg.example/app"
        }
      ])
      assert.deepStrictEqual(
        told(yield* logLines(lookup(image)), ...own).map(({ message, provider }) => [message, provider]),
        [
          [messages.serviceAccountRequired, "strict"],
          [messages.serviceAccountRequired, "sa"],
          [messages.providerFailed, "plain"]
        ]
      )
    }).pipe(Effect.provide(worldLayer({
      providers: [
        provider("strict", {
          tokenAttributes: tokenAttributes({
            requireServiceAccount: true,
            requiredServiceAccountAnnotationKeys: ["a"]
          })
        }),
        provider("sa", { tokenAttributes: tokenAttributes({ requireServiceAccount: true }) }),
        provider("plain")
      ],
      plugins: { sa: failedAs("sa"), plain: failedAs("plain") },
      identity: { accounts: [{ namespace: "team", name: "builder" }] }
    }))))

  it.effect("LOG-8, LOG-13, LOG-22: locations that are no address, lookups without credentials, and nothing of a hit", () =>
    Effect.gen(function*() {
      const { explain, lookup } = yield* Keyring.Keyring
      const own = [messages.unusableLocation, messages.noCredentials]
      const seen = (lines: ReadonlyArray<Line>) =>
        told(lines, ...own).map(({ level, location, message, ...rest }) => [level, message, location ?? rest["image"]])
      assert.deepStrictEqual(seen(yield* logLines(lookup(image))), [[
        "Error",
        messages.unusableLocation,
        "reg.example:x"
      ]])
      assert.deepStrictEqual(yield* logLines(lookup(image)), [])
      assert.deepStrictEqual(yield* logLines(explain(image)), [])
      const pullSecrets = [secret("a", { "…@reg.example:y": "a" })]
      assert.deepStrictEqual(seen(yield* logLines(lookup(image, { pullSecrets }))), [
        ["Error", messages.unusableLocation, "…@reg.example:y"]
      ])
      const none = ["Debug", messages.noCredentials, "none.example/app"]
      assert.deepStrictEqual(seen(yield* logLines(lookup("none.example/app"))), [none])
      assert.deepStrictEqual(seen(yield* logLines(lookup("none.example/app", { pullSecrets }))).slice(1), [none])
      assert.deepStrictEqual(seen(yield* logLines(explain("none.example/app"))), [none])
      const fromSecret = yield* logLines(lookup("none.example/app", {
        pullSecrets: [secret("b", { "none.example": "b" })]
      }))
      assert.deepStrictEqual(fromSecret, [])
    }).pipe(Effect.provide(worldLayer({
      providers: [provider("good"), provider("empty")],
      plugins: { good: gives("good", "reg.example", "reg.example:x"), empty: answer({ cacheKeyType: "Global" }) }
    }))))

  it.effect("LOG-22: accounts that take turns, and a provider that goes on failing, make no news of what is cached", () =>
    Effect.gen(function*() {
      const { lookup } = yield* Keyring.Keyring
      const ask = (name: string) =>
        Effect.map(
          logLines(lookup(image, { pod: pod("team", name) })),
          (lines) => told(lines, messages.unusableLocation, messages.providerFailed).map(({ message }) => message)
        )
      const bad = messages.providerFailed
      assert.deepStrictEqual(yield* ask("builder"), [messages.unusableLocation, bad])
      assert.deepStrictEqual(yield* ask("other"), [messages.unusableLocation, bad])
      for (const name of ["builder", "other", "builder"]) assert.deepStrictEqual(yield* ask(name), [bad])
    }).pipe(Effect.provide(worldLayer({
      providers: [provider("sa", { tokenAttributes: tokenAttributes() }), provider("bad")],
      plugins: { sa: Effect.sync(() => gives("sa", "reg.example", "reg.example:x")), bad: failedAs("bad") },
      identity: { accounts: [{ namespace: "team", name: "builder" }, { namespace: "team", name: "other" }] }
    }))))
})

/** The steps of `LookupTrace` that one provider reports. */
import { IdentityError } from "@credlet/core/identity/IdentityError"
import * as Profile from "@credlet/core/Profile"
import * as ScriptedIdentity from "@credlet/testing/ScriptedIdentity"
import { answer } from "@credlet/testing/ScriptedPlugins"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Duration, Effect, Fiber, Redacted } from "effect"
import { TestClock } from "effect/testing"
import * as Collect from "../telemetry/collect.ts"
import { pod, tokenAttributes } from "./providers.ts"
import { auth, broken, builderPod, held, image, setup, start } from "./scripted.ts"

const uid = ScriptedIdentity.uidOf("team", "builder")
const seconds = (count: bigint) => Duration.nanos(count * 1_000_000_000n)
const minute = Duration.minutes(1)

/** Those that this room reports. */
const steps = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(
    Collect.steps(effect),
    (all) => all.filter((step) => step._tag !== "PluginRun" && step._tag !== "PluginQueued")
  )

const scopes = ["Image", "Registry", "Global"] as const
const missed = { _tag: "CacheMissed", provider: "acme", scopes } as const
describe("the steps of a lookup", () => {
  it.effect("CACHE-40, RESP-22: a miss, what was checked and stored; then a hit with its remaining life", () =>
    Effect.gen(function*() {
      const { provide } = yield* setup(answer({ cacheKeyType: "Image", cacheDuration: minute, auth }))
      assert.deepStrictEqual(yield* steps(provide()), [
        missed,
        { _tag: "AnswerChecked", provider: "acme", locations: 1 },
        { _tag: "Stored", provider: "acme", scope: "Image", lifetime: minute, isDefault: false }
      ])
      yield* TestClock.adjust("20 seconds")
      assert.deepStrictEqual(yield* steps(provide()), [
        { _tag: "CacheHit", provider: "acme", scope: "Image", remaining: seconds(40n) }
      ])
    }))

  for (const [scope, other] of [["Registry", "reg.example/other"], ["Global", "a.reg.example/x"]] as const) {
    it.effect(`CACHE-44: a hit by a ${scope} entry says so`, () =>
      Effect.gen(function*() {
        const { provide } = yield* setup(answer({ cacheKeyType: scope, auth }))
        assert.deepInclude((yield* steps(provide())).at(-1), { _tag: "Stored", scope, isDefault: true })
        assert.deepStrictEqual(yield* steps(provide(other)), [
          { _tag: "CacheHit", provider: "acme", scope, remaining: seconds(600n) }
        ])
      }))
  }

  for (const isDefault of [true, false]) {
    it.effect(`RESP-22, RESP-23: what lives for no time is not stored, by the ${isDefault ? "config" : "answer"}`, () =>
      Effect.gen(function*() {
        const { provide } = yield* setup(
          answer({ cacheKeyType: "Image", auth, ...(isDefault ? {} : { cacheDuration: 0 }) }),
          { defaultCacheDuration: isDefault ? 0 : minute }
        )
        assert.deepStrictEqual((yield* steps(provide())).at(-1), { _tag: "NotStored", provider: "acme", isDefault })
      }))
  }

  it.effect("SA-12…18: the account with its UID, the annotations found and missing, the token", () =>
    Effect.gen(function*() {
      const { identity, provide } = yield* setup(answer({ cacheKeyType: "Image", auth }), {
        attributes: tokenAttributes({
          requiredServiceAccountAnnotationKeys: ["a"],
          optionalServiceAccountAnnotationKeys: ["zz", "b"]
        })
      })
      const slow = Effect.delay(
        Effect.succeed({ namespace: "team", name: "builder", uid, annotations: new Map([["a", "1"], ["c", "2"]]) }),
        "3 seconds"
      )
      yield* identity.scriptAccount("team", "builder", slow)
      yield* identity.scriptTokens(Effect.delay(Effect.succeed(Redacted.make("t")), "2 seconds"))
      const fiber = yield* start(steps(provide(image, builderPod)))
      yield* TestClock.adjust("3 seconds")
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual((yield* Fiber.join(fiber)).slice(0, 6), [
        {
          _tag: "ServiceAccountRead",
          provider: "acme",
          namespace: "team",
          name: "builder",
          uid,
          duration: seconds(3n)
        },
        { _tag: "AnnotationsChosen", provider: "acme", found: ["a"], missing: ["zz", "b"] },
        { _tag: "TokenIssued", isReused: false },
        {
          _tag: "TokenAsked",
          provider: "acme",
          audience: "reg.example",
          isObtained: true,
          duration: seconds(2n)
        },
        missed,
        { _tag: "AnswerChecked", provider: "acme", locations: 1, isTokenEchoed: false }
      ])
    }))

  it.effect("SA-12: no UID where the account could not be read", () =>
    Effect.gen(function*() {
      const { provide } = yield* setup(answer({ cacheKeyType: "Image" }), { attributes: tokenAttributes() })
      assert.deepStrictEqual(yield* steps(provide(image, pod("team", "nobody"))), [
        { _tag: "ServiceAccountRead", provider: "acme", namespace: "team", name: "nobody", duration: seconds(0n) }
      ])
    }))

  it.effect("SA-13: the first required annotation that is missing ends it", () =>
    Effect.gen(function*() {
      const { provide } = yield* setup(answer({ cacheKeyType: "Image" }), {
        attributes: tokenAttributes({ requiredServiceAccountAnnotationKeys: ["a", "b", "c"] })
      })
      const reported = yield* steps(provide(image, builderPod))
      assert.deepStrictEqual(reported.at(-1), {
        _tag: "AnnotationsChosen",
        provider: "acme",
        found: ["a"],
        missing: ["b", "c"],
        missingRequired: "b"
      })
      assert.strictEqual(reported.length, 2)
    }))

  it.effect("SA-18: each try counts, also the second one after the account was made anew", () =>
    Effect.gen(function*() {
      const { identity, provide } = yield* setup(answer({ cacheKeyType: "Image" }), { attributes: tokenAttributes() })
      const replaced = new IdentityError({ operation: "get a token", failure: "ServiceAccountReplaced", detail: "" })
      yield* identity.scriptTokens(replaced)
      const reported = yield* steps(provide(image, builderPod))
      const one = ["ServiceAccountRead", "AnnotationsChosen", "TokenAsked"]
      assert.deepStrictEqual(Collect.tags(reported), [...one, ...one])
      assert.deepInclude(reported.at(-1), { _tag: "TokenAsked", isObtained: false })
      assert.strictEqual((yield* identity.gets).length, 2)
      assert.strictEqual((yield* identity.tokenRequests).length, 2)
    }))

  it.effect("SA-30: an answer that gives the token back is checked, and not stored", () =>
    Effect.gen(function*() {
      const { provide } = yield* setup(
        ({ serviceAccountToken }) =>
          Effect.succeed(answer({
            cacheKeyType: "Image",
            auth: {
              "reg.example": { username: "u", password: serviceAccountToken ? Redacted.value(serviceAccountToken) : "" }
            }
          })),
        { attributes: tokenAttributes() }
      )
      assert.deepStrictEqual((yield* steps(provide(image, builderPod))).at(-1), {
        _tag: "AnswerChecked",
        provider: "acme",
        locations: 1,
        isTokenEchoed: true
      })
    }))

  it.effect("LOG-30…36: no step holds a password, a token or an annotation's value", () =>
    Effect.gen(function*() {
      const { identity, provide } = yield* setup(answer({ cacheKeyType: "Image", auth }), {
        attributes: tokenAttributes({ optionalServiceAccountAnnotationKeys: ["a"] })
      })
      yield* identity.scriptTokens(Effect.succeed(Redacted.make("canary-token")))
      const reported = [...yield* steps(provide(image, builderPod)), ...yield* steps(provide(image, builderPod))]
      assert.include(Collect.tags(reported), "CacheHit")
      assert.isFalse(Collect.holds(reported, "canary"))
    }))
})

describe("who shares a run", () => {
  for (const [name, switches] of [["kubelet", Profile.kubelet], ["recommended", Profile.recommended]] as const) {
    it.effect(`FLIGHT-1: FlightJoined is for those who ran nothing, and all checked and stored (${name})`, () =>
      Effect.gen(function*() {
        const { behaviour, release } = yield* held({ cacheKeyType: "Image", cacheDuration: minute, auth })
        const { provide, runs } = yield* setup(behaviour, { switches })
        const callers = yield* Effect.all(Array.from({ length: 5 }, () => start(steps(provide()))))
        yield* release
        const [first, ...others] = yield* Effect.forEach(callers, Fiber.join)
        assert.deepStrictEqual(Collect.tags(first ?? []), ["CacheMissed", "AnswerChecked", "Stored"])
        for (const other of others) {
          assert.deepStrictEqual(Collect.tags(other), ["CacheMissed", "FlightJoined", "AnswerChecked", "Stored"])
        }
        assert.strictEqual(yield* runs, 1)
      }))
  }

  it.effect("FLIGHT-7: who comes while an abandoned run is still ending runs anew, and does not join", () =>
    Effect.gen(function*() {
      const ending = yield* Deferred.make<void>()
      let runs = 0
      const { provide } = yield* setup(() =>
        ++runs === 1
          ? Effect.onInterrupt(Effect.never, () => Deferred.await(ending))
          : Effect.succeed(answer({ cacheKeyType: "Image", auth }))
      )
      const abandoned = yield* start(provide())
      abandoned.interruptUnsafe()
      assert.deepStrictEqual(Collect.tags(yield* steps(provide())), ["CacheMissed", "AnswerChecked", "Stored"])
      assert.strictEqual(runs, 2)
      yield* Deferred.succeed(ending, undefined)
      yield* Fiber.await(abandoned)
    }))

  it.effect("scope-aware: another image waits for the scope, an equal one joins; both look again or are answered", () =>
    Effect.gen(function*() {
      const { provide, runs, script } = yield* setup(
        answer({ cacheKeyType: "Registry", cacheDuration: minute, auth }),
        {
          switches: Profile.recommended
        }
      )
      yield* provide("reg.example/before")
      yield* TestClock.adjust("2 minutes")
      const { behaviour, release } = yield* held({ cacheKeyType: "Registry", cacheDuration: minute, auth })
      yield* script(behaviour)
      const callers = yield* Effect.forEach(
        ["reg.example/a", "reg.example/b", "reg.example/a"],
        (one) => start(steps(provide(one)))
      )
      yield* release
      assert.deepStrictEqual((yield* Effect.forEach(callers, Fiber.join)).map(Collect.tags), [
        ["CacheMissed", "AnswerChecked", "Stored"],
        ["CacheMissed", "ScopeAwaited", "CacheHit"],
        ["CacheMissed", "FlightJoined"]
      ])
      assert.strictEqual(yield* runs, 2)
    }))

  it.effect("scope-aware: who waited for nothing runs the plugin himself", () =>
    Effect.gen(function*() {
      const { provide, script } = yield* setup(answer({ cacheKeyType: "Registry", cacheDuration: minute, auth }), {
        switches: Profile.recommended
      })
      yield* provide("reg.example/before")
      yield* TestClock.adjust("2 minutes")
      const gate = yield* Deferred.make<void>()
      yield* script(({ image }) =>
        Effect.andThen(
          Deferred.await(gate),
          image === "reg.example/a" ? broken("Exited") : Effect.succeed(answer({ cacheKeyType: "Registry", auth }))
        )
      )
      const callers = yield* Effect.forEach(["reg.example/a", "reg.example/b"], (one) => start(steps(provide(one))))
      yield* Deferred.succeed(gate, undefined)
      assert.deepStrictEqual((yield* Effect.forEach(callers, Fiber.join)).map(Collect.tags), [
        ["CacheMissed"],
        ["CacheMissed", "ScopeAwaited", "CacheMissed", "AnswerChecked", "Stored"]
      ])
    }))
})

/** A provider in service account mode, for pods that have a service account. */
import type { CheckedTokenAttributes } from "@credlet/core/config/ProviderConfig"
import { IdentityError } from "@credlet/core/identity/IdentityError"
import type { PodIdentity } from "@credlet/core/identity/PodIdentity"
import * as Profile from "@credlet/core/Profile"
import type { ProviderAnswer } from "@credlet/core/provider/ProviderAnswer"
import * as ScriptedIdentity from "@credlet/testing/ScriptedIdentity"
import * as ScriptedPlugins from "@credlet/testing/ScriptedPlugins"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Latch, Logger, Redacted } from "effect"
import { pod, tokenAttributes } from "./providers.ts"
import * as Scripted from "./scripted.ts"

const { answer } = ScriptedPlugins
const { builderPod, image } = Scripted
const auth = { "reg.example": { username: "u", password: "word" } }
const builder = { namespace: "team", name: "builder" }
const uid = ScriptedIdentity.uidOf("team", "builder")
const otherPod = pod("team", "builder", "b")
const given: ScriptedPlugins.Behaviour = answer({ cacheKeyType: "Image", auth })
/** Gives back its token as a password, or what is made of it. */
const echoing =
  (password: (token: string) => string, cacheKeyType = "Image"): ScriptedPlugins.Behaviour => (request) => {
    const token = request.serviceAccountToken === undefined ? "" : Redacted.value(request.serviceAccountToken)
    const auth = { "reg.example": { username: "u", password: password(token) } }
    return Effect.succeed(answer({ cacheKeyType, cacheDuration: cacheKeyType === "Image" ? "1 hour" : 0, auth }))
  }

const setup = Effect.fnUntraced(function*(
  options: {
    readonly attributes?: Partial<CheckedTokenAttributes>
    readonly behaviour?: ScriptedPlugins.Behaviour
    readonly switches?: Profile.Switches
  } = {}
) {
  const { provide, ...world } = yield* Scripted.setup(options.behaviour ?? given, {
    accounts: [builder],
    attributes: tokenAttributes(options.attributes),
    ...(options.switches === undefined ? {} : { switches: options.switches })
  })
  return { ...world, provide: (pod?: PodIdentity, repository = image) => provide(repository, pod) }
})

const coordinates = (found: ProviderAnswer) => {
  assert(found._tag === "Given")
  return found.coordinates
}

describe("CredentialProvider in service account mode", () => {
  it.effect("SA-12…18, TR-1: the account is read, then a token is asked for, bound to the pod, for the audience", () =>
    Effect.gen(function*() {
      const { calls, identity, provide } = yield* setup({
        attributes: { requiredServiceAccountAnnotationKeys: ["b"], optionalServiceAccountAnnotationKeys: ["a", "zz"] }
      })
      yield* identity.setAccount({ ...builder, uid: "u-1", annotations: { a: "1", b: "", c: "3" } })
      const found = yield* provide(builderPod)
      assert.deepStrictEqual(coordinates(found), { ...builder, uid: "u-1" })
      assert.deepStrictEqual(yield* identity.gets, [builder])
      assert.deepStrictEqual(yield* identity.tokenRequests, [{
        serviceAccount: { ...builder, uid: "u-1" },
        pod: { name: "a", uid: "uid-of-a" },
        audience: "reg.example"
      }])
      assert.deepStrictEqual(yield* calls, [
        { provider: "acme", image, hasToken: true, annotations: { a: "1", b: "" } }
      ])
    }))

  for (const noAccount of [undefined, pod("team", "")]) {
    const who = noAccount === undefined ? "no pod" : "a static pod"
    it.effect(`SA-11, CACHE-43: ${who} is asked for as in plain mode, in a key space of its own`, () =>
      Effect.gen(function*() {
        const { calls, identity, provide, runs } = yield* setup()
        assert.isUndefined(coordinates(yield* provide(noAccount)))
        assert.deepStrictEqual(yield* calls, [{ provider: "acme", image, hasToken: false, annotations: {} }])
        assert.deepStrictEqual(yield* identity.gets, [])
        yield* provide(builderPod)
        assert.strictEqual(yield* runs, 2)
        yield* provide(noAccount)
        assert.strictEqual(yield* runs, 2)
      }))

    it.effect(`SA-10: ${who} is passed over where a service account is required`, () =>
      Effect.gen(function*() {
        const { identity, provide, runs } = yield* setup({ attributes: { requireServiceAccount: true } })
        const skipped = { provider: "acme", reason: "ServiceAccountRequired" as const }
        assert.deepStrictEqual(yield* provide(noAccount), { _tag: "Skipped", skipped })
        assert.strictEqual(yield* runs, 0)
        assert.deepStrictEqual(yield* identity.gets, [])
      }))
  }

  it.effect("CFG-121, CFG-123: with the gate off the pod makes no difference", () =>
    Effect.gen(function*() {
      const { identity, made, provide, runs } = yield* setup({
        attributes: { requireServiceAccount: true },
        switches: { ...Profile.recommended, serviceAccountTokens: false }
      })
      assert.isFalse(made.usesServiceAccounts)
      assert.isUndefined(coordinates(yield* provide(builderPod)))
      assert.isUndefined(coordinates(yield* provide()))
      assert.strictEqual(yield* runs, 1)
      assert.deepStrictEqual(yield* identity.gets, [])
    }))

  it.effect("SA-13: without a required annotation there is no token, no run and no error", () =>
    Effect.gen(function*() {
      const { identity, provide, runs } = yield* setup({
        attributes: { requiredServiceAccountAnnotationKeys: ["b", "a"] }
      })
      yield* identity.setAccount({ ...builder, annotations: { a: "1" } })
      const skipped = { provider: "acme", reason: "AnnotationMissing" as const, annotation: "b" }
      assert.deepStrictEqual(yield* provide(builderPod), { _tag: "Skipped", skipped })
      assert.deepStrictEqual(yield* identity.tokenRequests, [])
      assert.strictEqual(yield* runs, 0)
    }))

  it.effect("SA-12, SA-18: what can't be had is an error that says at which stage; nothing is remembered", () =>
    Effect.gen(function*() {
      const { identity, provide, runs } = yield* setup()
      yield* provide(builderPod)
      yield* identity.deleteAccount("team", "builder")
      const missing = yield* Effect.flip(provide(builderPod))
      assert(missing._tag === "IdentityFailed")
      assert.deepStrictEqual([missing.stage, missing.reason.failure], ["serviceAccount", "ServiceAccountNotFound"])
      assert.include(missing.message, "provider \"acme\"")
      assert.include(missing.message, "get serviceaccount team/builder")
      yield* identity.setAccount(builder)
      const forbidden = new IdentityError({ operation: "create token", failure: "Forbidden", detail: "" })
      yield* identity.scriptTokens(Effect.fail(forbidden))
      const refused = yield* Effect.flip(provide(builderPod))
      assert(refused._tag === "IdentityFailed")
      assert.deepStrictEqual([refused.stage, refused.reason], ["token", forbidden])
      yield* identity.scriptTokens((request) => Effect.succeed(ScriptedIdentity.tokenOf(request)))
      yield* provide(builderPod)
      assert.strictEqual(yield* runs, 1)
    }))

  it.effect("TR-21: an account that is made anew between the two questions is read again, once", () =>
    Effect.gen(function*() {
      const { identity, provide } = yield* setup()
      const replaced = new IdentityError({ operation: "create token", failure: "ServiceAccountReplaced", detail: "" })
      yield* identity.scriptTokens((request) =>
        request.serviceAccount.uid === "new"
          ? Effect.succeed(ScriptedIdentity.tokenOf(request))
          : Effect.andThen(identity.setAccount({ ...builder, uid: "new" }), Effect.fail(replaced))
      )
      assert.deepInclude(coordinates(yield* provide(builderPod)), { uid: "new" })
      yield* identity.scriptTokens(Effect.fail(replaced))
      const error = yield* Effect.flip(provide(builderPod))
      assert(error._tag === "IdentityFailed")
      assert.strictEqual(error.reason, replaced)
      assert.strictEqual((yield* identity.gets).length, 4)
    }))

  it.effect("CACHE-41, CACHE-46: account and token are asked for on a hit too, and the coordinates are the caller's", () =>
    Effect.gen(function*() {
      const { identity, provide, runs } = yield* setup()
      for (const caller of [builderPod, builderPod, otherPod]) {
        assert.deepStrictEqual(coordinates(yield* provide(caller)), { ...builder, uid })
      }
      assert.strictEqual(yield* runs, 1)
      assert.strictEqual((yield* identity.gets).length, 3)
      assert.strictEqual((yield* identity.tokenRequests).length, 3)
    }))

  it.effect("CACHE-7, SA-21: with cacheType Token only the same token gets what is cached", () =>
    Effect.gen(function*() {
      const { identity, provide, runs } = yield* setup({ attributes: { cacheType: "Token" } })
      yield* provide(builderPod)
      yield* provide(builderPod)
      assert.strictEqual(yield* runs, 1)
      yield* provide(otherPod)
      assert.strictEqual(yield* runs, 2)
      yield* identity.scriptTokens(Effect.succeed(Redacted.make("renewed")))
      yield* provide(builderPod)
      assert.strictEqual(yield* runs, 3)
    }))

  it.effect("CACHE-42: a changed annotation and a new UID are other keys; an annotation that is not passed is none", () =>
    Effect.gen(function*() {
      const { identity, provide, runs } = yield* setup({ attributes: { optionalServiceAccountAnnotationKeys: ["a"] } })
      const after = (annotations: Readonly<Record<string, string>>, uid: string) =>
        Effect.andThen(
          Effect.andThen(identity.setAccount({ ...builder, uid, annotations }), provide(builderPod)),
          runs
        )
      assert.strictEqual(yield* after({}, "u-1"), 1)
      assert.strictEqual(yield* after({ b: "1" }, "u-1"), 1)
      assert.strictEqual(yield* after({ a: "1" }, "u-1"), 2)
      assert.strictEqual(yield* after({ a: "1" }, "u-2"), 3)
      assert.strictEqual(yield* after({ a: "1" }, "u-1"), 3)
    }))

  it.effect("CACHE-2, CACHE-10: annotations that no key can hold are an error, before the plugin is run", () =>
    Effect.gen(function*() {
      const { identity, provide, runs } = yield* setup({ attributes: { optionalServiceAccountAnnotationKeys: ["a"] } })
      for (const [length, part] of [[65_536, "annotationValue"], [65_535, "serviceAccount"]] as const) {
        yield* identity.setAccount({ ...builder, annotations: { a: "x".repeat(length) } })
        const error = yield* Effect.flip(provide(builderPod))
        assert(error._tag === "UncacheableAnswer")
        assert.strictEqual(error.reason.part, part)
      }
      assert.strictEqual(yield* runs, 0)
    }))

  describe("the token in the answer", () => {
    const tokenText = Redacted.value(ScriptedIdentity.tokenOf({
      serviceAccount: { ...builder, uid },
      pod: { name: "a", uid: "uid-of-a" },
      audience: "reg.example"
    }))

    it.effect("SA-30: as a password it is refused, and nothing is cached; also with duration 0 and a bad scope", () =>
      Effect.gen(function*() {
        const { made, provide, script } = yield* setup({ behaviour: echoing((token) => token) })
        const error = yield* Effect.flip(provide(builderPod))
        assert.strictEqual(error._tag, "TokenEchoed")
        assert.notInclude(error.message + JSON.stringify(error), tokenText)
        yield* script(echoing((token) => token, "Nothing"))
        assert.strictEqual((yield* Effect.flip(provide(builderPod)))._tag, "TokenEchoed")
        assert.deepStrictEqual(yield* made.cache.entries, [])
      }))

    it.effect("SA-32: with cacheType Token it is accepted", () =>
      Effect.gen(function*() {
        const { made, provide } = yield* setup({
          attributes: { cacheType: "Token" },
          behaviour: echoing((token) => token),
          switches: Profile.recommended
        })
        yield* provide(builderPod)
        assert.strictEqual((yield* made.cache.entries).length, 1)
      }))

    it.effect("SA-19: an empty token is sent as none, and an empty password is not an echo", () =>
      Effect.gen(function*() {
        const { calls, identity, provide } = yield* setup({ behaviour: echoing((token) => token) })
        yield* identity.scriptTokens(Effect.succeed(Redacted.make("")))
        assert.deepStrictEqual(coordinates(yield* provide(builderPod)), { ...builder, uid })
        assert.deepStrictEqual((yield* calls).map(({ hasToken }) => hasToken), [false])
      }))

    for (
      const [name, switches, warnings] of [["kubelet", Profile.kubelet, 0], [
        "recommended",
        Profile.recommended,
        1
      ]] as const
    ) {
      it.effect(`SA-31: inside a longer password it is accepted, with ${warnings} warnings (${name})`, () =>
        Effect.gen(function*() {
          const lines: Array<string> = []
          const keep = Logger.map(Logger.formatJson, (line) => void lines.push(line))
          const { made, provide } = yield* setup({ behaviour: echoing((token) => `Bearer ${token}`), switches })
          yield* Effect.provide(provide(builderPod), Logger.layer([keep]))
          assert.strictEqual((yield* made.cache.entries).length, 1)
          assert.strictEqual(lines.length, warnings)
          for (const line of lines) {
            assert.include(line, "acme")
            assert.notInclude(line, tokenText)
            assert.notInclude(line, "uid-of-a")
          }
        }))
    }

    it.effect("SA-30: a refusal is no reason to warn as well", () =>
      Effect.gen(function*() {
        const lines: Array<unknown> = []
        const keep = Logger.make(({ message }) => void lines.push(message))
        const { provide } = yield* setup({ behaviour: echoing((token) => token), switches: Profile.recommended })
        yield* Effect.flip(Effect.provide(provide(builderPod), Logger.layer([keep])))
        assert.deepStrictEqual(lines, [])
      }))
  })

  describe("concurrent lookups", () => {
    /** As many plugin runs as these calls make when they all wait for the plugin. */
    const runsOf = Effect.fnUntraced(function*(
      switches: Profile.Switches,
      callers: ReadonlyArray<readonly [pod: PodIdentity, image: string]>,
      options: { readonly scope?: string; readonly token?: string } = {}
    ) {
      const gate = yield* Latch.make(true)
      const { scope = "Image", token } = options
      const { identity, made, provide, runs } = yield* setup({
        switches,
        behaviour: () => Effect.as(gate.await, answer({ cacheKeyType: scope, cacheDuration: "1 minute", auth }))
      })
      yield* identity.setAccount({ namespace: "other", name: "builder" })
      if (token !== undefined) yield* identity.scriptTokens(Effect.succeed(Redacted.make(token)))
      // The plugin has answered once before, for an account and a registry that nobody asks for later.
      yield* identity.setAccount({ namespace: "first", name: "first" })
      yield* provide(pod("first", "first"), "x.reg.example/app")
      yield* gate.close
      const fibers = yield* Effect.forEach(
        callers,
        ([caller, repository]) => Effect.forkChild(provide(caller, repository), { startImmediately: true })
      )
      yield* gate.open
      const found = yield* Fiber.joinAll(fibers)
      return { runs: (yield* runs) - 1, entries: (yield* made.cache.entries).length - 1, found }
    })

    it.effect("FLIGHT-3, FLIGHT-4: one pod's lookups of an image are one run; another pod's are another", () =>
      Effect.gen(function*() {
        const same = yield* runsOf(Profile.kubelet, [[builderPod, image], [builderPod, image]])
        assert.strictEqual(same.runs, 1)
        const pods = yield* runsOf(Profile.kubelet, [[builderPod, image], [otherPod, image]])
        assert.strictEqual(pods.runs, 2)
        assert.strictEqual(pods.entries, 1)
      }))

    const accounts = [[builderPod, image], [pod("other", "builder", "a"), image]] as const

    it.effect("FLIGHT-5: with an empty token the kubelet lets accounts share a run; recommended does not", () =>
      Effect.gen(function*() {
        const kubelet = yield* runsOf(Profile.kubelet, accounts, { token: "" })
        assert.deepStrictEqual([kubelet.runs, kubelet.entries], [1, 2])
        assert.deepStrictEqual(kubelet.found.map((one) => coordinates(one)?.namespace), ["team", "other"])
        const recommended = yield* runsOf(Profile.recommended, accounts, { token: "" })
        assert.deepStrictEqual([recommended.runs, recommended.entries], [2, 2])
      }))

    it.effect("scope-aware flights: pods of one account wait for the first answer, other accounts don't", () =>
      Effect.gen(function*() {
        const images: ReadonlyArray<readonly [PodIdentity, string]> = [
          [builderPod, image],
          [otherPod, image],
          [otherPod, "reg.example/other"]
        ]
        const kubelet = yield* runsOf(Profile.kubelet, images, { scope: "Registry" })
        assert.deepStrictEqual([kubelet.runs, kubelet.entries], [3, 1])
        const recommended = yield* runsOf(Profile.recommended, images, { scope: "Registry" })
        assert.deepStrictEqual([recommended.runs, recommended.entries], [1, 1])
        const two = yield* runsOf(Profile.recommended, accounts, { scope: "Global" })
        assert.deepStrictEqual([two.runs, two.entries], [2, 2])
      }))

    it.effect("scope-aware flights: what is not cached is not another pod's either", () =>
      Effect.gen(function*() {
        const gate = yield* Latch.make(true)
        let duration = 60_000
        const { provide, runs } = yield* setup({
          switches: Profile.recommended,
          behaviour: () =>
            Effect.andThen(
              gate.await,
              Effect.sync(() => answer({ cacheKeyType: "Registry", cacheDuration: duration, auth }))
            )
        })
        yield* provide(builderPod, "x.reg.example/app")
        duration = 0
        yield* gate.close
        const fibers = yield* Effect.forEach(
          [builderPod, builderPod, otherPod],
          (caller) => Effect.forkChild(provide(caller), { startImmediately: true })
        )
        yield* gate.open
        yield* Fiber.joinAll(fibers)
        assert.strictEqual(yield* runs, 3)
      }))
  })
})

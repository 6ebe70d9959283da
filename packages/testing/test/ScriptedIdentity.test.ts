import * as IdentityError from "@credlet/core/identity/IdentityError"
import * as ServiceAccounts from "@credlet/core/identity/ServiceAccounts"
import * as ServiceAccountTokens from "@credlet/core/identity/ServiceAccountTokens"
import { ScriptedIdentity } from "@credlet/testing"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Redacted } from "effect"

const get = (namespace: string, name: string) =>
  Effect.flatMap(ServiceAccounts.ServiceAccounts, (accounts) => accounts.get(namespace, name))

const mint = (request: ServiceAccountTokens.TokenRequest) =>
  Effect.flatMap(ServiceAccountTokens.ServiceAccountTokens, (tokens) => tokens.get(request))

const request: ServiceAccountTokens.TokenRequest = {
  serviceAccount: { namespace: "team", name: "builder", uid: "u-1" },
  pod: { name: "web", uid: "p-1" },
  audience: "registry.example"
}

const error = new IdentityError.IdentityError({
  operation: "get serviceaccount team/builder",
  failure: "Forbidden",
  status: 403,
  detail: "no relationship"
})

describe("ScriptedIdentity", () => {
  it.effect("SA-12: an account is there, is replaced, and is gone", () =>
    Effect.gen(function*() {
      const { deleteAccount, setAccount } = yield* ScriptedIdentity.ScriptedIdentity
      const first = yield* get("team", "builder")
      assert.deepStrictEqual(first, {
        namespace: "team",
        name: "builder",
        uid: ScriptedIdentity.uidOf("team", "builder"),
        annotations: new Map()
      })
      yield* setAccount({ namespace: "team", name: "builder", uid: "u-2", annotations: { "role.example/id": "" } })
      const second = yield* get("team", "builder")
      assert.strictEqual(second.uid, "u-2")
      assert.deepStrictEqual([...second.annotations], [["role.example/id", ""]])
      yield* deleteAccount("team", "builder")
      assert.strictEqual((yield* Effect.flip(get("team", "builder"))).failure, "ServiceAccountNotFound")
    }).pipe(Effect.provide(ScriptedIdentity.layer({ accounts: [{ namespace: "team", name: "builder" }] }))))

  it.effect("a get can fail as scripted, or be held back", () =>
    Effect.gen(function*() {
      const { scriptAccount } = yield* ScriptedIdentity.ScriptedIdentity
      yield* scriptAccount("team", "builder", error)
      assert.strictEqual(yield* Effect.flip(get("team", "builder")), error)
      const gate = yield* Deferred.make<ServiceAccounts.ServiceAccount>()
      yield* scriptAccount("team", "builder", Deferred.await(gate))
      const fiber = yield* Effect.forkChild(get("team", "builder"), { startImmediately: true })
      assert.isUndefined(fiber.pollUnsafe())
      const account = { namespace: "team", name: "builder", uid: "u-3", annotations: new Map() }
      yield* Deferred.succeed(gate, account)
      assert.strictEqual(yield* Fiber.join(fiber), account)
    }).pipe(Effect.provide(ScriptedIdentity.layer())))

  it.effect("TOKEN-2: equal requests get equal tokens, and any difference gets another", () =>
    Effect.gen(function*() {
      const variants = [
        request,
        { ...request, audience: "other.example" },
        { ...request, pod: { name: "web", uid: "p-2" } },
        { ...request, pod: { name: "api", uid: "p-1" } },
        { ...request, serviceAccount: { ...request.serviceAccount, uid: "u-2" } },
        { ...request, serviceAccount: { ...request.serviceAccount, namespace: "other" } }
      ]
      const tokens = yield* Effect.forEach(variants, mint)
      assert.lengthOf(new Set(tokens.map(Redacted.value)), variants.length)
      assert.strictEqual(Redacted.value(yield* mint({ ...request })), Redacted.value(ScriptedIdentity.tokenOf(request)))
    }).pipe(Effect.provide(ScriptedIdentity.layer())))

  it.effect("SA-18: tokens are as scripted", () =>
    Effect.gen(function*() {
      const { scriptTokens } = yield* ScriptedIdentity.ScriptedIdentity
      assert.strictEqual(yield* Effect.flip(mint(request)), error)
      yield* scriptTokens(({ audience }) => Effect.succeed(Redacted.make(`for ${audience}`)))
      assert.strictEqual(Redacted.value(yield* mint(request)), "for registry.example")
    }).pipe(Effect.provide(ScriptedIdentity.layer({ tokens: error }))))

  it.effect("what was asked is on record, in order, failed asks too", () =>
    Effect.gen(function*() {
      const { gets, tokenRequests } = yield* ScriptedIdentity.ScriptedIdentity
      yield* Effect.exit(get("team", "missing"))
      yield* get("team", "builder")
      yield* mint(request)
      assert.deepStrictEqual(yield* gets, [
        { namespace: "team", name: "missing" },
        { namespace: "team", name: "builder" }
      ])
      assert.deepStrictEqual(yield* tokenRequests, [request])
    }).pipe(Effect.provide(ScriptedIdentity.layer({ accounts: [{ namespace: "team", name: "builder" }] }))))
})

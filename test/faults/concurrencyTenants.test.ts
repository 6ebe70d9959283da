/**
 * FAULT-36: nobody gets what was obtained for somebody else. The plugin gives as username for whom it was asked: the
 * account, as it was when its token was made, and the annotations. Rules: CACHE-1…11, CACHE-42, CACHE-46, FLIGHT-3…5.
 */
import { Profile, type ServiceAccountTokens } from "@credlet/core"
import { ScriptedIdentity } from "@credlet/testing"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Redacted } from "effect"
import { lookup } from "./support/dataHost.ts"
import { gives, KeyringScripted, pod, profiles, provider, runs, script } from "./support/dataScripted.ts"

const image = "reg.example/app"
const keys = ["a", "b", "ab", "b\u0000\u0001c"]

interface Tenant {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly annotations: Readonly<Record<string, string>>
  readonly podUid: string
}

const tenant = (changed: Partial<Tenant> = {}): Tenant => ({
  namespace: "team",
  name: "builder",
  uid: "u-1",
  annotations: {},
  podUid: "pod",
  ...changed
})

/** Two who must not be taken for each other, and what about them is alike. */
const pairs: ReadonlyArray<readonly [what: string, Tenant, Tenant]> = [
  ["equal names in two namespaces", tenant(), tenant({ namespace: "other" })],
  ["equal names and UIDs in two namespaces", tenant({ uid: "u" }), tenant({ namespace: "other", uid: "u" })],
  ["two accounts of one namespace", tenant(), tenant({ name: "deployer" })],
  ["an account made anew", tenant(), tenant({ uid: "u-2" })],
  ["an annotation that changed", tenant({ annotations: { a: "1" } }), tenant({ annotations: { a: "2" } })],
  ["an annotation that went", tenant({ annotations: { a: "1" } }), tenant()],
  ["an annotation that became empty", tenant({ annotations: { a: "" } }), tenant()],
  ["a value under another key", tenant({ annotations: { a: "1" } }), tenant({ annotations: { b: "1" } })],
  [
    "values that were exchanged",
    tenant({ annotations: { a: "1", b: "2" } }),
    tenant({ annotations: { a: "2", b: "1" } })
  ],
  ["key and value that run together", tenant({ annotations: { a: "b1" } }), tenant({ annotations: { ab: "1" } })],
  [
    "two annotations within one",
    tenant({ annotations: { a: "1", b: "2" } }),
    tenant({ annotations: { a: "1\0\u0001b\0\u00012" } })
  ],
  [
    "namespace and name that run together",
    tenant({ namespace: "teambuild", name: "er" }),
    tenant({ namespace: "team", name: "builder" })
  ],
  ["a slash in the name", tenant({ namespace: "a", name: "b/c" }), tenant({ namespace: "a/b", name: "c" })],
  [
    "a length within the name",
    tenant({ namespace: "a", name: "\0\u0001b" }),
    tenant({ namespace: "a\0\u0003\0\u0001b", name: "x" })
  ],
  ["name and UID that run together", tenant({ name: "build", uid: "er1" }), tenant({ name: "builder", uid: "1" })],
  [
    "a UID that looks like annotations",
    tenant({ uid: "u\0\0\0\u0001\0\u0001a\0\u00011" }),
    tenant({ uid: "u", annotations: { a: "1" } })
  ],
  [
    "an annotation that looks like a token",
    tenant({ annotations: { a: "x\0\u0005token\0\0" } }),
    tenant({ annotations: { a: "x" } })
  ],
  ["the same text in two forms of Unicode", tenant({ name: "caf\u00e9" }), tenant({ name: "cafe\u0301" })],
  ["letters whose bytes are longer", tenant({ name: "é" }), tenant({ name: "Ã©" })],
  ["other case", tenant({ name: "Builder" }), tenant({ name: "builder" })]
]

const identify = ({ annotations, name, namespace, uid }: Omit<Tenant, "podUid">): string =>
  JSON.stringify([namespace, name, uid, Object.entries(annotations).sort()])

/** A plugin that can tell from the token whose it is. */
const preparePlugin = Effect.fnUntraced(function*(cacheKeyType: string, wait: Effect.Effect<void> = Effect.void) {
  const { scriptTokens } = yield* ScriptedIdentity.ScriptedIdentity
  const issued = new Map<string, ServiceAccountTokens.TokenRequest>()
  yield* scriptTokens((request) => {
    const token = ScriptedIdentity.tokenOf(request)
    issued.set(Redacted.value(token), request)
    return Effect.succeed(token)
  })
  yield* script("acme", ({ serviceAccountAnnotations: annotations = {}, serviceAccountToken: token }) => {
    const request = token === undefined ? undefined : issued.get(Redacted.value(token))
    const whose = request === undefined ? "nobody" : identify({ ...request.serviceAccount, annotations })
    return Effect.as(wait, gives(whose, { cacheKeyType, cacheDuration: "1 hour" }))
  })
})

const look = Effect.fnUntraced(function*(who: Tenant, name = image) {
  const { setAccount } = yield* ScriptedIdentity.ScriptedIdentity
  yield* setAccount(who)
  return yield* Effect.forkChild(lookup(name, { pod: pod(who.namespace, who.name, who.podUid) }), {
    startImmediately: true
  })
})

/** What was given to whom: both must be the tenant himself. */
const expectOwn = Effect.fnUntraced(function*(
  what: string,
  who: Tenant,
  fiber: Effect.Success<ReturnType<typeof look>>
) {
  const { credentials, failures } = yield* Fiber.join(fiber)
  assert.deepStrictEqual(failures, [], what)
  assert.deepStrictEqual(
    credentials.map(({ source, username }) => [username, source._tag === "Provider" ? source.coordinates : undefined]),
    [[identify(who), { namespace: who.namespace, name: who.name, uid: who.uid }]],
    what
  )
})

const cacheTypes = ["ServiceAccount", "Token"] as const
const scopes = ["Image", "Registry", "Global"] as const

for (const [profile, switches] of profiles) {
  for (const cacheType of cacheTypes) {
    const ofTenants = provider("acme", {
      tokenAttributes: { cacheType, optionalServiceAccountAnnotationKeys: keys }
    })
    const fresh = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
      Effect.provide(effect, KeyringScripted([ofTenants], switches), { local: true })

    describe(`FAULT-36, ${profile}, cacheType ${cacheType}`, () => {
      it.effect("FAULT-36: CACHE-6…9, CACHE-42, CACHE-46: one after the other, each has his own", () =>
        Effect.gen(function*() {
          for (const [what, one, other] of pairs) {
            for (const scope of scopes) {
              yield* fresh(Effect.gen(function*() {
                yield* preparePlugin(scope)
                for (const who of [one, other, one, other]) yield* expectOwn(`${what}, ${scope}`, who, yield* look(who))
                assert.lengthOf(yield* runs, 2, `${what}, ${scope}`)
              }))
            }
          }
        }))

      it.effect("FAULT-36: FLIGHT-3…5: at the same time, each has his own", () =>
        Effect.gen(function*() {
          for (const [what, one, other] of pairs) {
            yield* fresh(Effect.gen(function*() {
              const gate = yield* Deferred.make<void>()
              yield* preparePlugin("Registry", Deferred.await(gate))
              // Twice each, and for another image, so that they meet in flights and scopes too.
              const fibers = yield* Effect.forEach([one, other, one, other], (who) =>
                Effect.map(Effect.all([look(who), look(who, "reg.example/b")]), (both) => [who, both] as const))
              yield* Deferred.succeed(gate, undefined)
              for (const [who, both] of fibers) {
                for (const fiber of both) {
                  yield* expectOwn(what, who, fiber)
                }
              }
            }))
          }
        }))
    })
  }

  describe(`FAULT-36, ${profile}`, () => {
    it.effect("FAULT-36: CACHE-7, SA-21: with cacheType Token each pod has his own, else the pods of an account share", () =>
      Effect.gen(function*() {
        for (const cacheType of cacheTypes) {
          yield* Effect.gen(function*() {
            yield* preparePlugin("Global")
            for (const podUid of ["p", "q", "p", "q"]) {
              yield* expectOwn(podUid, tenant(), yield* look(tenant({ podUid })))
            }
            assert.lengthOf(yield* runs, cacheType === "Token" ? 2 : 1)
          }).pipe(Effect.provide(KeyringScripted([provider("acme", { tokenAttributes: { cacheType } })], switches), {
            local: true
          }))
        }
      }))

    it.effect("FAULT-36: CACHE-43: who has no service account gets nothing of those who have one, nor they of his", () =>
      Effect.gen(function*() {
        yield* preparePlugin("Global")
        const plain = Effect.map(
          lookup(image),
          ({ credentials }) =>
            credentials.map(({ source, username }) => [username, source._tag === "Provider" && source.coordinates])
        )
        const asStatic = Effect.map(
          lookup(image, { pod: pod("team", "") }),
          ({ credentials }) => credentials.map(({ username }) => username)
        )
        yield* expectOwn("before", tenant(), yield* look(tenant()))
        assert.deepStrictEqual(yield* plain, [["nobody", undefined]])
        assert.deepStrictEqual(yield* asStatic, ["nobody"])
        yield* expectOwn("after", tenant(), yield* look(tenant()))
        assert.lengthOf(yield* runs, 2)
      }).pipe(Effect.provide(KeyringScripted([provider("acme", { tokenAttributes: {} })], switches))))
  })
}

describe("FAULT-36, empty tokens", () => {
  it.effect("FAULT-36: FLIGHT-5: even without a token, two accounts share no run in the recommended profile", () =>
    Effect.gen(function*() {
      const gate = yield* Deferred.make<void>()
      const { scriptTokens } = yield* ScriptedIdentity.ScriptedIdentity
      yield* scriptTokens(Effect.succeed(Redacted.make("")))
      let asked = 0
      yield* script(
        "acme",
        () =>
          Effect.suspend(() => Effect.as(Deferred.await(gate), gives(`run ${++asked}`, { cacheDuration: "1 hour" })))
      )
      const fibers = yield* Effect.forEach([tenant(), tenant({ namespace: "other" })], (who) => look(who))
      yield* Deferred.succeed(gate, undefined)
      const given = yield* Effect.forEach(fibers, Fiber.join)
      assert.deepStrictEqual(given.map(({ credentials }) => credentials.map(({ username }) => username)), [
        ["run 1"],
        ["run 2"]
      ])
    }).pipe(Effect.provide(KeyringScripted([provider("acme", { tokenAttributes: {} })], Profile.recommended))))
})

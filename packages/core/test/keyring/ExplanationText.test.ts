import { IdentityError } from "@credlet/core/identity/IdentityError"
import * as Keyring from "@credlet/core/keyring/Keyring"
import type * as ScriptedIdentity from "@credlet/testing/ScriptedIdentity"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { pod, provider, tokenAttributes } from "../provider/providers.ts"
import { answer, explain, gives, inTime, inTree, secret, treeOf, worldLayer } from "./explaining.ts"

const image = "registry.example/team/app:1.0"
const team = provider("team", { matchImages: ["registry.example"] })
const builder = pod("team", "builder", "app-7c9f")
const inMode = provider("team", {
  matchImages: ["registry.example"],
  tokenAttributes: tokenAttributes({
    requireServiceAccount: true,
    requiredServiceAccountAnnotationKeys: ["identity.example/role"],
    optionalServiceAccountAnnotationKeys: ["identity.example/tenant"]
  })
})
const accounts: ScriptedIdentity.Options = {
  accounts: [{ namespace: "team", name: "builder", annotations: { "identity.example/role": "canary" } }]
}

/** Plugin runs that are held back once there was one. */
const slowAfterTheFirst = (() => {
  let runs = 0
  return () =>
    runs++ === 0
      ? Effect.succeed(answer({ cacheKeyType: "Registry", cacheDuration: "1 nanos" }))
      : Effect.delay(Effect.succeed(gives("robot", "registry.example")), "3 seconds")
})()

describe("ExplanationText", () => {
  it.effect("a lookup, and one again", () =>
    Effect.gen(function*() {
      const keyring = yield* Keyring.Keyring
      const first = treeOf(yield* inTime(keyring.explain(image), "4 minutes"))
      assert.strictEqual(
        first,
        inTree`
        registry.example/team/app:1.0 → registry.example/team/app
        ├─ provider "team": asked, because registry.example matches
        │    cache: nothing for this image, its registry or globally
        │    plugin: ran 2 s and answered
        │    cache: keeps the answer for its registry for 10 min, the provider's default
        │    gave: credentials for 1 registry location
        ├─ keyring: 1 key
        │    registry.example: matches
        └─ 1 credential
             1. robot, password ########, under registry.example from provider "team"
      `
      )
      const second = treeOf(yield* keyring.explain("registry.example/team/other"))
      assert.strictEqual(
        second,
        inTree`
        registry.example/team/other
        ├─ provider "team": asked, because registry.example matches
        │    cache: hit for its registry, good for another 6 min 2 s
        │    gave: credentials for 1 registry location
        ├─ keyring: 1 key
        │    registry.example: matches
        └─ 1 credential
             1. robot, password ########, under registry.example from provider "team"
      `
      )
    }).pipe(Effect.provide(worldLayer({
      providers: [team],
      plugins: { team: Effect.delay(Effect.succeed(gives("robot", "registry.example")), "2.04 seconds") }
    }))))

  it.effect("FLIGHT-1: somebody else is asking just now, for the same image or for the same registry", () =>
    Effect.gen(function*() {
      const keyring = yield* Keyring.Keyring
      yield* keyring.lookup(image)
      yield* TestClock.adjust("1 millis")
      const leader = yield* Effect.forkChild(keyring.lookup("registry.example/team/a"), { startImmediately: true })
      const same = yield* Effect.forkChild(keyring.explain("registry.example/team/a"), { startImmediately: true })
      const other = yield* Effect.forkChild(keyring.explain("registry.example/team/b"), { startImmediately: true })
      yield* inTime(Fiber.join(leader))
      assert.strictEqual(
        treeOf(yield* Fiber.join(same)),
        inTree`
        registry.example/team/a
        ├─ provider "team": asked, because registry.example matches
        │    cache: nothing for this image, its registry or globally
        │    plugin: another lookup was just running it for the same question; its answer is shared
        │    gave: credentials for 1 registry location
        ├─ keyring: 1 key
        │    registry.example: matches
        └─ 1 credential
             1. robot, password ########, under registry.example from provider "team"
      `
      )
      assert.strictEqual(
        treeOf(yield* Fiber.join(other)),
        inTree`
        registry.example/team/b
        ├─ provider "team": asked, because registry.example matches
        │    cache: nothing for this image, its registry or globally
        │    plugin: waited for another lookup that was just asking for an image of the same registry
        │    cache: hit for its registry, good for another 10 min
        │    gave: credentials for 1 registry location
        ├─ keyring: 1 key
        │    registry.example: matches
        └─ 1 credential
             1. robot, password ########, under registry.example from provider "team"
      `
      )
    }).pipe(Effect.provide(worldLayer({
      providers: [team],
      plugins: { team: slowAfterTheFirst }
    }))))

  it.effect("SA-12…20: for a pod, in service account mode", () =>
    Effect.gen(function*() {
      const tree = yield* explain(
        { providers: [inMode], plugins: { team: gives("robot", "registry.example") }, identity: accounts },
        image,
        { pod: builder }
      )
      assert.strictEqual(
        tree,
        inTree`
        registry.example/team/app:1.0 → registry.example/team/app
        ├─ for the pod team/app-7c9f, service account builder
        ├─ provider "team": asked, because registry.example matches
        │    service account: team/builder read
        │    annotations: found identity.example/role; not there: identity.example/tenant
        │    token: issued for the audience reg.example
        │    cache: nothing for this image, its registry or globally
        │    plugin: answered at once
        │    answer: the service account's token is no password in it
        │    cache: keeps the answer for its registry for 10 min, the provider's default
        │    gave: credentials for 1 registry location, as service account team/builder
        ├─ keyring: 1 key
        │    registry.example: matches
        └─ 1 credential
             1. robot, password ########, under registry.example from provider "team" as team/builder
      `
      )
    }))

  it.effect("SA-10: a provider that requires a service account, without a pod and for a static one", () =>
    Effect.gen(function*() {
      const world = { providers: [inMode], identity: accounts }
      assert.strictEqual(
        yield* explain(world, image),
        inTree`
        registry.example/team/app:1.0 → registry.example/team/app
        ├─ provider "team": passed over, though registry.example matches
        │    because it requires a service account, and no pod was given
        │    next: look up for a pod that has a service account, or set requireServiceAccount: false in the
        │      provider's tokenAttributes
        └─ no credentials: a node would pull anonymously
      `
      )
      assert.strictEqual(
        yield* explain(world, image, { pod: pod("team", "") }),
        inTree`
        registry.example/team/app:1.0 → registry.example/team/app
        ├─ for the pod team/pod, which has no service account
        ├─ provider "team": passed over, though registry.example matches
        │    because it requires a service account, and the pod has none
        │    next: look up for a pod that has a service account, or set requireServiceAccount: false in the
        │      provider's tokenAttributes
        └─ no credentials: a node would pull anonymously
      `
      )
    }))

  it.effect("SA-12, SA-18: the API server does not know the account, or gives no token", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* explain({ providers: [inMode] }, image, { pod: builder }),
        inTree`
        registry.example/team/app:1.0 → registry.example/team/app
        ├─ for the pod team/app-7c9f, service account builder
        ├─ provider "team": asked, because registry.example matches
        │    service account: team/builder could not be read
        │    failed: could not get serviceaccount team/builder: there is no such service account (HTTP
        │      status 404): serviceaccounts "builder" not found
        │    next: create the service account, or mend its name in the pod
        └─ no credentials: a node would pull anonymously
      `
      )
      const refused = new IdentityError({
        operation: "create token for serviceaccount team/builder",
        failure: "Forbidden",
        status: 403,
        detail: "User \"system:node:n1\" cannot create resource"
      })
      const tree = yield* explain(
        { providers: [inMode], identity: { ...accounts, tokens: Effect.delay(refused, "30 millis") } },
        image,
        { pod: builder }
      )
      assert.strictEqual(
        tree,
        inTree`
        registry.example/team/app:1.0 → registry.example/team/app
        ├─ for the pod team/app-7c9f, service account builder
        ├─ provider "team": asked, because registry.example matches
        │    service account: team/builder read
        │    annotations: found identity.example/role; not there: identity.example/tenant
        │    token: none for the audience reg.example in 30 ms
        │    failed: could not create token for serviceaccount team/builder: the API server does not allow
        │      it; check the RBAC rules (HTTP status 403): User "system:node:n1" cannot create resource
        │    next: allow the caller to create serviceaccounts/token; a node may only for pods that run on it
        └─ no credentials: a node would pull anonymously
      `
      )
    }))

  it.effect("IMG-3…5, RING-5, KEY-13: Docker Hub, pull secrets and a location that is no address", () =>
    Effect.gen(function*() {
      const tree = yield* explain(
        {
          providers: [provider("hub", { matchImages: ["docker.io"] }), provider("empty", { matchImages: [] })],
          plugins: { hub: gives("hub", "https://index.docker.io/v1/", "registry.example", "registry.example:x") }
        },
        "busybox",
        {
          pullSecrets: [
            secret("regcred", { "docker.io": "me", "*.io": "you", "registry.example:5000": "robot" }),
            { ...secret("tls", {}), type: "kubernetes.io/tls" },
            { ...secret("none", {}), data: {} },
            secret("empty", {})
          ]
        }
      )
      assert.strictEqual(
        tree,
        inTree`
        busybox → docker.io/library/busybox
        ├─ no registry is named, so it is on Docker Hub, docker.io; no owner is named, so it is one of
        │    Docker Hub's own, in library/
        ├─ pull secret team/regcred: credentials for 3 registry locations
        ├─ pull secret team/tls: not used, as secrets of type kubernetes.io/tls hold no credentials for
        │    registries
        ├─ pull secret team/none: not used, as it has no data for its type, kubernetes.io/dockerconfigjson
        ├─ pull secret team/empty: no credentials
        ├─ provider "hub": asked, because docker.io matches
        │    cache: nothing for this image, its registry or globally
        │    plugin: answered at once
        │    cache: keeps the answer for its registry for 10 min, the provider's default
        │    gave: credentials for 3 registry locations
        ├─ provider "empty": not asked, because it has no patterns
        ├─ keyring of the pull secrets, which comes first: 2 of 3 keys are for this image, tried in
        │    descending order of their bytes
        │    registry.example:5000: the image is on another host, docker.io
        │    docker.io: matches
        │    *.io: matches
        ├─ keyring of the providers, which comes next: 1 of 2 keys is for this image
        │    registry.example: the image is on another host, docker.io
        │    index.docker.io: no key matches, but this one serves all of Docker Hub
        ├─ not used: what stands under registry.example:x in the answer of provider "hub", which is not an
        │    address such as "registry.example:5000/team": after the host's ':' only digits may come; an
        │    IPv6 address needs brackets
        └─ 3 credentials, in the order in which a node tries them
             1. me, password ########, under docker.io from pull secret team/regcred
             2. you, password ########, under *.io from pull secret team/regcred
             3. hub, password ########, under index.docker.io from provider "hub"
      `
      )
    }))

  it.effect("no providers at all", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* explain({ providers: [] }, "index.docker.io/team/app:1@sha256:" + "a1".repeat(32)),
        inTree`
        index.docker.io/team/app:1@sha256:a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1 →
          docker.io/team/app
        ├─ index.docker.io is Docker Hub, and called docker.io
        ├─ no provider is configured
        └─ no credentials: a node would pull anonymously
             next: if the image needs credentials, configure a provider for "docker.io"
      `
      )
    }))
})

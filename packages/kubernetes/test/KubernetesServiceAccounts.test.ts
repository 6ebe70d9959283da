import * as ApiServer from "@credlet/kubernetes/ApiServer"
import * as KubernetesServiceAccounts from "@credlet/kubernetes/KubernetesServiceAccounts"
import { FakeApiServer } from "@credlet/testing"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import * as Cluster from "./fakeCluster.ts"
import { connection, type Reply, start, until } from "./scriptedServer.ts"

const mayList = [...FakeApiServer.agent, ...FakeApiServer.lister]

const setUp = Effect.fnUntraced(
  function*(rules: ReadonlyArray<FakeApiServer.Rule>, options?: KubernetesServiceAccounts.Options) {
    const { api, fake } = yield* Cluster.make(rules)
    const accounts = yield* Effect.provideService(KubernetesServiceAccounts.make(options), ApiServer.ApiServer, api)
    return { fake, get: accounts.get }
  }
)

/** `ns-0/sa-0` and so on, `count` in each namespace. */
const populate = (fake: Cluster.Fake, namespaces: number, count: number) =>
  Effect.forEach(
    Array.from({ length: namespaces * count }, (_, at) => at),
    (at) => fake.setAccount({ namespace: `ns-${at % namespaces}`, name: `sa-${Math.floor(at / namespaces)}` })
  )

const all = <A, E>(effects: ReadonlyArray<Effect.Effect<A, E>>) => Effect.all(effects, { concurrency: "unbounded" })

/** From now on the server answers nobody until `release`. */
const heldBack = Effect.fnUntraced(function*(fake: Cluster.Fake) {
  const gate = yield* Deferred.make<undefined>()
  let arrived = 0
  yield* fake.intercept(() => {
    arrived++
    return Deferred.await(gate)
  })
  return { arrived: () => arrived, release: Deferred.succeed(gate, undefined) }
})

/** GETs of one, and LISTs (pages of them, each). */
const counted = (fake: Cluster.Fake) =>
  Effect.map(fake.requests, (requests) => ({
    gets: requests.filter(({ path }) => /serviceaccounts\/[^/]+$/.test(path)).length,
    lists: requests.filter(({ path }) => path.endsWith("/serviceaccounts")).length
  }))

describe("one", () => {
  it.effect("TR-50: UID and annotations; a value may be empty", () =>
    Effect.gen(function*() {
      const { fake, get } = yield* setUp(mayList)
      const uid = yield* fake.setAccount({
        namespace: "team",
        name: "app",
        annotations: { "a.example/role": "x", b: "" }
      })
      yield* fake.setAccount({ namespace: "team", name: "bare" })
      const account = yield* get("team", "app")
      assert.deepStrictEqual(account, {
        namespace: "team",
        name: "app",
        uid,
        annotations: new Map([["a.example/role", "x"], ["b", ""]])
      })
      assert.strictEqual((yield* get("team", "bare")).annotations.size, 0)
      assert.deepStrictEqual(yield* counted(fake), { gets: 2, lists: 0 })
    }))

  it.effect("TR-51: read anew each time", () =>
    Effect.gen(function*() {
      const { fake, get } = yield* setUp(mayList)
      yield* fake.setAccount({ namespace: "team", name: "app", annotations: { a: "1" } })
      yield* get("team", "app")
      yield* fake.setAccount({ namespace: "team", name: "app", annotations: { a: "2" } })
      assert.strictEqual((yield* get("team", "app")).annotations.get("a"), "2")
      assert.deepStrictEqual(yield* counted(fake), { gets: 2, lists: 0 })
    }))

  it.effect("a staleness bounds how old an answer may be; failures are not kept", () =>
    Effect.gen(function*() {
      const { fake, get } = yield* setUp(mayList, { staleness: "10 seconds" })
      assert.strictEqual((yield* Effect.flip(get("team", "app"))).failure, "ServiceAccountNotFound")
      yield* fake.setAccount({ namespace: "team", name: "app", annotations: { a: "1" } })
      yield* get("team", "app")
      yield* fake.setAccount({ namespace: "team", name: "app", annotations: { a: "2" } })
      yield* TestClock.adjust("9999 millis")
      assert.strictEqual((yield* get("team", "app")).annotations.get("a"), "1")
      yield* TestClock.adjust("2 millis")
      assert.strictEqual((yield* get("team", "app")).annotations.get("a"), "2")
      assert.deepStrictEqual(yield* counted(fake), { gets: 3, lists: 0 })
    }))

  it.effect("SA-12: not there, forbidden, or no name: typed, with the server's words", () =>
    Effect.gen(function*() {
      const { fake, get } = yield* setUp([{ verbs: ["get"], resources: ["serviceaccounts"], namespace: "team" }])
      const missing = yield* Effect.flip(get("team", "app"))
      assert.deepStrictEqual([missing.failure, missing.status], ["ServiceAccountNotFound", 404])
      assert.strictEqual(missing.operation, "get serviceaccount team/app")
      const forbidden = yield* Effect.flip(get("other", "app"))
      assert.deepStrictEqual([forbidden.failure, forbidden.status], ["Forbidden", 403])
      assert.include(forbidden.detail, Cluster.agent)
      const before = (yield* fake.requests).length
      for (
        const [namespace, name] of [["..", "app"], ["team", ".."], ["", "app"], ["team", ""], ["team", "%2e%2e"], [
          "a/b",
          "c"
        ], ["a", "b/c"]] as const
      ) {
        assert.strictEqual((yield* Effect.flip(get(namespace, name))).failure, "InvalidRequest")
      }
      assert.strictEqual((yield* fake.requests).length, before)
    }))

  it.effect("an answer that is another account's is refused", () =>
    Effect.gen(function*() {
      const server = yield* start(() => ({ body: { metadata: { name: "other", namespace: "team", uid: "u" } } }))
      const api = yield* ApiServer.make(connection(server.url))
      const accounts = yield* Effect.provideService(KubernetesServiceAccounts.make(), ApiServer.ApiServer, api)
      assert.strictEqual((yield* Effect.flip(accounts.get("team", "app"))).failure, "ForeignAnswer")
    }))
})

describe("many at once", () => {
  const asked = <A, E>(get: (namespace: string, name: string) => Effect.Effect<A, E>) =>
    all(Array.from({ length: 1_000 }, (_, pod) => get(`ns-${pod % 10}`, `sa-${Math.floor(pod / 10) % 20}`)))

  it.effect("1,000 gets of 200 accounts in 10 namespaces are 10 LISTs", () =>
    Effect.gen(function*() {
      const { fake, get } = yield* setUp(mayList)
      yield* populate(fake, 10, 20)
      const accounts = yield* asked(get)
      assert.deepStrictEqual(yield* counted(fake), { gets: 0, lists: 10 })
      assert.strictEqual(new Set(accounts.map(({ uid }) => uid)).size, 200)
      assert.isTrue(accounts.every(({ name, namespace }, pod) =>
        namespace === `ns-${pod % 10}` && name === `sa-${Math.floor(pod / 10) % 20}`
      ))
    }))

  it.effect("askers that come some steps of their fibers later are in the same batch", () =>
    Effect.gen(function*() {
      const { fake, get } = yield* setUp(mayList)
      yield* populate(fake, 10, 20)
      yield* all(Array.from({ length: 5_000 }, (_, pod) =>
        Effect.repeat(Effect.yieldNow, { times: pod % 7 }).pipe(
          Effect.andThen(get(`ns-${pod % 10}`, `sa-${Math.floor(pod / 10) % 20}`))
        )))
      assert.deepStrictEqual(yield* counted(fake), { gets: 0, lists: 10 })
    }))

  it.effect("who asks while a list is under way has its answer from it, a refusal too", () =>
    Effect.gen(function*() {
      for (
        const [rules, expected] of [
          [mayList, { gets: 0, lists: 1 }],
          [FakeApiServer.agent, { gets: 5, lists: 1 }]
        ] as const
      ) {
        const { fake, get } = yield* setUp(rules)
        yield* populate(fake, 1, 4)
        const { arrived, release } = yield* heldBack(fake)
        const first = yield* Effect.forkChild(all([0, 1, 2].map((name) => get("ns-0", `sa-${name}`))))
        yield* until(() => arrived() === 1)
        const late = yield* Effect.forkChild(
          Effect.all([get("ns-0", "sa-3"), Effect.flip(get("ns-0", "sa-4"))], { concurrency: "unbounded" })
        )
        yield* Effect.repeat(Effect.yieldNow, { times: 100 })
        yield* release
        assert.deepStrictEqual((yield* Fiber.join(first)).map(({ name }) => name), ["sa-0", "sa-1", "sa-2"])
        const [found, missing] = yield* Fiber.join(late)
        assert.strictEqual(found.name, "sa-3")
        assert.strictEqual(missing.failure, "ServiceAccountNotFound")
        assert.deepStrictEqual(yield* counted(fake), expected)
      }
    }))

  it.effect("where LIST is forbidden: 10 refusals and 200 GETs; remembered for five minutes", () =>
    Effect.gen(function*() {
      const { fake, get } = yield* setUp(FakeApiServer.agent)
      yield* populate(fake, 10, 20)
      yield* asked(get)
      assert.deepStrictEqual(yield* counted(fake), { gets: 200, lists: 10 })
      yield* TestClock.adjust("299 seconds")
      yield* asked(get)
      assert.deepStrictEqual(yield* counted(fake), { gets: 400, lists: 10 })
      yield* fake.setCaller(Cluster.agent, mayList)
      yield* TestClock.adjust("1 second")
      yield* asked(get)
      assert.deepStrictEqual(yield* counted(fake), { gets: 400, lists: 20 })
    }))

  it.effect("a refusal counts for its namespace only", () =>
    Effect.gen(function*() {
      const { fake, get } = yield* setUp([
        ...FakeApiServer.agent,
        { verbs: ["list"], resources: ["serviceaccounts"], namespace: "ns-0" }
      ])
      yield* populate(fake, 2, 5)
      for (let round = 0; round < 2; round++) {
        yield* all([0, 1].flatMap((namespace) => [0, 1, 2].map((name) => get(`ns-${namespace}`, `sa-${name}`))))
      }
      assert.deepStrictEqual(yield* counted(fake), { gets: 6, lists: 3 })
    }))

  it.effect("one or two names of a namespace are GETs, three are a LIST; equal ones are one", () =>
    Effect.gen(function*() {
      const { fake, get } = yield* setUp(mayList)
      yield* populate(fake, 3, 5)
      yield* all([
        get("ns-0", "sa-0"),
        get("ns-0", "sa-1"),
        get("ns-1", "sa-0"),
        get("ns-0", "sa-1"),
        get("ns-0", "sa-0")
      ])
      assert.deepStrictEqual(yield* counted(fake), { gets: 3, lists: 0 })
      yield* all([get("ns-2", "sa-0"), get("ns-2", "sa-1"), get("ns-2", "sa-2")])
      assert.deepStrictEqual(yield* counted(fake), { gets: 3, lists: 1 })
    }))

  it.effect("a get joins an equal one that was sent already", () =>
    Effect.gen(function*() {
      const { fake, get } = yield* setUp(mayList)
      yield* populate(fake, 1, 1)
      const { arrived, release } = yield* heldBack(fake)
      const first = yield* Effect.forkChild(get("ns-0", "sa-0"), { startImmediately: true })
      yield* until(() => arrived() === 1)
      const second = yield* Effect.forkChild(get("ns-0", "sa-0"), { startImmediately: true })
      const third = yield* Effect.forkChild(get("ns-0", "sa-0"), { startImmediately: true })
      yield* Fiber.interrupt(first) // the others are not disturbed
      yield* release
      assert.strictEqual((yield* Fiber.join(second)).uid, (yield* Fiber.join(third)).uid)
      assert.deepStrictEqual(yield* counted(fake), { gets: 1, lists: 0 })
    }))

  it.effect("a name that the list lacks is not found, and no other suffers", () =>
    Effect.gen(function*() {
      const { fake, get } = yield* setUp(mayList)
      yield* populate(fake, 1, 3)
      const exits = yield* all([0, 1, 2, 3].map((name) => Effect.exit(get("ns-0", `sa-${name}`))))
      assert.deepStrictEqual(exits.map(Exit.isSuccess), [true, true, true, false])
      const error = yield* Effect.flip(exits[3] ?? Effect.die("no fourth"))
      assert.deepStrictEqual([error.failure, error.operation], [
        "ServiceAccountNotFound",
        "get serviceaccount ns-0/sa-3"
      ])
      assert.deepStrictEqual(yield* counted(fake), { gets: 0, lists: 1 })
    }))

  it.effect("a namespace that is not there: all are not found, as with GETs", () =>
    Effect.gen(function*() {
      const { get } = yield* setUp(mayList)
      const errors = yield* all([0, 1, 2].map((name) => Effect.flip(get("nowhere", `sa-${name}`))))
      assert.deepStrictEqual(
        errors.map(({ failure }) => failure),
        Array.from({ length: 3 }, () => "ServiceAccountNotFound")
      )
    }))

  it.effect("what a LIST fails with, all fail with; nothing is remembered", () =>
    Effect.gen(function*() {
      const { fake, get } = yield* setUp(mayList)
      yield* populate(fake, 1, 3)
      yield* fake.intercept(FakeApiServer.failing(500), { times: 1 })
      const names = [0, 1, 2].map((name) => get("ns-0", `sa-${name}`))
      const errors = yield* all(names.map(Effect.flip))
      assert.deepStrictEqual(errors.map(({ failure }) => failure), Array.from({ length: 3 }, () => "ServerFailed"))
      yield* all(names)
      assert.deepStrictEqual(yield* counted(fake), { gets: 0, lists: 2 })
    }))

  it.effect("a list that can't be read does not keep its accounts from being read one by one", () =>
    Effect.gen(function*() {
      const server = yield* start((request) => {
        const name = /serviceaccounts\/([^/?]+)/.exec(request.url ?? "")?.[1]
        const object = (name: string) => ({ metadata: { name, uid: name === "bad" ? 7 : `uid-${name}` } })
        return { body: name === undefined ? { metadata: {}, items: ["a", "b", "bad"].map(object) } : object(name) }
      })
      const api = yield* ApiServer.make(connection(server.url))
      const accounts = yield* Effect.provideService(KubernetesServiceAccounts.make(), ApiServer.ApiServer, api)
      const exits = yield* all(["a", "b", "bad"].map((name) => Effect.exit(accounts.get("team", name))))
      assert.deepStrictEqual(exits.map(Exit.isSuccess), [true, true, false])
    }))
})

describe("large namespaces", () => {
  it.effect("a list comes by pages of 500 and ends when all are found", () =>
    Effect.gen(function*() {
      const { fake, get } = yield* setUp(mayList)
      yield* populate(fake, 1, 1_600)
      const names = (from: number) => Array.from({ length: 100 }, (_, at) => get("ns-0", `sa-${from + at}`))
      yield* all(names(0)) // sa-0 … sa-99 are spread over all pages, as the order is that of the texts
      const first = yield* counted(fake)
      assert.strictEqual(first.gets, 0)
      assert.isAtMost(first.lists, 4)
      const early = yield* all(Array.from({ length: 60 }, (_, at) => get("ns-0", `sa-1${String(at).padStart(3, "0")}`)))
      assert.strictEqual(early.length, 60)
      assert.deepStrictEqual(yield* counted(fake), { gets: 0, lists: first.lists + 1 })
    }))

  it.effect("when far more accounts remain than are wanted, these are read one by one, and so from the start next time", () =>
    Effect.gen(function*() {
      const { fake, get } = yield* setUp(mayList)
      yield* populate(fake, 1, 1_000)
      const last = ["sa-997", "sa-998", "sa-999"].map((name) => get("ns-0", name))
      yield* all(last)
      assert.deepStrictEqual(yield* counted(fake), { gets: 3, lists: 1 })
      yield* all(last)
      assert.deepStrictEqual(yield* counted(fake), { gets: 6, lists: 1 })
    }))

  it.effect("410: a list that can't be continued is begun anew", () =>
    Effect.gen(function*() {
      const { fake, get } = yield* setUp(mayList)
      yield* populate(fake, 1, 800)
      let pages = 0
      yield* fake.intercept(() => ++pages === 2 ? Effect.as(fake.expirePages, undefined) : Effect.succeed(undefined))
      const accounts = yield* all(Array.from({ length: 800 }, (_, at) => get("ns-0", `sa-${at}`)))
      assert.strictEqual(new Set(accounts.map(({ uid }) => uid)).size, 800)
      assert.deepStrictEqual(yield* counted(fake), { gets: 0, lists: 4 })
    }))

  /** Three accounts of a server that has its own way of giving pages, and what it is asked for them. */
  const readThree = Effect.fnUntraced(function*(page: (from: string, nth: number) => Reply) {
    const asked = { gets: 0, lists: 0 }
    const server = yield* start((request) => {
      const url = new URL(request.url ?? "", "http://server.example")
      const name = /serviceaccounts\/([^/]+)$/.exec(url.pathname)?.[1]
      if (name === undefined) return page(url.searchParams.get("continue") ?? "", ++asked.lists)
      asked.gets++
      return { body: { metadata: { name, uid: `uid-${name}` } } }
    })
    const api = yield* ApiServer.make(connection(server.url))
    const accounts = yield* Effect.provideService(KubernetesServiceAccounts.make(), ApiServer.ApiServer, api)
    const exits = yield* all(["a", "b", "c"].map((name) => Effect.exit(accounts.get("team", name))))
    return { asked, exits }
  })

  const other = [{ metadata: { name: "other", uid: "uid" } }]
  for (
    const [what, page, lists] of [
      ["a page without accounts that is not the last", (nth: number) => ({ next: String(nth), items: [] }), 1],
      ["a page that is to be followed by itself", () => ({ next: "same", items: other }), 2],
      ["pages in a circle", (nth: number) => ({ next: String(nth % 3), items: other }), 4],
      ["more than 1,000 pages", (nth: number) => ({ next: String(nth), items: other }), 1_000]
    ] as const
  ) {
    it.effect(`a list without end is given up, and its accounts are read one by one: ${what}`, () =>
      Effect.gen(function*() {
        const { asked, exits } = yield* readThree((_from, nth) => {
          const { items, next } = page(nth)
          return { body: { metadata: { continue: next }, items } }
        })
        assert.isTrue(exits.every(Exit.isSuccess))
        assert.deepStrictEqual(asked, { gets: 3, lists })
      }))
  }

  it.effect("410 again and again: a list is begun anew three times, then its accounts are read one by one", () =>
    Effect.gen(function*() {
      const { asked, exits } = yield* readThree((from) =>
        from === ""
          ? { body: { metadata: { continue: "next" }, items: [...other, { metadata: { name: "a", uid: "uid-a" } }] } }
          : { status: 410, body: { status: "Failure", message: "expired", reason: "Expired", code: 410 } }
      )
      assert.isTrue(exits.every(Exit.isSuccess))
      assert.deepStrictEqual(asked, { gets: 2, lists: 8 })
    }))

  it.effect("a LIST whose answer is too large is not downloaded again for five minutes", () =>
    Effect.gen(function*() {
      const asked = { gets: 0, lists: 0 }
      const tooLarge = Buffer.alloc(33 * 1024 * 1024, " ")
      const server = yield* start((request, response) => {
        const name = /serviceaccounts\/([^/?]+)/.exec(request.url ?? "")?.[1]
        if (name !== undefined) {
          asked.gets++
          return { body: { metadata: { name, uid: `uid-${name}` } } }
        }
        asked.lists++
        response.writeHead(200, { "content-type": "application/json" })
        response.end(tooLarge)
        return undefined
      })
      const api = yield* ApiServer.make(connection(server.url))
      const accounts = yield* Effect.provideService(KubernetesServiceAccounts.make(), ApiServer.ApiServer, api)
      const three = (namespace: string) => all(["a", "b", "c"].map((name) => accounts.get(namespace, name)))
      yield* three("team")
      assert.deepStrictEqual(asked, { gets: 3, lists: 1 })
      yield* TestClock.adjust("299 seconds")
      yield* three("team")
      assert.deepStrictEqual(asked, { gets: 6, lists: 1 })
      yield* three("other")
      assert.deepStrictEqual(asked, { gets: 9, lists: 2 })
      yield* TestClock.adjust("1 second")
      yield* three("team")
      assert.deepStrictEqual(asked, { gets: 12, lists: 3 })
    }))
})

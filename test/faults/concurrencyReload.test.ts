/**
 * FAULT-32: the config changes while lookups are under way. A config is read once, when its layer is built (CFG-7), and
 * who wants the new one builds another layer: what is under way finishes with the providers that it began with.
 */
import { Keyring } from "@credlet/core"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Fiber, Layer, Schedule, Scope } from "effect"
import * as Fs from "node:fs"
import { type Host, KeyringLive, makeHost, type Plugin } from "./support/dataHost.ts"
import { usernames } from "./support/dataScripted.ts"
import { answer } from "./support/dataTable.ts"

const image = "reg.example/app"

const plugin = (name: string, isGated = false): Plugin => ({
  name,
  matchImages: ["reg.example"],
  answer: answer({ auth: `{"reg.example":{"username":"${name}"}}` }),
  defaultCacheDuration: "0s",
  isGated
})

const build = (host: Host) =>
  Effect.map(Layer.build(KeyringLive(host)), (context) => Context.get(context, Keyring.Keyring))

const start = (keyring: Keyring.Keyring["Service"]) =>
  Effect.forkChild(keyring.lookup(image), { startImmediately: true })

/** Retried, since whoever waits behind the gate may not be there yet. */
const openGate = (path: string) =>
  Effect.try({
    try: () => Fs.closeSync(Fs.openSync(`${path}.gate`, Fs.constants.O_WRONLY | Fs.constants.O_NONBLOCK)),
    catch: () => "nobody waits"
  }).pipe(Effect.retry({ schedule: Schedule.spaced("5 millis"), times: 2000 }), Effect.orDie)

describe("FAULT-32", () => {
  it.live("FAULT-32: CFG-7: a lookup under way finishes with the providers it began with", () =>
    Effect.gen(function*() {
      const old = [plugin("old", true), plugin("both")]
      const host = yield* makeHost(old)
      const before = yield* build(host)
      const underWay = yield* start(before)
      yield* Effect.retry(
        Effect.suspend(() => host.runs("old").length > 0 ? Effect.void : Effect.fail("not yet")),
        { schedule: Schedule.spaced("5 millis"), times: 2000 }
      )

      const renewed = [plugin("new"), plugin("both")]
      host.install(renewed)
      host.configure(renewed)
      const after = yield* build(host)
      assert.deepStrictEqual(usernames(yield* after.lookup(image)), ["new", "both"])

      yield* openGate(host.pathOf("old"))
      const found = yield* Fiber.join(underWay)
      assert.deepStrictEqual(usernames(found), ["old", "both"])
      assert.deepStrictEqual(found.failures, [])

      // CFG-7: the keyring of the old config stays what it was.
      const again = yield* start(before)
      yield* openGate(host.pathOf("old"))
      assert.deepStrictEqual(usernames(yield* Fiber.join(again)), ["old", "both"])
      assert.lengthOf(host.runs("new"), 1)
    }))

  it.live("FAULT-32: CFG-17: a config that is broken meanwhile builds no new layer and harms nothing under way", () =>
    Effect.gen(function*() {
      const host = yield* makeHost([plugin("old", true)])
      const before = yield* build(host)
      const underWay = yield* start(before)
      Fs.writeFileSync(host.options.config, "{")
      assert.isTrue(Exit.isFailure(yield* Effect.exit(build(host))))
      yield* openGate(host.pathOf("old"))
      assert.deepStrictEqual(usernames(yield* Fiber.join(underWay)), ["old"])
    }))

  it.live("FAULT-32: the old layer is closed while the new one's lookups run: they are not its own", () =>
    Effect.gen(function*() {
      const host = yield* makeHost([plugin("acme", true)])
      const oldScope = yield* Scope.make()
      yield* Scope.provide(build(host), oldScope)
      const after = yield* build(host)
      const underWay = yield* start(after)
      yield* Scope.close(oldScope, Exit.void)
      yield* openGate(host.pathOf("acme"))
      assert.deepStrictEqual(usernames(yield* Fiber.join(underWay)), ["acme"])
    }))
})

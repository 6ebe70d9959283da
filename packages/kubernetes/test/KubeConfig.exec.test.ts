/** Exec plugins: when they are run, when they are not, and what becomes of those that misbehave. */
import type { IdentityError } from "@credlet/core/identity/IdentityError"
import * as KubeConfig from "@credlet/kubernetes/KubeConfig"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Redacted, Scope } from "effect"
import { TestClock } from "effect/testing"
import { join } from "node:path"
import * as Certificates from "./kubeconfig/certificates.ts"
import * as FakePlugin from "./kubeconfig/fakePlugin.ts"
import { config, connect, exec, header, withFiles } from "./kubeconfig/files.ts"

const connectTo = Effect.fnUntraced(function*(plugin: FakePlugin.FakePlugin, options: KubeConfig.Options = {}) {
  const { dir } = yield* withFiles({ config: config(exec) })
  return yield* KubeConfig.make({ path: join(dir, "config"), ...options }).pipe(
    Effect.provide([plugin.layer, NodeServices.layer], { local: true })
  )
})

const settle = Effect.repeat(Effect.yieldNow, { times: 20 })

const failure = <A, R>(effect: Effect.Effect<A, IdentityError, R>) =>
  Effect.map(Effect.flip(effect), (error) => error.detail)

describe("exec plugins under a clock", () => {
  it.effect("KUBE-14: an answer is used until its time has passed", () =>
    Effect.gen(function*() {
      const plugin = FakePlugin.make(FakePlugin.answer({ token: "one", expirationTimestamp: "1970-01-01T00:01:00Z" }))
      const connection = yield* connectTo(plugin)
      assert.lengthOf(plugin.runs, 0)
      const first = yield* connection.credentials
      plugin.answer = FakePlugin.answer({ token: "two", expirationTimestamp: "1970-01-01T01:00:00.5+01:00" })
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(yield* connection.credentials, first)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(yield* header(connection), "Bearer two")
      assert.lengthOf(plugin.runs, 2)
    }))

  it.effect("KUBE-14: for ever, if the answer has no time", () =>
    Effect.gen(function*() {
      const plugin = FakePlugin.make(FakePlugin.answer({ token: "one" }))
      const connection = yield* connectTo(plugin)
      const first = yield* connection.credentials
      yield* TestClock.adjust("5000 days")
      assert.strictEqual(yield* connection.credentials, first)
      assert.lengthOf(plugin.runs, 1)
    }))

  it.effect("KUBE-13: an answer that is out of date is used once", () =>
    Effect.gen(function*() {
      const plugin = FakePlugin.make(FakePlugin.answer({ token: "old", expirationTimestamp: "1969-12-31T00:00:00Z" }))
      const connection = yield* connectTo(plugin)
      assert.strictEqual(yield* header(connection), "Bearer old")
      assert.strictEqual(yield* header(connection), "Bearer old")
      assert.lengthOf(plugin.runs, 2)
    }))

  it.effect("KUBE-14: a refusal forces one new run, however many were refused", () =>
    Effect.gen(function*() {
      const plugin = FakePlugin.make(FakePlugin.answer({ token: "one" }))
      const connection = yield* connectTo(plugin)
      const used = yield* connection.credentials
      plugin.answer = FakePlugin.answer({ token: "two" })
      assert.isTrue(yield* connection.refused(used))
      assert.isTrue(yield* connection.refused(used))
      assert.strictEqual(yield* header(connection), "Bearer two")
      assert.isTrue(yield* connection.refused(used))
      assert.strictEqual(yield* header(connection), "Bearer two")
      assert.lengthOf(plugin.runs, 2)
    }))

  it.effect("one run for all who ask; one who leaves does not stop it", () =>
    Effect.gen(function*() {
      const plugin = FakePlugin.make()
      const connection = yield* connectTo(plugin)
      const leaving = yield* Effect.forkChild(connection.credentials, { startImmediately: true })
      const waiting = yield* Effect.forkChild(
        Effect.all(Array.from({ length: 20 }, () => header(connection)), { concurrency: "unbounded" }),
        { startImmediately: true }
      )
      yield* settle
      yield* Fiber.interrupt(leaving)
      assert.deepStrictEqual(plugin.runs.map(({ signals }) => signals), [[]])
      plugin.runs[0]?.writes("stdout", FakePlugin.answer({ token: "t" }))
      plugin.runs[0]?.exits(0)
      assert.deepStrictEqual(new Set(yield* Fiber.join(waiting)), new Set(["Bearer t"]))
      assert.lengthOf(plugin.runs, 1)
    }))

  it.effect("all who ask leave: the answer is there for the next", () =>
    Effect.gen(function*() {
      const plugin = FakePlugin.make()
      const connection = yield* connectTo(plugin)
      const leaving = yield* Effect.forkChild(connection.credentials, { startImmediately: true })
      yield* settle
      yield* Fiber.interrupt(leaving)
      plugin.runs[0]?.writes("stdout", FakePlugin.answer({ token: "t" }))
      plugin.runs[0]?.exits(0)
      yield* settle
      assert.strictEqual(yield* header(connection), "Bearer t")
      assert.lengthOf(plugin.runs, 1)
    }))

  it.effect("a failure reaches all who wait and is not remembered", () =>
    Effect.gen(function*() {
      const plugin = FakePlugin.make()
      const connection = yield* connectTo(plugin)
      const waiting = yield* Effect.forkChild(
        Effect.all([failure(header(connection)), failure(header(connection))], { concurrency: "unbounded" }),
        { startImmediately: true }
      )
      yield* settle
      plugin.runs[0]?.exits(7)
      for (const detail of yield* Fiber.join(waiting)) {
        assert.include(detail, `user "u": the exec plugin "plugin" failed with exit status 7`)
      }
      plugin.answer = FakePlugin.answer({ token: "t" })
      assert.strictEqual(yield* header(connection), "Bearer t")
    }))

  it.effect("a plugin has one minute, then it is stopped", () =>
    Effect.gen(function*() {
      const plugin = FakePlugin.make()
      const connection = yield* connectTo(plugin)
      const waiting = yield* Effect.forkChild(Effect.flip(connection.credentials), { startImmediately: true })
      yield* settle
      yield* TestClock.adjust("59 seconds")
      assert.deepStrictEqual(plugin.runs.map(({ signals }) => signals), [[]])
      yield* TestClock.adjust("1 second")
      const error = yield* Fiber.join(waiting)
      assert.strictEqual(error.failure, "NoCredentials")
      assert.include(error.detail, "did not end within a minute")
      assert.include(plugin.runs[0]?.signals ?? [], "SIGTERM")
    }))

  it.effect("too much output ends a plugin", () =>
    Effect.gen(function*() {
      const plugin = FakePlugin.make()
      const connection = yield* connectTo(plugin)
      const waiting = yield* Effect.forkChild(failure(connection.credentials), { startImmediately: true })
      yield* settle
      plugin.runs[0]?.writes("stdout", "x".repeat(1024 * 1024 + 1))
      assert.include(yield* Fiber.join(waiting), "wrote more than 1 MiB to stdout")
    }))

  it.effect("a plugin ends with the scope of the connection", () =>
    Effect.gen(function*() {
      const plugin = FakePlugin.make()
      const scope = yield* Scope.make()
      const connection = yield* Scope.provide(connectTo(plugin), scope)
      const waiting = yield* Effect.forkChild(connection.credentials, { startImmediately: true })
      yield* settle
      yield* Scope.close(scope, Exit.void)
      assert.include(plugin.runs[0]?.signals ?? [], "SIGKILL")
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(waiting)))
    }))

  it.effect("what a plugin says to its user goes to who wants to show it, and nowhere else", () =>
    Effect.gen(function*() {
      const plugin = FakePlugin.make()
      const said: Array<string> = []
      const connection = yield* connectTo(plugin, {
        onExecStderr: (bytes) => said.push(new TextDecoder().decode(bytes))
      })
      const waiting = yield* Effect.forkChild(failure(connection.credentials), { startImmediately: true })
      yield* settle
      plugin.runs[0]?.writes("stderr", "open the page CANARY")
      plugin.runs[0]?.exits(1)
      assert.notInclude(yield* Fiber.join(waiting), "CANARY")
      assert.deepStrictEqual(said, ["open the page CANARY"])
    }))

  it.effect("KUBE-13: an answer of any depth is read or refused, never thrown at", () =>
    Effect.gen(function*() {
      const deep = "[".repeat(9_000) + "]".repeat(9_000)
      const plugin = FakePlugin.make(FakePlugin.answer({ token: "DEEP" }).replace(`"DEEP"`, deep))
      const connection = yield* connectTo(plugin)
      const error = yield* Effect.flip(connection.credentials)
      assert.strictEqual(error.failure, "NoCredentials")
      assert.include(error.detail, "has the wrong type at status.token: expected text")
      plugin.answer = FakePlugin.answer({ token: "t", unknown: "DEEP" }).replace(`"DEEP"`, deep)
      assert.strictEqual(yield* header(connection), "Bearer t")
    }))

  it.effect("a certificate that comes again is the same object", () =>
    Effect.gen(function*() {
      const pair = { clientCertificateData: Certificates.clientCertificate, clientKeyData: Certificates.clientKey }
      const plugin = FakePlugin.make(FakePlugin.answer(pair))
      const connection = yield* connectTo(plugin)
      const used = yield* connection.credentials
      yield* connection.refused(used)
      assert.strictEqual((yield* connection.credentials).certificate, used.certificate)
      yield* connection.refused(yield* connection.credentials)
      plugin.answer = FakePlugin.answer({
        clientCertificateData: Certificates.otherCertificate,
        clientKeyData: Certificates.otherKey
      })
      const { certificate } = yield* connection.credentials
      assert.strictEqual(certificate?.certificate, Certificates.otherCertificate)
      assert.strictEqual(certificate && Redacted.value(certificate.key), Certificates.otherKey)
      assert.lengthOf(plugin.runs, 3)
    }))
})

describe("exec plugins as processes", () => {
  const script = (text: string) => ({ config: config(exec), "bin/plugin": `#!/bin/sh\n${text}\n` })

  it.effect("KUBE-13: found in PATH and run with its own environment over the inherited one", () =>
    Effect.gen(function*() {
      const { dir } = yield* withFiles({
        config: config({
          exec: { ...exec["exec"] as object, args: ["--a=b c"], env: [{ name: "REGION", value: "eu" }] }
        }),
        "bin/plugin": `#!/bin/sh\nprintf '${FakePlugin.answer({ token: "%s" })}' "$1 $REGION $(basename "$HOME")"\n`
      })
      assert.strictEqual(yield* header(yield* connect(dir)), "Bearer --a=b c eu home")
    }))

  it.effect("a plugin that reads its stdin finds the end of it", () =>
    Effect.gen(function*() {
      const { dir } = yield* withFiles(script(`cat\necho '${FakePlugin.answer({ token: "t" })}'`))
      assert.strictEqual(yield* header(yield* connect(dir)), "Bearer t")
    }))

  it.effect("a plugin that is no program", () =>
    Effect.gen(function*() {
      const { dir } = yield* withFiles({ config: config({ exec: { ...exec["exec"] as object, command: "./config" } }) })
      assert.include(yield* failure((yield* connect(dir)).credentials), "can't be started (ENOEXEC)")
    }))
})

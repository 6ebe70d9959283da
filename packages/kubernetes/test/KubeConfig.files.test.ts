/** Files that are replaced while we run: tokens, certificates, authorities. Time is the test's. */
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { TestClock, TestConsole } from "effect/testing"
import { join } from "node:path"
import * as Certificates from "./kubeconfig/certificates.ts"
import { config, connect, header, withFiles } from "./kubeconfig/files.ts"

const remove = (path: string) =>
  Effect.flatMap(FileSystem.FileSystem, (files) => files.remove(path)).pipe(Effect.provide(NodeServices.layer))

const tokenFile = config({ tokenFile: "token" })

describe("token files", () => {
  it.effect("KUBE-8, INC-4: read again after 50 seconds, not before", () =>
    Effect.gen(function*() {
      const { dir, put } = yield* withFiles({ config: tokenFile, token: "one" })
      const connection = yield* connect(dir)
      yield* put({ token: "two\n" })
      yield* TestClock.adjust("49999 millis")
      assert.strictEqual(yield* header(connection), "Bearer one")
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(yield* header(connection), "Bearer two")
    }))

  it.effect("INC-5: the last token stays while the file can't be read, which is logged once; the next who asks tries again", () =>
    Effect.gen(function*() {
      const { dir, put } = yield* withFiles({ config: tokenFile, token: "one" })
      const connection = yield* connect(dir)
      yield* remove(join(dir, "token"))
      yield* TestClock.adjust("50 seconds")
      assert.strictEqual(yield* header(connection), "Bearer one")
      assert.strictEqual(yield* header(connection), "Bearer one")
      yield* put({ token: "  \n" })
      assert.strictEqual(yield* header(connection), "Bearer one")
      const logged = (yield* TestConsole.logLines).filter((line) =>
        String(line).includes("last one that could be read")
      )
      assert.lengthOf(logged, 1)
      yield* put({ token: "two" })
      assert.strictEqual(yield* header(connection), "Bearer two")
    }))

  it.effect("INC-6, stricter: a refusal reads the file at once and says whether that gave another token", () =>
    Effect.gen(function*() {
      const { dir, put } = yield* withFiles({ config: tokenFile, token: "one" })
      const connection = yield* connect(dir)
      const used = yield* connection.credentials
      assert.isFalse(yield* connection.refused(used))
      assert.strictEqual(yield* connection.credentials, used)
      yield* put({ token: "two" })
      assert.isTrue(yield* connection.refused(used))
      assert.strictEqual(yield* header(connection), "Bearer two")
      // Somebody else who was refused with the old one finds that there is a new one already.
      assert.isTrue(yield* connection.refused(used))
    }))

  it.effect("KUBE-8: a token is sent until its file can be read", () =>
    Effect.gen(function*() {
      const { dir, put } = yield* withFiles({ config: config({ token: "fixed", tokenFile: "token" }) })
      const connection = yield* connect(dir)
      assert.strictEqual(yield* header(connection), "Bearer fixed")
      yield* put({ token: "fromFile" })
      assert.strictEqual(yield* header(connection), "Bearer fromFile")
      yield* remove(join(dir, "token"))
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(yield* header(connection), "Bearer fromFile")
    }))

  it.effect("credentials are one object for as long as they are the same", () =>
    Effect.gen(function*() {
      const { dir, put } = yield* withFiles({ config: tokenFile, token: "one" })
      const connection = yield* connect(dir)
      const before = yield* connection.credentials
      yield* put({ token: "one\n" })
      yield* TestClock.adjust("2 minutes")
      assert.strictEqual(yield* connection.credentials, before)
    }))

  it.effect("a refused token of the kubeconfig itself can't be helped", () =>
    Effect.gen(function*() {
      const { dir } = yield* withFiles({ config: config({ token: "t" }) })
      const connection = yield* connect(dir)
      assert.isFalse(yield* connection.refused(yield* connection.credentials))
    }))
})

describe("client certificates", () => {
  const files = {
    config: config({ "client-certificate": "c.crt", "client-key": "c.key" }),
    "c.crt": Certificates.clientCertificate,
    "c.key": Certificates.clientKey
  }
  const renewed = { "c.crt": Certificates.otherCertificate, "c.key": Certificates.otherKey }

  it.effect("are read again after five minutes; the object changes only with them", () =>
    Effect.gen(function*() {
      const { dir, put } = yield* withFiles(files)
      const connection = yield* connect(dir)
      const before = (yield* connection.credentials).certificate
      yield* TestClock.adjust("6 minutes")
      assert.strictEqual((yield* connection.credentials).certificate, before)
      yield* put(renewed)
      assert.strictEqual((yield* connection.credentials).certificate, before)
      yield* TestClock.adjust("5 minutes")
      assert.strictEqual((yield* connection.credentials).certificate?.certificate, Certificates.otherCertificate)
    }))

  it.effect("are read at once after a refusal", () =>
    Effect.gen(function*() {
      const { dir, put } = yield* withFiles(files)
      const connection = yield* connect(dir)
      const used = yield* connection.credentials
      yield* put(renewed)
      assert.isTrue(yield* connection.refused(used))
      assert.strictEqual((yield* connection.credentials).certificate?.certificate, Certificates.otherCertificate)
    }))

  it.effect("stay while only one of the two files has been replaced", () =>
    Effect.gen(function*() {
      const { dir, put } = yield* withFiles(files)
      const connection = yield* connect(dir)
      const before = yield* connection.credentials
      yield* put({ "c.crt": Certificates.otherCertificate })
      yield* TestClock.adjust("5 minutes")
      assert.strictEqual(yield* connection.credentials, before)
    }))
})

describe("authorities", () => {
  it.effect("KUBE-6: a file is read each time, the last that was of use stays", () =>
    Effect.gen(function*() {
      const { dir, put } = yield* withFiles({
        config: config({}, { "certificate-authority": "ca.crt" }),
        "ca.crt": Certificates.authority
      })
      const { tls } = yield* connect(dir)
      assert.strictEqual(yield* tls.authority, Certificates.authority)
      yield* put({ "ca.crt": Certificates.otherCertificate })
      assert.strictEqual(yield* tls.authority, Certificates.otherCertificate)
      yield* put({ "ca.crt": "gone" })
      assert.strictEqual(yield* tls.authority, Certificates.otherCertificate)
    }))

  it.effect("KUBE-6: the other settings of TLS, and the proxy", () =>
    Effect.gen(function*() {
      const { dir } = yield* withFiles({
        config: config({}, {
          "insecure-skip-tls-verify": true,
          "tls-server-name": "other.example",
          "proxy-url": "socks5://proxy.example:1080",
          server: "https://CLUSTER.example:6443/pre/fix/?a=b#c"
        })
      })
      const { proxyUrl, server, tls } = yield* connect(dir)
      assert.strictEqual(server, "https://cluster.example:6443/pre/fix")
      assert.isDefined(proxyUrl)
      assert.strictEqual(tls.serverName, "other.example")
      assert.isTrue(tls.insecureSkipVerify)
      assert.isUndefined(yield* tls.authority)
    }))
})

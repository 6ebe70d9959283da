import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { Digest } from "effect/crypto"
import * as Credential from "../../src/credential/Credential.ts"
import * as Bytes from "../../src/text/Bytes.ts"
import { assertHides, canary } from "./canary.ts"

const credential = (username: string, password: string, email = "") => ({
  username,
  password: Redacted.make(password),
  email
})

const hashOf = (username: string, password: string, email?: string) =>
  Effect.provide(Credential.authConfigHash(credential(username, password, email)), Digest.layerWebCrypto)

const jsonOf = (username: string, password: string, email?: string) =>
  Redacted.value(Credential.authConfigJson(credential(username, password, email)))

describe("Credential", () => {
  it.effect("HASH-3: the hash is that of the JSON without empty members", () =>
    Effect.gen(function*() {
      assert.strictEqual(jsonOf("", ""), "{}")
      assert.strictEqual(
        yield* hashOf("", ""),
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
      )
      assert.strictEqual(jsonOf("u", "p"), `{"username":"u","password":"p"}`)
      assert.strictEqual(
        yield* hashOf("u", "p"),
        "edbd57ca9372e64eb1c9070ecf3a049ac553596b0529acf034c7a71d4e618e88"
      )
      assert.strictEqual(
        yield* hashOf("a", "b", "e"),
        "9e5728f0f2c5a20411b58b173b5f33b9ceb22ac24fe1a423f6c9a4f08fb07416"
      )
    }))

  it.effect("HASH-4: strings are escaped as Go escapes them, bytes that are not UTF-8 as \\ufffd", () =>
    Effect.gen(function*() {
      const password = `<p>&\u2028é${Bytes.decode(Uint8Array.of(0xff))}"\\\n\u0001/`
      assert.strictEqual(
        jsonOf("u", password),
        String.raw`{"username":"u","password":"\u003cp\u003e\u0026\u2028é\ufffd\"\\\n\u0001/"}`
      )
      assert.strictEqual(
        yield* hashOf("u", password),
        "d04378ea3fb42a961e07f53070dec77ac1900bda1714eef8db09c8de9985fc78"
      )
      assert.strictEqual(
        yield* hashOf("\b\f\t\r\u007f\u2029/'", "x"),
        "4fa75f6abcc4dd8ebbbfc72b438ac8d7fce632ecb4d17197bd07181710efd162"
      )
    }))

  it.effect("HASH-6: the email is part of it", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* hashOf("ada", "smash", "ada@example.com"),
        "353258b53f5e9a57b059eab3f05312fc35bbeb874f08ce101e7bf0bf46977423"
      )
      assert.strictEqual(
        yield* hashOf("rex", "tiny arms", "rex@example.com"),
        "899748fec74c8dd761845fca727f4249b05be275ff24026676fcd4351f656363"
      )
    }))

  it("the JSON that is hashed is a secret", () => {
    assertHides(Credential.authConfigJson(credential("u", canary)))
  })
})

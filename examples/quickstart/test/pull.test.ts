import type { Credential } from "@credlet/core"
import { TinyRegistry } from "@credlet/testing"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { FetchHttpClient, HttpClient, HttpClientResponse } from "effect/http"
import { inspect } from "node:util"
import { pull, PullError } from "../src/pull.ts"

const robot = { username: "robot", password: Redacted.make("CANARY") }

const credential = (password: Redacted.Redacted): Credential.Credential => ({
  username: robot.username,
  password,
  email: "",
  location: "registry.example",
  source: { _tag: "Provider", provider: "a-plugin", coordinates: undefined }
})
const right = credential(robot.password)
const wrong = credential(Redacted.make("guess"))

describe("pull", () => {
  for (const challenge of ["basic", "bearer"] as const) {
    it.live(`${challenge}: accepted with the right password, refused with none or another`, () =>
      Effect.gen(function*() {
        const { digest, host, image } = yield* TinyRegistry.make({ ...robot, challenge })
        assert.deepStrictEqual(yield* pull(image), { _tag: "Refused", status: 401 })
        assert.deepStrictEqual(yield* pull(image, wrong), { _tag: "Refused", status: 401 })
        const pulled = yield* pull(image, right)
        assert.isTrue(pulled._tag === "Pulled" && pulled.bytes > 1024)
        assert.deepStrictEqual(yield* pull(`${host}/team/app@${digest}`, right), pulled)
      }).pipe(Effect.provide(FetchHttpClient.layer)))
  }

  it.live("REG-15: the password does not go to a token endpoint elsewhere", () => {
    const asked: Array<string> = []
    const registry = HttpClient.make((request, url) =>
      Effect.sync(() => {
        asked.push(`${url.host} ${request.headers["authorization"] ?? "anonymous"}`)
        const headers = { "www-authenticate": `Bearer realm="http://elsewhere.example/token",service="x"` }
        return HttpClientResponse.fromWeb(request, new Response(null, { status: 401, headers }))
      })
    )
    return Effect.gen(function*() {
      assert.deepStrictEqual(yield* pull("registry.example/app", right), { _tag: "Refused", status: 401 })
      assert.deepStrictEqual(asked, ["registry.example anonymous", "registry.example anonymous"])
    }).pipe(Effect.provideService(HttpClient.HttpClient, registry))
  })

  it.live("an image that is not there is an error, without the password", () =>
    Effect.gen(function*() {
      const { host } = yield* TinyRegistry.make(robot)
      const error = yield* Effect.flip(pull(`${host}/team/other`, right))
      assert.instanceOf(error, PullError)
      assert.include(error.message, "404")
      assert.notInclude(inspect(error, { depth: Infinity }), btoa("robot:CANARY"))
    }).pipe(Effect.provide(FetchHttpClient.layer)))
})

import { ImageReference } from "@credlet/core"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Result } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import * as Puller from "../src/Puller.ts"

const image = Result.getOrThrow(ImageReference.parse("registry.example/team/app"))

const challenge = { "www-authenticate": "Bearer realm=\"https://auth.example/token\",service=\"registry.example\"" }

/** A registry that gives images to whom its other service has given the token `good`, in an answer like this. */
const registry = (answer: object) =>
  Layer.provide(
    Puller.layer,
    Layer.succeed(
      HttpClient.HttpClient,
      HttpClient.make((request) => {
        const isToken = request.url === "https://auth.example/token"
        const isGood = request.headers["authorization"] === "Bearer good"
        const response = isToken
          ? Response.json(answer)
          : new Response(null, isGood ? {} : { status: 401, headers: challenge })
        return Effect.succeed(HttpClientResponse.fromWeb(request, response))
      })
    )
  )

const accepts = (answer: object) =>
  Effect.flatMap(Puller.Puller, (puller) => puller.accepts(image, undefined)).pipe(Effect.provide(registry(answer)))

describe("Puller", () => {
  it.effect("REG-10: the token has one of two names", () =>
    Effect.gen(function*() {
      assert.isTrue(yield* accepts({ token: "good" }))
      assert.isTrue(yield* accepts({ access_token: "good" }))
      assert.isTrue(yield* accepts({ token: "", access_token: "good" }))
      assert.isFalse(yield* accepts({ token: "another" }))
      assert.include((yield* Effect.flip(accepts({}))).message, "its token is not what it should be")
    }))
})

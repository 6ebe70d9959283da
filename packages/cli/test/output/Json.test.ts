import { IdentityError, PluginError, PodIdentity, ProviderError } from "@credlet/core"
import { assert, describe, it } from "@effect/vitest"
import * as Json from "../../src/output/Json.ts"
import { answer, credential } from "../support/answers.ts"

describe("Json", () => {
  it("holds every image, with its credentials or the reasons why there are none; masked passwords are null", () => {
    const text = Json.render([
      answer("r.example/a:1", "r.example/a", {
        credentials: [
          credential("r.example", "robot", "s3cret"),
          { ...credential("*.example", "", "", { _tag: "NodeConfig" }), email: "me@corp.example" }
        ],
        providers: ["ecr", "sa"],
        skipped: [{ provider: "sa", reason: "AnnotationMissing", annotation: "id.example/role" }]
      }),
      answer("r.example/b", "r.example/b", {
        providers: ["ecr", "odd", "sa"],
        failures: [
          new PluginError.PluginError({
            provider: "ecr",
            reason: { _tag: "Exited", code: 1, stderr: "no network" }
          }),
          new ProviderError.UnknownCacheKeyType({ provider: "odd", value: "Pod" }),
          new ProviderError.IdentityFailed({
            provider: "sa",
            stage: "serviceAccount",
            reason: new IdentityError.IdentityError({
              operation: "get serviceaccount team/builder",
              failure: "ServiceAccountNotFound",
              status: 404,
              detail: "serviceaccounts \"builder\" not found"
            })
          })
        ]
      })
    ], "masked")
    assert.deepStrictEqual(JSON.parse(text), {
      images: [
        {
          image: "r.example/a:1",
          repository: "r.example/a",
          credentials: [
            { location: "r.example", username: "robot", password: null, source: { type: "provider", name: "ecr" } },
            {
              location: "*.example",
              username: "",
              password: "",
              email: "me@corp.example",
              source: { type: "nodeConfig" }
            }
          ],
          providers: {
            matched: ["ecr", "sa"],
            skipped: [{ provider: "sa", reason: "AnnotationMissing", annotation: "id.example/role" }],
            failed: [],
            unusable: []
          }
        },
        {
          image: "r.example/b",
          repository: "r.example/b",
          credentials: [],
          providers: {
            matched: ["ecr", "odd", "sa"],
            skipped: [],
            failed: [
              {
                provider: "ecr",
                reason: "Exited",
                message: "the plugin exited with status 1",
                stderr: "no network",
                nextStep: "see what it wrote, or run it by hand with the same request on stdin"
              },
              {
                provider: "odd",
                reason: "UnknownCacheKeyType",
                message: "the cacheKeyType in the plugin's answer is \"Pod\", not Image, Registry or Global",
                nextStep: "let the plugin answer with cacheKeyType Image, Registry or Global, in this spelling"
              },
              {
                provider: "sa",
                reason: "ServiceAccountNotFound",
                message:
                  "could not get serviceaccount team/builder: there is no such service account (HTTP status 404): " +
                  "serviceaccounts \"builder\" not found",
                nextStep: "create the service account, or mend its name in the pod"
              }
            ],
            unusable: []
          }
        }
      ]
    })
  })

  it("names the pod as an explanation does", () => {
    const pod = { namespace: "team", podName: "web", podUid: "u", serviceAccountName: "" }
    const text = Json.render([answer("r.example/a", "r.example/a", {})], "masked", new PodIdentity.PodIdentity(pod))
    assert.deepStrictEqual(JSON.parse(text).pod, pod)
  })

  it("holds passwords and service accounts if asked", () => {
    const coordinates = { namespace: "web", name: "puller", uid: "7" }
    const text = Json.render([
      answer("r.example/a", "r.example/a", {
        credentials: [
          credential("r.example", "u", "p\"\u001b", { _tag: "Provider", provider: "ecr", coordinates }),
          credential("r.example", "u", "q", { _tag: "PullSecret", namespace: "web", name: "regcred", uid: "8" })
        ]
      })
    ], "shown")
    assert.deepStrictEqual(JSON.parse(text).images[0].credentials, [
      {
        location: "r.example",
        username: "u",
        password: "p\"\u001b",
        source: { type: "provider", name: "ecr", serviceAccount: coordinates }
      },
      {
        location: "r.example",
        username: "u",
        password: "q",
        source: { type: "pullSecret", namespace: "web", name: "regcred", uid: "8" }
      }
    ])
  })
})

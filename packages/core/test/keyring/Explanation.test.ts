import * as Explanation from "@credlet/core/keyring/Explanation"
import * as Keyring from "@credlet/core/keyring/Keyring"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Redacted, Schema } from "effect"
import { ImageReference } from "../../src/image/ImageReference.ts"
import { assertHides, canary } from "../credential/canary.ts"
import { pod, provider, tokenAttributes } from "../provider/providers.ts"
import { answer, failing, gives, secret, treeOf, worldLayer } from "./explaining.ts"

const codec = Schema.toCodecJson(Explanation.Explanation)
const encode = Schema.encodeEffect(Schema.fromJsonString(codec))
const decode = Schema.decodeEffect(Schema.fromJsonString(codec))

const explanationOf = (image: string | ImageReference, options?: Keyring.LookupOptions) =>
  Effect.flatMap(Keyring.Keyring, (keyring) => Effect.map(keyring.explain(image, options), (one) => one.explanation))

const team = provider("team", { matchImages: ["registry.example"] })

const redeem = (token: Redacted.Redacted | undefined) => token === undefined ? "" : Redacted.value(token)

describe("Explanation", () => {
  it.effect.prop("goes through JSON and comes back", {
    explanation: Arbitrary.schema(Explanation.Explanation)
  }, ({ explanation }) =>
    Effect.gen(function*() {
      const text = yield* encode(explanation)
      assert.strictEqual(yield* encode(yield* decode(text)), text)
    }), { arbitrary: { runs: 30, size: 10 } })

  it.effect("as JSON it is what one would write by hand", () =>
    Effect.gen(function*() {
      const explanation = yield* explanationOf("registry.example/app:1")
      const password = explanation.credentials[0]?.password ?? ""
      assert.match(password, /^[0-9a-f]{8}$/)
      assert.deepStrictEqual(JSON.parse(yield* encode(explanation)), {
        image: {
          written: "registry.example/app:1",
          repository: "registry.example/app",
          changes: ["tag"],
          isAddress: true
        },
        pullSecrets: [],
        providers: [{
          name: "team",
          usesServiceAccounts: false,
          match: { _tag: "Matched", pattern: "registry.example" },
          steps: [
            { _tag: "CacheMissed", provider: "team", scopes: ["Image", "Registry", "Global"] },
            { _tag: "PluginRun", provider: "team", path: "team", outcome: "Answered", duration: "0s" },
            { _tag: "AnswerChecked", provider: "team", locations: 1 },
            { _tag: "Stored", provider: "team", scope: "Registry", lifetime: "10m0s", isDefault: true }
          ],
          outcome: { _tag: "Given", locations: 1 }
        }],
        rings: [{ of: "providers", keys: [{ key: "registry.example", credentials: 1, verdict: { _tag: "Matches" } }] }],
        unusable: [],
        credentials: [{
          username: "robot",
          password,
          location: "registry.example",
          source: { _tag: "Provider", provider: "team" }
        }]
      })
    }).pipe(Effect.provide(worldLayer({ providers: [team], plugins: { team: gives("robot", "registry.example") } }))))

  it("has a JSON schema with descriptions", () => {
    const document = JSON.stringify(Schema.toJsonSchemaDocument(Schema.toEncoded(codec)))
    for (
      const description of [
        "The normalised name, which patterns, plugins and keys are about",
        "Why the provider's patterns do not match, the nearest first",
        "What to do about it, in a sentence without a full stop",
        "A fingerprint: equal in one explanation for equal passwords. Empty for an empty password"
      ]
    ) {
      assert.include(document, description)
    }
  })

  it.effect("IMG-1, IMG-3…5: what became of the name", () =>
    Effect.gen(function*() {
      const changes = (image: string) => Effect.map(explanationOf(image), (one) => one.image.changes)
      const digest = `sha256:${"a1".repeat(32)}`
      assert.deepStrictEqual(yield* changes("registry.example:5000/app"), [])
      assert.deepStrictEqual(yield* changes(`registry.example:5000/app:1@${digest}`), ["tag", "digest"])
      assert.deepStrictEqual(yield* changes(`registry.example/app@${digest}`), ["digest"])
      assert.deepStrictEqual(yield* changes("busybox"), ["defaultRegistry", "library"])
      assert.deepStrictEqual(yield* changes("docker.io:80"), ["defaultRegistry", "library", "tag"])
      assert.deepStrictEqual(yield* changes("team/app:latest"), ["defaultRegistry", "tag"])
      assert.deepStrictEqual(yield* changes("library/busybox"), ["defaultRegistry"])
      assert.deepStrictEqual(yield* changes("docker.io/busybox"), ["library"])
      assert.deepStrictEqual(yield* changes("index.docker.io/busybox"), ["dockerHubName", "library"])
      assert.deepStrictEqual(yield* changes("docker.io/library/busybox"), [])
    }).pipe(Effect.provide(worldLayer({ providers: [] }))))

  it.effect("a reference that was parsed elsewhere is explained as it is, without what may be a password", () =>
    Effect.gen(function*() {
      const { image, providers } = yield* explanationOf(
        new ImageReference({ repository: `user:${canary}@registry.example/a b|c` })
      )
      assert.strictEqual(image.repository, "…@registry.example/a b|c")
      assert.deepStrictEqual(image.changes, [])
      assert.isTrue(image.isAddress)
      const spaced = yield* explanationOf(new ImageReference({ repository: "regi stry.example/app" }))
      assert.isFalse(spaced.image.isAddress)
      assert.deepStrictEqual(spaced.providers.map((one) => one.match), [{
        _tag: "Missed",
        misses: [{ pattern: "registry.example", miss: { _tag: "TargetUnparsable" } }]
      }])
      assert.lengthOf(providers, 1)
    }).pipe(Effect.provide(worldLayer({
      providers: [team],
      plugins: { team: answer({ cacheKeyType: "Image" }) }
    }))))

  it.effect("LOG-30…36: nothing secret is in it", () =>
    Effect.gen(function*() {
      const keyring = yield* Keyring.Keyring
      const explained = yield* keyring.explain("registry.example/app", {
        pod: pod("team", "builder"),
        pullSecrets: [secret("s", {
          "registry.example": "me",
          [`https://user:${canary}@registry.example`]: "me",
          [`HTTPS://user:${canary}@registry.example/x`]: "me",
          [`user:${canary}@registry.example:x`]: "me"
        })]
      })
      const { explanation, lookup } = explained
      assert.deepStrictEqual(lookup.credentials.map(({ username }) => username), ["me", "me", "robot"])
      assert.lengthOf(lookup.unusable, 2)
      assert.isTrue(Redacted.value(lookup.credentials[2]?.password ?? Redacted.make("")).includes(canary))
      for (const hidden of [canary, "me-word"]) {
        assertHides(explanation, hidden)
        assert.notInclude(yield* encode(explanation), hidden)
        assert.notInclude(treeOf(explained), hidden)
      }
    }).pipe(Effect.provide(worldLayer({
      providers: [
        provider("sa", {
          matchImages: ["registry.example", `user:${canary}@registry.example/x`],
          tokenAttributes: tokenAttributes({
            cacheType: "Token",
            requiredServiceAccountAnnotationKeys: ["identity.example/role"]
          })
        }),
        provider("far", { matchImages: [`https://user:${canary}@registry.example`] }),
        team
      ],
      plugins: {
        sa: ({ serviceAccountToken: token }) =>
          Effect.succeed(answer({
            cacheKeyType: "Image",
            auth: {
              [`https://u:${canary}@registry.example`]: { username: "robot", password: redeem(token) },
              [`u:${canary}@registry.example:y`]: { username: "robot", password: redeem(token) }
            }
          })),
        team: failing("team", { _tag: "Exited", code: 1, stderr: "" })
      },
      identity: {
        accounts: [{ namespace: "team", name: "builder", annotations: { "identity.example/role": canary } }],
        tokens: Effect.succeed(Redacted.make(canary))
      }
    }))))

  it.effect("fingerprints differ from keyring to keyring", () =>
    Effect.gen(function*() {
      const fingerprints = yield* Effect.forEach([1, 2], () =>
        explanationOf("registry.example/app").pipe(
          Effect.map((one) => one.credentials.map(({ password }) => password)),
          Effect.provide(
            worldLayer({ providers: [team], plugins: { team: gives("robot", "registry.example", "*.example") } }),
            { local: true }
          )
        ))
      const [first = [], second = []] = fingerprints
      assert.strictEqual(first[0], first[1])
      assert.notStrictEqual(first[0], second[0])
    }))
})

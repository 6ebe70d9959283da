import * as ExplanationText from "@credlet/core/keyring/ExplanationText"
import * as Keyring from "@credlet/core/keyring/Keyring"
import type { Step } from "@credlet/core/LookupTrace"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { provider } from "../provider/providers.ts"
import { gives, inTime, treeOf, worldLayer } from "./explaining.ts"

const image = "registry.example/team/app:1.0"
const team = provider("team", { matchImages: ["registry.example"] })

describe("ExplanationText: durations without end", () => {
  it.effect("CACHE-29: an answer that is kept for ever", () =>
    Effect.gen(function*() {
      const keyring = yield* Keyring.Keyring
      const first = treeOf(yield* inTime(keyring.explain(image), "1 hour"))
      const second = treeOf(yield* keyring.explain(image))
      assert.include(first, "cache: keeps the answer for its registry for ever, the provider's default\n")
      assert.include(second, "cache: hit for its registry, good for ever\n")
    }).pipe(Effect.provide(worldLayer({
      providers: [{ ...team, defaultCacheDuration: Duration.infinity }],
      plugins: { team: gives("robot", "registry.example") }
    }))))

  it("durations without end have words, whatever they are of", () => {
    const rendered = (steps: ReadonlyArray<Step>) =>
      ExplanationText.render({
        image: { written: "a/b", repository: "a/b", changes: [], isAddress: true },
        pullSecrets: [],
        providers: [{
          name: "team",
          usesServiceAccounts: false,
          match: { _tag: "Matched", pattern: "a" },
          steps,
          outcome: { _tag: "Given", locations: 1 }
        }],
        rings: [],
        unusable: [],
        credentials: []
      })
    const text = rendered([
      { _tag: "TokenIssued", isReused: true, expiresIn: Duration.infinity },
      { _tag: "TokenAsked", provider: "team", audience: "a", isObtained: true, duration: Duration.zero },
      { _tag: "Stored", provider: "team", scope: "Image", lifetime: Duration.negativeInfinity, isDefault: false }
    ])
    assert.include(text, "token: reused for the audience a, never expires\n")
    assert.include(text, "cache: the answer expired before it came\n")
    assert.notInclude(text, "Infinity")
  })
})

import { assert, describe, it } from "@effect/vitest"
import { Redacted, Result } from "effect"
import * as PullSecret from "../../src/credential/PullSecret.ts"
import { assertHides, canary } from "./canary.ts"

const json = "kubernetes.io/dockerconfigjson"
const cfg = "kubernetes.io/dockercfg"

const secret = (type: string, data: Readonly<Record<string, string>>): PullSecret.PullSecret => ({
  type,
  namespace: "team",
  name: "pull",
  uid: "u-1",
  data: Object.fromEntries(
    Object.entries(data).map(([key, text]) => [key, Redacted.make(new TextEncoder().encode(text))])
  )
})

const locationsOf = (type: string, data: Readonly<Record<string, string>>) => {
  const config = Result.getOrThrow(PullSecret.parse(secret(type, data)))
  return config && [...config.keys()]
}

describe("PullSecret", () => {
  it("SECRET-2: type and key must belong together", () => {
    assert.deepStrictEqual(locationsOf(json, { ".dockerconfigjson": `{"auths": {"a": {}}}` }), ["a"])
    assert.deepStrictEqual(locationsOf(cfg, { ".dockercfg": `{"b": {}}` }), ["b"])
    assert.deepStrictEqual(locationsOf(json, { ".dockerconfigjson": `{"auths": {"a": {}}}`, ".dockercfg": "{" }), ["a"])
  })

  it("SECRET-2: other secrets are skipped, however bad their data", () => {
    assert.isUndefined(locationsOf(json, { ".dockercfg": "{" }))
    assert.isUndefined(locationsOf(cfg, { ".dockerconfigjson": "{" }))
    assert.isUndefined(locationsOf("Opaque", { ".dockerconfigjson": "{" }))
    assert.isUndefined(locationsOf("constructor", { ".dockerconfigjson": "{" }))
    assert.isUndefined(locationsOf(json, {}))
    assert.isUndefined(locationsOf(json, { ".dockerconfigjson": "" }))
    assert.isUndefined(locationsOf(cfg, { ".dockercfg": "" }))
  })

  it("SECRET-3: an accepted secret that can't be read is an error that names it", () => {
    const parsed = PullSecret.parse(secret(cfg, { ".dockercfg": "{" }))
    assert(Result.isFailure(parsed))
    assert.strictEqual(parsed.failure.reason.reason, "syntax")
    assert.include(parsed.failure.message, "the pull secret team/pull, key .dockercfg: ")
  })

  it("SECRET-4: a secret without entries counts", () => {
    assert.deepStrictEqual(locationsOf(json, { ".dockerconfigjson": "{}" }), [])
    assert.deepStrictEqual(locationsOf(cfg, { ".dockercfg": "null" }), [])
  })

  it("errors show nothing of the secret's data", () => {
    for (const text of [`{"auths": {"a": {"auth": "${canary}"}}}`, `{"auths": ${canary}`, `"${canary}"`]) {
      const parsed = PullSecret.parse(secret(json, { ".dockerconfigjson": text }))
      assert(Result.isFailure(parsed))
      assertHides(parsed.failure)
    }
  })
})

import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Duration, Effect, Redacted, Result, Schema } from "effect"
import { EnvVar, Provider, TokenAttributes } from "../../src/config/ProviderConfig.ts"
import * as ProviderConfig from "../../src/config/ProviderConfig.ts"
import { decoded, v1 } from "./documents.ts"

const encode = (providers: ReadonlyArray<Provider>, apiVersion?: ProviderConfig.ConfigApiVersion): string =>
  Redacted.value(Result.getOrThrow(ProviderConfig.encode(providers, apiVersion)))

// What was read from a text is always well-formed.
const text = Schema.String.check(Schema.makeFilter((value) => value.isWellFormed()))
const texts = Schema.UndefinedOr(Schema.NonEmptyArray(text))
const nanos = Schema.Int.check(Schema.isBetween({ minimum: -(2 ** 40), maximum: 2 ** 40 }))

/** Everything that can be read; empty lists apart, which are not written where they may be left out. */
const anyProvider = Arbitrary.map(
  Arbitrary.schema(Schema.Struct({
    name: text,
    matchImages: Schema.UndefinedOr(Schema.Array(text)),
    nanos: Schema.UndefinedOr(nanos),
    apiVersion: text,
    args: texts,
    env: Schema.UndefinedOr(Schema.NonEmptyArray(Schema.Struct({ name: text, value: text }))),
    tokenAttributes: Schema.UndefinedOr(Schema.Struct({
      serviceAccountTokenAudience: text,
      cacheType: text,
      requireServiceAccount: Schema.UndefinedOr(Schema.Boolean),
      requiredServiceAccountAnnotationKeys: texts,
      optionalServiceAccountAnnotationKeys: texts
    }))
  })),
  ({ env, nanos, tokenAttributes, ...rest }) =>
    new Provider({
      ...rest,
      defaultCacheDuration: nanos === undefined ? undefined : Duration.nanos(BigInt(nanos)),
      env: env?.map(({ name, value }) => new EnvVar({ name, value: Redacted.make(value) })),
      tokenAttributes: tokenAttributes === undefined ? undefined : new TokenAttributes(tokenAttributes)
    })
)

const equal = Schema.toEquivalence(Schema.Array(Schema.toType(Provider)))

const full = new Provider({
  name: "a",
  matchImages: ["a.example"],
  defaultCacheDuration: Duration.minutes(90),
  apiVersion: "credentialprovider.kubelet.k8s.io/v1",
  args: ["get"],
  env: [new EnvVar({ name: "HOME", value: Redacted.make("/root") })],
  tokenAttributes: new TokenAttributes({ serviceAccountTokenAudience: "aud", cacheType: "Token" })
})

describe("ProviderConfig", () => {
  it("CFG-74: what is unset is null, left out or empty, field by field", () => {
    assert.strictEqual(
      encode([new Provider({ name: "a", apiVersion: "" })]),
      `{"kind":"CredentialProviderConfig","apiVersion":"${v1}","providers":[` +
        `{"name":"a","matchImages":null,"defaultCacheDuration":null,"apiVersion":""}]}`
    )
    assert.deepStrictEqual(JSON.parse(encode([full])).providers[0].tokenAttributes, {
      serviceAccountTokenAudience: "aud",
      cacheType: "Token",
      requireServiceAccount: null
    })
    const empty = new Provider({ name: "", apiVersion: "", matchImages: [], args: [], env: [] })
    assert.deepStrictEqual(JSON.parse(encode([empty])).providers[0], {
      name: "",
      matchImages: [],
      defaultCacheDuration: null,
      apiVersion: ""
    })
  })

  it("CFG-73: durations are written in Go's form", () => {
    assert.strictEqual(JSON.parse(encode([full])).providers[0].defaultCacheDuration, "1h30m0s")
  })

  it("CFG-56: versions before v1 drop tokenAttributes", () => {
    const written = encode([full], "kubelet.config.k8s.io/v1beta1")
    assert.notProperty(JSON.parse(written).providers[0], "tokenAttributes")
    assert.isUndefined(decoded(written).providers?.[0]?.provider.tokenAttributes)
  })

  it("CFG-74: what is written holds secrets and does not show them", () => {
    const secret = new EnvVar({ name: "A", value: Redacted.make("canary") })
    const written = ProviderConfig.encode([new Provider({ name: "", apiVersion: "", env: [secret] })])
    assert.notInclude(
      `${JSON.stringify(written)}${String(written)}${JSON.stringify(secret)}${String(secret)}`,
      "canary"
    )
  })

  it.effect.prop(
    "CFG-74: what is written reads back equal",
    { providers: Arbitrary.array(anyProvider) },
    ({ providers }) =>
      Effect.sync(() => {
        const read = decoded(encode(providers)).providers?.map(({ provider }) => provider) ?? []
        assert.isTrue(equal(read, providers))
      })
  )
})

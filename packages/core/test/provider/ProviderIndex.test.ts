import * as ImagePattern from "@credlet/core/image/ImagePattern"
import * as SchemelessUrl from "@credlet/core/image/SchemelessUrl"
import * as ProviderIndex from "@credlet/core/provider/ProviderIndex"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Result, Schema } from "effect"
import { pattern } from "./providers.ts"

const target = (text: string) => Result.getOrThrow(SchemelessUrl.parse(text))
const named = (name: string, ...matchImages: ReadonlyArray<string>) => ({ name, patterns: matchImages.map(pattern) })
const names = (found: ReadonlyArray<{ readonly name: string }>) => found.map((provider) => provider.name)

describe("ProviderIndex", () => {
  it("URL-27, CFG-75: each provider of which a pattern matches, once, in the order of the config", () => {
    const index = ProviderIndex.make([
      named("c", "*.example", "reg.example", "reg.*"),
      named("a", "reg.example/team"),
      named("d", "other.example"),
      named("b", "reg.example")
    ])
    assert.deepStrictEqual(names(index.matching(target("reg.example/team/app"))), ["c", "a", "b"])
    assert.deepStrictEqual(names(index.matching(target("reg.example/app"))), ["c", "b"])
    assert.deepStrictEqual(names(index.matching(target("reg.example:5000/app"))), [])
  })

  const label = Schema.Literals(["reg", "*", "a", "r*g", "example"])
  const place = Schema.Struct({
    labels: Schema.Array(label).check(Schema.isMinLength(1), Schema.isMaxLength(3)),
    port: Schema.Literals(["", ":5000"]),
    path: Schema.Literals(["", "/a", "/a/b"])
  })
  const text = ({ labels, path, port }: typeof place.Type) => `${labels.join(".")}${port}${path}`

  it.effect.prop(
    "the index finds what trying every pattern finds",
    { providers: Arbitrary.schema(Schema.Array(Schema.Array(place))), image: Arbitrary.schema(place) },
    ({ image, providers }) =>
      Effect.sync(() => {
        const all = providers.map((places, at) => named(String(at), ...places.map(text)))
        const url = target(text(image))
        const tried = all.filter(({ patterns }) => patterns.some((one) => ImagePattern.matches(one, url)))
        assert.deepStrictEqual(names(ProviderIndex.make(all).matching(url)), names(tried))
      })
  )
})

/** Locations, their order and what they match: KEY-1…18. */
import * as SchemelessUrl from "@credlet/core/image/SchemelessUrl"
import * as KeyringIndex from "@credlet/core/keyring/KeyringIndex"
import * as Bytes from "@credlet/core/text/Bytes"
import { assert, describe } from "@effect/vitest"
import { Redacted, Result } from "effect"
import { property } from "./driver/property.ts"
import * as Shape from "./driver/shape.ts"
import * as Names from "./input/names.ts"
import * as Addresses from "./reference/addresses.ts"
import * as Keyrings from "./reference/keyring.ts"
import { assertHides, tells } from "./secrecy.ts"

const source = { _tag: "NodeConfig" } as const

/** Each location with a config of its own, since configs have it once; usernames are their positions. */
const indexOf = (locations: ReadonlyArray<string>): KeyringIndex.KeyringIndex =>
  KeyringIndex.make(
    locations.map((location, at) => ({
      source,
      config: new Map([[location, { username: String(at), password: Redacted.make("p"), email: "" }]])
    }))
  )

interface Question {
  readonly locations: ReadonlyArray<string>
  readonly image: string
  readonly hubFallback: "anyUndottedName" | "dockerHubOnly"
}

describe("the keyring's index", () => {
  property("KEY-1…11: keys are what the rules say, each once, in descending order of their bytes", {
    generate: (random) => random.list(30, () => Names.location(random)),
    shape: Shape.list(Shape.text),
    run: indexOf,
    check: (index, locations) => {
      const keys = KeyringIndex.keys(index)
      assert.deepStrictEqual(keys.map(Addresses.toLatin1), Keyrings.make(locations).keys)
      for (const [at, key] of keys.entries()) {
        for (const [other, right] of keys.entries()) {
          assert.strictEqual(Bytes.compare(key, right), Math.sign(other - at))
        }
      }
      assert.deepStrictEqual(KeyringIndex.keys(indexOf(locations.toReversed())), keys)
      const skipped = locations.filter((location) =>
        Addresses.parse(location.replace(/^https?:\/\//, "")) === undefined
      )
      assert.strictEqual(KeyringIndex.skipped(index).length, skipped.length)
      const isShown = skipped.some((location) => tells(location.slice(location.lastIndexOf("@") + 1)))
      if (skipped.some(tells) && !isShown) assertHides(KeyringIndex.skipped(index))
    }
  })

  property("KEY-12…18: an image gets the credentials that the rules say, in their order", {
    generate: (random): Question => {
      const locations = random.list(12, () => Names.location(random))
      const image = random.oneIn(3) ? Names.image(random) : Names.addressLike(random, random.pick(locations) ?? "")
      return { locations, image, hubFallback: random.pick(["anyUndottedName", "dockerHubOnly"]) }
    },
    shape: Shape.record<Question>({
      locations: Shape.list(Shape.text),
      image: Shape.text,
      hubFallback: Shape.constant()
    }),
    run: ({ hubFallback, image, locations }) =>
      KeyringIndex.lookup(indexOf(locations), Result.getOrUndefined(SchemelessUrl.parse(image)), image, {
        hubFallback
      }),
    check: (credentials, { hubFallback, image, locations }) =>
      assert.deepStrictEqual(
        credentials.map(({ username }) => Number(username)),
        Keyrings.lookup(Keyrings.make(locations), image, hubFallback === "anyUndottedName")
      )
  })
})

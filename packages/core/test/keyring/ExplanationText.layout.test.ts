/** How a tree is put on so many columns. */
import * as Explanation from "@credlet/core/keyring/Explanation"
import * as ExplanationText from "@credlet/core/keyring/ExplanationText"
import * as Keyring from "@credlet/core/keyring/Keyring"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Schema } from "effect"
import { provider, tokenAttributes } from "../provider/providers.ts"
import { explain, gives, inTree, worldLayer } from "./explaining.ts"

const image = "registry.example/team/app:1.0"
const team = provider("team", { matchImages: ["registry.example"] })

describe("ExplanationText: layout", () => {
  it.effect("many patterns and many keys: the nearest are shown, and how many there are more", () =>
    Effect.gen(function*() {
      const hosts = Array.from({ length: 30 }, (_, at) => `r${at}.registry.example`)
      const tree = yield* explain({
        providers: [provider("far", { matchImages: [...hosts, "registry.example:5000"] }), team],
        plugins: {
          team: gives("robot", ...hosts, "registry.example", "registry.example:5000", "registry.example/Team")
        }
      }, image)
      assert.strictEqual(
        tree,
        inTree`
        registry.example/team/app:1.0 → registry.example/team/app
        ├─ provider "far": not asked, because no pattern matches
        │    registry.example:5000: port 5000 in the pattern, the image has none
        │    r0.registry.example: 3 labels in the pattern, the image's host has 2
        │    r1.registry.example: 3 labels in the pattern, the image's host has 2
        │    and 28 other patterns, less alike
        ├─ provider "team": asked, because registry.example matches
        │    cache: nothing for this image, its registry or globally
        │    plugin: answered at once
        │    cache: keeps the answer for its registry for 10 min, the provider's default
        │    gave: credentials for 33 registry locations
        ├─ keyring: 1 of 33 keys is for this image
        │    registry.example:5000: port 5000 in the key, the image has none
        │    registry.example/Team: the path differs from the image's in upper and lower case: /Team in the
        │      key
        │    registry.example: matches
        │    r9.registry.example: 3 labels in the key, the image's host has 2
        │    r8.registry.example: 3 labels in the key, the image's host has 2
        │    r7.registry.example: 3 labels in the key, the image's host has 2
        │    and 27 more keys that do not match
        └─ 1 credential
             1. robot, password ########, under registry.example from provider "team"
      `
      )
    }))

  /** Of 19 providers with two patterns each; only the last label of their hosts is the image's. */
  const others = Array.from(
    { length: 19 },
    (_, at) => provider(`p${at}`, { matchImages: [`r${at}.other.example`, `*.mirror${at}.example`] })
  )
  const [before, after] = [others.slice(0, 10), others.slice(10)]

  it.effect("many providers: those that are no near misses are one line, with credentials too", () =>
    Effect.gen(function*() {
      const near = provider("near", {
        matchImages: [
          "far.away.example",
          "*.far.example",
          "registry.example:5000",
          "registry.example/other",
          "eu.registry.example"
        ]
      })
      const tree = yield* explain({
        providers: [...before, near, team, ...after],
        plugins: { team: gives("robot", "registry.example") }
      }, image)
      assert.strictEqual(
        tree,
        inTree`
        registry.example/team/app:1.0 → registry.example/team/app
        ├─ provider "near": not asked, because no pattern matches
        │    registry.example:5000: port 5000 in the pattern, the image has none
        │    registry.example/other: the image's path does not start with /other
        │    eu.registry.example: 3 labels in the pattern, the image's host has 2
        │    and 2 other patterns, less alike
        ├─ provider "team": asked, because registry.example matches
        │    cache: nothing for this image, its registry or globally
        │    plugin: answered at once
        │    cache: keeps the answer for its registry for 10 min, the provider's default
        │    gave: credentials for 1 registry location
        ├─ 19 other providers: not asked, because no pattern matches: p0, p1, p2, p3, p4, p5, p6, p7 and 11
        │    more
        ├─ keyring: 1 key
        │    registry.example: matches
        └─ 1 credential
             1. robot, password ########, under registry.example from provider "team"
      `
      )
    }))

  it.effect("many near misses: three of them, those first that look as if they were meant for the image", () =>
    Effect.gen(function*() {
      const paths = Array.from(
        { length: 5 },
        (_, at) => provider(`path${at}`, { matchImages: [`registry.example/other${at}`] })
      )
      const port = provider("port", { matchImages: ["registry.example:5000"] })
      assert.strictEqual(
        yield* explain({ providers: [...paths, port] }, image),
        inTree`
        registry.example/team/app:1.0 → registry.example/team/app
        ├─ provider "path0": not asked, because its pattern does not match
        │    registry.example/other0: the image's path does not start with /other0
        ├─ provider "path1": not asked, because its pattern does not match
        │    registry.example/other1: the image's path does not start with /other1
        ├─ provider "port": not asked, because its pattern does not match
        │    registry.example:5000: port 5000 in the pattern, the image has none
        ├─ 3 other providers: not asked, because no pattern matches: path2, path3 and path4
        └─ no credentials: a node would pull anonymously
             next: if the image needs credentials, mend "registry.example:5000" of provider "port", or add
               "registry.example" to the matchImages of the provider that has them
      `
      )
    }))

  it.effect("many providers, of which none was asked nor is near: each with the nearest of its patterns", () =>
    Effect.gen(function*() {
      const tree = yield* explain({ providers: others }, image)
      assert.strictEqual(tree.split("\n").filter((line) => line.includes(": not asked, because ")).length, 19)
      assert.notInclude(tree, "other providers")
    }))

  it.effect("few providers: each with its reasons", () =>
    Effect.gen(function*() {
      const tree = yield* explain({
        providers: [...others.slice(0, 3), team],
        plugins: { team: gives("robot", "registry.example") }
      }, image)
      assert.notInclude(tree, "other provider")
      assert.include(tree, "r2.other.example: 3 labels in the pattern, the image's host has 2")
      assert.include(tree, "*.mirror2.example: 3 labels in the pattern, the image's host has 2")
    }))

  it.effect("names of any length and kind stay within the width, and on their line", () =>
    Effect.gen(function*() {
      const hostile = "\u001b[31m\n\u202ename 日本😀".repeat(40)
      const tree = yield* explain(
        {
          providers: [provider(hostile, { matchImages: [`registry.example/${"x".repeat(300)}`, "registry.example"] })],
          plugins: { [hostile]: gives(hostile, "registry.example") }
        },
        `registry.example/${"team/".repeat(49)}app`
      )
      assert.strictEqual(
        tree,
        inTree`
        registry.example/team/team/team/team/team/team/tea…/team/team/team/team/team/team/team/team/team/app
        ├─ provider "\\x1b[31m\\x0a\\u{202e}name 日本😀\\x1b[31m\\x0a\\u{202e}name 日本…b[31m\\x0a\\u{202e}name
        │    日本😀\\x1b[31m\\x0a\\u{202e}name 日本😀": asked, because registry.example matches
        │    cache: nothing for this image, its registry or globally
        │    plugin: answered at once
        │    cache: keeps the answer for its registry for 10 min, the provider's default
        │    gave: credentials for 1 registry location
        ├─ keyring: 1 key
        │    registry.example: matches
        └─ 1 credential
             1. \\x1b[31m\\x0a\\u{202e}name 日本😀\\x1b[31m\\x0a\\u{202e}name 日本…b[31m\\x0a\\u{202e}name
               日本😀\\x1b[31m\\x0a\\u{202e}name 日本😀, password ########, under registry.example from
               provider "\\x1b[31m\\x0a\\u{202e}name 日本😀\\x1b[31m\\x0a\\u{202e}name 日本…b[31m\\x0a\\u{202e}name
               日本😀\\x1b[31m\\x0a\\u{202e}name 日本😀"
      `
      )
    }))

  // East Asian characters and emoji take two columns.
  const columns = (text: string) =>
    Array.from(text).reduce((sum, one) => sum + (/[\u{1100}-\u{1fff}\u{2e80}-\u{10ffff}]/u.test(one) ? 2 : 1), 0)

  it.effect.prop("no explanation has a line that is too wide or moves the cursor", {
    explanation: Arbitrary.schema(Explanation.Explanation),
    most: Arbitrary.schema(Schema.Literals([100, 60, 40]))
  }, ({ explanation, most }) =>
    Effect.sync(() => {
      const text = ExplanationText.render(explanation, { width: most })
      for (const line of text.split("\n")) assert.isAtMost(columns(line), most, line)
      assert.notMatch(text.replaceAll("\n", ""), /[\p{Cc}\p{Cf}\p{Cs}]/u)
    }), { arbitrary: { runs: 100, size: 12 } })

  it.effect("styles are put around the text of each line, by what it is about", () =>
    Effect.gen(function*() {
      const keyring = yield* Keyring.Keyring
      const { explanation } = yield* keyring.explain(image)
      const text = ExplanationText.render(explanation, { style: ({ role, text }) => `<${role}>${text}` })
      assert.strictEqual(
        text,
        inTree`
        <image>registry.example/team/app:1.0 → registry.example/team/app
        ├─ <section>provider "team": passed over, though registry.example matches
        │    <failure>because it requires a service account, and no pod was given
        │    <advice>next: look up for a pod that has a service account, or set requireServiceAccount: false in the
        │    <advice>  provider's tokenAttributes
        └─ <result>no credentials: a node would pull anonymously
      `
      )
    }).pipe(Effect.provide(worldLayer({
      providers: [provider("team", {
        matchImages: ["registry.example"],
        tokenAttributes: tokenAttributes({ requireServiceAccount: true })
      })]
    }))))
})

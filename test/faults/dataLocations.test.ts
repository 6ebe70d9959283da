/** FAULT-23: odd locations in a plugin's answer. Rules: RESP-12, URL-1…12, URL-20…30, KEY-1…9, KEY-13, KEY-16. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { inspect } from "node:util"
import { canary, KeyringLive, lookup, makeHost, type Plugin, PluginRunnerLive, runPlugin } from "./support/dataHost.ts"
import { accepted, answer } from "./support/dataTable.ts"
import { assertHidesSecrets, verdictOf } from "./support/dataVerdict.ts"

/** `given`: its credentials are the image's; `kept`: they are not; else why it is no address. */
type Fate = "given" | "kept" | "controlCharacter" | "escape" | "hostCharacter" | "ipLiteral" | "port" | "userInfo"

const matchImages = ["reg.example", "reg.example:5000", "[::1]:5000", "docker.io"]

const withLocations = (...locations: ReadonlyArray<string>) =>
  answer({
    auth: `{${locations.map((location, at) => `${JSON.stringify(location)}:{"username":"odd${at}"}`).join(",")}}`
  })

// Not cached, so that each lookup gets the answer that the plugin has then.
const odd = (...locations: ReadonlyArray<string>): Plugin => ({
  name: "odd",
  matchImages,
  answer: withLocations(...locations),
  defaultCacheDuration: "0s"
})

const good: Plugin = {
  name: "good",
  matchImages,
  answer: answer({
    auth: `{${matchImages.map((location) => `"${location}":{"username":"good"}`).join(",")}}`,
    cacheDuration: "\"1h\""
  })
}

/** What becomes of each location, in an answer where it stands alone, when an image is looked up. */
const holdAgainstRules = Effect.fnUntraced(
  function*(image: string, fates: Readonly<Record<string, Fate>>) {
    const host = yield* makeHost([odd(), good])
    const found = yield* Effect.forEach(Object.keys(fates), (location) =>
      Effect.gen(function*() {
        host.install([odd(location)])
        const alone = yield* Effect.result(runPlugin(host, { name: "odd" }))
        const { credentials, failures, unusable } = yield* lookup(image)
        // RESP-12: whatever a location is, it does not spoil the answer.
        assert.deepStrictEqual(verdictOf(alone), accepted({ auth: [[location, "odd0", ""]] }))
        assert.deepStrictEqual(failures, [])
        assert.include(credentials.map(({ username }) => username), "good", location)
        assertHidesSecrets(unusable, location)
        assert.notInclude(inspect(credentials), canary, location)
        const given = credentials.some(({ username }) => username === "odd0")
        return [location, unusable[0]?.reason ?? (given ? "given" : "kept")]
      })).pipe(Effect.provide([KeyringLive(host), PluginRunnerLive()]))
    assert.deepStrictEqual(Object.fromEntries(found), fates)
  }
)

const team = "reg.example/team/app:v1"

describe("FAULT-23", () => {
  it.live("FAULT-23: KEY-1…5, KEY-7: schemes, versions, slashes and empty parts", () =>
    holdAgainstRules(team, {
      "reg.example": "given",
      "reg.example/": "given",
      "https://reg.example": "given",
      "http://reg.example/": "given",
      "https://reg.example/v1/": "given",
      "reg.example/v2/": "given",
      "reg.example/v2/team": "given",
      "reg.example/team": "given",
      "reg.example/te": "given",
      "reg.example/team/": "given",
      "reg.example/team/app": "given",
      "reg.example/team/app/": "kept",
      "reg.example/team/app:v1": "kept",
      "reg.example/v1": "kept",
      "reg.example/v2/v2/team": "kept",
      "reg.example/v3/": "kept",
      "reg.example//": "kept",
      "reg.example//team": "kept",
      "reg.example/./team": "kept",
      "reg.example/x/../team": "kept",
      "reg.example/Team": "kept",
      "https://https://reg.example": "kept",
      "HTTPS://reg.example": "kept",
      "ftp://reg.example": "kept",
      "://reg.example": "kept",
      "": "kept",
      "/": "kept",
      "//": "kept",
      "/team": "kept",
      "//reg.example/team": "kept",
      "https://": "kept",
      "https:///team": "kept"
    }))

  it.live("FAULT-23: URL-7, URL-8, URL-22, URL-25: hosts are compared as they are written", () =>
    holdAgainstRules(team, {
      "*.example": "given",
      "reg.*": "given",
      "r*g.ex**ple": "given",
      "*.*": "given",
      "*": "kept",
      "*.*.*": "kept",
      "*eg.example.": "kept",
      "REG.example": "kept",
      "reg.EXAMPLE": "kept",
      "reg.example.": "kept",
      ".reg.example": "kept",
      "reg..example": "kept",
      ".": "kept",
      "reg.example.evil.example": "kept",
      "evilreg.example": "kept",
      "reg.exampl": "kept",
      "reg-example": "kept",
      "reg.example,reg.example": "kept",
      "münchen.example": "kept",
      "xn--mnchen-3ya.example": "kept",
      "m%C3%BCnchen.example": "kept",
      "ｒeg.example": "kept",
      "reg。example": "kept",
      "reg\u200b.example": "kept",
      "reg.example\u00a0": "kept",
      "r?g.example": "kept",
      "<reg.example>": "kept",
      "\"reg.example\"": "kept",
      "(reg.example)": "kept"
    }))

  it.live("FAULT-23: URL-1, URL-5…7: what is no address is left out, and told without what may be a password", () =>
    holdAgainstRules(team, {
      "[": "ipLiteral",
      "]": "kept",
      "[]": "ipLiteral",
      "[::1": "ipLiteral",
      "[zz]": "ipLiteral",
      "[1.2.3.4]": "ipLiteral",
      "[::1]x": "port",
      "[a-z]eg.example": "port",
      "re[g].example": "ipLiteral",
      "user:canary@[": "ipLiteral",
      "::1": "port",
      "reg.example:abc": "port",
      "reg.example:-1": "port",
      "reg.example:+1": "port",
      "reg.example:1:2": "port",
      "reg.example:*": "port",
      "canary:word@reg.example:x": "port",
      " ": "hostCharacter",
      "reg .example": "hostCharacter",
      "reg.example ": "hostCharacter",
      "reg\\.example": "hostCharacter",
      "{reg,x}.example": "hostCharacter",
      "reg.example|x": "hostCharacter",
      "reg^example": "hostCharacter",
      "reg`example": "hostCharacter",
      "reg.example\n": "controlCharacter",
      "reg.example\r\nhost: evil.example": "controlCharacter",
      "reg.example/team\t": "controlCharacter",
      "reg.example\0.evil.example": "controlCharacter",
      "reg.example\u007f": "controlCharacter",
      "https://canary:word@reg.example\n": "controlCharacter"
    }))

  it.live("FAULT-23: URL-2, URL-4, URL-29: user information, queries and fragments do not count", () =>
    holdAgainstRules(team, {
      "user@reg.example": "given",
      "user:canary@reg.example": "given",
      "https://user:canary@reg.example/v2/": "given",
      "canary@evil.example@reg.example": "given",
      "evil.example%40canary@reg.example": "given",
      "@reg.example": "given",
      "reg.example?": "given",
      "reg.example?%zz": "given",
      "reg.example#f": "given",
      "reg.example#": "given",
      "reg.example/team?x#y": "given",
      "reg.example@evil.example": "kept",
      "reg.example:canary@evil.example": "kept",
      "evil.example?@reg.example": "kept",
      "evil.example#@reg.example": "kept",
      "evil.example/@reg.example": "kept",
      "?reg.example": "kept",
      "#reg.example": "kept",
      "reg.example@": "kept",
      "reg.example#%zz": "escape",
      "user canary@reg.example": "userInfo",
      "user:canary\\word@reg.example": "userInfo",
      "user:canaryé@reg.example": "userInfo",
      "user:[canary]@reg.example": "userInfo"
    }))

  it.live("FAULT-23: URL-7, URL-9, KEY-8: escapes are undone in paths, once, and read again with the key", () =>
    holdAgainstRules("reg.example/a", {
      "reg.example/%61": "given",
      "reg.example/a%3fb": "given",
      "reg.example/a%23b": "given",
      "reg.example/%76%31/": "given",
      "reg.example%2fa": "escape",
      "reg%2eexample": "escape",
      "%72eg.example": "escape",
      "reg.example%00": "escape",
      "reg.example/%": "escape",
      "reg.example/%4": "escape",
      "reg.example/%zz": "escape",
      "reg.example/a%2fb": "kept",
      "reg.example/%2fa": "kept",
      "reg.example/a%00": "kept",
      "reg.example/a%0a": "kept",
      "reg.example/a%25zz": "kept",
      "reg.example/%2561": "given",
      "reg.example/a%20": "kept",
      "reg.example/%E4": "kept",
      "reg.example/*": "kept"
    }))

  it.live("FAULT-23: URL-6, URL-21: ports are equal as text", () =>
    Effect.all([
      holdAgainstRules(team, {
        "reg.example:": "given",
        "reg.example:/team": "given",
        "reg.example:0": "kept",
        "reg.example:443": "kept",
        "https://reg.example:443": "kept",
        "reg.example:5000": "kept"
      }),
      holdAgainstRules("reg.example:5000/team/app", {
        "reg.example:5000": "given",
        "*.example:5000/team": "given",
        "https://reg.example:5000/v2/": "given",
        "reg.example": "kept",
        "*.example": "kept",
        "reg.example:": "kept",
        "reg.example:0": "kept",
        "reg.example:05000": "kept",
        "reg.example:50000": "kept",
        "reg.example:70536": "kept",
        "reg.example:５０００": "port"
      })
    ], { discard: true }))

  it.live("FAULT-23: URL-5, URL-28: an IPv6 address needs its port, and is compared as text", () =>
    holdAgainstRules("[::1]:5000/app", {
      "[::1]:5000": "given",
      "user@[::1]:5000/": "given",
      "*:5000": "given",
      "[::1]": "kept",
      "[::1]:": "kept",
      "[::1]:5001": "kept",
      "[0:0:0:0:0:0:0:1]:5000": "kept",
      "[::01]:5000": "kept",
      "[::1%25eth0]:5000": "kept",
      "[::1%eth0]:5000": "escape",
      "[:*]:5000": "ipLiteral",
      "::1:5000": "port"
    }))

  it.live("FAULT-23: KEY-13, KEY-16, URL-30: Docker Hub's own names", () =>
    holdAgainstRules("busybox", {
      "docker.io": "given",
      "docker.io/library": "given",
      "https://index.docker.io/v1/": "kept",
      "index.docker.io/v1": "kept",
      "registry-1.docker.io": "kept",
      "*.docker.io": "kept",
      "https://hub.docker.com": "kept"
    }))

  it.live("FAULT-23: KEY-9: locations that are one are tried in the order of the answer", () =>
    Effect.gen(function*() {
      const locations = [
        "reg.example",
        "https://reg.example/v2/",
        "x@reg.example/",
        "reg.example#y",
        "http://reg.example"
      ]
      const host = yield* makeHost([odd(...locations)])
      const { credentials } = yield* Effect.provide(lookup(team), KeyringLive(host))
      assert.deepStrictEqual(credentials.map(({ location, username }) => `${location} ${username}`), [
        "reg.example odd0",
        "reg.example odd1",
        "reg.example odd2",
        "reg.example odd3",
        "reg.example odd4"
      ])
    }))
})

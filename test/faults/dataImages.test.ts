/** FAULT-24: odd image names. Rules: IMG-1…11, REQ-3, URL-30, KEY-13, KEY-14, CACHE-2. */
import { Profile } from "@credlet/core"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted, Result } from "effect"
import { KeyringLive, lookup, makeHost, type Plugin } from "./support/dataHost.ts"
import { answer } from "./support/dataTable.ts"
import { assertHidesSecrets } from "./support/dataVerdict.ts"

const hex = "0123456789abcdef"
const sha256 = `sha256:${hex.repeat(4)}`

// Any host with and without a port; not cached, so that the plugin is run for each image.
const matchImages = ["*", "*.*", "*.*.*", "*:5000", "*.*:5000", "*.*:443", "*:99999999"]
const plugin: Plugin = {
  name: "acme",
  matchImages,
  answer: answer({ auth: `{${matchImages.map((pattern) => `"${pattern}":{"username":"acme"}`).join(",")}}` }),
  defaultCacheDuration: "0s",
  keepsRequest: true
}

/** Each image's repository, or why it has none. */
const holdAgainstRules = Effect.fnUntraced(function*(expected: Readonly<Record<string, string>>) {
  const host = yield* makeHost([plugin])
  const found = yield* Effect.forEach(Object.keys(expected), (image) =>
    Effect.gen(function*() {
      const before = host.runs("acme").length
      const looked = yield* Effect.result(lookup(image))
      const runs = host.runs("acme").length - before
      if (Result.isFailure(looked)) {
        // IMG-11: nobody is asked for a name that is none.
        assert.strictEqual(runs, 0, image)
        assertHidesSecrets(looked.failure, image)
        return [
          image,
          looked.failure._tag === "ImageReferenceError" ? `! ${looked.failure.reason}` : looked.failure._tag
        ]
      }
      const { credentials, failures, repository } = looked.success
      assert.deepStrictEqual(failures, [], image)
      assert.strictEqual(runs, 1, image)
      assert.strictEqual(JSON.parse(host.request("acme")).image, repository)
      assert.deepStrictEqual(credentials.map(({ username }) => username), ["acme"], image)
      return [image, repository]
    })).pipe(Effect.provide(KeyringLive(host)))
  assert.deepStrictEqual(Object.fromEntries(found), expected)
})

describe("FAULT-24", () => {
  it.live("FAULT-24: IMG-3…5, IMG-10: names without a slash, and Docker Hub's other names", () =>
    holdAgainstRules({
      "busybox": "docker.io/library/busybox",
      "busybox:1.36": "docker.io/library/busybox",
      "library/busybox": "docker.io/library/busybox",
      "docker.io/busybox": "docker.io/library/busybox",
      "docker.io/library/busybox": "docker.io/library/busybox",
      "index.docker.io/busybox": "docker.io/library/busybox",
      "index.docker.io/library/busybox": "docker.io/library/busybox",
      "index.docker.io/team/app": "docker.io/team/app",
      "registry-1.docker.io/library/busybox": "registry-1.docker.io/library/busybox",
      "docker.io:443/busybox": "docker.io:443/busybox",
      "Docker.io/busybox": "Docker.io/busybox",
      "team/app": "docker.io/team/app",
      "localhost": "docker.io/library/localhost",
      "localhost/x": "localhost/x",
      "localhost:5000": "docker.io/library/localhost",
      "localhost:5000/x": "localhost:5000/x",
      "localhost/x/y": "localhost/x/y",
      "host:5000": "docker.io/library/host",
      "host:5000/x": "host:5000/x",
      "reg.example": "docker.io/library/reg.example",
      "reg.example:5000": "docker.io/library/reg.example"
    }))

  it.live("FAULT-24: IMG-1, IMG-7, IMG-9: neither tag nor digest gets to a plugin, be there one or both", () =>
    holdAgainstRules({
      "reg.example/app:v1": "reg.example/app",
      [`reg.example/app@${sha256}`]: "reg.example/app",
      [`reg.example/app:v1@${sha256}`]: "reg.example/app",
      [`reg.example:5000/app:v1@${sha256}`]: "reg.example:5000/app",
      [`localhost:5000/app@sha384:${hex.repeat(6)}`]: "localhost:5000/app",
      [`reg.example/app@sha512:${hex.repeat(8)}`]: "reg.example/app",
      [`reg.example/app@${sha256}:v1`]: "! format",
      [`reg.example/app@${sha256}@${sha256}`]: "! format",
      "reg.example/app:v1:v2": "! format",
      "reg.example/app:": "! format",
      "reg.example/app@": "! format",
      "reg.example/app:-v1": "! format",
      "reg.example/app@sha256:abc": "! format",
      [`reg.example/app@sha256:${hex.repeat(3)}`]: "! digestLength",
      [`reg.example/app@md5:${hex.repeat(2)}`]: "! digestUnsupported",
      [`reg.example/app@sha256:${hex.toUpperCase().repeat(4)}`]: "! digestFormat",
      [`app@${sha256}`]: "docker.io/library/app",
      [`@${sha256}`]: "! format",
      [sha256]: "docker.io/library/sha256",
      [hex.repeat(4)]: "! hexOnly",
      [`team/${hex.repeat(4)}`]: `docker.io/team/${hex.repeat(4)}`
    }))

  it.live("FAULT-24: IMG-7, IMG-8: 255 characters of path, 128 of tag, ports of any length", () =>
    holdAgainstRules({
      [`reg.example/${"a".repeat(255)}`]: `reg.example/${"a".repeat(255)}`,
      [`reg.example/${"a".repeat(256)}`]: "! tooLong",
      [`reg.example/${"a/".repeat(127)}a`]: `reg.example/${"a/".repeat(127)}a`,
      [`reg.example/${"a/".repeat(127)}aa`]: "! tooLong",
      ["a".repeat(247)]: `docker.io/library/${"a".repeat(247)}`,
      ["a".repeat(248)]: "! tooLong",
      [`reg.example/app:${"t".repeat(128)}`]: "reg.example/app",
      [`reg.example/app:${"t".repeat(129)}`]: "! format",
      "a:99999999/x": "a:99999999/x",
      "a:5000x/x": "! format",
      "a:/x": "! format",
      [`${"a".repeat(300)}.example/x`]: `${"a".repeat(300)}.example/x`,
      [`reg.example/${"a".repeat(1_000_000)}`]: "! tooLong",
      [`reg.example/${"/".repeat(1_000_000)}`]: "! format",
      [`reg.example/${"a-".repeat(1_000_000)}`]: "! format",
      [`reg.example/app:${"t".repeat(1_000_000)}`]: "! format",
      [`reg.example/app@a${".a".repeat(1_000_000)}:${hex.repeat(2)}`]: "! digestUnsupported"
    }))

  it.live("FAULT-24: IMG-4, IMG-6: upper case is for hosts, and stays", () =>
    holdAgainstRules({
      "REG.example/app": "REG.example/app",
      "Foo/app": "Foo/app",
      "LOCALHOST/app": "LOCALHOST/app",
      "Busybox": "! upperCase",
      "reg.example/App": "! upperCase",
      "reg.example/app:V1": "reg.example/app",
      "team/APP": "! upperCase",
      "reg.example/\u00c9": "! upperCase",
      "\u212a.example/app": "! upperCase"
    }))

  it.live("FAULT-24: IMG-7: what could be another host, a line or a path is no name", () =>
    holdAgainstRules({
      "": "! format",
      " ": "! format",
      "/": "! format",
      ":": "! format",
      "@": "! format",
      ".": "! format",
      "..": "! format",
      "./app": "! format",
      "../app": "! format",
      "/app": "! format",
      "app/": "! format",
      "reg.example/": "! format",
      "reg.example//app": "! format",
      "reg.example/../app": "! format",
      "reg.example/a..b": "! format",
      "reg.example/a___b": "! format",
      "reg.example./app": "! format",
      "-reg.example/app": "! format",
      "reg..example/app": "! format",
      " reg.example/app": "! format",
      "reg.example/app ": "! format",
      "reg.example/app\n": "! format",
      "reg.example/app\r\nhost: evil.example": "! format",
      "reg.example\n/app": "! format",
      "reg.example/app\0": "! format",
      "reg.example\0.evil.example/app": "! format",
      "reg.example/app\t": "! format",
      "https://reg.example/app": "! format",
      "https://canary:word@reg.example/app": "! format",
      "canary:word@reg.example/app": "! format",
      "canary@reg.example/app": "! format",
      "reg.example\\@evil.example/app": "! format",
      "reg.example%2fapp/x": "! format",
      "reg.example/app?word": "! format",
      "reg.example/app#word": "! format",
      "reg.example/*": "! format",
      "*.example/app": "! format",
      "reg.example/$(word)": "! format",
      "münchen.example/app": "! format",
      "reg\u200b.example/app": "! format",
      "reg。example/app": "! format",
      "reg.example/\ud800": "! upperCase",
      "[::1]:5000/app": "[::1]:5000/app",
      "[::1/app": "! format",
      "[fe80::1%25eth0]:5000/app": "! format",
      "::1/app": "! format",
      "__proto__": "! format",
      "constructor": "docker.io/library/constructor",
      "reg.example/constructor": "reg.example/constructor"
    }))

  it.live("FAULT-24: KEY-13, KEY-14: Docker Hub's credentials go to images of Docker Hub", () =>
    Effect.gen(function*() {
      const hub: Plugin = {
        name: "hub",
        matchImages,
        answer: answer({ auth: `{"https://index.docker.io/v1/":{"username":"hub","password":"w"}}` })
      }
      const host = yield* makeHost([hub])
      const given = (image: string) =>
        Effect.map(
          lookup(image),
          ({ credentials }) => credentials.map(({ password }) => Redacted.value(password)).join()
        )
      const images = ["busybox", "team/app", "docker.io/team/app", "index.docker.io/busybox", "localhost/x", "Foo/x"]
      const others = [
        "localhost:5000/x",
        "docker.io.evil.example/x",
        "docker.io:443/x",
        "Docker.io/x",
        "hub.docker.io/x"
      ]
      const kubelet = Layer.succeed(Profile.Profile, Profile.kubelet)
      const recommended = yield* Effect.forEach([...images, ...others], given).pipe(Effect.provide(KeyringLive(host)))
      assert.deepStrictEqual(recommended, ["w", "w", "w", "w", "", "", "", "", "", "", ""])
      const asKubelet = yield* Effect.forEach([...images, ...others], given).pipe(
        Effect.provide(Layer.provide(KeyringLive(host), kubelet))
      )
      assert.deepStrictEqual(asKubelet, ["w", "w", "w", "w", "w", "w", "", "", "", "", ""])
    }))

  it.live("FAULT-24: CACHE-2: a host too long for a cache key is told, and the plugin is not run", () =>
    Effect.gen(function*() {
      const host = yield* makeHost([plugin, { ...plugin, name: "other", matchImages: ["reg.example"] }])
      const image = (length: number) => `${"a".repeat(length - ".example/x".length)}.example/x`
      const { failures } = yield* Effect.provide(lookup(image(65_536)), KeyringLive(host))
      assert.deepStrictEqual(failures.map((failure) => failure._tag), ["UncacheableAnswer"])
      assert.lengthOf(host.runs("acme"), 0)
      const longest = yield* Effect.provide(lookup(image(65_535)), KeyringLive(host))
      assert.deepStrictEqual(longest.failures, [])
      assert.lengthOf(host.runs("acme"), 1)
    }))
})

import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Redacted, Result, Schema } from "effect"
import type { Source } from "../../src/credential/Credential.ts"
import * as ImagePattern from "../../src/image/ImagePattern.ts"
import * as SchemelessUrl from "../../src/image/SchemelessUrl.ts"
import * as KeyringIndex from "../../src/keyring/KeyringIndex.ts"
import * as Bytes from "../../src/text/Bytes.ts"
import { assertHides, canary } from "../credential/canary.ts"

const node: Source = { _tag: "NodeConfig" }

/** A config whose users say under which location they stand. */
const config = (...locations: ReadonlyArray<string>) =>
  new Map(locations.map((location) => [location, { username: location, password: Redacted.make("p"), email: "" }]))

const index = (...configs: ReadonlyArray<ReadonlyArray<string>>) =>
  KeyringIndex.make(configs.map((locations) => ({ config: config(...locations), source: node })))

const keysOf = (...locations: ReadonlyArray<string>) => KeyringIndex.keys(index(locations))

const targetOf = (image: string) => Result.getOrUndefined(SchemelessUrl.parse(image))

const kubelet = { hubFallback: "anyUndottedName" } as const

const usersFor = (
  keyring: KeyringIndex.KeyringIndex,
  image: string,
  options: KeyringIndex.LookupOptions | undefined = kubelet
) => KeyringIndex.lookup(keyring, targetOf(image), image, options).map((credential) => credential.username)

const location = Arbitrary.map(
  Arbitrary.array(Arbitrary.schema(
    Schema.Literals([
      "a",
      "b.example",
      "/v1/",
      "/v2/",
      "/",
      "%25",
      "%3f",
      "%2f",
      "%0a",
      "%41",
      "%C3%BC",
      "?",
      "#",
      "@",
      ":",
      ":80",
      "[::1]",
      "[fe80::1%25e]",
      "ü",
      "😀",
      "ｆ",
      "*",
      "https://",
      "http://",
      "."
    ])
  )),
  (parts) => parts.join("")
)

describe("KeyringIndex", () => {
  it("KEY-1: a location that is no address is skipped and reported, the others are kept", () => {
    const keyring = index(["r.example:bad", "r.example", "%zz"])
    assert.deepStrictEqual(KeyringIndex.keys(keyring), ["r.example"])
    assert.deepStrictEqual(KeyringIndex.skipped(keyring), [
      { location: "r.example:bad", source: node, reason: "port" },
      { location: "%zz", source: node, reason: "escape" }
    ])
  })

  it("KEY-1: what is reported shows no password", () => {
    assertHides(KeyringIndex.skipped(index([`https://me:${canary}@r.example:bad`])))
  })

  it("KEY-2: scheme, API version, lone slash, user, query and fragment go", () => {
    assert.deepStrictEqual(keysOf("https://index.docker.io/v1/"), ["index.docker.io"])
    assert.deepStrictEqual(keysOf("r.example/v2/foo"), ["r.example/foo"])
    assert.deepStrictEqual(keysOf("r.example/v1/v2/foo"), ["r.example/v2/foo"])
    assert.deepStrictEqual(keysOf("r.example/"), ["r.example"])
    assert.deepStrictEqual(keysOf("http://r.example/x"), ["r.example/x"])
    assert.deepStrictEqual(keysOf("user:p@r.example/x?y#z"), ["r.example/x"])
    assert.deepStrictEqual(keysOf("r.example/%76%31/x"), ["r.example/x"])
  })

  it("KEY-3, KEY-4: look-alikes of API versions and trailing slashes of paths stay", () => {
    assert.deepStrictEqual(keysOf("r.example/v1"), ["r.example/v1"])
    assert.deepStrictEqual(keysOf("r.example/v1beta/"), ["r.example/v1beta/"])
    assert.deepStrictEqual(keysOf("r.example/V1/"), ["r.example/V1/"])
    const slash = index(["r.example/foo/"])
    assert.deepStrictEqual(KeyringIndex.keys(slash), ["r.example/foo/"])
    assert.deepStrictEqual(usersFor(slash, "r.example/foo/x"), ["r.example/foo/"])
    assert.deepStrictEqual(usersFor(slash, "r.example/foo"), [])
  })

  it("KEY-5, KEY-6: other schemes are not recognised, case and port stay", () => {
    assert.deepStrictEqual(keysOf("HTTPS://r.example"), ["HTTPS://r.example"])
    assert.deepStrictEqual(keysOf("ftp://r.example"), ["ftp://r.example"])
    assert.deepStrictEqual(keysOf("https://https://r.example"), ["https://r.example"])
    assert.deepStrictEqual(keysOf("R.Example/X"), ["R.Example/X"])
    assert.deepStrictEqual(keysOf("r.example:443/v1/"), ["r.example:443"])
  })

  it("KEY-7: empty locations have the empty key, which matches no image", () => {
    for (const empty of ["", "https://", "/"]) {
      const keyring = index([empty])
      assert.deepStrictEqual(KeyringIndex.keys(keyring), [""])
      assert.deepStrictEqual(usersFor(keyring, "r.example/x"), [])
    }
  })

  it("KEY-8: a key is decoded and then read again", () => {
    const question = index(["r.example/a%3fb"])
    assert.deepStrictEqual(KeyringIndex.keys(question), ["r.example/a?b"])
    assert.deepStrictEqual(usersFor(question, "r.example/ax"), ["r.example/a%3fb"])
    const percent = index(["r.example/a%25zz"])
    assert.deepStrictEqual(KeyringIndex.keys(percent), ["r.example/a%zz"])
    assert.deepStrictEqual(usersFor(percent, "r.example/a%25zz"), [])
    assert.deepStrictEqual(KeyringIndex.skipped(percent), [])
  })

  it.effect.prop(
    "KEY-8: the kept form of a key is the one that reading it again gives",
    { location },
    ({ location }) =>
      Effect.sync(() => {
        for (const { key, pattern } of index([location]).entries) {
          assert.deepStrictEqual(pattern, Result.getOrUndefined(ImagePattern.parse(key)), key)
        }
      }),
    { arbitrary: { runs: 300 } }
  )

  it("KEY-9, KEY-18: what collapses to one key is all kept, in the order in which it was added", () => {
    const keyring = index(["https://r.example", "r.example"], ["r.example/", "*.example"], ["r.example"])
    assert.deepStrictEqual(KeyringIndex.keys(keyring), ["r.example", "*.example"])
    assert.deepStrictEqual(usersFor(keyring, "r.example/x"), [
      "https://r.example",
      "r.example",
      "r.example/",
      "r.example",
      "*.example"
    ])
  })

  it("KEY-10: keys stand in descending order of their bytes", () => {
    const sorted = [
      "é.example",
      "r.example:443",
      "r.example/foo_bar",
      "r.example/foo/bar",
      "r.example/foo/",
      "r.example/foo.bar",
      "r.example/foo-bar",
      "r.example/foo",
      "r.example/Foo",
      "r.example-x",
      "r.example",
      "g*.example",
      "[::1]:5000",
      "R.example",
      "1.2.3.4",
      "*.example/foo/bar",
      "*.example",
      "*"
    ]
    assert.deepStrictEqual(keysOf(...sorted.toReversed()), sorted)
    assert.deepStrictEqual(keysOf("ｆ", "😀"), ["😀", "ｆ"]) // UTF-16 would have them the other way round
  })

  it.effect.prop("KEY-10: the order is total, that of the bytes, and does not depend on the order of adding", {
    locations: Arbitrary.array(location)
  }, ({ locations }) =>
    Effect.sync(() => {
      const keys = keysOf(...locations)
      assert.deepStrictEqual(keys, keysOf(...locations.toReversed()))
      const bytes = keys.map((key) => Buffer.from(Bytes.encode(key)))
      for (let at = 1; at < bytes.length; at++) {
        assert.strictEqual(Buffer.compare(bytes[at - 1] ?? Buffer.of(), bytes[at] ?? Buffer.of()), 1, keys.join(" > "))
      }
    }))

  it("KEY-11: a glob comes after a literal that is shorter", () => {
    assert.deepStrictEqual(usersFor(index(["*.example/very/long", "r.example"]), "r.example/very/long"), [
      "r.example",
      "*.example/very/long"
    ])
  })

  it("KEY-12: all keys that match contribute", () => {
    const keyring = index(["bar.r.example", "bar.r.example/pong", "other.example", "bar.r.example/ping"])
    assert.deepStrictEqual(usersFor(keyring, "bar.r.example/pongz"), ["bar.r.example/pong", "bar.r.example"])
  })

  it("KEY-13, KEY-16: Docker Hub's key serves Hub images that nothing else matches", () => {
    const hub = "https://index.docker.io/v1/"
    assert.deepStrictEqual(usersFor(index([hub]), "docker.io/library/x"), [hub])
    assert.deepStrictEqual(usersFor(index(["https://index.docker.io/v1"]), "docker.io/library/x"), [])
    assert.deepStrictEqual(usersFor(index(["index.docker.io/library"]), "docker.io/library/x"), [])
    assert.deepStrictEqual(usersFor(index([hub]), "r.example/x"), [])
  })

  it("KEY-14: the kubelet takes any name without a dot for one of Docker Hub's", () => {
    const keyring = index(["index.docker.io"])
    for (const image of ["foo", "foo/bar", "docker.io/x", "index.docker.io/x", "localhost/x", "a b"]) {
      assert.deepStrictEqual(usersFor(keyring, image), ["index.docker.io"], image)
    }
    for (const image of ["", "/x", "r.example/x", "registry:5000/x", "myhostdocker.io/x"]) {
      assert.deepStrictEqual(usersFor(keyring, image), [], image)
    }
  })

  it("KEY-14: with dockerHubOnly, the default, only names on Docker Hub count", () => {
    const keyring = index(["index.docker.io"])
    for (const options of [undefined, { hubFallback: "dockerHubOnly" }] as const) {
      const users = (image: string) =>
        KeyringIndex.lookup(keyring, targetOf(image), image, options).map((credential) => credential.username)
      for (const image of ["docker.io/library/x", "index.docker.io/x"]) {
        assert.deepStrictEqual(users(image), ["index.docker.io"], image)
      }
      for (const image of ["foo", "foo/bar", "localhost/x", "r.example/x", ""]) {
        assert.deepStrictEqual(users(image), [], image)
      }
    }
  })

  it("KEY-15: the fallback is skipped if anything matches, even a glob", () => {
    assert.deepStrictEqual(usersFor(index(["index.docker.io", "docker.io"]), "docker.io/library/x"), ["docker.io"])
    assert.deepStrictEqual(usersFor(index(["index.docker.io", "*.io"]), "docker.io/library/x"), ["*.io"])
  })

  it("KEY-17: no match is an empty list", () => {
    assert.deepStrictEqual(usersFor(index(), "r.example/x"), [])
  })

  it("credentials say where they were found and where they came from", () => {
    const source: Source = { _tag: "PullSecret", namespace: "team", name: "pull", uid: "u-1" }
    const keyring = KeyringIndex.make([{ config: config("https://r.example/v1/"), source }])
    const [credential] = KeyringIndex.lookup(keyring, targetOf("r.example/x"), "r.example/x")
    assert.strictEqual(credential?.location, "r.example")
    assert.deepStrictEqual(credential?.source, source)
    assert.strictEqual(credential && Redacted.value(credential.password), "p")
  })

  it("RING-1, RING-2: a union asks every index and concatenates", () => {
    const image = "r.example/x"
    const found = KeyringIndex.union(
      [index(["r.example"]), index([]), index(["*.example"])],
      targetOf(image),
      image,
      kubelet
    )
    assert.deepStrictEqual(found.map((credential) => credential.username), ["r.example", "*.example"])
  })

  it("RING-5: each index of a union has a fallback of its own", () => {
    const image = "docker.io/library/x"
    const indexes = [index(["docker.io"]), index(["https://index.docker.io/v1/"])]
    const found = KeyringIndex.union(indexes, targetOf(image), image)
    assert.deepStrictEqual(found.map((credential) => credential.username), ["docker.io", "https://index.docker.io/v1/"])
  })

  it("RING-11: equal credentials are not merged", () => {
    assert.strictEqual(usersFor(index(["r.example"], ["r.example"]), "r.example/x").length, 2)
  })
})

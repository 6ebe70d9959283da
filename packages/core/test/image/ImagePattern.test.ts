import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Result, Schema } from "effect"
import * as ImagePattern from "../../src/image/ImagePattern.ts"
import * as SchemelessUrl from "../../src/image/SchemelessUrl.ts"

const matches = (glob: string, target: string) => {
  const outcome = ImagePattern.matchesText(glob, target)
  const pattern = ImagePattern.parse(glob)
  const url = SchemelessUrl.parse(target)
  if (Result.isSuccess(pattern) && Result.isSuccess(url)) {
    const matched = ImagePattern.matches(pattern.success, url.success)
    assert.strictEqual(matched, Result.getOrElse(outcome, () => false), `matches and matchesText disagree: ${glob}`)
  }
  return Result.match(outcome, {
    onSuccess: (matched): boolean | string => matched,
    onFailure: (error) => error._tag === "MalformedClass" ? error._tag : error.reason
  })
}

const yes = (glob: string, target: string) => assert.strictEqual(matches(glob, target), true, `${glob} ${target}`)
const no = (glob: string, target: string) => assert.strictEqual(matches(glob, target), false, `${glob} ${target}`)

describe("ImagePattern", () => {
  it("URL-20: an error of either side", () => {
    assert.strictEqual(matches("%", "gcr.io/x"), "escape")
    assert.strictEqual(matches("gcr.io", "gcr.io:tag"), "port")
    assert.strictEqual(matches("a b", "gcr.io:tag"), "hostCharacter")
  })

  it("URL-21: ports are equal as text", () => {
    no("gcr.io", "gcr.io:443/x")
    no("gcr.io:443", "gcr.io/x")
    yes("gcr.io:", "gcr.io/x")
    yes("gcr.io", "gcr.io:/x")
    yes("gcr.io:05000", "gcr.io:05000/x")
    no("gcr.io:05000", "gcr.io:5000/x")
  })

  it("URL-22: as many labels, and * does not span a dot", () => {
    no("*.io", "a.gcr.io")
    yes("*.*", "gcr.io")
    no("*.docker.io", "docker.io/library/x")
    no("*", "gcr.io")
    yes("*", "localhost/x")
  })

  it("URL-23: the path is a prefix by characters", () => {
    yes("gcr.io/foo", "gcr.io/foobar")
    yes("gcr.io/foo", "gcr.io/foo/bar")
    no("gcr.io/foo/", "gcr.io/foo")
    no("gcr.io/", "gcr.io")
    yes("gcr.io", "gcr.io/")
    no("gcr.io/Foo", "gcr.io/foo")
    yes("gcr.io/%61", "gcr.io/abc")
    yes("gcr.io/a", "gcr.io/%61bc")
  })

  it("URL-23: a path prefix may end within a character's bytes", () => {
    yes("gcr.io/%e4", "gcr.io/你")
    yes("gcr.io/%e4%bd", "gcr.io/你")
    no("gcr.io/%e4%bd%a1", "gcr.io/你")
    no("gcr.io/%e4%bd", "gcr.io/%e4")
    yes("gcr.io/%e4", "gcr.io/%e4x")
  })

  it("URL-24: no globs in paths", () => {
    no("gcr.io/*", "gcr.io/x")
    yes("gcr.io/*", "gcr.io/*x")
  })

  it("URL-25: * is any run of characters, several are allowed", () => {
    yes("a*.io", "abc.io")
    yes("a**c.io", "abc.io")
    yes("*-x.io", "-x.io")
    no("k*.io", "quay.io")
    no("GCR.io", "gcr.io")
    yes("a*c*e", "abcde")
    yes("*a*", "a")
    no("*ab", "aba/x")
    yes("*ab", "aab")
    no("a*a", "a")
    yes("*", "")
    yes("", "/x")
    no("a", "")
    yes("a*", "a*b")
    no("a*b", "a*")
    yes("*ü*", "münchen")
  })

  it("URL-26: what is compared first hides later errors", () => {
    no("*.io:1/x", "gcr.io:2/y")
    no("[::ffff:1.2.3.4]", "a.b.c/x")
    no("[::ffff:1.2.3.4]/y", "a.b.c.d/x")
    assert.strictEqual(matches("[::ffff:1.2.3.4]", "a.b.c.d"), "MalformedClass")
  })

  it("URL-28: IPv6 without a port is a character class", () => {
    no("[::1]", "[::1]/x")
    yes("[::1]", "1/x")
    no("[::1]", "2/x")
    no("[::1]", "11/x")
    yes("[::1]:5000", "[::1]:5000/x")
    no("[::1]:5000", "[0:0:0:0:0:0:0:1]:5000/x")
    yes("*:5000", "[::1]:5000/x")
    yes("*", "[::1]")
  })

  it("URL-28: the class may have ranges, from the zone", () => {
    yes("[::1%25b-d]", "c")
    yes("[::1%25b-d]", "d")
    no("[::1%25b-d]", "a")
    no("[::1%25b-d]", "-")
    yes("[::1%25ä-ü]", "ö")
    no("[::1%25d-b]", "c")
    yes("[::1%25*]", "*")
    no("[::1%25*]", "ab")
    yes("[::1%25%5B]", "1")
  })

  it("URL-28: behind the class the pattern goes on", () => {
    yes("[::1%25a]b]", "ab]")
    no("[::1%25a]b]", "abb")
    yes("[::1%25a]*b]", "axxb]")
    yes("[::1%25a]*b]", "ab]b]")
    no("[::1%25a]*b]", "ab]b")
    yes("[::1%25a]*%5Bb-c]", "axxc")
    no("[::1%25a]*%5Bb-c]", "axxd")
    no("[::1%25a]*%5Bb-c]", "a")
    yes("[::1%25a]**]", "a]")
    yes("[::1%25a]:80", "[::1%25a]:80")
  })

  it("URL-28: a class that is malformed is an error, if the comparison gets to its piece of the pattern", () => {
    for (const glob of ["[::1%25-]", "[::1%25a-]", "[::1%25a--b]", "[::1%25a]%5B]", "[::1%25a]x%5B-]"]) {
      assert.strictEqual(matches(glob, "z"), "MalformedClass", glob)
      assert.strictEqual(matches(glob, "1"), "MalformedClass", glob)
    }
    assert.strictEqual(matches("[::1%25a]*%5B-]", "1"), "MalformedClass")
    no("[::1%25a]*%5B-]", "z")
    no("[::1%25a]x*y*%5B]", "1x")
    const error = Result.merge(ImagePattern.matchesText("[::1%25-]", "z"))
    assert.include(error instanceof ImagePattern.MalformedClass && error.message, "give it a port")
  })

  it("URL-28: a class takes one character, of bytes that are no UTF-8 one byte", () => {
    yes("[::1%25ä]", "ä")
    no("[::1%25ä]", "%c3")
    yes("[::1%25\ufffd]", "%c3")
    yes("[::1%25\ufffd]", "\ufffd")
    no("[::1%25\ufffd]", "%c3(")
    yes("[::1%25a]*%5B\ufffd]", "aä") // the star may end within a character
    assert.strictEqual(matches("[::1%25\udcc3]", "a"), "MalformedClass")
  })

  it("URL-29: user information, query and fragment are ignored", () => {
    yes("user@gcr.io", "gcr.io/x")
    yes("gcr.io?x", "gcr.io/x")
    yes("gcr.io#x", "gcr.io/x")
  })

  it("URL-30: Docker Hub is docker.io", () => {
    yes("docker.io", "docker.io/library/x")
    no("index.docker.io", "docker.io/library/x")
    yes("*.io", "docker.io/library/x")
  })

  it("a pattern with many stars is not slow", () => {
    no(`${"a*".repeat(30)}b`, "a".repeat(5_000))
    no(`[::1%25a]${"a*".repeat(30)}b]`, "a".repeat(500))
  })

  const globMatches = (glob: string, name: string): boolean => {
    if (glob === "") return name === ""
    if (glob.startsWith("*")) {
      return globMatches(glob.slice(1), name) || (name !== "" && globMatches(glob, name.slice(1)))
    }
    return name !== "" && glob[0] === name[0] && globMatches(glob.slice(1), name.slice(1))
  }

  /** The rules once more, on bytes written one character each, without a thought of speed. */
  const reference = (glob: Address, target: Address): boolean => {
    const globLabels = glob.host.split(".")
    const labels = target.host.split(".")
    return glob.port.slice(1) === target.port.slice(1) &&
      globLabels.length === labels.length &&
      target.path.startsWith(glob.path) &&
      globLabels.every((label, at) => globMatches(label, labels[at] ?? ""))
  }

  interface Address {
    readonly host: string
    /** With its colon, if it has one. */
    readonly port: string
    readonly path: string
  }

  const concat = (...pieces: ReadonlyArray<string>) =>
    Arbitrary.map(Arbitrary.schema(Schema.Array(Schema.Literals(pieces))), (parts) => parts.join(""))

  const addresses = (...hostPieces: ReadonlyArray<string>) =>
    Arbitrary.all({
      host: concat(...hostPieces),
      port: Arbitrary.schema(Schema.Literals(["", "", "", ":", ":80"])),
      path: Arbitrary.map(concat("a", "b", "/", "*", "\u00c3", "\u00a4"), (path) => path === "" ? "" : `/${path}`)
    })

  /** Bytes from 0x80 on are written as escapes. */
  const written = ({ host, path, port }: Address) =>
    `${host}${port}${path}`.replaceAll(
      /[\u0080-\u00ff]/g,
      (byte) => `%${byte.charCodeAt(0).toString(16)}`
    )

  const runs = { arbitrary: { runs: 2000, size: 8 } }

  it.prop("URL-21…25: agrees with a plain reading of the rules", {
    glob: addresses("a", "b", ".", "*", "*", "\u00c3\u00a4"),
    target: addresses("a", "a", "b", ".", "*", "\u00c3\u00a4", "\u00c3")
  }, ({ glob, target }) => {
    assert.strictEqual(matches(written(glob), written(target)), reference(glob, target))
  }, runs)

  it.prop("URL-25: goes by bytes, also where they are no UTF-8", {
    glob: addresses("a", "*", "\u00c3", "\u00a4", "*"),
    target: addresses("a", "\u00c3\u00a4", "\u00c3", "\u00a4")
  }, ({ glob, target }) => {
    assert.strictEqual(matches(written(glob), written(target)), reference(glob, target))
  }, runs)

  it.prop("URL-22: whatever a star is put in place of, the pattern still matches", {
    host: concat("a", "b", ".", "-"),
    from: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 8 })),
    length: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 8 }))
  }, ({ from, host, length }) => {
    if (!host.slice(from, from + length).includes(".")) {
      yes(`${host.slice(0, from)}*${host.slice(from + length)}`, `${host}/x`)
    }
  }, runs)
})

import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Result, Schema } from "effect"
import * as ImagePattern from "../../src/image/ImagePattern.ts"
import * as ImagePatternMiss from "../../src/image/ImagePatternMiss.ts"
import * as SchemelessUrl from "../../src/image/SchemelessUrl.ts"

const pattern = (text: string) => Result.getOrThrow(ImagePattern.parse(text))
const url = (text: string) => Result.getOrThrow(SchemelessUrl.parse(text))

const missOf = (glob: string, target: string) => ImagePatternMiss.of(pattern(glob), url(target))
const told = (glob: string, target: string, noun?: "key") => {
  const miss = missOf(glob, target)
  return miss === undefined ? "matches" : ImagePatternMiss.describe(miss, noun)
}

const digest = `sha256:${"a1".repeat(32)}`

describe("ImagePatternMiss", () => {
  it("URL-20: an image that is no address", () => {
    assert.deepStrictEqual(ImagePatternMiss.of(pattern("*"), undefined), { _tag: "TargetUnparsable" })
  })

  it("URL-21: ports, one there and one not", () => {
    assert.deepStrictEqual(missOf("reg.example:5000", "reg.example/app"), {
      _tag: "Port",
      pattern: "5000",
      target: "",
      also: []
    })
    assert.strictEqual(told("reg.example:5000", "reg.example/app"), "port 5000 in the pattern, the image has none")
    assert.strictEqual(told("reg.example", "reg.example:5000/app"), "no port in the pattern, the image has 5000")
    assert.strictEqual(
      told("reg.example:05000", "reg.example:5000/app"),
      "port 05000 in the pattern, 5000 in the image"
    )
    assert.strictEqual(
      told("reg.example:1/b", "reg.example:2/a", "key"),
      "port 1 in the key, 2 in the image; the path differs too"
    )
    assert.strictEqual(told("reg.example:", "reg.example/app"), "matches")
  })

  it("URL-22: the number of labels, and whether * was meant for several", () => {
    assert.strictEqual(
      told("*.dkr.reg.example", "reg.example/app"),
      "4 labels in the pattern, the image's host has 2"
    )
    assert.strictEqual(
      told("*.reg.example", "a.b.reg.example/app"),
      "3 labels in the pattern, the image's host has 4; \"*\" stands for one label only"
    )
    assert.strictEqual(
      told("*:5000/team", "reg.example/app"),
      "1 label in the pattern, the image's host has 2; \"*\" stands for one label only; port and path differ too"
    )
  })

  it("URL-25: labels", () => {
    assert.strictEqual(
      told("eu.*.example", "us.reg.example/app"),
      "\"eu\" in the pattern, \"us\" in the image's host"
    )
    assert.strictEqual(told("a.b.example", "reg.other:1/app"), "3 labels in the pattern, the image's host has 2")
    assert.strictEqual(told("a.b.example", "c.d.example:1/app"), "the image is on another host, c.d.example:1")
    assert.deepStrictEqual(missOf("k*.example", "quay.example/app"), {
      _tag: "Label",
      pattern: "k*",
      target: "quay",
      isClose: false,
      also: []
    })
  })

  it("a label that is one slip away from the image's: what the image would be named without it", () => {
    const meant = (glob: string, target: string) => {
      const miss = missOf(glob, target)
      return miss?._tag === "Label" ? [miss.meant, ImagePatternMiss.isNear(miss)] : miss?._tag
    }
    assert.deepStrictEqual(meant("registry.example", "regsitry.example/app"), ["registry.example", true])
    assert.deepStrictEqual(meant("registry.example", "rgistry.example/app"), ["registry.example", true])
    assert.deepStrictEqual(meant("registry.example", "rregistry.example/app"), ["registry.example", true])
    assert.deepStrictEqual(meant("registry.example", "registri.example/app"), ["registry.example", true])
    assert.deepStrictEqual(meant("*.registry.example:1/team", "eu.regsitry.example:1/team/app"), [
      "eu.registry.example:1",
      true
    ])
    assert.deepStrictEqual(meant("registry.exmaple", "registry.example/app"), ["registry.exmaple", true])
    // It does not match without the slip either.
    assert.deepStrictEqual(meant("registry.example/team", "regsitry.example/app"), ["registry.example", false])
    // Two slips, too short to say, other numbers, no name but a pattern.
    for (
      const [glob, target] of [
        ["registry.example", "ergsitry.example/app"],
        ["quay.example", "registry.example/app"],
        ["eu1.example", "eua.example/app"],
        ["gcr.example", "gcq.example/app"],
        ["registry.example", "registry2.example/app"],
        ["registry-1.example", "registry-2.example/app"],
        ["r.eu-12.example", "r.eu-21.example/app"],
        ["regi*try.example", "regsitry.example/app"]
      ] as const
    ) assert.deepStrictEqual(meant(glob, target), [undefined, false], glob)
  })

  it("whether it differs in one place only, and more than the last label is alike", () => {
    const is = (glob: string, target: string) => {
      const miss = missOf(glob, target)
      return miss && ImagePatternMiss.isInOnePlace(miss)
    }
    for (
      const [glob, target] of [
        ["reg.example:5000", "reg.example/app"],
        ["reg.example/other", "reg.example/app"],
        ["reg.example/Team", "reg.example/team"],
        ["eu.reg.example", "us.reg.example/app"],
        ["*.dkr.eu.reg.example", "1.dkr.us.reg.example/app"],
        ["reg.example", "reg.other/app"],
        ["reg.example", "eu.reg.example/app"],
        ["*.reg.example", "reg.example/app"],
        ["eu.reg.example", "reg.example/app"],
        ["*.reg.example", "a.b.c.reg.example/app"],
        ["registry.example", "regsitry.example/app"],
        ["https://reg.example", "reg.example/app"]
      ] as const
    ) assert.isTrue(is(glob, target), `${glob} ${target}`)
    for (
      const [glob, target] of [
        ["reg.example:5000/other", "reg.example/app"],
        ["quay.example", "reg.example/app"],
        ["*.quay.example", "eu.reg.example/app"],
        ["*.example", "reg.other/app"],
        ["eu.reg.example/other", "us.reg.example/app"],
        ["eu.reg.example:1", "us.reg.example/app"],
        ["a.b.example", "c.d.example/app"],
        ["a.b.reg.example", "reg.example/app"],
        ["example", "reg.example/app"],
        ["eu.quay.example", "reg.example/app"],
        ["reg.example/app", "eu.reg.example/other"]
      ] as const
    ) assert.isFalse(is(glob, target), `${glob} ${target}`)
    assert.isFalse(ImagePatternMiss.isInOnePlace({ _tag: "TargetUnparsable" }))
  })

  it("URL-25, URL-23: upper and lower case", () => {
    assert.strictEqual(
      told("REG.Example:50", "reg.example:50/app"),
      "upper and lower case differ: REG.Example in the pattern, reg.example in the image"
    )
    assert.strictEqual(
      told("*.example", "reg.EXAMPLE/app", "key"),
      "upper and lower case differ: *.example in the key, reg.EXAMPLE in the image"
    )
    assert.strictEqual(
      told("reg.example/Team", "reg.example/team/app"),
      "the path differs from the image's in upper and lower case: /Team in the pattern"
    )
  })

  it("URL-23, URL-24: paths", () => {
    assert.strictEqual(
      told("reg.example/other", "reg.example/team"),
      "the image's path does not start with /other"
    )
    assert.strictEqual(
      told("reg.example/*", "reg.example/team/app"),
      "\"*\" in a path is no wildcard: the image's path would have to start with /*"
    )
    assert.strictEqual(
      told("reg.example/other/*", "reg.example/team/app"),
      "the image's path does not start with /other/*"
    )
    assert.strictEqual(
      told("reg.example/team/", "reg.example/team"),
      "the \"/\" at its end: the image's path ends before it"
    )
  })

  it("IMG-1: a tag or a digest in a pattern", () => {
    assert.strictEqual(
      told("reg.example/app:1.0", "reg.example/app"),
      "a pattern has no tag, so leave out \":1.0\": images are compared without theirs"
    )
    for (const written of [`reg.example/app@${digest}`, `reg.example/app:1.0@${digest}`]) {
      assert.strictEqual(
        told(written, "reg.example/app"),
        "a pattern has no digest: images are compared without theirs"
      )
    }
    assert.strictEqual(
      told(`reg.example/b@${digest}`, "reg.example/app"),
      `the image's path does not start with /b@${digest}`
    )
  })

  it("URL-11: a scheme, and what is wrong beside it", () => {
    assert.strictEqual(
      told("https://reg.example", "reg.example/app"),
      "a pattern has no scheme, so leave out \"https://\""
    )
    assert.strictEqual(
      told("HTTPS://reg.example:5/x", "reg.example/app", "key"),
      "a key has no scheme, so leave out \"HTTPS://\"; port and path differ too"
    )
    assert.deepStrictEqual(missOf("https://other.example", "reg.example/app"), {
      _tag: "Scheme",
      scheme: "https",
      also: []
    })
  })

  it("URL-28, URL-30, IMG-5: names that look right and never match", () => {
    assert.strictEqual(
      told("[::1]", "[::1]/x"),
      "an IPv6 address without a port matches nothing, not even itself"
    )
    assert.strictEqual(
      told("index.docker.io", "docker.io/library/busybox"),
      "images of Docker Hub are on docker.io, not on index.docker.io"
    )
    assert.strictEqual(
      told("docker.io/busybox", "docker.io/library/busybox"),
      "in full the image is named docker.io/library/busybox"
    )
  })

  it("user information that became part of a path is not shown", () => {
    assert.notInclude(JSON.stringify(missOf("https://u:canary@reg.example", "reg.example/app")), "canary")
    assert.notInclude(JSON.stringify(missOf("reg.example//u:canary@sha256:1", "reg.example/app")), "canary")
    assert.notInclude(JSON.stringify(missOf("FTP://u:canary@reg.example*", "reg.example/app")), "canary")
  })

  it("the nearest first", () => {
    const globs = [
      "index.docker.io",
      "*.dkr.*.example",
      "quay.example",
      "*.reg.example",
      "reg.example/other",
      "reg.example:5000",
      "reg.example/Team",
      "reg.example"
    ]
    const misses = ImagePatternMiss.nearestFirst(globs.map(pattern), url("reg.example/team/app"))
    assert.deepStrictEqual(misses.map((one) => one.pattern.host + one.pattern.path), [
      "reg.example/Team",
      "reg.example:5000",
      "reg.example/other",
      "*.reg.example",
      "quay.example",
      "*.dkr.*.example",
      "index.docker.io"
    ])
  })

  const label = Arbitrary.schema(Schema.Literals(["reg", "REG", "r*", "*", "*e*", "a", "example", "https:", "[::1]"]))
  const host = Arbitrary.map(Arbitrary.array(label, { minLength: 1, maxLength: 3 }), (labels) => labels.join("."))
  const port = Arbitrary.schema(Schema.Literals(["", ":", ":5000", ":50"]))
  const path = Arbitrary.schema(
    Schema.Literals(["", "/", "/a", "/A", "/a/b", "/a/", "/a:1", "/*", "//reg.example", `/a@${digest}`, "/u:p@a"])
  )

  it.prop("URL-20…30: there is a miss exactly where there is no match", {
    glob: Arbitrary.all([host, port, path]),
    target: Arbitrary.all([host, port, path])
  }, ({ glob, target }) => {
    const parsedGlob = ImagePattern.parse(glob.join(""))
    const parsedTarget = SchemelessUrl.parse(target.join(""))
    if (Result.isFailure(parsedGlob) || Result.isFailure(parsedTarget)) return
    const miss = ImagePatternMiss.of(parsedGlob.success, parsedTarget.success)
    assert.strictEqual(miss === undefined, ImagePattern.matches(parsedGlob.success, parsedTarget.success))
    if (miss === undefined) return
    assert.isNotEmpty(ImagePatternMiss.describe(miss))
    assert.deepStrictEqual(Schema.decodeUnknownSync(ImagePatternMiss.ImagePatternMiss)(miss), miss)
  }, { arbitrary: { runs: 2000 } })
})

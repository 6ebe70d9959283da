import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Result, Schema } from "effect"
import * as ImageReference from "../../src/image/ImageReference.ts"

const sha256 = `sha256:${"0123456789abcdef".repeat(4)}`

/** `repository tag digest`, or the reason of the error. */
const read = (text: string) =>
  Result.match(ImageReference.parse(text), {
    onSuccess: ({ digest, repository, tag }) =>
      [repository, tag ?? "-", ...(digest === undefined ? [] : [digest])].join(" "),
    onFailure: (error) => error.reason
  })

const expectReadings = (readings: Readonly<Record<string, string>>) => {
  for (const [text, expected] of Object.entries(readings)) {
    assert.strictEqual(read(text), expected, JSON.stringify(text))
  }
}

const expectErrors = (reason: ImageReference.ImageReferenceReason, ...texts: ReadonlyArray<string>) => {
  for (const text of texts) assert.strictEqual(read(text), reason, JSON.stringify(text))
}

describe("ImageReference", () => {
  it("IMG-1: the repository has neither tag nor digest", () => {
    expectReadings({ [`gcr.io/p/i:tag@${sha256}`]: `gcr.io/p/i tag ${sha256}` })
  })

  it("IMG-2: 64 hex digits are refused, but not in a namespace", () => {
    const hex = "e3b0c44298fc1c14".repeat(4)
    expectErrors("hexOnly", hex)
    expectReadings({ [`user/${hex}`]: `docker.io/user/${hex} latest`, [`${hex}:1`]: `docker.io/library/${hex} 1` })
    expectReadings({ [`${hex}0`]: `docker.io/library/${hex}0 latest` })
  })

  it("IMG-3: without a slash it is one of Docker Hub's own", () => {
    expectReadings({
      "root": "docker.io/library/root latest",
      "registry:80": "docker.io/library/registry 80",
      "localhost": "docker.io/library/localhost latest",
      "reg.example": "docker.io/library/reg.example latest"
    })
  })

  it("IMG-4: what the first segment must have to be a domain", () => {
    expectReadings({
      "localhost/x": "localhost/x latest",
      "Foo/x": "Foo/x latest",
      "a.b/x": "a.b/x latest",
      "a:80/x": "a:80/x latest",
      "registry/x": "docker.io/registry/x latest",
      "index.docker.io/root": "docker.io/library/root latest",
      "index.docker.io/a/b": "docker.io/a/b latest"
    })
  })

  it("IMG-5: library/ is put in on Docker Hub", () => {
    expectReadings({
      "docker.io/root": "docker.io/library/root latest",
      "docker.io/root:1": "docker.io/library/root 1"
    })
  })

  it("IMG-6: only the domain may have upper-case letters, and keeps them", () => {
    expectErrors("upperCase", "gcr.io/X", "Busybox", "/A", "gcr.io/É", `app@SHA256:${"a".repeat(64)}`)
    expectReadings({ "GCR.IO/x": "GCR.IO/x latest", "gcr.io/x:A": "gcr.io/x A" })
    // Letters whose lower case is ASCII: a Kelvin sign in a domain or a tag.
    expectErrors("upperCase", "\u212a.io/x", "gcr.io/x:\u212a", "\u212a/x")
    // A byte that is no UTF-8 is not its own lower case.
    expectErrors("upperCase", "gcr.io/\udcff")
    expectErrors("format", "a.\udcff/x", "é/x")
  })

  it("IMG-7: paths", () => {
    expectReadings({
      "a_b__c-d.e": "docker.io/library/a_b__c-d.e latest",
      "a---b/c": "docker.io/a---b/c latest",
      "gcr.io/a.b/c_d": "gcr.io/a.b/c_d latest"
    })
    expectErrors("format", "a___b", "a..b", "-a", "a-", "a//b", "a/", "/a", "", "a._b", "a-_b", "gcr.io/", "gcr.io/a/")
    expectErrors("format", " a", "a b", "a\n", "http://root", "https://reg.example/app", "a/b%")
  })

  it("IMG-7: domains", () => {
    expectReadings({
      "a-b.c-d/x": "a-b.c-d/x latest",
      "1.2.3.4:5/x": "1.2.3.4:5/x latest",
      "a--b.c/x": "a--b.c/x latest"
    })
    expectErrors(
      "format",
      "gcr.io./x",
      "host-.io/x",
      "-host.io/x",
      "münchen.de/x",
      "a..b/x",
      ".a/x",
      "gcr.io:/x",
      "a:b/x"
    )
    expectErrors("format", "[::1/x", "[]/x:", "[g:]/x", "[::1].a/x")
  })

  it("IMG-7: a first segment that is no domain by the grammar is part of the path", () => {
    expectReadings({ "a_b.c/x": "a_b.c/x latest", "a__b.c/x:1": "a__b.c/x 1" })
    expectErrors("format", "a___b.c/x", "a_b.c:80/x", "A_b.c:80/x")
    expectErrors("upperCase", "A_b.c/x")
  })

  it("IMG-7: tags", () => {
    expectReadings({
      "a:_A.b-1": "docker.io/library/a _A.b-1",
      [`a:${"t".repeat(128)}`]: `docker.io/library/a ${"t".repeat(128)}`
    })
    expectErrors("format", "a:", "a:-", "a:.", "a:b:c", `a:${"t".repeat(129)}`, "a:é", ":tag", "a:b/c")
  })

  it("IMG-7: digests", () => {
    const hex = "0123456789abcdef"
    expectReadings({
      [`a@sha384:${hex.repeat(6)}`]: `docker.io/library/a - sha384:${hex.repeat(6)}`,
      [`a@sha512:${hex.repeat(8)}`]: `docker.io/library/a - sha512:${hex.repeat(8)}`
    })
    expectErrors(
      "format",
      "a@",
      "a@sha256",
      "a@sha256:abc",
      `a@${sha256}:b`,
      `a@1a:${hex.repeat(4)}`,
      "a@sha256.",
      `a@sha256.:${hex.repeat(4)}`,
      `a@${sha256}g`,
      `@${sha256}`
    )
    expectErrors("digestUnsupported", `a@md5:${hex.repeat(2)}`, `a@sha1:${hex.repeat(4)}`, `a@a+b.c:${hex.repeat(4)}`)
    expectErrors("digestLength", `a@sha256:${hex.repeat(2)}`, `a@sha512:${hex.repeat(4)}`)
    expectErrors("digestFormat", `a:1@sha256:${hex.toUpperCase().repeat(4)}`, `a:1@SHA256:${hex.repeat(4)}`)
  })

  it("IMG-7: a path has at most 255 characters, without the domain", () => {
    const path = `${"a".repeat(200)}/${"b".repeat(54)}`
    assert.lengthOf(path, 255)
    expectReadings({ [`reg.example/${path}`]: `reg.example/${path} latest` })
    expectErrors("tooLong", `reg.example/${path}b`, "a".repeat(255 - 7), `a_b.c/${path}`)
    expectReadings({ ["a".repeat(255 - 8)]: `docker.io/library/${"a".repeat(255 - 8)} latest` })
    expectReadings({ [`${"a.".repeat(300)}a/x`]: `${"a.".repeat(300)}a/x latest` })
  })

  it("IMG-8: ports have any length, IPv6 domains are allowed", () => {
    expectReadings({
      "gcr.io:99999999/x": "gcr.io:99999999/x latest",
      "[::1]:5000/x": "[::1]:5000/x latest",
      "[::1]/x": "[::1]/x latest"
    })
  })

  it("IMG-9: latest only without tag and digest", () => {
    expectReadings({
      "url:5000/repo": "url:5000/repo latest",
      [`repo@${sha256}`]: `docker.io/library/repo - ${sha256}`
    })
  })

  it("IMG-11: an error shows the image, but nothing that could be a password", () => {
    const messageOf = (text: string) => {
      const error = Result.merge(ImageReference.parse(text))
      return error instanceof ImageReference.ImageReferenceError ? error.message : ""
    }
    assert.include(messageOf("gcr.io/a//b"), "\"gcr.io/a//b\": expected [host[:port]/]path")
    assert.include(messageOf(`gcr.io/A@${sha256}`), `gcr.io/A@${sha256}`)
    for (const scheme of ["https://", "docker://"]) {
      for (const name of ["reg.example/app", "reg.example/App"]) {
        assert.strictEqual(
          messageOf(`${scheme}${name}`),
          `not an image reference: "${scheme}${name}": leave out "${scheme}"`
        )
      }
    }
    assert.isBelow(messageOf("A".repeat(10_000)).length, 300)
    const texts = [
      "https://user:hunter2@reg.example/app",
      "user:hunter2@reg.example",
      "hunter2@md5:a@b",
      "user:hunter2@sha2:5000/app",
      "user:hunter2@sha256:5000/app"
    ]
    for (const text of texts) {
      assert.notInclude(messageOf(text), "hunter2")
      assert.include(messageOf(text), "…@")
    }
  })

  it("a reference can be made from a name that is normalised already", () => {
    const reference = new ImageReference.ImageReference({ repository: "reg.example/app" })
    assert.strictEqual(reference.repository, "reg.example/app")
    assert.isUndefined(reference.tag)
  })

  it("URL-40: the registry is what comes before the first slash", () => {
    assert.strictEqual(ImageReference.registryOf("x.io:5000/a/b"), "x.io:5000")
    assert.strictEqual(ImageReference.registryOf("x.io"), "x.io")
    assert.strictEqual(ImageReference.registryOf("/x"), "")
  })

  it("KEY-14: names of the default registry", () => {
    for (const name of ["foo", "foo/bar", "docker.io/x", "index.docker.io/x", "localhost/x", "reg.example", "x/"]) {
      assert.isTrue(ImageReference.isDefaultRegistry(name), name)
    }
    for (const name of ["", "/x", "registry.tld/x", "registry:5000/x", "myhostdocker.io/x", "./x"]) {
      assert.isFalse(ImageReference.isDefaultRegistry(name), name)
    }
  })

  const piece = Schema.Literals(["a", "b", "A", "0", ".", "_", "-", "/", ":", "@", "é", "\ud800", "docker.io", sha256])
  const text = Arbitrary.map(Arbitrary.schema(Schema.Array(piece)), (pieces) => pieces.join(""))

  it.prop("reads or refuses every text; what it reads is normalised", { text }, ({ text }) => {
    const first = ImageReference.parse(text)
    if (Result.isFailure(first)) return
    const { digest, repository, tag } = first.success
    const canonical = `${repository}${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`
    assert.deepStrictEqual(Result.getOrThrow(ImageReference.parse(canonical)), first.success)
  }, { arbitrary: { runs: 2000, size: 8 } })

  it("a text of millions of characters does not use up the stack", () => {
    const many = 5_000_000
    assert.strictEqual(read(`x/${"a/".repeat(many)}a`), "tooLong")
    assert.strictEqual(read(`x/${"a/".repeat(many)}`), "format")
    assert.strictEqual(read(`${"a.".repeat(many)}a/-`), "format")
    assert.strictEqual(read(`x@${"a.".repeat(many)}a:${"0".repeat(32)}`), "digestUnsupported")
    assert.strictEqual(read(`x:1@${"A.".repeat(many)}a:${"0".repeat(32)}`), "digestFormat")
  })

  it("a long text takes no longer than its length", () => {
    for (const pieces of ["a-", "-", "a.", "_a", "a+a", "@", ":", "/"]) {
      assert.notInclude(read(`x/${pieces.repeat(100_000)}!`), " ")
      assert.notInclude(read(`${pieces.repeat(100_000)}!/x`), " ")
      assert.notInclude(read(`x@${pieces.repeat(100_000)}!`), " ")
    }
  })
})

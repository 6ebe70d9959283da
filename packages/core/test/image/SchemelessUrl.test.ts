import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Result, Schema } from "effect"
import * as Net from "node:net"
import * as SchemelessUrl from "../../src/image/SchemelessUrl.ts"
import * as Bytes from "../../src/text/Bytes.ts"

/** Host and path, then labels and port, or the reason of the error. */
const read = (text: string) =>
  Result.match(SchemelessUrl.parse(text), {
    onSuccess: ({ host, labels, path, port }) => [`${host} ${path}`, `${labels.join("|")} ${port}`],
    onFailure: (error) => error.reason
  })

const expectAddress = (text: string, hostAndPath: string) =>
  assert.strictEqual(read(text)[0], hostAndPath, JSON.stringify(text))

const expectSplit = (text: string, labelsAndPort: string) =>
  assert.strictEqual(read(text)[1], labelsAndPort, JSON.stringify(text))

const expectErrors = (reason: SchemelessUrl.SchemelessUrlReason, ...texts: ReadonlyArray<string>) => {
  for (const text of texts) assert.deepStrictEqual(read(text), reason, JSON.stringify(text))
}

describe("SchemelessUrl", () => {
  it("URL-1: the fragment is cut off, and its escapes are checked", () => {
    expectAddress("gcr.io/a#f", "gcr.io /a")
    expectAddress("gcr.io#a#b/%41", "gcr.io ")
    expectErrors("escape", "gcr.io#%zz", "gcr.io#%", "gcr.io#a#%4")
  })

  it("URL-1: no control character before the fragment", () => {
    expectErrors("controlCharacter", "gcr.io\n", "a\u0000", "gcr.io/\u001f", "gcr.io?\u007f", "a\t@b")
    expectAddress("gcr.io#\n", "gcr.io ")
    expectAddress("gcr.io/\u0080", "gcr.io /\u0080")
  })

  it("URL-2: the query is cut off unchecked", () => {
    expectAddress("gcr.io?%zz", "gcr.io ")
    expectAddress("gcr.io/a?b?c", "gcr.io /a")
    expectAddress("?cr.io", " ")
    expectAddress("user?@gcr.io", "user ")
  })

  it("URL-3: the path starts at the first slash", () => {
    expectAddress("/foo", " /foo")
    expectAddress("//x", " //x")
    expectAddress("gcr.io", "gcr.io ")
    expectAddress("gcr.io/", "gcr.io /")
  })

  it("URL-4: user information is checked and ignored", () => {
    expectAddress("user:pw@reg.io/x", "reg.io /x")
    expectAddress("a@b@c", "c ")
    expectAddress("@", " ")
    expectAddress("%41%e4-._~!$&'()*+,;=:@reg.io", "reg.io ")
    expectAddress("reg.io/a@b", "reg.io /a@b")
    expectErrors("userInfo", "us er@x", "[a@x", "ü@x", "a\"@x")
    expectErrors("escape", "%@x", "%4:1@x")
    expectErrors("hostCharacter", "us er@}") // the host is looked at first
  })

  it("URL-5: brackets hold an IPv6 address", () => {
    expectAddress("[::1]:5000", "[::1]:5000 ")
    expectAddress("[::]", "[::] ")
    expectAddress("[1:2:3:4:5:6:7::]/x", "[1:2:3:4:5:6:7::] /x")
    expectAddress("[::ffff:1.2.3.4]", "[::ffff:1.2.3.4] ")
    expectErrors("ipLiteral", "[::1", "[", "[]", "[zz]", "[1.2.3.4]", "[:]", "[:::]", "[1::2::3]", "[1:2:3:4:5:6:7]")
    expectErrors(
      "ipLiteral",
      "[1:2:3:4:5:6:7:8::]",
      "[1:2:3:4::5:6:7:8]",
      "[::12345]",
      "[::1.2.3]",
      "[::1.2.3.256]",
      "[::1.2.3.04]",
      "[1.2.3.4::]",
      "[::1:]"
    )
    expectErrors("ipLiteral", "a[b].io", "[a[::1]", "b.c[%41", "[ü]")
    expectErrors("port", "[::1]x", "[::1]:a", "[ab].example", "[::1]:1:2", "[a-z]cr.io")
    expectErrors("escape", "[%41::1]", "[::1%]")
    expectErrors("hostCharacter", "[: :1]")
  })

  it("URL-5: an IPv6 address may have a zone", () => {
    expectAddress("[fe80::1%25eth0]:80", "[fe80::1%eth0]:80 ")
    expectAddress("[::1%25%20%41%25]", "[::1% A%] ")
    expectAddress("[::1%25%5B]", "[::1%[] ")
    expectAddress("[::1%25ü]", "[::1%ü] ")
    expectErrors("ipLiteral", "[::1%25]", "[%25eth0]")
    expectErrors("escape", "[::1%25%2F]", "[::1%25%c3%bc]", "[::1%25%]")
    expectErrors("hostCharacter", "[::1%25a b]", "[::1%25\\]")
  })

  it("URL-6: after the only colon there are only digits", () => {
    expectErrors("port", "a:1:2/x", "gcr.io:abc", "*.io:*", "gcr.io:-1", "::1", "a:%31")
    for (const text of ["gcr.io:", ":80", ":", "gcr.io:99999", "reg.io:08"]) expectAddress(text, `${text} `)
  })

  it("URL-7: characters of a host", () => {
    for (const text of ["a\"b.io", "a<b>.io", "a]b", "<global>", "a-_~!$&'()*+,;=b", "ü.de", "\u0080"]) {
      expectAddress(text, `${text} `)
    }
    expectErrors("hostCharacter", "a b.io", "{a,b}.io", "\\*.io", "a|b", "^", "`", "ä=}%e4")
  })

  it("URL-7: a host can only escape bytes that are not ASCII, and %", () => {
    expectAddress("%C3%BC.de", "ü.de ")
    expectAddress("%c3ü%bc", "\udcc3ü\udcbc ")
    expectAddress("\udcc3%bc", "ü ")
    expectAddress("%2541", "%41 ")
    expectAddress("%e4", "\udce4 ")
    expectErrors("escape", "a%2eb.io", "%invalid%", "%e4%41<'$", "%4180= %", "%E")
    expectErrors("hostCharacter", " %41") // whichever comes first
    expectErrors("escape", "%41 ")
  })

  it("URL-8: nothing is made canonical", () => {
    expectAddress("GCR.io.", "GCR.io. ")
    expectAddress("münchen.de", "münchen.de ")
    expectAddress("reg.io:443", "reg.io:443 ")
    expectAddress("/./x/../y", " /./x/../y")
  })

  it("URL-9: the path is decoded", () => {
    expectAddress("gcr.io/a%20b", "gcr.io /a b")
    expectAddress("gcr.io/%2f", "gcr.io //")
    expectAddress("gcr.io/%C3%BC%C3", "gcr.io /ü\udcc3")
    expectAddress("gcr.io/+ \\{}", "gcr.io /+ \\{}")
    expectErrors("escape", "gcr.io/%zz", "gcr.io/%", "gcr.io/%4")
  })

  it("URL-10: labels and port", () => {
    expectSplit("gcr.io:", "gcr|io ")
    expectSplit("[::1]:5000", "::1 5000")
    expectSplit("[::1]", "[::1] ")
    expectSplit("gcr.io.", "gcr|io| ")
    expectSplit("127.0.0.1:5000", "127|0|0|1 5000")
    expectSplit("[::ffff:1.2.3.4]", "[::ffff:1|2|3|4] ")
    expectSplit("a..b", "a||b ")
  })

  it("URL-10: where host and port can't be told apart for brackets, the host stays whole", () => {
    expectSplit("a]b.io:80", "a]b|io:80 ")
    expectSplit("[::1%25a]b]:80", "[::1%a]b]:80 ")
    expectSplit("[::1%25%5B]:80", "[::1%[]:80 ")
    expectSplit("[::1%25a:b]:80", "::1%a:b 80")
  })

  it("URL-11: a scheme is not recognised", () => {
    expectAddress("https://gcr.io", "https: //gcr.io")
    expectSplit("https://gcr.io", "https ")
  })

  it("URL-12: the empty text is an empty host", () => {
    expectAddress("", " ")
    expectSplit("", " ")
  })

  it("an error tells the reason, not the text", () => {
    const error = Result.merge(SchemelessUrl.parse("user:hunter2@reg.io:abc"))
    assert.strictEqual(
      error instanceof SchemelessUrl.SchemelessUrlError && error.message,
      "not an address such as \"registry.example:5000/team\": after the host's ':' only digits may come; an IPv6 address " +
        "needs brackets"
    )
    assert.notInclude(JSON.stringify(error), "hunter2")
  })

  const group = Schema.Literals([
    "",
    "",
    "0",
    "1",
    "fe80",
    "FFFF",
    "12345",
    "g",
    "1.2.3.4",
    "256.1.1.1",
    "01.2.3.4",
    "1.2.3"
  ])
  const groups = Arbitrary.map(Arbitrary.schema(Schema.Array(group)), (parts) => parts.join(":"))

  it.prop("URL-5: IPv6 addresses are those of the platform", { groups }, ({ groups }) => {
    assert.strictEqual(Array.isArray(read(`[${groups}]`)), Net.isIPv6(groups), groups)
  }, { arbitrary: { runs: 2000, size: 9 } })

  const piece = Schema.Literals([
    "a",
    ".",
    ":",
    "/",
    "@",
    "#",
    "?",
    "[",
    "]",
    "%",
    "%25",
    "%e4",
    "4",
    "*",
    " ",
    "ä",
    "\ud800",
    "::1"
  ])
  const text = Arbitrary.map(Arbitrary.schema(Schema.Array(piece)), (pieces) => pieces.join(""))

  it.prop("reads or refuses every text", { text }, ({ text }) => {
    const parsed = SchemelessUrl.parse(text)
    if (Result.isFailure(parsed)) return
    const { host, labels, port } = parsed.success
    const name = labels.join(".")
    assert.include([name, `${name}:`, `${name}:${port}`, `[${name}]:${port}`], host)
    assert.strictEqual(Bytes.decode(Bytes.encode(host)), host) // one spelling for the same bytes
  }, { arbitrary: { runs: 1000, size: 12 } })

  it("a long text takes no longer than its length", () => {
    const long = 200_000
    assert.strictEqual(read(`${"%E4".repeat(long)} `), "hostCharacter")
    assert.strictEqual(read("[".repeat(long)), "ipLiteral")
    assert.strictEqual(read(`[${":".repeat(long)}]`), "ipLiteral")
    assert.strictEqual(read("@".repeat(long))[0], " ")
  })
})

/** Names of images, registries and users as they are, and as they should not be. */
import type { Random } from "../driver/random.ts"
import { passwords, user } from "../secrecy.ts"

const hosts = [
  "registry.example",
  "eu.registry.example",
  "r.example",
  "localhost",
  "docker.io",
  "index.docker.io",
  "a.b.c",
  "Foo",
  "GCR.example",
  "127.0.0.1",
  "[::1]",
  "[fe80::1%25eth0]",
  "[0:0:0:0:0:0:0:1]",
  "münchen.example",
  "%C3%BC.example",
  "a_b.c",
  "x-.y",
  "-x.y",
  "r.example.",
  "a..b",
  ""
] as const // dprint-ignore

const globs = [
  "*.registry.example", "*.*", "*", "r*.example", "*.example", "a**c.example", "*-x.example", "e*u*.registry.e*e", "*a*"
] as const // dprint-ignore

const ports = ["", "", "", "", ":5000", ":443", ":", ":05000", ":99999999", ":x", ":*"] as const

const paths = [
  "",
  "",
  "/",
  "/app",
  "/team/app",
  "/team/",
  "/v1/",
  "/v2/team",
  "/v1",
  "/v2/v1/x",
  "/Team",
  "/a%20b",
  "/%2f",
  "/%c3%a9",
  "/%c3",
  "/%3fx",
  "/%23",
  "/%25zz",
  "/*",
  "//",
  "/a/../b",
  "/library/busybox",
  "/a__b",
  "/a---b",
  "/a.b",
  "/a_b/c-d"
] as const // dprint-ignore

const strayTexts = [
  "*", "[", "]", "%", "%2", "%zz", "%25", "%e4", "%", "?", "#", "@", ":", "/", "//", "\\", " ", "\n", "\0", "\u007f", "..",
  "a", "Z", "0", "-", "_", "__", ".", "é", "😀", "\udce4", "\ud800", "::", "[::1]", "[a-z]", "|", "{}", "\"", "<", "user:pw@"
] as const // dprint-ignore

/** A change or two. */
const spoiled = (random: Random, text: string): string => {
  const at = random.below(text.length + 1)
  const to = random.pick([at, at, at + random.size(8)])
  const inserted = random.pick([...strayTexts, text.slice(at, to + 4)])
  return text.slice(0, at) + sometimesRepeated(random, inserted) + text.slice(to)
}

/** Seldom thousands of times, and very seldom millions, which can use up the stack. */
const sometimesRepeated = (random: Random, text: string): string => {
  if (!random.oneIn(40)) return text
  return text.repeat(random.oneIn(100) ? 4_000_000 / Math.max(text.length, 1) : random.size(4_000))
}

const sometimesSpoiled = (random: Random, text: string): string => {
  let spoilt = text
  for (let left = random.pick([0, 0, 0, 0, 1, 1, 2, 4]); left > 0; left--) spoilt = spoiled(random, spoilt)
  return spoilt
}

/** What stands before the path of a location, perhaps with a password in it. */
const userInfo = (random: Random): string => random.oneIn(8) ? `${user}:${random.pick(passwords)}@` : ""

/** What is parsed as an address: an image, a pattern or the key of a docker config. */
export const address = (random: Random): string =>
  sometimesSpoiled(random, userInfo(random) + random.pick(hosts) + random.pick(ports) + random.pick(paths))

/** A pattern that somebody could have meant. */
export const goodPattern = (random: Random): string =>
  random.pick(globs) + random.pick(["", "", ":5000"]) + random.pick(["", "", "/team", "/team/app"])

export const pattern = (random: Random): string =>
  random.oneIn(2)
    ? address(random)
    : sometimesSpoiled(random, random.pick(globs) + random.pick(ports) + random.pick(paths))

/** An address that has much of a pattern in it, so that the two may match. */
export const addressLike = (random: Random, pattern: string): string =>
  random.oneIn(4)
    ? address(random)
    : sometimesSpoiled(
      random,
      pattern.replaceAll("*", () => random.pick(["", "a", "eu", "x-y", "é", "*"])) + random.pick(paths)
    )

/** The key of a docker config: an address with or without a scheme. */
export const location = (random: Random): string =>
  random.pick(["", "", "", "https://", "http://", "HTTPS://", "ftp://", "https://https://"]) + pattern(random)

const digests = [
  `@sha256:${"0123456789abcdef".repeat(4)}`,
  `@sha512:${"0123456789abcdef".repeat(8)}`,
  `@sha384:${"0123456789abcdef".repeat(6)}`,
  `@sha256:${"A".repeat(64)}`,
  `@sha256:${"a".repeat(63)}`,
  `@md5:${"a".repeat(32)}`,
  `@sha256+b64:${"a".repeat(40)}`,
  "@",
  "@sha256:"
] as const

const tags = [
  "",
  ":v1",
  ":latest",
  ":1.2.3-rc_4",
  `:${"t".repeat(128)}`,
  `:${"t".repeat(129)}`,
  ":",
  ":-x",
  ":A"
] as const

const repositories = [
  "busybox",
  "team/app",
  "library/busybox",
  "a__b",
  "a___b",
  "a..b",
  "a--b",
  "a.b/c",
  "App",
  "é",
  "e3b0".repeat(16),
  "a/".repeat(100),
  "x".repeat(255),
  "x".repeat(256)
] as const // dprint-ignore

/** An image as a pod names it. */
export const image = (random: Random): string => {
  const hosted = random.oneIn(2) ? `${userInfo(random)}${random.pick(hosts)}${random.pick(ports)}/` : "r.example:5000/"
  const host = random.oneIn(2) ? "" : hosted
  const repository = random.oneIn(2) ? random.pick(repositories) : "team/app"
  const tag = random.oneIn(2) ? random.pick(tags) : ":v1"
  const digest = random.oneIn(3) ? random.pick(digests) : random.pick(["", digests[0]])
  return sometimesSpoiled(random, host + repository + tag + digest)
}

const durations = [
  "10m",
  "1h30m",
  "0",
  "-0",
  "+5s",
  "1.5h",
  "500ms",
  "1µs",
  "1μs",
  "1us",
  "1ns",
  ".5s",
  "1.s",
  "2562047h47m16.854775807s",
  "-2562047h47m16.854775808s",
  "9223372036854775807ns",
  "9223372036854775808ns",
  "0.3333333333333333333h",
  "1d",
  "10",
  "5 s"
] as const // dprint-ignore

const durationTokens = [
  "0", "1", "9", "00", ".", "-", "+", "h", "m", "s", "ms", "us", "µs", "μs", "ns", "e3", " ", "_", "9".repeat(18), "x",
  "\udce4", "٣"
] as const // dprint-ignore

export const duration = (random: Random): string => {
  if (random.oneIn(3)) return random.joined(12, durationTokens)
  if (random.oneIn(3)) return random.list(6, () => durationPart(random)).join("")
  const text = random.pick(durations)
  const at = random.below(text.length + 1)
  const inserted = random.pick(["", random.pick(durationTokens)])
  return text.slice(0, at) + sometimesRepeated(random, inserted) + text.slice(at)
}

const durationPart = (random: Random): string => {
  const whole = random.below(10 ** random.between(1, 9))
  const fraction = random.oneIn(2) ? "" : `.${random.below(1_000_000)}`
  return `${whole}${fraction}${random.pick(["ns", "us", "µs", "ms", "s", "m", "h"])}`
}

/**
 * Why a pattern does not match an image: of all that differs, what somebody would want to hear first. Says nothing about
 * what matches: that is `ImagePattern.matches` alone, and a miss is there exactly where that says no. Rules: URL-20…30.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as ImagePattern from "./ImagePattern.ts"
import * as HostLikeness from "./internal/hostLikeness.ts"
import * as PathMiss from "./internal/pathMiss.ts"
import type { SchemelessUrl } from "./SchemelessUrl.ts"

const also = Schema.Array(Schema.Literals(["port", "path"])).annotate({
  description: "What differs beside that, so that it would still be no match"
})

const isClose = Schema.Boolean.annotate({
  description: "Whether all other labels are alike, and more of them than the last one, such as com"
})

/**
 * The nearest reason. Text of the pattern is as it is compared: without user information, query and fragment, decoded.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ImagePatternMiss = Schema.TaggedUnion({
  /** The image's name is no address, which nothing matches (URL-20). */
  TargetUnparsable: {},
  /** The pattern starts with a scheme, which is taken for a host (URL-11). */
  Scheme: { scheme: Schema.String, also },
  /** The host is one of Docker Hub's other names; its images are all on `docker.io` (URL-30). */
  DockerHubName: { host: Schema.String, also },
  /** An IPv6 address without a port is taken for a character class (URL-28). */
  AddressWithoutPort: { host: Schema.String, also },
  /** Host, and nothing but upper and lower case (URL-25). */
  HostLetterCase: { pattern: Schema.String, target: Schema.String, also },
  /** `wouldSpan`: it would match if `*` stood for several labels (URL-22). */
  LabelCount: { pattern: Schema.Int, target: Schema.Int, wouldSpan: Schema.Boolean, isClose, also },
  /** One label of the host. `meant` is the image's host with the pattern's label, if they are one slip of the pen apart. */
  Label: { pattern: Schema.String, target: Schema.String, meant: Schema.optionalKey(Schema.String), isClose, also },
  /** More of the host. */
  Host: { target: Schema.String, also },
  /** As text; empty where there is none (URL-21). */
  Port: { pattern: Schema.String, target: Schema.String, also },
  /** Nothing but upper and lower case of the path (URL-23). */
  PathLetterCase: { pattern: Schema.String },
  /** `*` in a path is a character like others (URL-24). */
  PathGlob: { pattern: Schema.String },
  /** Without it, it would match: names are compared without tag (IMG-1). */
  Tag: { tag: Schema.String },
  /** Without it, it would match: names are compared without digest (IMG-1). */
  Digest: {},
  /** The pattern's path ends in a slash that the image's path does not have (URL-23). */
  TrailingSlash: {},
  /** An image of Docker Hub without an owner has `library/` in its full name (IMG-5). */
  DockerLibrary: { pattern: Schema.String },
  /** The image's path does not start with the pattern's. */
  Path: { pattern: Schema.String }
})

/**
 * @since 0.1.0
 * @category models
 */
export type ImagePatternMiss = typeof ImagePatternMiss.Type

/**
 * Nothing if the pattern matches. Without a target, an image whose name is no address, every pattern misses.
 *
 * @example
 * ```ts
 * import { ImagePattern, ImagePatternMiss, SchemelessUrl } from "@credlet/core"
 * import { Result } from "effect"
 *
 * const pattern = Result.getOrThrow(ImagePattern.parse("registry.example:5000/team"))
 * const target = Result.getOrThrow(SchemelessUrl.parse("registry.example/team/app"))
 * const miss = ImagePatternMiss.of(pattern, target)
 * if (miss !== undefined) ImagePatternMiss.describe(miss) // "port 5000 in the pattern, the image has none"
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const of = (
  pattern: ImagePattern.ImagePattern,
  target: SchemelessUrl | undefined
): ImagePatternMiss | undefined => judge(pattern, target)?.miss

/**
 * A pattern and why it does not match.
 *
 * @since 0.1.0
 * @category models
 */
export interface PatternMiss {
  readonly pattern: ImagePattern.ImagePattern
  readonly miss: ImagePatternMiss
}

/**
 * The patterns that do not match, the nearest first; equally near ones in the order given.
 *
 * @since 0.1.0
 * @category constructors
 */
export const nearestFirst = (
  patterns: Iterable<ImagePattern.ImagePattern>,
  target: SchemelessUrl | undefined
): ReadonlyArray<PatternMiss> =>
  Array.from(patterns, (pattern) => ({ pattern, judged: judge(pattern, target) }))
    .flatMap(({ judged, pattern }) => judged === undefined ? [] : [{ pattern, ...judged }])
    .sort((a, b) => a.distance - b.distance)
    .map(({ miss, pattern }) => ({ pattern, miss }))

/**
 * A pattern as it is compared: host and path, fit to be shown.
 *
 * @since 0.1.0
 * @category rendering
 */
export const textOf = ({ host, path }: ImagePattern.ImagePattern): string => host + PathMiss.shown(path)

/**
 * Whether the pattern is likely to have been meant for the image: one slip away.
 *
 * @since 0.1.0
 * @category predicates
 */
export const isNear = (miss: ImagePatternMiss): boolean => {
  switch (miss._tag) {
    case "TargetUnparsable":
    case "Host":
    case "Path":
      return false
    case "Label":
      return miss.meant !== undefined && miss.also.length === 0
    case "LabelCount":
      return miss.wouldSpan && miss.also.length === 0
    default:
      return !("also" in miss) || miss.also.length === 0
  }
}

/**
 * Whether the pattern differs in one place only, so that whoever looks for the image's would want to see it: more than
 * those that are near.
 *
 * @since 0.1.0
 * @category predicates
 */
export const isInOnePlace = (miss: ImagePatternMiss): boolean => {
  switch (miss._tag) {
    case "Path":
      return true
    case "Label":
    case "LabelCount":
      return isNear(miss) || (miss.isClose && miss.also.length === 0)
    default:
      return isNear(miss)
  }
}

/**
 * The miss in a short clause. `noun` is what the pattern is called: keys of docker configs are patterns too.
 *
 * @since 0.1.0
 * @category rendering
 */
export const describe = (miss: ImagePatternMiss, noun: "key" | "pattern" = "pattern"): string => {
  switch (miss._tag) {
    case "TargetUnparsable":
      return "the image's name is no address, so nothing matches it"
    case "Scheme":
      return `a ${noun} has no scheme, so leave out "${miss.scheme}://"${addition(miss)}`
    case "DockerHubName":
      return `images of Docker Hub are on docker.io, not on ${miss.host}${addition(miss)}`
    case "AddressWithoutPort":
      return `an IPv6 address without a port matches nothing, not even itself${addition(miss)}`
    case "HostLetterCase":
      return `upper and lower case differ: ${miss.pattern} in the ${noun}, ${miss.target} in the image${addition(miss)}`
    case "LabelCount": {
      const counts = `${labels(miss.pattern)} in the ${noun}, the image's host has ${miss.target}`
      return miss.wouldSpan ? `${counts}; "*" stands for one label only${addition(miss)}` : counts
    }
    case "Label":
      return `"${miss.pattern}" in the ${noun}, "${miss.target}" in the image's host${addition(miss)}`
    case "Host":
      return `the image is on another host, ${miss.target}`
    case "Port":
      return `${ports(miss.pattern, miss.target, noun)}${addition(miss)}`
    case "PathLetterCase":
      return `the path differs from the image's in upper and lower case: ${miss.pattern} in the ${noun}`
    case "PathGlob":
      return `"*" in a path is no wildcard: the image's path would have to start with ${miss.pattern}`
    case "Tag":
      return `a ${noun} has no tag, so leave out "${miss.tag}": images are compared without theirs`
    case "Digest":
      return `a ${noun} has no digest: images are compared without theirs`
    case "TrailingSlash":
      return `the "/" at its end: the image's path ends before it`
    case "DockerLibrary":
      return `in full the image is named docker.io/library${miss.pattern}`
    case "Path":
      return `the image's path does not start with ${miss.pattern}`
  }
}

const addition = (miss: { readonly also: ReadonlyArray<"path" | "port"> }): string => {
  const [first, second] = miss.also
  if (first === undefined) return ""
  return second === undefined ? `; the ${first} differs too` : `; ${first} and ${second} differ too`
}

const labels = (count: number): string => count === 1 ? "1 label" : `${count} labels`

const ports = (pattern: string, target: string, noun: string): string => {
  if (pattern === "") return `no port in the ${noun}, the image has ${target}`
  return target === ""
    ? `port ${pattern} in the ${noun}, the image has none`
    : `port ${pattern} in the ${noun}, ${target} in the image`
}

/** The smaller the distance, the likelier that the pattern was meant for the target. */
interface Judgement {
  readonly miss: ImagePatternMiss
  readonly distance: number
}

const slip = 1
const otherPort = 2
const otherPath = 3
const otherHost = 4

const judge = (pattern: ImagePattern.ImagePattern, target: SchemelessUrl | undefined): Judgement | undefined => {
  if (target === undefined) return { miss: { _tag: "TargetUnparsable" }, distance: 0 }
  if (ImagePattern.matches(pattern, target)) return undefined
  const scheme = judgeScheme(pattern, target)
  if (scheme !== undefined) return scheme
  const path = judgePath(pattern, target)
  const pathAlso = path === undefined ? [] : ["path" as const]
  const isOtherPort = pattern.port !== target.port
  const beside = (isOtherPort ? otherPort : 0) + (path?.distance ?? 0)
  const host = judgeHost(pattern, target, isOtherPort ? ["port", ...pathAlso] : pathAlso)
  if (host !== undefined) return { miss: host.miss, distance: host.distance + beside }
  return isOtherPort
    ? { miss: { _tag: "Port", pattern: pattern.port, target: target.port, also: pathAlso }, distance: beside }
    : path
}

const schemeHost = /^[a-z][a-z0-9+-]*:$/i

const judgeScheme = ({ host, path }: ImagePattern.ImagePattern, target: SchemelessUrl): Judgement | undefined => {
  if (!schemeHost.test(host) || !path.startsWith("//")) return undefined
  const rest = ImagePattern.parse(path.slice(2))
  const inner = Result.isSuccess(rest) ? judge(rest.success, target) : undefined
  return {
    miss: { _tag: "Scheme", scheme: host.slice(0, -1), also: inner === undefined ? [] : withoutHost(inner.miss) },
    distance: slip + (inner?.distance ?? 0)
  }
}

/** What differs if the host does not. */
const withoutHost = (miss: ImagePatternMiss): Also => {
  if (miss._tag === "Port") return ["port", ...miss.also]
  return "also" in miss || miss._tag === "TargetUnparsable" ? [] : ["path"]
}

type Also = ReadonlyArray<"path" | "port">

const otherHubNames: ReadonlySet<string> = new Set(["index.docker.io", "registry-1.docker.io"])

const judgeHost = (
  pattern: ImagePattern.ImagePattern,
  target: SchemelessUrl,
  also: Also
): Judgement | undefined => {
  const differing = HostLikeness.differing(pattern, target)
  if (differing?.length === 0) return undefined
  const { host } = pattern
  const near = (miss: ImagePatternMiss): Judgement => ({ miss, distance: slip })
  if (otherHubNames.has(host) && target.host === "docker.io") return near({ _tag: "DockerHubName", host, also })
  if (host.startsWith("[") && host === target.host) return near({ _tag: "AddressWithoutPort", host, also })
  const distance = otherHost + HostLikeness.distance(pattern, target)
  if (differing === undefined) {
    const wouldSpan = HostLikeness.wouldSpan(pattern, target)
    const counts = { pattern: pattern.labels.length, target: target.labels.length }
    const isClose = HostLikeness.differsInOneMore(pattern, target)
    const miss: ImagePatternMiss = { _tag: "LabelCount", ...counts, wouldSpan, isClose, also }
    return { miss, distance: wouldSpan ? 2 * slip : distance }
  }
  if (HostLikeness.differsInCaseOnly(pattern, target)) {
    const hosts = { pattern: HostLikeness.withoutPort(pattern), target: HostLikeness.withoutPort(target) }
    return near({ _tag: "HostLetterCase", ...hosts, also })
  }
  const [first = 0, second] = differing
  if (second !== undefined) return { miss: { _tag: "Host", target: target.host, also }, distance }
  const label = { pattern: pattern.labels[first]?.text ?? "", target: target.labels[first] ?? "" }
  const isClose = HostLikeness.isCloseBut(first, pattern)
  if (pattern.labels[first]?.type !== "literal" || !HostLikeness.isSlip(label.pattern, label.target)) {
    return { miss: { _tag: "Label", ...label, isClose, also }, distance }
  }
  const meant = HostLikeness.withLabel(target, first, label.pattern)
  return { miss: { _tag: "Label", ...label, meant, isClose, also }, distance: 2 * slip }
}

const judgePath = (pattern: ImagePattern.ImagePattern, target: SchemelessUrl): Judgement | undefined => {
  const miss = PathMiss.of(pattern, target)
  return miss && { miss, distance: miss._tag === "Path" ? otherPath : slip }
}

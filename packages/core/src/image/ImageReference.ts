/**
 * Image references, `busybox` or `registry.example:5000/team/app:v1@sha256:…`, normalised as the kubelet does it before it
 * asks anybody for credentials (IMG-1…9), and two questions about the names that come out (URL-40, KEY-14).
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as GoText from "../text/GoText.ts"

/**
 * A normalised reference. Without a tag and a digest in the text, the tag is `latest` (IMG-9).
 *
 * Who has a normalised repository name already, as the kubelet's keyring takes them, makes one without parsing.
 *
 * @since 0.1.0
 * @category models
 * @example
 * ```ts
 * import { ImageReference } from "@credlet/core/image/ImageReference"
 *
 * new ImageReference({ repository: "registry.example/team/app" })
 * ```
 */
export class ImageReference extends Schema.Class<ImageReference>("@credlet/core/image/ImageReference")({
  repository: Schema.String,
  tag: Schema.optionalKey(Schema.String),
  digest: Schema.optionalKey(Schema.String)
}) {}

/**
 * @since 0.1.0
 * @category models
 */
export type ImageReferenceReason = typeof ImageReferenceReason.Type

/**
 * @since 0.1.0
 * @category schemas
 */
export const ImageReferenceReason = Schema.Literals([
  "hexOnly",
  "upperCase",
  "format",
  "tooLong",
  "digestFormat",
  "digestLength",
  "digestUnsupported"
])

const explanations: { readonly [K in ImageReferenceReason]: string } = {
  hexOnly: "a name of 64 hex digits would look like an image ID; put a namespace in front of it",
  upperCase: "the repository name must be in lower case; only the registry's host may have upper-case letters",
  format: "expected [host[:port]/]path[:tag][@digest], e.g. \"registry.example:5000/team/app:v1\"",
  tooLong: "the path is longer than 255 characters",
  digestFormat: "the digest must be lower-case hex behind its algorithm",
  digestLength: "the digest is too long or too short for its algorithm",
  digestUnsupported: "the digest's algorithm must be sha256, sha384 or sha512"
}

/**
 * A text is not an image reference (IMG-11). `image` is its beginning, at most 128 characters, without what may be a
 * password before `@`.
 *
 * @since 0.1.0
 * @category errors
 */
export class ImageReferenceError extends Schema.TaggedError<ImageReferenceError>()("ImageReferenceError", {
  image: Schema.String,
  reason: ImageReferenceReason
}) {
  override get message() {
    const [scheme] = schemePattern.exec(this.image) ?? []
    const explanation = scheme === undefined ? explanations[this.reason] : `leave out ${GoText.quote(scheme)}`
    return `not an image reference: ${GoText.quote(this.image)}: ${explanation}`
  }
}

const schemePattern = /^[a-z][a-z0-9+.-]{0,31}:\/\//i

const shown = (text: string): string => text.replace(/^.*@(?!sha\d{3}:[^/:@]*$)/s, "…@").slice(0, 128)

const hubDomain = "docker.io"
const oldHubDomain = "index.docker.io"

const hexOnlyPattern = /^[a-f0-9]{64}$/
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/
const ipv6Pattern = /^\[[a-fA-F0-9:]+\](?::[0-9]+)?$/
// What has any number of parts is matched part by part: as a repeated group, millions of them use up the stack.
const labelPattern = () => /[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.(?!$)|(?::[0-9]+)?$)/y
const componentPattern = () => /[a-z0-9]+(?:(?:__|[._/]|-+)(?!$)|$)/y
const algorithmPattern = () => /[A-Za-z][A-Za-z0-9]*(?:[-_+.](?!$)|:[0-9A-Fa-f]{32,}$)/y

/** Whether a text is made of parts, one behind the other. */
const isMadeOf = (part: RegExp, text: string): boolean => {
  let end = 0
  while (end < text.length && part.test(text)) end = part.lastIndex
  return end === text.length && text !== ""
}

const isDomain = (text: string): boolean => ipv6Pattern.test(text) || isMadeOf(labelPattern(), text)

const digestHexLengths: ReadonlyMap<string, number> = new Map([["sha256", 64], ["sha384", 96], ["sha512", 128]])

/** The domain and the rest, which may have a tag and a digest (IMG-3…5). */
const split = (text: string): readonly [domain: string, rest: string] => {
  const slash = text.indexOf("/")
  const first = text.slice(0, Math.max(slash, 0))
  const looksLikeDomain = first === "localhost" || /[.:]/.test(first) || GoText.toLowerCase(first) !== first
  if (!looksLikeDomain) return [hubDomain, slash < 0 ? `library/${text}` : text]
  const rest = text.slice(slash + 1)
  if (first !== hubDomain && first !== oldHubDomain) return [first, rest]
  return [hubDomain, rest.includes("/") ? rest : `library/${rest}`]
}

interface Parts {
  readonly repository: string
  /** The repository without what is a domain by the grammar. */
  readonly path: string
  readonly tag: string | undefined
  readonly digest: string | undefined
}

/** The grammar of IMG-7, without what digests mean. */
const partsOf = (domain: string, rest: string): Parts | undefined => {
  const end = rest.search(/[:@]/)
  const name = end < 0 ? rest : rest.slice(0, end)
  const at = end < 0 ? -1 : rest.indexOf("@", end)
  const tag = end >= 0 && rest[end] === ":" ? rest.slice(end + 1, at < 0 ? rest.length : at) : undefined
  const digest = at < 0 ? undefined : rest.slice(at + 1)
  if (tag !== undefined && !tagPattern.test(tag)) return undefined
  if (digest !== undefined && !isMadeOf(algorithmPattern(), digest)) return undefined
  const repository = `${domain}/${name}`
  // A first segment that is no domain may still be one of the path: `a_b.c/x` is a repository without a domain.
  const path = isDomain(domain) ? name : repository
  return isMadeOf(componentPattern(), path) ? { repository, path, tag, digest } : undefined
}

const digestFault = (digest: string): ImageReferenceReason | undefined => {
  const [algorithm = "", hex = ""] = digest.split(":")
  const length = digestHexLengths.get(algorithm)
  if (length === undefined) return /[A-Z]/.test(algorithm) ? "digestFormat" : "digestUnsupported"
  if (hex.length !== length) return "digestLength"
  return hex === hex.toLowerCase() ? undefined : "digestFormat"
}

/**
 * Reads and normalises a reference.
 *
 * @since 0.1.0
 * @category parsing
 * @example
 * ```ts
 * import * as ImageReference from "@credlet/core/image/ImageReference"
 *
 * ImageReference.parse("busybox") // success of { repository: "docker.io/library/busybox", tag: "latest" }
 * ```
 */
export const parse = (text: string): Result.Result<ImageReference, ImageReferenceError> => {
  const fail = (reason: ImageReferenceReason) => Result.fail(new ImageReferenceError({ image: shown(text), reason }))
  if (hexOnlyPattern.test(text)) return fail("hexOnly")
  const [domain, rest] = split(text)
  const [remote = ""] = rest.split(":", 1)
  if (GoText.toLowerCase(remote) !== remote) return fail("upperCase")
  const parts = partsOf(domain, rest)
  if (parts === undefined) {
    const lowerCased = partsOf(GoText.toLowerCase(domain), GoText.toLowerCase(rest))
    return fail(lowerCased === undefined ? "format" : "upperCase")
  }
  const { digest, path, repository, tag } = parts
  if (path.length > 255) return fail("tooLong")
  const fault = digest === undefined ? undefined : digestFault(digest)
  if (fault !== undefined) return fail(fault)
  return Result.succeed(
    new ImageReference({
      repository,
      ...(tag !== undefined ? { tag } : digest === undefined ? { tag: "latest" } : {}),
      ...(digest === undefined ? {} : { digest })
    })
  )
}

/**
 * The registry of a repository: what stands before the first `/`, as it is written, with its port (URL-40).
 *
 * @since 0.1.0
 * @category accessors
 */
export const registryOf = (repository: string): string => {
  const slash = repository.indexOf("/")
  return slash < 0 ? repository : repository.slice(0, slash)
}

/**
 * Whether the kubelet takes a name for one of Docker Hub's, so that credentials stored under `index.docker.io` may serve
 * it (KEY-13, KEY-14): all names without a dot or colon before the first `/` are, `localhost/x` too.
 *
 * @since 0.1.0
 * @category predicates
 */
export const isDefaultRegistry = (image: string): boolean => {
  const first = registryOf(image)
  if (first === "") return false
  return first === image || first === hubDomain || first === oldHubDomain || !/[.:]/.test(first)
}

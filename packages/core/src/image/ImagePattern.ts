/**
 * Patterns of `matchImages` and keys of docker configs, held against an image exactly as the kubelet does: same port, same
 * number of labels, path prefix by characters, `*` within a label (URL-20…30). A pattern is parsed once and then matched
 * without allocating anything.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Bytes from "../text/Bytes.ts"
import * as ByteGlob from "./internal/byteGlob.ts"
import * as SchemelessUrl from "./SchemelessUrl.ts"

/**
 * A compiled pattern. Only a target with the same `port` and as many `labels` can match it.
 *
 * @since 0.1.0
 * @category models
 */
export interface ImagePattern {
  readonly host: string
  readonly path: string
  readonly labels: ReadonlyArray<LabelPattern>
  readonly port: string
}

/**
 * One label of a pattern: literal text; text with `*`; or text that must be matched by bytes, compiled in `pieces`.
 *
 * @since 0.1.0
 * @category models
 */
export interface LabelPattern {
  readonly type: "literal" | "glob" | "bytes"
  readonly text: string
  readonly pieces: ReadonlyArray<ByteGlob.Piece>
}

/**
 * The pattern has an IPv6 address in brackets that is no valid character class, for which the kubelet takes it when there
 * is no port (URL-28). `matches` counts it as no match.
 *
 * @since 0.1.0
 * @category errors
 */
export class MalformedClass extends Schema.TaggedError<MalformedClass>()("MalformedClass", {}) {
  override get message() {
    return "the pattern's IPv6 address is taken for a character class, and not a valid one: give it a port"
  }
}

const compileLabel = (text: string): LabelPattern => {
  if (text.includes("[") || !text.isWellFormed()) return { type: "bytes", text, pieces: ByteGlob.compile(text) }
  return { type: text.includes("*") ? "glob" : "literal", text, pieces: [] }
}

/**
 * The compiled form of an address that has been parsed already.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromUrl = (url: SchemelessUrl.SchemelessUrl): ImagePattern => ({
  host: url.host,
  path: url.path,
  labels: url.labels.map(compileLabel),
  port: url.port
})

/**
 * Reads a pattern such as `*.registry.example/team`.
 *
 * @since 0.1.0
 * @category parsing
 */
export const parse = (text: string): Result.Result<ImagePattern, SchemelessUrl.SchemelessUrlError> =>
  Result.map(SchemelessUrl.parse(text), fromUrl)

/** Each `*` stands for the shortest run that lets the rest match; on a mismatch only the last `*` is given more. */
const globMatches = (glob: string, name: string): boolean => {
  let inGlob = 0
  let inName = 0
  let star = -1
  let resume = 0
  while (inName < name.length) {
    const unit = glob.charCodeAt(inGlob)
    if (unit === 0x2a) {
      star = inGlob++
      resume = inName
    } else if (unit === name.charCodeAt(inName)) {
      inGlob++
      inName++
    } else if (star >= 0) {
      inGlob = star + 1
      inName = ++resume
    } else return false
  }
  while (glob.charCodeAt(inGlob) === 0x2a) inGlob++
  return inGlob === glob.length
}

const labelOutcome = (label: LabelPattern, name: string): ByteGlob.Outcome => {
  if (label.type === "bytes") return ByteGlob.match(label.pieces, Bytes.encode(name))
  return (label.type === "glob" ? globMatches(label.text, name) : label.text === name) ? "match" : "noMatch"
}

/** URL-23 goes by bytes: a prefix may end in the middle of a character, though only one with escapes does. */
const pathMatches = (prefix: string, path: string): boolean => {
  if (path.startsWith(prefix)) return true
  if (prefix.isWellFormed()) return false
  const bytes = Bytes.encode(path)
  return Bytes.encode(prefix).every((byte, at) => byte === bytes[at])
}

const outcomeOf = (pattern: ImagePattern, target: SchemelessUrl.SchemelessUrl): ByteGlob.Outcome => {
  const { labels } = pattern
  if (pattern.port !== target.port || labels.length !== target.labels.length) return "noMatch"
  if (pattern.path !== "" && !pathMatches(pattern.path, target.path)) return "noMatch"
  for (let at = 0; at < labels.length; at++) {
    const label = labels[at]
    const name = target.labels[at]
    if (label === undefined || name === undefined) return "noMatch"
    const outcome = labelOutcome(label, name)
    if (outcome !== "match") return outcome
  }
  return "match"
}

/**
 * Whether a pattern matches a target, both parsed.
 *
 * @since 0.1.0
 * @category matching
 * @example
 * ```ts
 * import * as ImagePattern from "@credlet/core/image/ImagePattern"
 * import * as SchemelessUrl from "@credlet/core/image/SchemelessUrl"
 * import * as Result from "effect/Result"
 *
 * const pattern = Result.getOrThrow(ImagePattern.parse("*.registry.example/team"))
 * const target = Result.getOrThrow(SchemelessUrl.parse("eu.registry.example/team/app"))
 * ImagePattern.matches(pattern, target) // true
 * ```
 */
export const matches = (pattern: ImagePattern, target: SchemelessUrl.SchemelessUrl): boolean =>
  outcomeOf(pattern, target) === "match"

/**
 * Whether a pattern matches a target, both as text, with the error that lookups swallow (URL-20).
 *
 * @since 0.1.0
 * @category matching
 */
export const matchesText = (
  glob: string,
  target: string
): Result.Result<boolean, SchemelessUrl.SchemelessUrlError | MalformedClass> => {
  const pattern = parse(glob)
  if (Result.isFailure(pattern)) return Result.fail(pattern.failure)
  const url = SchemelessUrl.parse(target)
  if (Result.isFailure(url)) return Result.fail(url.failure)
  const outcome = outcomeOf(pattern.success, url.success)
  return outcome === "malformed" ? Result.fail(new MalformedClass({})) : Result.succeed(outcome === "match")
}

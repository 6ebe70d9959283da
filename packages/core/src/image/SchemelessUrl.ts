/**
 * The host, port and path of a registry's address without a scheme, read exactly as the kubelet reads images, patterns
 * and docker-config keys: as Go's `net/url` reads them behind `https://` (URL-1…12). `URL` of JavaScript would change
 * them: it lower-cases hosts, drops ports and resolves `..`.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Bytes from "../text/Bytes.ts"
import { isIpv6 } from "./internal/ipv6.ts"
import * as PercentEncoding from "./internal/percentEncoding.ts"

/**
 * A parsed address. `host` holds the port, `path` is decoded and may be empty. `labels` are the parts of the host between
 * dots, without the port; `port` is text, empty if there is none (URL-10).
 *
 * @since 0.1.0
 * @category models
 */
export interface SchemelessUrl {
  readonly host: string
  readonly path: string
  readonly labels: ReadonlyArray<string>
  readonly port: string
}

/**
 * @since 0.1.0
 * @category models
 */
export type SchemelessUrlReason = typeof SchemelessUrlReason.Type

/**
 * @since 0.1.0
 * @category schemas
 */
export const SchemelessUrlReason = Schema.Literals([
  "controlCharacter",
  "escape",
  "hostCharacter",
  "ipLiteral",
  "port",
  "userInfo"
])

const explanations: { readonly [K in SchemelessUrlReason]: string } = {
  controlCharacter: "it holds a control character, perhaps a line break",
  escape: "'%' must be followed by two hex digits, and a host can escape only what is not ASCII",
  hostCharacter: "the host holds a character that no host can have, such as a space, '\\', '|' or '{'",
  ipLiteral: "'[' may only start a host that is an IPv6 address in brackets",
  port: "after the host's ':' only digits may come; an IPv6 address needs brackets",
  userInfo: "what stands before '@' holds a character that user information can't have"
}

/**
 * A text is not a registry's address. The text itself is not in the error, as it may hold a password before `@`.
 *
 * @since 0.1.0
 * @category errors
 */
export class SchemelessUrlError extends Schema.TaggedError<SchemelessUrlError>()("SchemelessUrlError", {
  reason: SchemelessUrlReason
}) {
  override get message() {
    return `not an address such as "registry.example:5000/team": ${explanations[this.reason]}`
  }
}

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const controlCharacter = /[\u0000-\u001f\u007f]/
const userInfoPattern = /^[-A-Za-z0-9._:~!$&'()*+,;=%@]*$/
const optionalPort = /^(?::\d*)?$/

type Part = Result.Result<string, SchemelessUrlReason>

const unescape = (text: string, part: PercentEncoding.Part): Part => {
  const fault = PercentEncoding.faultOf(text, part)
  return fault === undefined ? Result.succeed(PercentEncoding.decode(text)) : Result.fail(fault)
}

const parseBracketed = (authority: string): Part => {
  const close = authority.lastIndexOf("]")
  if (close < 0) return Result.fail("ipLiteral")
  const port = authority.slice(close + 1)
  if (!optionalPort.test(port)) return Result.fail("port")
  const inside = authority.slice(1, close)
  const zoneAt = inside.indexOf("%25")
  const address = unescape(zoneAt < 0 ? inside : inside.slice(0, zoneAt), "host")
  if (Result.isFailure(address)) return address
  const zone = unescape(zoneAt < 0 ? "" : inside.slice(zoneAt), "zone")
  if (Result.isFailure(zone)) return zone
  const literal = address.success + zone.success
  return isIpv6(literal) ? Result.succeed(`[${literal}]${port}`) : Result.fail("ipLiteral")
}

const parseHost = (authority: string): Part => {
  const bracket = authority.lastIndexOf("[")
  if (bracket === 0) return parseBracketed(authority)
  if (bracket > 0) return Result.fail("ipLiteral")
  const colon = authority.indexOf(":")
  if (colon >= 0 && !optionalPort.test(authority.slice(colon))) return Result.fail("port")
  return unescape(authority, "host")
}

/** Go's `net.SplitHostPort`; where that fails, there is no port and the host stays whole (URL-10). */
const splitPort = (host: string): readonly [name: string, port: string] => {
  const colon = host.lastIndexOf(":")
  const whole = [host, ""] as const
  if (colon < 0) return whole
  const bracketed = host.startsWith("[")
  const close = host.indexOf("]")
  if (bracketed ? close + 1 !== colon : close >= 0) return whole
  // Inside or behind the brackets there may be others, by way of an IPv6 zone.
  if (bracketed && (host.includes("[", 1) || host.includes("]", close + 1))) return whole
  return [bracketed ? host.slice(1, close) : host.slice(0, colon), host.slice(colon + 1)]
}

/**
 * Reads an address. Fragment, query and user information are checked and then ignored, and a scheme is not recognised:
 * `https://registry.example` has the host `https:` (URL-11).
 *
 * @since 0.1.0
 * @category parsing
 * @example
 * ```ts
 * import * as SchemelessUrl from "@credlet/core/image/SchemelessUrl"
 *
 * SchemelessUrl.parse("registry.example:5000/team")
 * // success of { host: "registry.example:5000", path: "/team", labels: ["registry", "example"], port: "5000" }
 * ```
 */
export const parse = (text: string): Result.Result<SchemelessUrl, SchemelessUrlError> => {
  const fail = (reason: SchemelessUrlReason) => Result.fail(new SchemelessUrlError({ reason }))
  // One spelling for the same bytes, so that equal bytes are equal strings.
  const input = text.isWellFormed() ? text : Bytes.decode(Bytes.encode(text))
  const [, beforeFragment = "", fragment = ""] = /^([^#]*)#?(.*)$/s.exec(input) ?? []
  if (controlCharacter.test(beforeFragment)) return fail("controlCharacter")
  const [beforeQuery = ""] = beforeFragment.split("?", 1)
  const slash = beforeQuery.indexOf("/")
  const authority = slash < 0 ? beforeQuery : beforeQuery.slice(0, slash)
  const at = authority.lastIndexOf("@")
  const host = parseHost(authority.slice(at + 1))
  if (Result.isFailure(host)) return fail(host.failure)
  const userInfo = authority.slice(0, Math.max(at, 0))
  if (!userInfoPattern.test(userInfo)) return fail("userInfo")
  const path = slash < 0 ? "" : beforeQuery.slice(slash)
  if ([userInfo, path, fragment].some((part) => PercentEncoding.faultOf(part, "other") !== undefined)) {
    return fail("escape")
  }
  const [name, port] = splitPort(host.success)
  const labels = name.split(".")
  return Result.succeed({ host: host.success, path: PercentEncoding.decode(path), labels, port })
}

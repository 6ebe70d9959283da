/**
 * URL-1…12 and URL-20…28 once more, written from the rules and as plainly as can be: on bytes, each as one character of
 * Latin-1, without a thought to speed. What the library says is held against this.
 */
import * as Bytes from "@credlet/core/text/Bytes"
import { isIPv6 } from "node:net"

/** All texts are bytes as Latin-1. */
export interface Address {
  readonly host: string
  readonly path: string
  readonly labels: ReadonlyArray<string>
  readonly port: string
}

export const toLatin1 = (text: string): string => Buffer.from(Bytes.encode(text)).toString("latin1")

/** `undefined` if it is no address. */
export const parse = (input: string): Address | undefined => {
  const text = toLatin1(input)
  // URL-1, URL-2
  const hash = text.indexOf("#")
  const beforeHash = hash < 0 ? text : text.slice(0, hash)
  if (hash >= 0 && hasBadEscape(text.slice(hash + 1))) return undefined
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\x00-\x1f\x7f]/.test(beforeHash)) return undefined
  const question = beforeHash.indexOf("?")
  const address = question < 0 ? beforeHash : beforeHash.slice(0, question)
  // URL-3, URL-4
  const slash = address.indexOf("/")
  const authority = slash < 0 ? address : address.slice(0, slash)
  const rawPath = slash < 0 ? "" : address.slice(slash)
  const at = authority.lastIndexOf("@")
  if (at >= 0 && !isUserInfo(authority.slice(0, at))) return undefined
  const host = hostOf(authority.slice(at + 1))
  if (host === undefined || hasBadEscape(rawPath)) return undefined // URL-9
  const [name, port] = splitPort(host)
  return { host, path: unescaped(rawPath), labels: name.split("."), port }
}

const hasBadEscape = (text: string): boolean => /%(?![0-9A-Fa-f]{2})/.test(text)

const unescaped = (text: string): string =>
  text.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))

const isUserInfo = (text: string): boolean => /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(text) && !hasBadEscape(text)

/** The characters of URL-7, without the percent sign. */
const hostCharacter = /^[\x80-\xffA-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]$/

/** URL-5, URL-6: the decoded host with its port. */
const hostOf = (authority: string): string | undefined => {
  if (authority.startsWith("[")) {
    const close = authority.lastIndexOf("]")
    if (close < 0 || authority.lastIndexOf("[") > 0) return undefined
    const port = authority.slice(close + 1)
    if (!/^(?::\d*)?$/.test(port)) return undefined
    const inside = authority.slice(1, close)
    const zoneAt = inside.indexOf("%25")
    const ip = zoneAt < 0 ? inside : inside.slice(0, zoneAt)
    const zone = zoneAt < 0 ? undefined : decodedZone(inside.slice(zoneAt + 3))
    if (zoneAt >= 0 && (zone === undefined || zone === "")) return undefined
    if (!isIPv6(ip) || ip.includes("%")) return undefined
    return `[${ip}${zone === undefined ? "" : `%${zone}`}]${port}`
  }
  if (authority.includes("[")) return undefined
  const colon = authority.indexOf(":")
  if (colon >= 0 && !/^:\d*$/.test(authority.slice(colon))) return undefined
  return decodedHost(authority)
}

/** URL-7. */
const decodedHost = (text: string): string | undefined => {
  let host = ""
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === "%") {
      const byte = byteOf(text.slice(at + 1, at + 3))
      if (byte === undefined || (byte < 0x80 && byte !== 0x25)) return undefined
      host += String.fromCharCode(byte)
      at += 2
    } else if (hostCharacter.test(character)) host += character
    else return undefined
  }
  return host
}

/** In a zone, escapes stand for what a host may hold, for a space and for the percent sign. */
const decodedZone = (text: string): string | undefined => {
  let zone = ""
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === "%") {
      const byte = byteOf(text.slice(at + 1, at + 3))
      const isAllowed = byte !== undefined &&
        (byte === 0x25 || byte === 0x20 || (byte < 0x80 && hostCharacter.test(String.fromCharCode(byte))))
      if (!isAllowed) return undefined
      zone += String.fromCharCode(byte)
      at += 2
    } else if (hostCharacter.test(character)) zone += character
    else return undefined
  }
  return zone
}

const byteOf = (digits: string): number | undefined =>
  /^[0-9A-Fa-f]{2}$/.test(digits) ? Number.parseInt(digits, 16) : undefined

/** URL-10: a host and port that can't be told apart are all host. */
const splitPort = (host: string): readonly [name: string, port: string] => {
  const bracketed = /^\[([^[\]]*)\]:([^[\]:]*)$/.exec(host)
  if (bracketed !== null) return [bracketed[1] ?? "", bracketed[2] ?? ""]
  const plain = host.startsWith("[") ? null : /^([^[\]:]*):([^[\]:]*)$/.exec(host)
  return plain === null ? [host, ""] : [plain[1] ?? "", plain[2] ?? ""]
}

/** URL-20…28. */
export const matches = (pattern: Address, target: Address): boolean =>
  pattern.port === target.port &&
  pattern.labels.length === target.labels.length &&
  target.path.startsWith(pattern.path) &&
  pattern.labels.every((label, at) => labelMatches(label, target.labels[at] ?? ""))

const labelMatches = (glob: string, name: string): boolean => {
  const tokens = tokensOf(glob)
  return tokens !== undefined && tokensMatch(tokens, name)
}

type Token = string | ReadonlyArray<readonly [low: number, high: number]>

/** `*`, other bytes, and character classes, which only an address in brackets can bring (URL-28). */
const tokensOf = (glob: string): ReadonlyArray<Token> | undefined => {
  const tokens: Array<Token> = []
  for (let at = 0; at < glob.length;) {
    if (glob.charAt(at) !== "[") {
      tokens.push(glob.charAt(at++))
      continue
    }
    const found = classAt(glob, at + 1)
    if (found === undefined) return undefined
    tokens.push(found.ranges)
    at = found.end
  }
  return tokens
}

const classAt = (glob: string, from: number) => {
  const ranges: Array<readonly [number, number]> = []
  let at = from
  const one = (): number | undefined => {
    const rune = runeAt(glob, at)
    if (rune === undefined || "-]".includes(glob.charAt(at)) || !rune.isWell) return undefined
    at += rune.size
    return rune.value
  }
  do {
    const low = one()
    if (low === undefined) return undefined
    let high: number | undefined = low
    if (glob.charAt(at) === "-") {
      at++
      high = one()
    }
    if (high === undefined || at >= glob.length) return undefined
    ranges.push([low, high])
  } while (glob.charAt(at) !== "]")
  return { ranges, end: at + 1 }
}

/** The character that begins with a byte; a byte that begins none counts as U+FFFD. */
const runeAt = (bytes: string, at: number) => {
  if (at >= bytes.length) return undefined
  for (const size of [1, 2, 3, 4]) {
    const text = Buffer.from(bytes.slice(at, at + size), "latin1")
    const value = text.toString().codePointAt(0) ?? 0
    if (Buffer.from(String.fromCodePoint(value)).equals(text)) return { value, size, isWell: true }
  }
  return { value: 0xfffd, size: 1, isWell: false }
}

/** Whether the tokens can be laid over the whole name: a table of all their beginnings against all of its ends. */
const tokensMatch = (tokens: ReadonlyArray<Token>, name: string): boolean => {
  let reached = new Set([0])
  for (const token of tokens) {
    const next = new Set<number>()
    for (const at of reached) {
      if (token === "*") { for (let end = at; end <= name.length; end++) next.add(end) }
      else if (typeof token === "string") {
        if (name.charAt(at) === token) next.add(at + 1)
      } else {
        const rune = runeAt(name, at)
        const holds = rune !== undefined && token.some(([low, high]) => low <= rune.value && rune.value <= high)
        if (holds) next.add(at + rune.size)
      }
    }
    reached = next
  }
  return reached.has(name.length)
}

/**
 * Whether a text is an IPv6 address with an optional zone, as Go's `net/netip` decides it (URL-5).
 */

const group = /^[0-9A-Fa-f]{1,4}$/
const octet = /^(?:0|[1-9]\d{0,2})$/

const isIpv4 = (text: string): boolean => {
  const octets = text.split(".")
  return octets.length === 4 && octets.every((part) => octet.test(part) && Number(part) <= 255)
}

/** How many of the eight groups a run without `::` stands for; `undefined` if it is malformed. */
const groupsIn = (run: string, mayEndInIpv4: boolean): number | undefined => {
  if (run === "") return 0
  const parts = run.split(":")
  const last = parts.at(-1) ?? ""
  const ipv4 = mayEndInIpv4 && last.includes(".")
  if (ipv4 && !isIpv4(last)) return undefined
  if (!(ipv4 ? parts.slice(0, -1) : parts).every((part) => group.test(part))) return undefined
  return parts.length + (ipv4 ? 1 : 0)
}

export const isIpv6 = (text: string): boolean => {
  const [address = "", ...zone] = text.split("%")
  if (zone.length > 0 && zone.join("%") === "") return false
  const [before = "", after, ...more] = address.split("::")
  if (more.length > 0) return false
  const left = groupsIn(before, after === undefined)
  if (after === undefined) return left === 8
  const right = groupsIn(after, true)
  return left !== undefined && right !== undefined && left + right <= 7
}

/**
 * Which proxy stands before a server: the one of the kubeconfig, else the environment's, read as Go reads it (CIDR ranges
 * in `NO_PROXY` count, loopback is never proxied, `ALL_PROXY` is not looked at). Rule: KUBE-6.
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { BlockList, isIP } from "node:net"

/** `undefined`: no proxy. */
export const proxyFor = (
  server: string,
  configured: Redacted.Redacted | undefined
): Effect.Effect<Redacted.Redacted | undefined> => {
  if (configured !== undefined) return Effect.succeed(configured)
  return Effect.gen(function*() {
    const { hostname, port, protocol } = new URL(server)
    const proxy = yield* variable(protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY")
    if (proxy === "") return undefined
    const host = hostname.replace(/^\[|\]$/g, "").toLowerCase()
    if (isExempt(yield* variable("NO_PROXY"), host, port || (protocol === "https:" ? "443" : "80"))) return undefined
    return Redacted.make(proxy.includes("://") ? proxy : `http://${proxy}`, { label: "proxy" })
  })
}

/** Upper case first, as Go does; what can't be read is not set. */
const variable = (name: string): Effect.Effect<string> =>
  Effect.gen(function*() {
    const upper = yield* Config.option(Config.String(name))
    const lower = yield* Config.option(Config.String(name.toLowerCase()))
    return Option.getOrElse(Option.filter(upper, (text) => text !== ""), () => Option.getOrElse(lower, () => ""))
  }).pipe(Effect.orElseSucceed(() => ""))

const loopback = new BlockList()
loopback.addSubnet("127.0.0.0", 8, "ipv4")
loopback.addAddress("::1", "ipv6")

const family = (host: string): "ipv4" | "ipv6" | undefined =>
  isIP(host) === 4 ? "ipv4" : isIP(host) === 6 ? "ipv6" : undefined

const isIn = (list: BlockList, host: string): boolean => {
  const version = family(host)
  return version !== undefined && list.check(host, version)
}

export const isExempt = (noProxy: string, host: string, port: string): boolean =>
  host === "localhost" || isIn(loopback, host) ||
  noProxy.split(",").some((entry) => covers(entry.trim().toLowerCase(), host, port))

const covers = (entry: string, host: string, port: string): boolean => {
  if (entry === "") return false
  if (entry === "*") return true
  const range = /^([0-9a-f.:]+)\/(\d{1,3})$/.exec(entry)
  if (range !== null) return isInRange(range[1] ?? "", Number(range[2]), host)
  if (family(entry) !== undefined) return entry === host
  const [, name = "", only] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(entry) ?? []
  if (only !== undefined && only !== port) return false
  if (family(name) !== undefined) return name === host
  const domain = name.startsWith("*.") ? name.slice(1) : name
  return domain.startsWith(".") ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`)
}

const isInRange = (network: string, prefix: number, host: string): boolean => {
  const version = family(network)
  if (version === undefined || version !== family(host) || prefix > (version === "ipv4" ? 32 : 128)) return false
  const list = new BlockList()
  list.addSubnet(network, prefix, version)
  return isIn(list, host)
}

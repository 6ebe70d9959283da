/** The address of an API server or of a proxy. Neither may be shown when it can't be used: it may hold a password. */
import * as Result from "effect/Result"

export interface ServerUrl {
  /** Without a slash at its end, query or fragment. */
  readonly base: string
  readonly isSecure: boolean
}

/** KUBE-6. Go takes a server without a scheme for `http`; here that is a mistake, like a userinfo, which it would send. */
export const parseServer = (server: string): Result.Result<ServerUrl, string> => {
  if (server === "") return Result.fail("it has no server: add one such as https://host:6443")
  if (!/^https?:\/\/[^/?#]/i.test(server)) {
    return Result.fail("its server must begin with https:// or http:// and a host")
  }
  const url = asUrl(server)
  if (url === undefined) return Result.fail("its server is no URL such as https://host:6443")
  if (url.username !== "" || url.password !== "" || /^[^/]*\/\/[^/?#]*@/.test(server)) {
    return Result.fail("its server holds a user name or password: put credentials into the user")
  }
  const path = url.pathname.replace(/\/+$/, "")
  return Result.succeed({ base: `${url.protocol}//${url.host}${path}`, isSecure: url.protocol === "https:" })
}

/** Scheme, host and port, for people: nothing in it is confidential, not even of an address with user info. */
export const originOf = (server: string): string => {
  const url = asUrl(server)
  return url === undefined ? "the server" : `${url.protocol}//${url.host}`
}

/** A `proxy-url` as it stands; its scheme decides whether it can be used. */
export const isProxy = (proxy: string): boolean => {
  const url = asUrl(proxy)
  return url !== undefined && url.host !== "" && ["http:", "https:", "socks5:"].includes(url.protocol)
}

const asUrl = (text: string): URL | undefined =>
  !/[\s\\\p{Cc}]/u.test(text) && URL.canParse(text) ? new URL(text) : undefined

/**
 * A list of a namespace's service accounts, by pages. A page's successor is taken from the list as it was when the first page
 * was, until that is too old.
 *
 * @since 0.1.0
 */
import { compare } from "@credlet/core/text/Bytes"
import * as Answer from "./Answer.ts"
import { serviceAccount } from "./Documents.ts"
import type { Account } from "./Models.ts"
import type { Stored, World } from "./World.ts"

export interface AccountList {
  readonly page: (namespace: string, query: URLSearchParams) => Answer.Answer
  /** Whoever is in the middle of a list has to start again. */
  readonly expire: () => void
}

type Accounts = ReadonlyArray<Stored<Account>>

export const make = (world: World): AccountList => {
  const snapshots = new Map<string, Accounts>()

  const current = (namespace: string): Accounts =>
    [...world.accounts.list(namespace)].sort((a, b) => compare(a.value.name, b.value.name))

  const write = (namespace: string, revision: number, all: Accounts, from: number, limit: number): Answer.Answer => {
    const to = limit === 0 ? all.length : from + limit
    const last = all[to - 1]
    const more = last === undefined || to >= all.length ? {} : {
      continue: encode({ v: "meta.k8s.io/v1", rv: revision, start: `/${last.value.name}\0` }),
      remainingItemCount: all.length - to
    }
    if ("continue" in more) snapshots.set(keyOf(namespace, revision), all)
    return Answer.json(200, {
      kind: "ServiceAccountList",
      apiVersion: "v1",
      metadata: { resourceVersion: String(revision), ...more },
      items: all.slice(from, to).map(serviceAccount)
    })
  }

  return {
    page: (namespace, query) => {
      const limit = Number(query.get("limit") ?? "0")
      if (!Number.isSafeInteger(limit) || limit < 0) return Answer.notFaked("a limit that is no natural number")
      const token = query.get("continue") ?? ""
      if (token === "") return write(namespace, world.revision(), current(namespace), 0, limit)
      const position = decode(token)
      if (typeof position === "string") {
        return Answer.badRequest(`invalid continue token: continue key is not valid: ${position}`)
      }
      // -1: a token of a 410, which goes on with the list as it is now.
      const revision = position.rv === -1 ? world.revision() : position.rv
      const all = position.rv === -1 ? current(namespace) : snapshots.get(keyOf(namespace, revision))
      if (all === undefined) return tooOld(position.start)
      const start = position.start.replace(/^\//, "")
      const from = all.findIndex(({ value }) => compare(value.name, start) >= 0)
      return write(namespace, revision, all, from === -1 ? all.length : from, limit)
    },
    expire: () => snapshots.clear()
  }
}

interface Position {
  readonly v: string
  readonly rv: number
  readonly start: string
}

const keyOf = (namespace: string, revision: number): string => `${revision}/${namespace}`

const encode = (position: Position): string => Buffer.from(JSON.stringify(position)).toString("base64url")

/** A text says what is wrong with it. */
const decode = (token: string): Position | string => {
  const bytes = Buffer.from(token, "base64url")
  if (bytes[0] !== 0x7b) {
    return `invalid character '${String.fromCodePoint(bytes[0] ?? 0)}' looking for beginning of value`
  }
  try {
    const value: unknown = JSON.parse(bytes.toString())
    if (
      typeof value === "object" && value !== null && "rv" in value && "start" in value &&
      typeof value.rv === "number" && typeof value.start === "string"
    ) return { v: "meta.k8s.io/v1", rv: value.rv, start: value.start }
  } catch {
    // Said below: the parser's own words differ from the server's.
  }
  return "unexpected end of JSON input"
}

const tooOld = (start: string): Answer.Answer =>
  Answer.status(
    410,
    "Expired",
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without " +
      "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. " +
      "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or " +
      "deleted between the time the first chunk was returned and now may show up in the list.",
    { metadata: { continue: encode({ v: "meta.k8s.io/v1", rv: -1, start: start.replace(/^\//, "") }) } }
  )

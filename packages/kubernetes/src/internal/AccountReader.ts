/**
 * Reads some accounts of one namespace with as little trouble for the server as possible. Measured: a LIST is cheaper than
 * GETs from three names on, unless the namespace has more than forty times as many accounts as are wanted.
 */
import { IdentityError } from "@credlet/core/identity/IdentityError"
import type { ServiceAccount } from "@credlet/core/identity/ServiceAccounts"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import * as ApiServer from "../ApiServer.ts"
import * as NamespaceMemory from "./NamespaceMemory.ts"
import { shown } from "./objectName.ts"

export interface AccountReader {
  /** Answers to each of the names, as soon as it is known; ends when all have their answer. */
  readonly read: (
    namespace: string,
    wanted: ReadonlyMap<string, ReadonlyArray<Answer>>
  ) => Effect.Effect<void>
}

export type Answer = (exit: Exit.Exit<ServiceAccount, IdentityError>) => void

/** Whoever still waits, by name. */
type Wanted = Map<string, ReadonlyArray<Answer>>

const answer = (wanted: Wanted, name: string, exit: Exit.Exit<ServiceAccount, IdentityError>): void => {
  const answers = wanted.get(name) ?? []
  wanted.delete(name)
  for (const answer of answers) answer(exit)
}

export const operation = (namespace: string, name: string): string =>
  `get serviceaccount ${shown(namespace)}/${shown(name)}`

const Account = Schema.Struct({
  metadata: Schema.Struct({
    name: Schema.String,
    uid: Schema.String,
    annotations: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
  })
})

const Accounts = Schema.Struct({
  metadata: Schema.Struct({
    continue: Schema.optionalKey(Schema.String),
    remainingItemCount: Schema.optionalKey(Schema.Int)
  }),
  items: Schema.NullOr(Schema.Array(Account))
})

const readAccount = ApiServer.reader(Account)
const readAccounts = ApiServer.reader(Accounts)

const fewestForList = 3
const accountsForOneGet = 40
const pageSize = 500
const mostRestarts = 3
/** Half a million accounts: more than a cluster has in one namespace. */
const mostPages = 1_000
/** Each waits for a free connection of the client's; more would only grow its queue. */
const requestsAtOnce = 20
/** After a LIST that was refused, or whose answer was of no use. */
const noListFor = Duration.minutes(5)

export const make = (api: ApiServer.ApiServer["Service"]): Effect.Effect<AccountReader> =>
  Effect.gen(function*() {
    const slots = yield* Semaphore.make(requestsAtOnce)
    const memory = NamespaceMemory.make()
    /** Whose first page is under way. */
    const lists = new Map<string, { readonly wanted: Wanted; readonly done: Deferred.Deferred<void> }>()

    const getOne = (namespace: string, name: string): Effect.Effect<ServiceAccount, IdentityError> =>
      api.get({
        operation: operation(namespace, name),
        kind: "get_serviceaccount",
        path: [...collection(namespace), name],
        read: readAccount
      }).pipe(
        slots.withPermit,
        Effect.flatMap((account) =>
          account.metadata.name === name
            ? Effect.succeed(toServiceAccount(namespace, account))
            : new IdentityError({
              operation: operation(namespace, name),
              failure: "ForeignAnswer",
              detail: "the answer is another account's"
            })
        )
      )

    const getPage = (namespace: string, from: string) =>
      slots.withPermit(api.get({
        operation: `list serviceaccounts of namespace ${shown(namespace)}`,
        kind: "list_serviceaccounts",
        path: collection(namespace),
        query: { limit: String(pageSize), ...(from === "" ? {} : { continue: from }) },
        read: readAccounts
      }))

    /** Answers to what it finds; ends with whether the list was read to its end. It need not have one: see `isEndless`. */
    const list = (
      namespace: string,
      wanted: Wanted,
      begun: () => void
    ): Effect.Effect<Listed, IdentityError> => {
      const page = (
        from: string,
        seen: number,
        restarts: number,
        tokens: Set<string>
      ): Effect.Effect<Listed, IdentityError> =>
        Effect.flatMap(Effect.result(getPage(namespace, from)), (result) => {
          begun()
          if (Result.isFailure(result)) {
            // The server no longer knows where we are.
            return result.failure.status === 410 && from !== "" && restarts < mostRestarts
              ? page("", 0, restarts + 1, new Set())
              : Effect.fail(result.failure)
          }
          const { metadata } = result.success
          const items = result.success.items ?? []
          for (const account of items) {
            answer(wanted, account.metadata.name, Exit.succeed(toServiceAccount(namespace, account)))
          }
          const size = seen + items.length
          const remaining = metadata.remainingItemCount ?? 0
          const next = metadata.continue ?? ""
          memory.setSize(namespace, size + remaining)
          if (next === "") return Effect.succeed("complete")
          const isEndless = items.length === 0 || tokens.has(next) || tokens.size + 1 >= mostPages
          if (wanted.size === 0 || isEndless || remaining > accountsForOneGet * wanted.size) {
            return Effect.succeed("partial")
          }
          return page(next, size, restarts, tokens.add(next))
        })
      return page("", 0, 0, new Set())
    }

    const getAll = (namespace: string, wanted: Wanted): Effect.Effect<void> =>
      Effect.forEach(
        [...wanted.keys()],
        (name) => Effect.map(Effect.exit(getOne(namespace, name)), (exit) => answer(wanted, name, exit)),
        { concurrency: "unbounded", discard: true }
      )

    const failAll = (wanted: Wanted, error: (name: string) => IdentityError): Effect.Effect<void> =>
      Effect.sync(() => {
        for (const name of wanted.keys()) answer(wanted, name, Exit.fail(error(name)))
      })

    /** Who asks before the first page is there joins, as with a GET under way. */
    const listAll = (namespace: string, wanted: Wanted): Effect.Effect<void> =>
      Effect.gen(function*() {
        const done = yield* Deferred.make<void>()
        const own = { wanted, done }
        lists.set(namespace, own)
        const begun = () => {
          if (lists.get(namespace) === own) lists.delete(namespace) // by then there may be another's
        }
        return yield* list(namespace, wanted, begun).pipe(
          Effect.matchEffect({
            onSuccess: (listed) =>
              listed === "complete"
                ? failAll(wanted, (name) => notFound(namespace, name))
                : getAll(namespace, wanted),
            onFailure: (error) => {
              // The server changes faster than its pages can be read; next time it may not.
              if (error.status === 410) return getAll(namespace, wanted)
              // An answer that is too large, or in which one account is not as it should be: no fault of the others.
              const isUnusable = error.status === undefined &&
                (error.failure === "ServerFailed" || error.failure === "ForeignAnswer")
              if (error.status !== 403 && !isUnusable) return failAll(wanted, () => error)
              return Effect.flatMap(Clock.currentTimeMillis, (now) => {
                memory.setNoListUntil(namespace, now + Duration.toMillis(noListFor))
                return getAll(namespace, wanted)
              })
            }
          }),
          Effect.ensuring(Effect.suspend(() => {
            begun()
            return Deferred.succeed(done, undefined)
          }))
        )
      })

    const read: AccountReader["read"] = (namespace, asked) =>
      Effect.gen(function*() {
        const list = lists.get(namespace)
        if (list !== undefined) {
          for (const [name, answers] of asked) list.wanted.set(name, [...list.wanted.get(name) ?? [], ...answers])
          return yield* Deferred.await(list.done)
        }
        const wanted: Wanted = new Map(asked)
        const known = memory.get(namespace)
        const isCheaper = wanted.size >= Math.max(fewestForList, known.size / accountsForOneGet)
        return yield* isCheaper && (yield* Clock.currentTimeMillis) >= known.noListUntil
          ? listAll(namespace, wanted)
          : getAll(namespace, wanted)
      })

    return { read }
  })

type Listed = "complete" | "partial"

const collection = (namespace: string): ReadonlyArray<string> => [
  "api",
  "v1",
  "namespaces",
  namespace,
  "serviceaccounts"
]

const toServiceAccount = (namespace: string, { metadata }: typeof Account.Type): ServiceAccount => ({
  namespace,
  name: metadata.name,
  uid: metadata.uid,
  annotations: new Map(Object.entries(metadata.annotations ?? {}))
})

const notFound = (namespace: string, name: string): IdentityError =>
  new IdentityError({
    operation: operation(namespace, name),
    failure: "ServiceAccountNotFound",
    detail: "it is not in the list of its namespace"
  })

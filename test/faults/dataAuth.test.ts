/** FAULT-20: a plugin's `auth` is empty, or has odd keys. Rules: RESP-3, RESP-10, RESP-12, RESP-13, RESP-51. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { v1 } from "./support/dataHost.ts"
import { accepted, answer, answerAnd, holdAgainstRules, location, type Row } from "./support/dataTable.ts"
import { type Entry, refused } from "./support/dataVerdict.ts"

const withAuth = (auth: string | undefined) => answer({ auth })
const gives = (...auth: ReadonlyArray<Entry>) => accepted({ auth })

const empty: ReadonlyArray<Row> = [
  ["missing", withAuth(undefined), accepted({ auth: null })],
  ["null", withAuth("null"), accepted({ auth: null })],
  ["an empty object", withAuth("{}"), gives()],
  ["a null entry", withAuth(`{"${location}":null}`), gives([location, "", ""])],
  ["an empty entry", withAuth(`{"${location}":{}}`), gives([location, "", ""])],
  ["a username alone", withAuth(`{"${location}":{"username":"canary"}}`), gives([location, "canary", ""])],
  ["a password alone", withAuth(`{"${location}":{"password":"canary"}}`), gives([location, "", "canary"])],
  [
    "another registry alone",
    withAuth(`{"other.example":{"username":"canary"}}`),
    gives(["other.example", "canary", ""])
  ]
]

const entry = `{"username":"canary","password":"w"}`
const own: ReadonlyArray<string> = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "__defineGetter__",
  "length",
  "then",
  ""
]

const keys: ReadonlyArray<Row> = [
  ...own.map((key): Row => [
    `${JSON.stringify(key)} as a location`,
    withAuth(`{"${key}":${entry},"${location}":${entry}}`),
    gives([key, "canary", "w"], [location, "canary", "w"])
  ]),
  [
    "all of them",
    withAuth(`{${own.map((key) => `"${key}":${entry}`).join(",")}}`),
    gives(...own.map((key): Entry => [key, "canary", "w"]))
  ],
  [
    "__proto__ with fields of its own",
    withAuth(`{"__proto__":{"${location}":${entry}}}`),
    refused("decode strict", `/auth/__proto__/${location}`)
  ],
  ["__proto__ twice", withAuth(`{"__proto__":{},"__proto__":{}}`), refused("decode strict", "/auth/__proto__")],
  [
    "__proto__ in escapes too",
    withAuth(`{"__proto__":{},"\\u005f_proto__":{}}`),
    refused("decode strict", "/auth/__proto__")
  ],
  [
    "__proto__ in an entry",
    withAuth(`{"${location}":{"__proto__":{"username":"canary"}}}`),
    refused("decode strict", `/auth/${location}/__proto__`)
  ],
  [
    "constructor in an entry",
    withAuth(`{"${location}":{"constructor":null}}`),
    refused("decode strict", `/auth/${location}/constructor`)
  ],
  ["__proto__ beside auth", answerAnd(`"__proto__":{"cacheKeyType":"Global"}`), refused("decode strict", "/__proto__")],
  [
    "__proto__ in place of fields",
    `{"__proto__":${answer()},"kind":"CredentialProviderResponse","apiVersion":"${v1}"}`,
    refused("decode strict", "/__proto__")
  ],
  [
    "numbers keep their place",
    withAuth(`{"b":{},"10":{},"2":{},"a":{},"1":{}}`),
    gives(["b", "", ""], ["10", "", ""], ["2", "", ""], ["a", "", ""], ["1", "", ""])
  ]
]

describe("FAULT-20", () => {
  it.live("FAULT-20: RESP-10, RESP-13, RESP-51: no credentials are an answer, and so are empty ones", () =>
    holdAgainstRules(empty))

  it.live("FAULT-20: RESP-3, RESP-12: names that JavaScript's objects have are locations like any other", () =>
    Effect.gen(function*() {
      yield* holdAgainstRules(keys)
      assert.isUndefined(Reflect.get({}, "username"))
      assert.isUndefined(Reflect.get({}, "cacheKeyType"))
    }))
})

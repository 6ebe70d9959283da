/**
 * Holds a table of plugins' answers against the rules, twice: each from a process of its own through `PluginRunner`, and
 * through `Keyring.lookup` of a config in which a good provider stands beside it, whose credentials must come whatever
 * the other one answered (RESP-40).
 */
import { type ExecutionPolicy, type Keyring, type ProviderError } from "@credlet/core"
import { assert } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { canary, KeyringLive, lookup, makeHost, type Plugin, PluginRunnerLive, runPlugin, v1 } from "./dataHost.ts"
import { type Accepted, assertHidesSecrets, isAccepted, refusedOf, type Verdict, verdictOf } from "./dataVerdict.ts"

export type Row = readonly [
  what: string,
  answer: string | Uint8Array,
  verdict: Verdict,
  options?: Pick<Plugin, "apiVersion">
]

/** Where the answers of a table have their credentials; all of its images are in it. */
export const location = "*.reg.example"

const username = `${canary}-user`
const password = `${canary}-word`

/** The members of a right answer, as JSON. */
const members = {
  kind: "\"CredentialProviderResponse\"",
  apiVersion: `"${v1}"`,
  cacheKeyType: "\"Image\"",
  auth: `{"${location}":{"username":"${username}","password":"${password}"}}`
}

/** A right answer but for some members, written as they are; `undefined` leaves one out. */
export const answer = (changed: Readonly<Record<string, string | undefined>> = {}): string => {
  const all: Readonly<Record<string, string | undefined>> = { ...members, ...changed }
  const written = Object.keys(all).flatMap((name) =>
    all[name] === undefined ? [] : [`${JSON.stringify(name)}:${all[name]}`]
  )
  return `{${written.join(",")}}`
}

/** A right answer with more members, repeated ones perhaps, behind the others. */
export const answerAnd = (...more: ReadonlyArray<string>): string => `${answer().slice(0, -1)},${more.join(",")}}`

/** What a right answer is taken for, but for some members. */
export const accepted = (changed: Partial<Accepted> = {}): Accepted => ({
  cacheKeyType: "Image",
  cacheDuration: null,
  auth: [[location, username, password]],
  ...changed
})

/** Its answer is for all images, so that it is run once a table and not once a row. */
const good: Plugin = {
  name: "good",
  matchImages: [location],
  answer: answer({ cacheKeyType: "\"Global\"", auth: `{"${location}":{"username":"good","password":"good"}}` })
}

const scopes: ReadonlySet<string> = new Set(["Image", "Registry", "Global"])

/** What a lookup must give of a provider with this verdict: the credentials of the images' location, or its failure. */
const expectedOf = (verdict: Verdict) => {
  if (!isAccepted(verdict)) return { credentials: [], failures: [verdict] }
  if (!scopes.has(verdict.cacheKeyType)) return { credentials: [], failures: [{ refused: "UnknownCacheKeyType" }] }
  const entries = verdict.auth?.filter(([key]) => key === location) ?? []
  return { credentials: entries.map(([, user, word]) => [user, word]), failures: [] }
}

const failureOf = (failure: ProviderError.ProviderError) =>
  failure._tag === "PluginError" ? refusedOf(failure) : { refused: failure._tag }

const foundOf = ({ credentials, failures }: Keyring.Lookup) => ({
  credentials: credentials
    .filter(({ source }) => source._tag === "Provider" && source.provider !== "good")
    .map((credential) => [credential.username, Redacted.value(credential.password)]),
  failures: failures.map(failureOf)
})

/** As many processes at once as keep two processors busy. */
const concurrency = 4

export const holdAgainstRules = Effect.fnUntraced(function*(
  rows: ReadonlyArray<Row>,
  execution: Partial<ExecutionPolicy.ExecutionPolicy> = {}
) {
  assert.strictEqual(new Set(rows.map(([what]) => what)).size, rows.length, "two rows have the same name")
  const plugins = rows.map(([, answer, , options], at): Plugin => ({
    name: `p${at}`,
    matchImages: [`i${at}.reg.example`],
    answer,
    ...options
  }))
  const host = yield* makeHost([...plugins, good])

  const alone = yield* Effect.forEach(plugins, (plugin) => Effect.result(runPlugin(host, plugin)), { concurrency })
    .pipe(
      Effect.provide(PluginRunnerLive(execution))
    )
  const verdicts = rows.map(([what], at) => [what, verdictOf(alone[at]!)])
  assert.deepStrictEqual(
    Object.fromEntries(verdicts),
    Object.fromEntries(rows.map(([what, , verdict]) => [what, verdict]))
  )

  const lookups = yield* Effect.forEach(rows, (_, at) => lookup(`i${at}.reg.example/app`), { concurrency }).pipe(
    Effect.provide(KeyringLive(host, execution))
  )
  assert.deepStrictEqual(
    Object.fromEntries(lookups.map((found, at) => [rows[at]![0], foundOf(found)])),
    Object.fromEntries(rows.map(([what, , verdict]) => [what, expectedOf(verdict)]))
  )

  lookups.forEach(({ credentials, failures }, at) => {
    const what = rows[at]![0]
    assert.strictEqual(credentials.at(-1)?.username, "good", what)
    for (const failure of failures) assertHidesSecrets(failure, what)
  })
  for (const [at, result] of alone.entries()) {
    if (result._tag === "Failure") assertHidesSecrets(result.failure, rows[at]![0])
  }
})

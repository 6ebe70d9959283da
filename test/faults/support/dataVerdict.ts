/** What becomes of a plugin's answer, in few words, so that a table of answers can be held against a table of rules. */
import { GoDuration, type PluginError, type PluginProtocol } from "@credlet/core"
import { assert } from "@effect/vitest"
import { Cause, Redacted, Result } from "effect"
import { inspect } from "node:util"
import { canary } from "./dataHost.ts"

/** Location, username, password. */
export type Entry = readonly [string, string, string]

export interface Accepted {
  readonly cacheKeyType: string
  /** As Go writes it; `null` if the config's default counts. */
  readonly cacheDuration: string | null
  readonly auth: ReadonlyArray<Entry> | null
}

export interface Refused {
  /** The outcome's tag. */
  readonly refused: string
  /** How far reading came, and the kubelet's class. */
  readonly as?: string
  /** JSON pointers. */
  readonly at?: ReadonlyArray<string>
  /** Of a wrong version, where it is one that may be shown. */
  readonly actual?: string
}

export type Verdict = Accepted | Refused

export const isAccepted = (verdict: Verdict): verdict is Accepted => !("refused" in verdict)

/** `as` is how far reading came and the class, `at` are JSON pointers. */
export const refused = (as: string, ...at: ReadonlyArray<string>): Refused => ({ refused: "BadOutput", as, at })

/** RESP-1: it is not one JSON value. */
export const noJson: Refused = refused("interpret syntax", "")

/** RESP-2; an `actual` that is no plugin's version may be a secret and is not kept. */
export const wrongVersion = (actual?: string): Refused => ({
  refused: "WrongApiVersion",
  ...(actual === undefined ? {} : { actual })
})

export const acceptedOf = ({ auth, cacheDuration, cacheKeyType }: PluginProtocol.PluginResponse): Accepted => ({
  cacheKeyType,
  cacheDuration: cacheDuration === undefined ? null : GoDuration.format(cacheDuration),
  auth: auth === undefined
    ? null
    : Array.from(auth, ([location, { password, username }]) => [location, username, Redacted.value(password)])
})

export const refusedOf = ({ reason }: PluginError.PluginError): Refused => {
  switch (reason._tag) {
    case "BadOutput": {
      const { class: verdict, findings, stage } = reason.response
      return refused(`${stage} ${verdict}`, ...findings.map((finding) => finding.pointer))
    }
    case "WrongApiVersion":
      return wrongVersion(reason.actual)
    default:
      return { refused: reason._tag }
  }
}

export const verdictOf = (
  result: Result.Result<PluginProtocol.PluginResponse, PluginError.PluginError>
): Verdict => Result.isSuccess(result) ? acceptedOf(result.success) : refusedOf(result.failure)

/** All that people print of an error. */
const printed = (error: unknown): ReadonlyArray<string> => [
  String(error),
  inspect(error, { depth: Infinity, showHidden: true }),
  JSON.stringify(error),
  Cause.pretty(Cause.fail(error)),
  error instanceof Error ? `${error.message} ${error.stack} ${inspect(error.cause)}` : ""
]

/** None of the secrets is in it, however it is printed. */
export const assertHidesSecrets = (error: unknown, what: string): void => {
  for (const text of printed(error)) assert.notInclude(text, canary, what)
}

/** `as…` of a user as headers. Rule: KUBE-11. */
import * as Result from "effect/Result"
import { byteText, headerValue } from "./header.ts"
import type { User } from "./KubeConfigFile.ts"

type Headers = ReadonlyArray<readonly [name: string, value: string]>

/** Fails with the name of the field whose value can't be in a header. */
export const headers = (user: User): Result.Result<Headers, string> => {
  const { as = "", "as-groups": groups = [], "as-uid": uid = "", "as-user-extra": extra = {} } = user
  if (as === "") return Result.succeed([])
  const wanted: ReadonlyArray<readonly [field: string, name: string, value: string]> = [
    ["as", "Impersonate-User", as],
    ...uid === "" ? [] : [["as-uid", "Impersonate-Uid", uid] as const],
    ...groups.map((group) => ["as-groups", "Impersonate-Group", group ?? ""] as const),
    ...Object.entries(extra).flatMap(([key, values]) =>
      values.map((value) => ["as-user-extra", `Impersonate-Extra-${escapeKey(key)}`, value ?? ""] as const)
    )
  ]
  const all = wanted.map(([field, name, value]) => ({ field, name, value: headerValue(value) }))
  const bad = all.find(({ value }) => value === undefined)
  return bad === undefined
    ? Result.succeed(all.map(({ name, value = "" }) => [name, value] as const))
    : Result.fail(bad.field)
}

/** What may not be in a header's name, and the percent sign, is percent-encoded. */
const escapeKey = (key: string): string =>
  byteText(key).replace(
    /[^A-Za-z0-9!#$&'*+.^_`|~-]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, "0")}`
  )

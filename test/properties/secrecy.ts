/**
 * Whether anything that people print of a value tells a secret. The secrets are planted by the generators in the places
 * where passwords and the like stand.
 */
import type { TextNode } from "@credlet/core/text/TextNode"
import { assert } from "@effect/vitest"
import { printed } from "../../packages/core/test/credential/canary.ts"

/** A password of letters and digits, which could also be a name, and one that could not. */
export const passwords = ["Zq9xWv7kJd3mPt5rHs2bNf8c", "Gx4+Kp7=Lw2$Rv9!Bt6&Mz3#"] as const

/** A user of that password in an `auth` field. */
export const user = "ann"

export const authField = (password: string): string => Buffer.from(`${user}:${password}`).toString("base64")

/** A run of this many characters of a secret is too much. */
const run = 10

const runs = [...passwords, ...passwords.map(authField)].flatMap((secret) =>
  Array.from({ length: secret.length - run + 1 }, (_, at) => secret.slice(at, at + run))
)

export const tells = (text: string): boolean => runs.some((run) => text.includes(run))

export const assertHides = (value: unknown): void => {
  for (const text of printed(value)) assert.isFalse(tells(text), `a secret is told: ${text}`)
}

/**
 * Whether a document holds a secret in a name or value for which the predicate holds: spoiled documents may have it where
 * the rules show it. `path` has the names of the objects around it.
 */
export const hasSecretWhere = (
  root: TextNode,
  isShown: (text: string, path: ReadonlyArray<string>, isKey: boolean) => boolean
): boolean => {
  const pending: Array<{ readonly node: TextNode; readonly path: ReadonlyArray<string> }> = [{ node: root, path: [] }]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, path } = next
    if (node.type === "string" && tells(node.value) && isShown(node.value, path, false)) return true
    if (node.type === "array") pending.push(...node.items.map((item) => ({ node: item, path })))
    if (node.type === "object") {
      for (const { key, value } of node.members) {
        if (tells(key) && isShown(key, path, true)) return true
        pending.push({ node: value, path: [...path, key] })
      }
    }
  }
  return false
}

/** Registry locations are shown from their last `@` on, as far as 100 characters. */
export const showsLocation = (name: string, _path: ReadonlyArray<string>, isKey: boolean): boolean =>
  isKey && tells(name.slice(name.lastIndexOf("@") + 1).slice(0, 100))

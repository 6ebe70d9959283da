/** Kubeconfigs for tests, and directories to put them into. */
import type { ApiConnection } from "@credlet/kubernetes/ApiConnection"
import * as KubeConfig from "@credlet/kubernetes/KubeConfig"
import { Effect, Redacted } from "effect"
import { join } from "node:path"
import { place } from "./place.ts"
import { directory, surroundings } from "./run.ts"

type Fields = Readonly<Record<string, unknown>>

export const config = (user: Fields, cluster: Fields = {}): string =>
  JSON.stringify(
    {
      clusters: [{ name: "c", cluster: { server: "https://cluster.example:6443", ...cluster } }],
      users: [{ name: "u", user }],
      contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
      "current-context": "x"
    },
    null,
    2
  )

export const exec: Fields = {
  exec: { command: "plugin", apiVersion: "client.authentication.k8s.io/v1", interactiveMode: "Never" }
}

/** A directory with these files. `put` writes more, or again. */
export const withFiles = Effect.fnUntraced(function*(files: Readonly<Record<string, string>>) {
  const dir = yield* directory
  const put = (more: Readonly<Record<string, string>>) => Effect.promise(() => place(dir, more, {}))
  yield* put(files)
  return { dir, put }
})

/** The connection of `$dir/config`. */
export const connect = (dir: string, options: KubeConfig.Options = {}) =>
  Effect.provide(KubeConfig.make({ path: join(dir, "config"), ...options }), surroundings(dir), { local: true })

/** The header that a request would have now. */
export const header = (connection: ApiConnection) =>
  Effect.map(
    connection.credentials,
    ({ authorization }) => authorization === undefined ? undefined : Redacted.value(authorization)
  )

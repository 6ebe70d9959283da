/** Our side of a case: what a server would see of it, or the error. */
import { PluginProcess } from "@credlet/core/plugin/PluginProcess"
import * as KubeConfig from "@credlet/kubernetes/KubeConfig"
import * as NodePluginProcess from "@credlet/node/NodePluginProcess"
import { NodeServices } from "@effect/platform-node"
import { ConfigProvider, Effect, FileSystem, Layer, Redacted } from "effect"
import { X509Certificate } from "node:crypto"
import * as Fs from "node:fs/promises"
import { join } from "node:path"
import type { Case } from "./cases.ts"
import { place } from "./place.ts"

/** A directory of its own, in place of the home directory and of PATH. */
export const directory = Effect.flatMap(
  FileSystem.FileSystem,
  (files) => files.makeTempDirectoryScoped({ prefix: "kubeconfig-" })
).pipe(Effect.provide(NodeServices.layer))

/** What a program in `dir` has around it. */
export const surroundings = (dir: string, env: Readonly<Record<string, string>> = {}) =>
  Layer.mergeAll(
    NodeServices.layer,
    ConfigProvider.layer(ConfigProvider.fromEnv({ env: { HOME: join(dir, "home"), ...env } })),
    Layer.effect(
      PluginProcess,
      Effect.map(PluginProcess, (platform) => ({
        ...platform,
        environment: Effect.succeed([`PATH=${dir}/bin:/usr/bin:/bin`, `HOME=${dir}/home`])
      }))
    ).pipe(Layer.provide(NodePluginProcess.layer))
  )

export const SERVER = "https://cluster.example:6443"
export const HTTP = "http://cluster.example:8080"

export const run = Effect.fnUntraced(function*(one: Case) {
  const dir = yield* directory
  const inDir = (text: string) => text.replaceAll("$DIR", dir)
  yield* Effect.promise(() => place(dir, { "home/.keep": "", ...one.files }, { $SERVER: SERVER, $HTTP: HTTP }))
  const seen = Effect.gen(function*() {
    const connection = yield* KubeConfig.make({
      ...one.path === undefined ? {} : { path: inDir(one.path) },
      ...one.context === undefined ? {} : { context: one.context }
    })
    const { authorization, certificate } = yield* connection.credentials
    return {
      ...authorization === undefined ? {} : { authorization: Redacted.value(authorization) },
      ...certificate === undefined
        ? {}
        : { certificate: new X509Certificate(certificate.certificate).subject.replace("CN=", "") },
      impersonation: connection.impersonation.map(([name, value]) => [name.toLowerCase(), value]),
      namespace: connection.namespace
    }
  })
  const result = yield* Effect.result(
    Effect.provide(seen, surroundings(dir, { KUBECONFIG: inDir(one.KUBECONFIG ?? "$DIR/config") }), { local: true })
  )
  const info = yield* Effect.promise(() => Fs.readFile(join(dir, "info"), "utf8").catch(() => undefined))
  return { dir, result, info }
})

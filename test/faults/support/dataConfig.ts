/** Holds configs against the rules: each file is loaded on its own, and put to work with `Credlet.layer`, which must agree. */
import { ConfigLoading, type ProviderConfig } from "@credlet/core"
import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { assert } from "@effect/vitest"
import { Effect, Layer, Redacted, Result } from "effect"
import { Digest } from "effect/crypto"
import * as Fs from "node:fs"
import { type Host, KeyringLive, lookup, makeHost, v1 } from "./dataHost.ts"
import { assertHidesSecrets } from "./dataVerdict.ts"

/** The first provider, as it was read; what is as in `accepted` is left out. */
export interface Accepted {
  readonly matchImages?: ReadonlyArray<string>
  readonly args?: ReadonlyArray<string>
  readonly env?: ReadonlyArray<readonly [name: string, value: string]>
  readonly warnings?: ReadonlyArray<string>
}

export interface Refused {
  readonly refused: string
  /** What is wrong and where, as `type pointer`. */
  readonly at: ReadonlyArray<string>
}

export type ConfigRow = readonly [what: string, text: string | Uint8Array, verdict: Required<Accepted> | Refused]

export const accepted = (changed: Accepted = {}): Required<Accepted> => ({
  matchImages: ["reg.example"],
  args: [],
  env: [],
  warnings: [],
  ...changed
})

/** `reason` is the kubelet's class. */
export const refused = (reason: string, ...at: ReadonlyArray<string>): Refused => ({ refused: reason, at })

/** Not YAML as the kubelet reads it. */
export const noYaml: Refused = refused("yaml", "syntax ")

/** A config of one provider with `more` of its fields, indented by two blanks. */
export const yaml = (...more: ReadonlyArray<string>): string =>
  ["kind: CredentialProviderConfig", "apiVersion: kubelet.config.k8s.io/v1", "providers:", ...provider(), ...more, ""]
    .join("\n")

/** One provider as a list's item. */
export const provider = (name = "acme"): ReadonlyArray<string> => [
  `- name: ${name}`,
  "  matchImages: [reg.example]",
  "  defaultCacheDuration: 10m",
  `  apiVersion: ${v1}`
]

const summary = (
  provider: ProviderConfig.CheckedProvider | undefined,
  warnings: ReadonlyArray<string>
): Required<Accepted> => ({
  matchImages: provider?.patterns.map(({ host, path }) => host + path) ?? [],
  args: provider?.args ?? [],
  env: provider?.env.map(({ name, value }) => [name, Redacted.value(value)]) ?? [],
  warnings
})

type LoadError = Effect.Error<ReturnType<typeof ConfigLoading.load>>

/** Of a file that can't be decoded, the class and the findings; of other errors the tag and what they name. */
export const refusalOf = (error: LoadError): Refused => {
  if (error._tag === "ConfigInvalid") {
    return refused(
      error._tag,
      ...error.problems.map(({ field, type }) => `${type} ${field}`)
    )
  }
  if (error._tag !== "ConfigFilesInvalid") return refused(error._tag, ..."failure" in error ? [error.failure] : [])
  const [first] = error.errors
  switch (first._tag) {
    case "ConfigDecodeError":
      return refused(first.reason, ...first.findings.map(({ location, type }) => `${type} ${location.pointer}`))
    case "ConfigUnreadable":
      return refused(first._tag, first.failure)
    default:
      return refused(first._tag, first.name)
  }
}

const Platform = Layer.mergeAll(NodeFileSystem.layer, NodePath.layer, Digest.layerWebCrypto)

export const load = (path: string) => Effect.result(Effect.provide(ConfigLoading.load(path), Platform))

const good = `{"kind":"CredentialProviderResponse","apiVersion":"${v1}","cacheKeyType":"Image",
"auth":{"reg.example":{"username":"acme","password":"word"}}}`

/** A host with the plugin `acme`, whose config is anything. */
export const makeConfigHost = makeHost([{ name: "acme", matchImages: ["reg.example"], answer: good }])

/** What a lookup over the host's config finds, or why there is no keyring. */
export const usernames = (host: Host) =>
  Effect.map(lookup("reg.example/app"), ({ credentials }) => credentials.map(({ username }) => username)).pipe(
    Effect.provide(KeyringLive(host)),
    Effect.result
  )

export const holdConfigsAgainstRules = Effect.fnUntraced(function*(rows: ReadonlyArray<ConfigRow>) {
  assert.strictEqual(new Set(rows.map(([what]) => what)).size, rows.length, "two rows have the same name")
  const host = yield* makeConfigHost
  const verdicts: Array<readonly [string, Required<Accepted> | Refused]> = []
  for (const [what, text] of rows) {
    Fs.writeFileSync(host.options.config, text)
    const loaded = yield* load(host.options.config)
    const found = yield* usernames(host)
    if (Result.isSuccess(loaded)) {
      const { providers, warnings } = loaded.success
      verdicts.push([what, summary(providers[0], warnings.map(({ reason }) => reason))])
      assert.deepStrictEqual(found, Result.succeed(["acme"]), what)
    } else {
      verdicts.push([what, refusalOf(loaded.failure)])
      assertHidesSecrets(loaded.failure, what)
      if (Result.isSuccess(found)) assert.fail(`${what}: refused on its own, but put to work`)
      assert.strictEqual(found.failure._tag, loaded.failure._tag, what)
      assertHidesSecrets(found.failure, what)
    }
  }
  assert.deepStrictEqual(
    Object.fromEntries(verdicts),
    Object.fromEntries(rows.map(([what, , verdict]) => [what, verdict]))
  )
})

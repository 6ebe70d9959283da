/** Room `keyring`: keyringLookup, secretsKeyring. */
import type { Source } from "@credlet/core/credential/Credential"
import * as PullSecret from "@credlet/core/credential/PullSecret"
import * as SchemelessUrl from "@credlet/core/image/SchemelessUrl"
import * as KeyringIndex from "@credlet/core/keyring/KeyringIndex"
import * as Profile from "@credlet/core/Profile"
import { Effect, Redacted, Result, Schema } from "effect"
import { Binary, type Json, maybe, Text, written } from "../expand.ts"
import { effectful, type Operation } from "../operation.ts"
import { configOf, Entries, writtenCredentials } from "./credential.ts"

const Owner = Schema.Struct({ namespace: Text, name: Text, uid: Text })

const Config = Schema.Struct({
  dockerConfig: maybe(Entries),
  source: maybe(Schema.Struct({ secret: maybe(Owner), serviceAccount: maybe(Owner) }))
})

const sourceOf = (source: (typeof Config.Type)["source"]): Source => {
  if (source?.secret != null) return { _tag: "PullSecret", ...source.secret }
  if (source?.serviceAccount == null) return { _tag: "NodeConfig" }
  return { _tag: "Provider", provider: "", coordinates: source.serviceAccount }
}

const additionOf = (config: typeof Config.Type): KeyringIndex.Addition => ({
  config: configOf(config.dockerConfig ?? {}),
  source: sourceOf(config.source)
})

const lookup = (indexes: ReadonlyArray<KeyringIndex.KeyringIndex>, image: string) =>
  KeyringIndex.union(indexes, Result.getOrUndefined(SchemelessUrl.parse(image)), image, Profile.kubelet)

const Secret = Schema.Struct({
  type: maybe(Text),
  namespace: maybe(Text),
  name: maybe(Text),
  uid: maybe(Text),
  data: maybe(Schema.Record(Schema.String, Binary))
})

const secretOf = ({ data, name, namespace, type, uid }: typeof Secret.Type): PullSecret.PullSecret => ({
  type: type ?? "",
  namespace: namespace ?? "",
  name: name ?? "",
  uid: uid ?? "",
  data: Object.fromEntries(Object.entries(data ?? {}).map(([key, bytes]) => [key, Redacted.make(bytes)]))
})

export const keyring: Readonly<Record<string, Operation>> = {
  keyringLookup: effectful(
    Schema.Struct({
      configs: maybe(Schema.Array(Config)),
      image: Text,
      ensureSecretPulledImages: maybe(Schema.Boolean)
    }),
    Effect.fnUntraced(function*(input) {
      const index = KeyringIndex.make((input.configs ?? []).map(additionOf))
      const found = lookup([index], input.image)
      return {
        found: found.length > 0,
        auths: yield* writtenCredentials(found, input.ensureSecretPulledImages !== false),
        index: KeyringIndex.keys(index).map(written)
      }
    })
  ),

  secretsKeyring: effectful(
    Schema.Struct({
      secrets: maybe(Schema.Array(Secret)),
      defaultConfigs: maybe(Schema.Array(Config)),
      image: Text,
      ensureSecretPulledImages: maybe(Schema.Boolean)
    }),
    Effect.fnUntraced(function*(input) {
      const additions: Array<KeyringIndex.Addition> = []
      for (const secret of (input.secrets ?? []).map(secretOf)) {
        const parsed = PullSecret.parse(secret)
        if (Result.isFailure(parsed)) return { error: true }
        const { name, namespace, uid } = secret
        const source: Source = { _tag: "PullSecret", namespace, name, uid }
        if (parsed.success !== undefined) additions.push({ config: parsed.success, source })
      }
      // The node's own config is a keyring of its own behind that of the secrets (RING-1).
      const indexes = [KeyringIndex.make(additions), KeyringIndex.make((input.defaultConfigs ?? []).map(additionOf))]
      const found = lookup(indexes, input.image)
      const auths: Json = yield* writtenCredentials(found, input.ensureSecretPulledImages !== false)
      return { found: found.length > 0, auths }
    })
  )
}

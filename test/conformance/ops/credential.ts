/** Room `credential`: dockerConfigFile, decodeAuthField, hashAuthConfig; and credentials in other rooms' results. */
import * as Credential from "@credlet/core/credential/Credential"
import * as DockerConfig from "@credlet/core/credential/DockerConfig"
import { Effect, Redacted, Result, Schema } from "effect"
import type { Digest } from "effect/crypto"
import { Binary, type Json, maybe, orNull, Text, written } from "../expand.ts"
import { effectful, type Operation, pure } from "../operation.ts"

const Entry = Schema.Struct({ username: maybe(Text), password: maybe(Text), email: maybe(Text) })

/** A docker config in an input. */
export const Entries = Schema.Record(Schema.String, Schema.NullOr(Entry))

const entryOf = (entry: typeof Entry.Type | null): DockerConfig.DockerCredential => ({
  username: entry?.username ?? "",
  password: Redacted.make(entry?.password ?? ""),
  email: entry?.email ?? ""
})

export const configOf = (entries: typeof Entries.Type): DockerConfig.DockerConfig =>
  new Map(Object.entries(entries).map(([location, entry]) => [location, entryOf(entry)]))

const writtenEntry = ({ email, password, username }: DockerConfig.DockerCredential) => ({
  username: written(username),
  password: written(Redacted.value(password)),
  ...(email === "" ? {} : { email: written(email) })
})

/** Keys of an object can't be `{base64}`: there, Go writes U+FFFD for each ill-formed byte. */
export const writtenEntries = (config: DockerConfig.DockerConfig): Json =>
  Object.fromEntries(Array.from(config, ([location, entry]) => [location.toWellFormed(), writtenEntry(entry)]))

/** Without the gate `KubeletEnsureSecretPulledImages`, the kubelet keeps neither source nor hash. */
export const writtenCredentials = (
  credentials: ReadonlyArray<Credential.Credential>,
  tracked: boolean
): Effect.Effect<Json, never, Digest.Digest> =>
  Effect.forEach(credentials, (credential) =>
    Effect.map(Credential.authConfigHash(credential), (hash): Json => ({
      ...writtenEntry(credential),
      hash: tracked ? hash : "",
      source: tracked ? writtenSource(credential.source) : null
    })))

const writtenSource = (source: Credential.Source): Json => {
  switch (source._tag) {
    case "PullSecret":
      return { secret: { namespace: source.namespace, name: source.name, uid: source.uid } }
    case "NodeConfig":
      return null
    case "Provider":
      return source.coordinates === undefined ? null : { serviceAccount: { ...source.coordinates } }
  }
}

export const credential: Readonly<Record<string, Operation>> = {
  dockerConfigFile: pure(
    Schema.Struct({ text: Binary, kind: Schema.Literals(["dockerconfigjson", "dockercfg"]) }),
    (input) => {
      const parsed = DockerConfig.parseEntries(input.text, input.kind)
      if (Result.isSuccess(parsed)) return { entries: orNull(parsed.success, writtenEntries) }
      const { reason } = parsed.failure
      return { error: reason === "syntax" || reason === "type" ? "json" : reason }
    }
  ),

  decodeAuthField: pure(Schema.Struct({ auth: Text }), (input) => {
    const decoded = DockerConfig.decodeAuth(input.auth)
    return Result.isSuccess(decoded)
      ? { username: written(decoded.success.username), password: written(Redacted.value(decoded.success.password)) }
      : { error: decoded.failure.reason }
  }),

  hashAuthConfig: effectful(Entry, (input) => {
    const entry = entryOf(input)
    return Effect.map(Credential.authConfigHash(entry), (hash): Json => ({
      json: written(Redacted.value(Credential.authConfigJson(entry))),
      hash
    }))
  })
}

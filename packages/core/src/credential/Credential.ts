/**
 * What a lookup hands out: username and password, where they came from, and the hash by which the kubelet recognises
 * them in its pull records. Rules: HASH-1…6, RING-9.
 *
 * @since 0.1.0
 */
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Bytes from "../text/Bytes.ts"
import * as GoText from "../text/GoText.ts"
import type { DockerCredential } from "./DockerConfig.ts"

/**
 * The service account that a credential was obtained with.
 *
 * @since 0.1.0
 * @category models
 */
export interface Coordinates {
  readonly namespace: string
  readonly name: string
  readonly uid: string
}

/**
 * Where a credential came from: a pull secret, the node's own docker config, or a provider's plugin. `coordinates` are
 * there if the plugin was given a service account's token (HASH-2).
 *
 * @since 0.1.0
 * @category models
 */
export type Source =
  | { readonly _tag: "PullSecret"; readonly namespace: string; readonly name: string; readonly uid: string }
  | { readonly _tag: "NodeConfig" }
  | { readonly _tag: "Provider"; readonly provider: string; readonly coordinates: Coordinates | undefined }

/**
 * A credential to try for an image. `location` is the keyring's key under which it was found (KEY-2).
 *
 * @since 0.1.0
 * @category models
 */
export interface Credential extends DockerCredential {
  readonly location: string
  readonly source: Source
}

/**
 * The JSON that is hashed: username, password and email, those that are not empty (HASH-3, HASH-4).
 *
 * @since 0.1.0
 * @category encoding
 */
export const authConfigJson = (credential: DockerCredential): Redacted.Redacted => {
  const { email, password, username } = credential
  const members = [["username", username], ["password", Redacted.value(password)], ["email", email]] as const
  const written = members.flatMap(([name, value]) => value === "" ? [] : [`"${name}":${GoText.jsonString(value)}`])
  return Redacted.make(`{${written.join(",")}}`, { label: "authConfig" })
}

/**
 * The kubelet's hash of a credential: SHA-256 in lower-case hex. It does not depend on the location (HASH-5). Short
 * passwords can be found from it, so treat it with care.
 *
 * @since 0.1.0
 * @category encoding
 */
export const authConfigHash = (credential: DockerCredential): Effect.Effect<string, never, Digest.Digest> =>
  Effect.flatMap(
    Digest.Digest,
    (digest) => digest.digestHex(Digest.sha256, Bytes.encode(Redacted.value(authConfigJson(credential))))
  )

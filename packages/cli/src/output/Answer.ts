/**
 * What was found out about one image, and how it is spoken of in every form of output.
 *
 * @since 0.1.0
 */
import type { Credential, Source } from "@credlet/core/credential/Credential"
import type { Lookup } from "@credlet/core/keyring/Keyring"

/**
 * @since 0.1.0
 * @category models
 */
export interface Answer {
  /** As the user wrote it. */
  readonly image: string
  readonly lookup: Lookup
}

/**
 * Whether passwords are written out.
 *
 * @since 0.1.0
 * @category models
 */
export type Secrets = "masked" | "shown"

/**
 * Stands for a password, whatever its length.
 *
 * @since 0.1.0
 * @category constants
 */
export const mask = "********"

/**
 * Where a credential comes from, in a few words.
 *
 * @since 0.1.0
 * @category rendering
 */
export const sourceText = (source: Source): string => {
  switch (source._tag) {
    case "PullSecret":
      return `secret ${source.namespace}/${source.name}`
    case "NodeConfig":
      return "node's docker config"
    case "Provider":
      return source.coordinates === undefined
        ? source.provider
        : `${source.provider} as ${source.coordinates.namespace}/${source.coordinates.name}`
  }
}

/**
 * A credential without username and password is what is left of an entry that has only an `identitytoken` (DOCKER-3).
 *
 * @since 0.1.0
 * @category predicates
 */
export const hasUsername = (credential: Credential): boolean => credential.username !== ""

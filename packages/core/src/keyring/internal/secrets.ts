/** The pull secrets of a lookup: all of them make one keyring, which is asked before that of the providers (SECRET-5, RING-1). */
import * as Result from "effect/Result"
import * as PullSecret from "../../credential/PullSecret.ts"
import * as KeyringIndex from "../KeyringIndex.ts"

export interface Secrets {
  readonly index: KeyringIndex.KeyringIndex
  /** For each, how many locations it has credentials for; nothing if it is no pull secret (SECRET-2). */
  readonly locations: ReadonlyArray<number | undefined>
}

/** One that counts but can't be read is the error of all (SECRET-3). */
export const read = (
  secrets: ReadonlyArray<PullSecret.PullSecret>
): Result.Result<Secrets, PullSecret.PullSecretError> => {
  const configs: Array<KeyringIndex.Addition> = []
  const locations: Array<number | undefined> = []
  for (const secret of secrets) {
    const parsed = PullSecret.parse(secret)
    if (Result.isFailure(parsed)) return Result.fail(parsed.failure)
    const config = parsed.success
    locations.push(config?.size)
    const { name, namespace, uid } = secret
    if (config !== undefined) configs.push({ config, source: { _tag: "PullSecret", namespace, name, uid } })
  }
  return Result.succeed({ index: KeyringIndex.make(configs), locations })
}

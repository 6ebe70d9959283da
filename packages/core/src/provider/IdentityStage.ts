/**
 * Who pulls, in the eyes of one provider: the pod's service account as it is now, the annotations that the plugin is told,
 * and a token. All of it is asked for at every lookup, before the cache. Rules: SA-12…19, CACHE-41.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { CheckedTokenAttributes } from "../config/ProviderConfig.ts"
import type { Coordinates } from "../credential/Credential.ts"
import type { IdentityError } from "../identity/IdentityError.ts"
import type { PodIdentity } from "../identity/PodIdentity.ts"
import { ServiceAccounts } from "../identity/ServiceAccounts.ts"
import { ServiceAccountTokens } from "../identity/ServiceAccountTokens.ts"
import { IdentityFailed } from "./ProviderError.ts"
import * as ServiceAccountMode from "./ServiceAccountMode.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Identity {
  readonly coordinates: Coordinates
  /** Those that the provider asks for, and the account has. */
  readonly annotations: ReadonlyMap<string, string>
  readonly token: Redacted.Redacted
}

/**
 * Succeeds with the key of a required annotation if that is missing: then no token is asked for (SA-13).
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = Effect.fnUntraced(function*(provider: string, attributes: CheckedTokenAttributes) {
  const accounts = yield* ServiceAccounts
  const tokens = yield* ServiceAccountTokens

  const failed = (stage: IdentityFailed["stage"]) => (reason: IdentityError) =>
    new IdentityFailed({ provider, stage, reason })

  const identify = Effect.fnUntraced(function*(pod: PodIdentity): Effect.fn.Return<
    Result.Result<Identity, string>,
    IdentityFailed
  > {
    const { namespace, serviceAccountName: name } = pod
    const account = yield* Effect.mapError(accounts.get(namespace, name), failed("serviceAccount"))
    const annotations = ServiceAccountMode.chooseAnnotations(attributes, account.annotations)
    if (Result.isFailure(annotations)) return Result.fail(annotations.failure)
    const coordinates = { namespace, name, uid: account.uid }
    const request = {
      serviceAccount: coordinates,
      pod: { name: pod.podName, uid: pod.podUid },
      audience: attributes.serviceAccountTokenAudience
    }
    const token = yield* Effect.mapError(tokens.get(request), failed("token"))
    return Result.succeed({ coordinates, annotations: annotations.success, token })
  })

  // The account was made anew between the two questions: the answer to the first is not true any more.
  return (pod: PodIdentity) => Effect.retry(identify(pod), { times: 1, while: isReplaced })
})

const isReplaced = ({ reason }: IdentityFailed): boolean => reason.failure === "ServiceAccountReplaced"

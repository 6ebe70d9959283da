/**
 * Who pulls, in the eyes of one provider: the pod's service account as it is now, the annotations that the plugin is told,
 * and a token. All of it is asked for at every lookup, before the cache. Rules: SA-12…19, CACHE-41.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { CheckedTokenAttributes } from "../config/ProviderConfig.ts"
import type { Coordinates } from "../credential/Credential.ts"
import type { IdentityError } from "../identity/IdentityError.ts"
import type { PodIdentity } from "../identity/PodIdentity.ts"
import { type ServiceAccount, ServiceAccounts } from "../identity/ServiceAccounts.ts"
import { ServiceAccountTokens } from "../identity/ServiceAccountTokens.ts"
import * as LookupTrace from "../LookupTrace.ts"
import type { ProviderMetrics } from "../telemetry/ProviderMetrics.ts"
import { stageSpan } from "./internal/stageSpan.ts"
import { timedStep } from "./internal/timedStep.ts"
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
export const make = Effect.fnUntraced(function*(
  provider: string,
  attributes: CheckedTokenAttributes,
  metrics: ProviderMetrics
) {
  const accounts = yield* ServiceAccounts
  const tokens = yield* ServiceAccountTokens
  const { serviceAccountTokenAudience: audience } = attributes
  const configured = [
    ...attributes.requiredServiceAccountAnnotationKeys,
    ...attributes.optionalServiceAccountAnnotationKeys
  ]

  const failed = (stage: IdentityFailed["stage"]) => (reason: IdentityError) =>
    new IdentityFailed({ provider, stage, reason })

  const readAccount = (namespace: string, name: string, image: string) => {
    const get = () => {
      metrics.serviceAccountRead()
      return accounts.get(namespace, name)
    }
    const reported = timedStep(get, (exit, duration) => ({
      _tag: "ServiceAccountRead",
      provider,
      namespace,
      name,
      ...(Exit.isSuccess(exit) ? { uid: exit.value.uid } : {}),
      duration
    }))
    const account = { namespace, name }
    return Effect.mapError(
      stageSpan(reported, "credlet.service_account.get", { provider, image, account }),
      failed("serviceAccount")
    )
  }

  const askToken = (serviceAccount: Coordinates, pod: PodIdentity, image: string) => {
    const get = () => {
      metrics.tokenAsked()
      return tokens.get({ serviceAccount, pod: { name: pod.podName, uid: pod.podUid }, audience })
    }
    const reported = timedStep(get, (exit, duration) => ({
      _tag: "TokenAsked",
      provider,
      audience,
      isObtained: Exit.isSuccess(exit),
      duration
    }))
    return Effect.mapError(
      stageSpan(reported, "credlet.service_account.token", { provider, image, account: serviceAccount }),
      failed("token")
    )
  }

  const chosenStep = (account: ServiceAccount, chosen: Result.Result<unknown, string>): LookupTrace.Step => ({
    _tag: "AnnotationsChosen",
    provider,
    found: configured.filter((key) => account.annotations.has(key)),
    missing: configured.filter((key) => !account.annotations.has(key)),
    ...(Result.isFailure(chosen) ? { missingRequired: chosen.failure } : {})
  })

  const identify = Effect.fnUntraced(function*(pod: PodIdentity, image: string): Effect.fn.Return<
    Result.Result<Identity, string>,
    IdentityFailed
  > {
    const { namespace, serviceAccountName: name } = pod
    const account = yield* readAccount(namespace, name, image)
    const annotations = ServiceAccountMode.chooseAnnotations(attributes, account.annotations)
    yield* LookupTrace.report(() => chosenStep(account, annotations))
    if (Result.isFailure(annotations)) return Result.fail(annotations.failure)
    const coordinates = { namespace, name, uid: account.uid }
    const token = yield* askToken(coordinates, pod, image)
    return Result.succeed({ coordinates, annotations: annotations.success, token })
  })

  // The account was made anew between the two questions: the answer to the first is not true any more.
  return (pod: PodIdentity, image: string) => Effect.retry(identify(pod, image), { times: 1, while: isReplaced })
})

const isReplaced = ({ reason }: IdentityFailed): boolean => reason.failure === "ServiceAccountReplaced"

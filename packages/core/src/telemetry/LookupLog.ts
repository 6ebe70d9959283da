/**
 * What lookups write to the log: the kubelet's events at its levels, as fixed messages with fields. The kubelet's error is
 * `Error`, its V(2) is `Info`, V(3) and V(4) are `Debug`, V(5) is `Trace`; a lookup that the cache answers writes nothing.
 * No field holds a credential, a token, an annotation's value or a cache key. Rules: LOG-1…8, LOG-13, LOG-20…22, LOG-30…37.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"

/**
 * The messages, for loggers that present an event in another way, or leave it to somebody else.
 *
 * @since 0.1.0
 * @category constants
 */
export const messages = {
  providerFailed: "a credential provider failed, so it contributes nothing",
  serviceAccountRequired: "a credential provider is not asked: it requires a service account, and the pod has none",
  annotationMissing: "a credential provider is not asked: the service account lacks an annotation that it requires",
  pluginStarting: "a credential provider plugin is about to be run",
  tokenContained:
    "the answer of a credential provider plugin contains the service account's token and is cached for all pods of the " +
    "account: if the registry takes such tokens, set cacheType: Token in the provider's tokenAttributes",
  providerRegistered: "a credential provider is registered",
  providerBound: "a credential provider is asked for a pod",
  unusableLocation: "credentials are not used: they stand under a location that is no address",
  noCredentials: "there are no credentials for an image: it is pulled without"
} as const

/**
 * A pod in service account mode, as `PodIdentity` has it. Leave it away where the provider is not in that mode.
 *
 * @since 0.1.0
 * @category models
 */
export interface Pod {
  readonly namespace: string
  readonly podName: string
  readonly podUid: string
  readonly serviceAccountName: string
}

/**
 * What a lookup was for. `image` is the repository: what plugins see.
 *
 * @since 0.1.0
 * @category models
 */
export interface Subject {
  readonly image: string
  readonly pod?: Pod | undefined
}

type Fields = Readonly<Record<string, string>>

const fieldsOf = ({ image, pod }: Subject): Fields => ({
  image,
  ...(pod === undefined ? {} : {
    pod: `${pod.namespace}/${pod.podName}`,
    podUID: pod.podUid,
    ...(pod.serviceAccountName === "" ? {} : { serviceAccount: `${pod.namespace}/${pod.serviceAccountName}` })
  })
})

/**
 * LOG-1, and LOG-2 where there is no pod: once for each lookup that the provider failed for, also if they shared one run of
 * the plugin (LOG-20, LOG-21). `failure` is a `ProviderError`.
 *
 * @since 0.1.0
 * @category logging
 */
export const providerFailed = (
  failure: { readonly provider: string; readonly message: string },
  subject: Subject
): Effect.Effect<void> =>
  Effect.annotateLogs(Effect.logError(messages.providerFailed), {
    err: failure.message,
    provider: failure.provider,
    ...fieldsOf(subject)
  })

/**
 * LOG-3 and LOG-4: the provider's plugin is not for this pod. `skipped` is a `SkippedProvider`.
 *
 * @since 0.1.0
 * @category logging
 */
export const providerSkipped = (
  skipped:
    | { readonly provider: string; readonly reason: "ServiceAccountRequired" }
    | { readonly provider: string; readonly reason: "AnnotationMissing"; readonly annotation: string },
  subject: Subject
): Effect.Effect<void> => {
  const fields = { provider: skipped.provider, ...fieldsOf(subject) }
  return skipped.reason === "ServiceAccountRequired"
    ? Effect.annotateLogs(Effect.logTrace(messages.serviceAccountRequired), fields)
    : Effect.annotateLogs(Effect.logTrace(messages.annotationMissing), {
      err: `the service account has no annotation ${JSON.stringify(skipped.annotation)}`,
      ...fields
    })
}

/**
 * LOG-5: for each run, not for those who wait for one.
 *
 * @since 0.1.0
 * @category logging
 */
export const pluginStarting = (provider: string, image: string): Effect.Effect<void> =>
  Effect.annotateLogs(Effect.logTrace(messages.pluginStarting), { pluginName: provider, image })

/**
 * `Profile.containedToken: "warn"`: a warning for each run that gave such an answer (SA-31).
 *
 * @since 0.1.0
 * @category logging
 */
export const tokenContained = (provider: string, image: string): Effect.Effect<void> =>
  Effect.annotateLogs(Effect.logWarning(messages.tokenContained), { provider, image })

/**
 * LOG-6: once for each provider, when it is built.
 *
 * @since 0.1.0
 * @category logging
 */
export const providerRegistered = (provider: string): Effect.Effect<void> =>
  Effect.annotateLogs(Effect.logDebug(messages.providerRegistered), { provider })

/**
 * LOG-7. The kubelet writes it for each provider at each pull; here it is for a lookup that a cache did not answer.
 *
 * @since 0.1.0
 * @category logging
 */
export const providerBound = (provider: string, pod: Pod): Effect.Effect<void> =>
  Effect.annotateLogs(Effect.logDebug(messages.providerBound), {
    provider,
    podName: pod.podName,
    podNamespace: pod.namespace,
    podUID: pod.podUid,
    serviceAccountName: pod.serviceAccountName
  })

/**
 * LOG-8: a location in a docker config that is no address. `location` must be fit to be shown, as that of a
 * `SkippedLocation` is; `err` says why it is no address; `source` is where the docker config is from.
 *
 * @since 0.1.0
 * @category logging
 */
export const unusableLocation = (
  unusable: {
    readonly location: string
    readonly source:
      | { readonly _tag: "PullSecret"; readonly namespace: string; readonly name: string }
      | { readonly _tag: "Provider"; readonly provider: string }
      | { readonly _tag: "NodeConfig" }
  },
  err: string
): Effect.Effect<void> =>
  Effect.annotateLogs(Effect.logError(messages.unusableLocation), {
    err,
    location: unusable.location,
    ...sourceFields(unusable.source)
  })

const sourceFields = (source: Parameters<typeof unusableLocation>[0]["source"]): Fields => {
  switch (source._tag) {
    case "PullSecret":
      return { secret: `${source.namespace}/${source.name}` }
    case "Provider":
      return { provider: source.provider }
    case "NodeConfig":
      return {}
  }
}

/**
 * LOG-13.
 *
 * @since 0.1.0
 * @category logging
 */
export const noCredentials = (image: string): Effect.Effect<void> =>
  Effect.annotateLogs(Effect.logDebug(messages.noCredentials), { image })

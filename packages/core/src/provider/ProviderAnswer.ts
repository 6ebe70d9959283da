/**
 * What a provider that was asked comes to if nothing goes wrong: a docker config, perhaps an empty one, or nothing because
 * the pod is not one that it answers for. Rules: SA-10, SA-13, SA-20.
 *
 * @since 0.1.0
 */
import type { Coordinates } from "../credential/Credential.ts"
import type { DockerConfig } from "../credential/DockerConfig.ts"

/**
 * @since 0.1.0
 * @category models
 */
export type ProviderAnswer = Given | Skipped

/**
 * What the plugin gave, now or before. `coordinates` are those of the service account that this lookup was for, also if
 * another pod's lookup ran the plugin (CACHE-46).
 *
 * @since 0.1.0
 * @category models
 */
export interface Given {
  readonly _tag: "Given"
  readonly config: DockerConfig
  readonly coordinates: Coordinates | undefined
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Skipped {
  readonly _tag: "Skipped"
  readonly skipped: SkippedProvider
}

/**
 * A provider that matches, but whose plugin is not for this pod: the pod has no service account and the provider requires
 * one (SA-10), or the service account lacks an annotation that the provider requires, the first in the order of the config
 * (SA-13). It is no failure.
 *
 * @since 0.1.0
 * @category models
 */
export type SkippedProvider =
  | { readonly provider: string; readonly reason: "ServiceAccountRequired" }
  | { readonly provider: string; readonly reason: "AnnotationMissing"; readonly annotation: string }

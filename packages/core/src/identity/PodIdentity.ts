/**
 * Who pulls: the pod, and the service account that it runs as. Rules: SA-2, SA-3.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * A pod as the kubelet knows it when it pulls an image. A static pod has no service account: `serviceAccountName` is `""`.
 *
 * @since 0.1.0
 * @category models
 */
export class PodIdentity extends Schema.Class<PodIdentity>("PodIdentity")({
  namespace: Schema.String,
  podName: Schema.String,
  podUid: Schema.String,
  serviceAccountName: Schema.String
}) {}

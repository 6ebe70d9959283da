/**
 * The flags that say for which pod a command asks: one that an API server knows, or one by hand, and which server.
 * What makes no sense together is wrong usage.
 *
 * @since 0.1.0
 */
import * as CliError from "effect/cli/CliError"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as TextFlag from "./TextFlag.ts"

/**
 * A pod to ask for. `Named` is read from the API server, with its pull secrets; of one `ByHand` only its service account is.
 *
 * @since 0.1.0
 * @category models
 */
export type WantedPod =
  | { readonly _tag: "Named"; readonly namespace: string; readonly name: string }
  | {
    readonly _tag: "ByHand"
    readonly namespace: string
    readonly serviceAccountName: string
    readonly podName: string
    readonly podUid: string
  }

/**
 * The pod, and where its API server is; by default as kubectl finds it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Workload {
  readonly pod: WantedPod
  readonly kubeconfig: string | undefined
  readonly context: string | undefined
}

const splitName = (value: string): Option.Option<{ readonly namespace: string; readonly name: string }> => {
  const [namespace = "", name = "", ...more] = value.split("/")
  return namespace === "" || name === "" || more.length > 0 ? Option.none() : Option.some({ namespace, name })
}

/**
 * @since 0.1.0
 * @category flags
 */
export const flags = {
  pod: Flag.String("pod").pipe(
    Flag.withMetavar("NAMESPACE/NAME"),
    Flag.withDescription("Ask for this pod: its service account and pull secrets are read from the API server"),
    Flag.filterMap(splitName, () => "NAMESPACE/NAME, as in team/web-7c9f"),
    Flag.optional
  ),
  namespace: TextFlag.optional("namespace", "NAME", "By hand, without reading the pod: its namespace"),
  serviceAccount: TextFlag.optional("service-account", "NAME", "By hand: the pod's service account"),
  podName: TextFlag.optional("pod-name", "NAME", "By hand: the pod's name"),
  podUid: TextFlag.optional("pod-uid", "UID", "By hand: the pod's UID"),
  kubeconfig: TextFlag.optional("kubeconfig", "PATH", "Where the API server is; default as for kubectl"),
  context: TextFlag.optional("context", "NAME", "The context of the kubeconfig; default its current one")
}

/**
 * What can be typed.
 *
 * @since 0.1.0
 * @category models
 */
export interface PodFlags {
  readonly pod: Option.Option<{ readonly namespace: string; readonly name: string }>
  readonly namespace: Option.Option<string>
  readonly serviceAccount: Option.Option<string>
  readonly podName: Option.Option<string>
  readonly podUid: Option.Option<string>
  readonly kubeconfig: Option.Option<string>
  readonly context: Option.Option<string>
}

/**
 * `undefined`: no pod is asked for.
 *
 * @since 0.1.0
 * @category parsing
 */
export const workload = (input: PodFlags): Workload | undefined => {
  const pod = wantedPod(input)
  return pod === undefined ? undefined : {
    pod,
    kubeconfig: Option.getOrUndefined(input.kubeconfig),
    context: Option.getOrUndefined(input.context)
  }
}

const wantedPod = (input: PodFlags): WantedPod | undefined => {
  if (Option.isSome(input.pod)) return { _tag: "Named", ...input.pod.value }
  const { namespace, podName, podUid, serviceAccount } = input
  return Option.isSome(namespace) && Option.isSome(serviceAccount) && Option.isSome(podName) && Option.isSome(podUid)
    ? {
      _tag: "ByHand",
      namespace: namespace.value,
      serviceAccountName: serviceAccount.value,
      podName: podName.value,
      podUid: podUid.value
    }
    : undefined
}

/**
 * @since 0.1.0
 * @category validation
 */
export const check = (input: PodFlags): Effect.Effect<void, CliError.ValidationError> => {
  const message = mistake(input)
  return message === undefined ? Effect.void : Effect.fail(new CliError.ValidationError({ message }))
}

const mistake = (input: PodFlags): string | undefined => {
  const byHand = [
    ["--namespace", input.namespace],
    ["--service-account", input.serviceAccount],
    ["--pod-name", input.podName],
    ["--pod-uid", input.podUid]
  ] as const
  const given = byHand.filter(([, value]) => Option.isSome(value)).map(([name]) => name)
  const missing = byHand.filter(([, value]) => Option.isNone(value)).map(([name]) => name)
  if (Option.isSome(input.pod)) {
    return given.length === 0
      ? undefined
      : `--pod and ${given.join(", ")}: the pod is either read from the API server (--pod) or given by hand, not both`
  }
  if (given.length > 0 && missing.length > 0) {
    return `${given.join(", ")} without ${missing.join(", ")}: a pod given by hand needs all four; ` +
      "--pod NAMESPACE/NAME reads them from the API server"
  }
  const ofServer = Option.isSome(input.kubeconfig) ? "--kubeconfig" : Option.isSome(input.context) ? "--context" : ""
  return given.length > 0 || ofServer === ""
    ? undefined
    : `${ofServer} without a pod: the API server is only asked about pods; give --pod NAMESPACE/NAME too`
}

/**
 * What can be typed to look images up, whether to print the credentials or to explain them.
 *
 * @since 0.1.0
 */
import * as GoDuration from "@credlet/core/text/GoDuration"
import * as Argument from "effect/cli/Argument"
import * as Flag from "effect/cli/Flag"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as PodFlags from "./PodFlags.ts"
import * as TextFlag from "./TextFlag.ts"

/**
 * What to look up, and how.
 *
 * @since 0.1.0
 * @category models
 */
export interface Request {
  readonly images: ReadonlyArray<string>
  readonly config: string
  readonly binDir: string
  /** The pod to ask for. */
  readonly workload: PodFlags.Workload | undefined
  /** How long a plugin may take; `undefined`: as long as on a node. */
  readonly timeout: Duration.Duration | undefined
  /** The file for the metrics. */
  readonly metrics: string | undefined
}

const positive = (text: string): Option.Option<Duration.Duration> =>
  Option.filter(Result.getSuccess(GoDuration.parse(text)), Duration.isGreaterThan(Duration.zero))

/**
 * @since 0.1.0
 * @category flags
 */
export const flags = {
  images: Argument.String("IMAGE").pipe(
    Argument.withDescription("As in a pod's spec: registry.example/team/app:1.0"),
    Argument.variadic({ min: 1 })
  ),
  config: TextFlag.required(
    "config",
    "PATH",
    "The CredentialProviderConfig: a file, or a directory of .json, .yaml and .yml files"
  ),
  binDir: TextFlag.required("bin-dir", "DIR", "The directory with the plugins, each named as its provider"),
  ...PodFlags.flags,
  timeout: Flag.String("timeout").pipe(
    Flag.withMetavar("DURATION"),
    Flag.withDescription("Stop a plugin that takes longer, as 30s or 1m30s; default 1m, as on a node"),
    Flag.filterMap(positive, () => "a duration greater than zero, as 500ms, 30s or 1m30s"),
    Flag.optional
  ),
  metrics: TextFlag.optional("metrics", "FILE", "Write what was counted to this file, as text for Prometheus")
}

/**
 * As it was typed.
 *
 * @since 0.1.0
 * @category models
 */
export interface LookupFlags extends PodFlags.PodFlags {
  readonly images: ReadonlyArray<string>
  readonly config: string
  readonly binDir: string
  readonly timeout: Option.Option<Duration.Duration>
  readonly metrics: Option.Option<string>
}

/**
 * @since 0.1.0
 * @category parsing
 */
export const request = (input: LookupFlags): Request => ({
  images: input.images,
  config: input.config,
  binDir: input.binDir,
  workload: PodFlags.workload(input),
  timeout: Option.getOrUndefined(input.timeout),
  metrics: Option.getOrUndefined(input.metrics)
})

/**
 * A command line with these flags, in lines.
 *
 * @since 0.1.0
 * @category help
 */
export const example = (command: string): string =>
  `credlet ${command} registry.example/team/app:1.0 \\
      --config /etc/kubernetes/credential-providers.yaml \\
      --bin-dir /usr/libexec/credential-providers`

/**
 * `credlet resolve`: what can be typed, and its help.
 *
 * @since 0.1.0
 */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as LookupFlags from "./LookupFlags.ts"
import * as PodFlags from "./PodFlags.ts"

const description = `Print the credentials that a node would try for each image, in that order.

  Plugins are run as the kubelet runs them: for a pod with --pod, else as for one that has no service account. If one
  fails, that is a warning, and the others count; credlet explain tells more. Nothing is pulled, and no credential is
  tried.

  --pod reads the pod and its pull secrets from the API server, and providers in service account mode get a token and
  the annotations of its service account. Without reading the pod: --namespace, --service-account, --pod-name and
  --pod-uid, all four; then there are no pull secrets. The API server is found as kubectl finds it, in a pod as pods do.

  --output docker-config writes a config.json. Docker knows one login a registry: it gets an image's first credential,
  also where a node would try several.

  Exit status: 0 every image has credentials, 1 failure, 2 wrong usage, 3 an image has no credentials.`

/**
 * @since 0.1.0
 * @category help
 */
export const examples = [{ command: LookupFlags.example("resolve") }]

/**
 * @since 0.1.0
 * @category commands
 */
export const command = Command.make(
  "resolve",
  {
    ...LookupFlags.flags,
    output: Flag.Literals("output", ["table", "json", "docker-config"]).pipe(
      Flag.withDefault("table"),
      Flag.withMetavar("FORMAT"),
      Flag.withDescription("What to print; default table")
    ),
    showSecrets: Flag.Boolean("show-secrets").pipe(
      Flag.withDefault(false),
      Flag.withoutNegation,
      Flag.withDescription("Write passwords out instead of masking them")
    )
  },
  // Loaded only when it is needed, so that help is there at once.
  (input) =>
    Effect.flatMap(
      Effect.promise(() => import("../actions/Resolve.ts")),
      (action) =>
        action.run(LookupFlags.request(input), {
          output: input.output,
          secrets: input.showSecrets ? "shown" : "masked"
        })
    )
).pipe(
  Command.validate((input) => PodFlags.check(input)),
  Command.withDescription(description),
  Command.withShortDescription("Print the credentials that a node would try for images"),
  Command.withExamples(examples)
)

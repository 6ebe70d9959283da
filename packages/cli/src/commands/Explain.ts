/**
 * `credlet explain`: what can be typed, and its help.
 *
 * @since 0.1.0
 */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as LookupFlags from "./LookupFlags.ts"
import * as PodFlags from "./PodFlags.ts"

const description = `Tell why each image gets the credentials that it gets, or none.

  Looks the images up as credlet resolve does, plugins included, and prints each decision in order: how a name was
  completed, which pattern of which provider matched or why none did, what a plugin was given, how long it ran and what
  it wrote to stderr if it failed, which key served the image; and what to do where something went wrong.

  It shows no password: #1c0ffee5 stands for one, and for the same one wherever it is seen again in one run.

  For a pod: --pod NAMESPACE/NAME, or by hand --namespace, --service-account, --pod-name and --pod-uid, all four. The
  API server is found as kubectl finds it, in a pod as pods do.

  Exit status: 0 every image has credentials, 1 failure, 2 wrong usage, 3 an image has no credentials.`

/**
 * @since 0.1.0
 * @category commands
 */
export const command = Command.make(
  "explain",
  {
    ...LookupFlags.flags,
    output: Flag.Literals("output", ["tree", "json"]).pipe(
      Flag.withDefault("tree"),
      Flag.withMetavar("FORMAT"),
      Flag.withDescription("What to print; default tree")
    )
  },
  // Loaded only when it is needed, so that help is there at once.
  (input) =>
    Effect.flatMap(
      Effect.promise(() => import("../actions/Explain.ts")),
      (action) => action.run(LookupFlags.request(input), input.output)
    )
).pipe(
  Command.validate((input) => PodFlags.check(input)),
  Command.withDescription(description),
  Command.withShortDescription("Tell why images get these credentials, or none"),
  Command.withExamples([{ command: LookupFlags.example("explain") }])
)

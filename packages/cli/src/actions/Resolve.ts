/**
 * What `credlet resolve` does: ask the keyring for each image, data to stdout, everything else to stderr.
 *
 * @since 0.1.0
 */
import * as ImageReference from "@credlet/core/image/ImageReference"
import { Keyring, type LookupOptions } from "@credlet/core/keyring/Keyring"
import * as Credlet from "@credlet/node/Credlet"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Workload } from "../commands/PodFlags.ts"
import type { Answer, Secrets } from "../output/Answer.ts"
import * as DockerConfigFile from "../output/DockerConfigFile.ts"
import * as Findings from "../output/Findings.ts"
import * as Json from "../output/Json.ts"
import * as Stdout from "../output/Stdout.ts"
import { type Style, Styles } from "../output/Style.ts"
import * as Table from "../output/Table.ts"
import { Unsuccessful } from "../Unsuccessful.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly images: ReadonlyArray<string>
  readonly config: string
  readonly binDir: string
  readonly output: "table" | "json" | "docker-config"
  readonly showSecrets: boolean
  /** The pod to ask for. */
  readonly workload: Workload | undefined
}

/**
 * @since 0.1.0
 * @category running
 */
export const run = Effect.fnUntraced(function*(options: Options) {
  const { config, images, output, showSecrets } = options
  yield* checkNames(images)
  const { answers, pod } = yield* lookUp(options)
  const { stdout } = yield* Styles
  const { errors, text, warnings } = render(answers, output, showSecrets ? "shown" : "masked", stdout)
  if (text !== "") yield* Stdout.print(text)
  const findings = Findings.of(answers, config, pod)
  yield* Effect.forEach([...warnings, ...findings.warnings], (warning) => Effect.logWarning(warning), { discard: true })
  yield* Effect.forEach([...errors, ...findings.errors], (error) => Effect.logError(error), { discard: true })
  const exitCode = errors.length > 0 ? 1 : findings.exitCode
  if (exitCode !== 0) return yield* new Unsuccessful({ exitCode })
})

/** All of them before anything is run: a plugin may take its time. */
const checkNames = Effect.fnUntraced(function*(images: ReadonlyArray<string>) {
  const wrong = images.map((image) => ImageReference.parse(image)).filter(Result.isFailure)
  yield* Effect.forEach(wrong, ({ failure }) => Effect.logError(failure.message), { discard: true })
  if (wrong.length > 0) return yield* new Unsuccessful({ exitCode: 1 })
})

const lookUp = ({ binDir, config, images, workload }: Options) => {
  const forPod = (options: LookupOptions) =>
    Effect.map(eachOf(images, options), (answers) => ({ answers, pod: options.pod }))
  return workload === undefined
    ? Effect.provide(forPod({}), Credlet.layer({ config, binDir }))
    : Effect.flatMap(
      Effect.promise(() => import("./PodLookup.ts")),
      (action) => action.run(workload, { config, binDir }, forPod)
    )
}

/** One after the other: what a plugin answers for one image may serve the next from the cache. */
const eachOf = (images: ReadonlyArray<string>, options: LookupOptions) =>
  Effect.flatMap(
    Keyring,
    (keyring) =>
      Effect.forEach(images, (image) =>
        Effect.map(keyring.lookup(image, options), (lookup): Answer => ({ image, lookup })))
  )

const render = (
  answers: ReadonlyArray<Answer>,
  output: Options["output"],
  secrets: Secrets,
  style: Style
): DockerConfigFile.DockerConfigFile => {
  switch (output) {
    case "table":
      return { text: Table.render(answers, secrets, style), warnings: [], errors: [] }
    case "json":
      return { text: Json.render(answers, secrets), warnings: [], errors: [] }
    case "docker-config":
      return DockerConfigFile.render(answers, secrets)
  }
}

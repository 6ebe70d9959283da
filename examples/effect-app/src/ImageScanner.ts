/**
 * Whether a node could pull an image, and if something went wrong on the way: what, and why.
 */
import { type Credential, Explanation, ExplanationText, ImageReference, Keyring } from "@credlet/core"
import { Context, Effect, Layer, Metric, Schema } from "effect"
import { Puller } from "./Puller.ts"

/** One try at the registry: with a credential, or anonymously. */
export const Attempt = Schema.Struct({
  username: Schema.optionalKey(Schema.String),
  /** The provider that gave the credential. */
  provider: Schema.optionalKey(Schema.String),
  outcome: Schema.Literals(["accepted", "refused", "unknown"]),
  problem: Schema.optionalKey(Schema.String)
})

export const Report = Schema.Struct({
  image: Schema.String,
  /** As a node would try them, up to the first that is accepted. */
  attempts: Schema.Array(Attempt),
  pullable: Schema.Boolean,
  /** Why providers gave nothing. */
  failures: Schema.Array(Schema.String),
  /** There if a provider failed or no credentials were found. */
  explanation: Schema.optionalKey(Explanation.Explanation)
})

export class ImageScanner extends Context.Service<ImageScanner, {
  readonly scan: (image: string) => Effect.Effect<typeof Report.Type, Keyring.ExplainError>
}>()("@credlet/example-effect-app/ImageScanner") {}

const scans = Metric.counter("scanner_scans_total", { description: "Images that were scanned", incremental: true })
const pullable = Metric.withAttributes(scans, { pullable: "true" })
const notPullable = Metric.withAttributes(scans, { pullable: "false" })

const make = Effect.gen(function*() {
  const keyring = yield* Keyring.Keyring
  const puller = yield* Puller

  const attempt = Effect.fnUntraced(
    function*(image: ImageReference.ImageReference, credential: Credential.Credential | undefined) {
      const result = yield* puller.accepts(image, credential).pipe(
        Effect.map((accepted) => ({ outcome: accepted ? "accepted" : "refused" } as const)),
        Effect.catch(({ message }) => Effect.succeed({ outcome: "unknown", problem: message } as const))
      )
      if (credential === undefined) return result
      const { source, username } = credential
      return { username, ...(source._tag === "Provider" ? { provider: source.provider } : {}), ...result }
    }
  )

  const scan = Effect.fn("ImageScanner.scan")(function*(image: string) {
    const reference = yield* Effect.fromResult(ImageReference.parse(image))
    // A `lookup` and its reasons in one: a second call, once the first has failed, would run the plugins again.
    const { explanation, lookup: { credentials, failures } } = yield* keyring.explain(image)
    const isTrouble = failures.length > 0 || credentials.length === 0
    if (isTrouble) yield* Effect.logWarning(ExplanationText.render(explanation))

    const attempts: Array<typeof Attempt.Type> = []
    for (const credential of credentials.length === 0 ? [undefined] : credentials) {
      attempts.push(yield* attempt(reference, credential))
      if (attempts.at(-1)?.outcome === "accepted") break
    }
    const isPullable = attempts.at(-1)?.outcome === "accepted"
    yield* Metric.update(isPullable ? pullable : notPullable, 1)
    return {
      image,
      attempts,
      pullable: isPullable,
      failures: failures.map(({ message }) => message),
      ...(isTrouble ? { explanation } : {})
    }
  })

  return ImageScanner.of({ scan })
})

export const layer: Layer.Layer<ImageScanner, never, Keyring.Keyring | Puller> = Layer.effect(ImageScanner, make)

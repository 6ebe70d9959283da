/**
 * The story that the quickstart tells: a pull that is refused, credentials for it, a pull that is not refused.
 */
import { Keyring } from "@credlet/core"
import { TinyRegistry } from "@credlet/testing"
import { Duration, Effect, Equal, Schema } from "effect"
import { type Pull, pull } from "./pull.ts"
import * as Screen from "./Screen.ts"
import { Workspace } from "./Workspace.ts"

/** Fails at the first step that comes out differently. */
export const tour = Effect.gen(function*() {
  const { image } = yield* TinyRegistry.TinyRegistry
  const { requests } = yield* Workspace
  const keyring = yield* Keyring.Keyring
  yield* Screen.title("Kubernetes nodes ask plugins for the passwords of private registries.")
  yield* Screen.title("Credlet asks the same plugins, as the same config says, in any program.\n")
  yield* Screen.print(`A private registry has started on this machine. Its one image: ${image}\n`)

  const anonymous = yield* pull(image)
  yield* Screen.step(1, "Pull without credentials", inWords(anonymous), anonymous._tag === "Refused")

  const [coldTime, first] = yield* Effect.timed(keyring.lookup(image))
  const [credential] = first.credentials
  const answer = credential === undefined
    ? ["no credentials", ...first.failures.map(({ message }) => message)].join(": ")
    : `a plugin answered in ${millis(coldTime)}: ${credential.username}, password ${Screen.masked}`
  yield* Screen.step(2, "Look up credentials", answer, credential !== undefined && (yield* requests).length === 1)

  const authorised = yield* pull(image, credential)
  yield* Screen.step(3, "Pull with them", inWords(authorised), authorised._tag === "Pulled")

  const [warmTime, second] = yield* Effect.timed(keyring.lookup(image))
  const asked = yield* requests
  const isCached = Equal.equals(second.credentials, first.credentials) && asked.length === 1
  const origin = isCached ? `the same, from the cache, in ${millis(warmTime)}` : "not from the cache"
  yield* Screen.step(4, "Look up again", `${origin}: the plugin has run ${times(asked.length)}`, isCached)

  const request = yield* decodeRequest(asked[0])
  yield* Screen.step(5, "What the plugin was asked", "on its stdin:", request.image === first.repository)
  yield* Screen.print(`${Screen.indented(JSON.stringify(request, null, 2))}\n`)
  yield* Screen.print("To see how: examples/quickstart has the config, the plugin and, in src, this program.")
})

/** What a node, and so Credlet, tells a plugin. */
const Request = Schema.Struct({ kind: Schema.String, apiVersion: Schema.String, image: Schema.String })
const decodeRequest = Schema.decodeUnknownEffect(Schema.fromJsonString(Request))

const inWords = (pull: Pull): string =>
  pull._tag === "Pulled" ? `accepted: ${pull.bytes} bytes` : `refused: HTTP status ${pull.status}`

const millis = (duration: Duration.Duration): string => `${Duration.toMillis(duration).toFixed(1)} ms`

const times = (count: number): string => count === 1 ? "once" : `${count} times`

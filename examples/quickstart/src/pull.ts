/**
 * The smallest client that pulls an image. Plain HTTP, as the quickstart's registry is on this machine.
 */
import { type Credential, ImageReference } from "@credlet/core"
import { Effect, identity, Schema } from "effect"
import { HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"
import { signIn } from "./signIn.ts"

export type Pull =
  | { readonly _tag: "Pulled"; readonly bytes: number }
  | { readonly _tag: "Refused"; readonly status: number }

/** Anything but a refusal. HTTP's own errors hold the request, and with it the password: this one does not. */
export class PullError extends Schema.TaggedError<PullError>()("PullError", {
  problem: Schema.String
}) {
  override get message() {
    return `the image can't be pulled: ${this.problem}`
  }
}

/** With a credential, or anonymously. */
export const pull = Effect.fn("pull")(
  function*(image: string, credential?: Credential.Credential) {
    const { digest, repository, tag } = yield* Effect.fromResult(ImageReference.parse(image))
    const [registry = "", ...path] = repository.split("/")
    const url = `http://${registry}/v2/${path.join("/")}`
    const client = yield* HttpClient.HttpClient

    const manifestRequest = HttpClientRequest.get(`${url}/manifests/${digest ?? tag}`)
    const challenge = (yield* client.execute(manifestRequest)).headers["www-authenticate"]
    const authorise = challenge === undefined ? identity : yield* signIn(registry, challenge, credential)

    const response = yield* client.execute(authorise(manifestRequest))
    const { status } = response
    if (status === 401 || status === 403) return { _tag: "Refused", status } satisfies Pull

    const { config, layers } = yield* readManifest(yield* HttpClientResponse.filterStatusOk(response))
    let bytes = 0
    for (const { digest } of [config, ...layers]) {
      const blob = yield* client.execute(authorise(HttpClientRequest.get(`${url}/blobs/${digest}`)))
      bytes += (yield* (yield* HttpClientResponse.filterStatusOk(blob)).arrayBuffer).byteLength
    }
    return { _tag: "Pulled", bytes } satisfies Pull
  },
  Effect.catchTags({
    HttpClientError: ({ message }) => new PullError({ problem: message }),
    SchemaError: () => new PullError({ problem: "the registry's answer is not what it should be" })
  })
)

const Blob = Schema.Struct({ digest: Schema.String })
const readManifest = HttpClientResponse.schemaBodyJson(Schema.Struct({ config: Blob, layers: Schema.Array(Blob) }))

/**
 * Tries a credential on an image's registry, as far as the manifest. A service, so that tests need no registry.
 * Rules: REG-2…7, REG-10, REG-15.
 */
import { type Credential, ImageReference } from "@credlet/core"
import { Context, Effect, identity, Layer, Schema } from "effect"
import { HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"

/** Neither a yes nor a no. HTTP's own errors hold the request, and with it the password: this one does not. */
export class PullError extends Schema.TaggedError<PullError>()("PullError", { problem: Schema.String }) {
  override get message() {
    return `the registry can't be asked: ${this.problem}`
  }
}

export class Puller extends Context.Service<Puller, {
  /** Whether the registry gives the image to whom the credential is for, or, without one, to anybody. */
  readonly accepts: (
    image: ImageReference.ImageReference,
    credential: Credential.Credential | undefined
  ) => Effect.Effect<boolean, PullError>
}>()("@credlet/example-effect-app/Puller") {}

const make = Effect.gen(function*() {
  const client = yield* HttpClient.HttpClient

  const accepts = Effect.fn("Puller.accepts")(
    function*(image: ImageReference.ImageReference, credential: Credential.Credential | undefined) {
      const registry = ImageReference.registryOf(image.repository)
      const path = image.repository.slice(registry.length + 1)
      const host = registry === "docker.io" ? "registry-1.docker.io" : registry
      const scheme = onThisMachine.test(host) ? "http" : "https"
      const manifest = HttpClientRequest.head(
        `${scheme}://${host}/v2/${path}/manifests/${image.digest ?? image.tag}`,
        { headers: { accept: manifestTypes } }
      )
      let response = yield* client.execute(manifest)
      const challenge = response.headers["www-authenticate"]
      if (response.status === 401 && challenge !== undefined) {
        response = yield* client.execute((yield* signIn(host, challenge, credential))(manifest))
      }
      if (response.status === 200) return true
      if (response.status === 401 || response.status === 403) return false
      return yield* new PullError({ problem: `it answers with HTTP status ${response.status}` })
    },
    Effect.timeout("10 seconds"),
    Effect.catchTags({
      HttpClientError: ({ reason }) => new PullError({ problem: reason._tag }),
      SchemaError: () => new PullError({ problem: "its token is not what it should be" }),
      TimeoutError: () => new PullError({ problem: "it does not answer within 10 seconds" })
    }),
    // Registries are others' machines: they need not know our trace.
    Effect.provideService(HttpClient.TracerPropagationEnabled, false)
  )

  /** What each further request has to go through, to answer the registry's question who asks. */
  const signIn = Effect.fnUntraced(
    function*(host: string, challenge: string, credential: Credential.Credential | undefined) {
      const withPassword = credential === undefined
        ? identity<HttpClientRequest.HttpClientRequest>
        : HttpClientRequest.basicAuth(credential.username, credential.password)
      if (/^basic /i.test(challenge)) return withPassword

      const { realm = "", scope, service } = parametersOf(challenge)
      const url = URL.parse(realm)
      if (url?.protocol !== "https:" && !(url?.host === host && onThisMachine.test(host))) {
        return yield* new PullError({ problem: "it wants the password to be sent where others could read it" })
      }
      const response = yield* client.execute(
        withPassword(HttpClientRequest.get(realm, { urlParams: { service, scope } }))
      )
      if (response.status !== 200) return identity
      return HttpClientRequest.bearerToken(yield* readToken(response))
    }
  )

  return Puller.of({ accepts })
})

/** Over whatever `HttpClient` there is. */
export const layer: Layer.Layer<Puller, never, HttpClient.HttpClient> = Layer.effect(Puller, make)

/** Registries there may speak plain HTTP. */
const onThisMachine = /^(localhost|127\.0\.0\.1)(:\d+)?$/

const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json"
].join(", ")

const Token = Schema.RedactedFromValue(Schema.NonEmptyString)

/** Registries name it one way or the other (REG-10). */
const TokenAnswer = Schema.Union([Schema.Struct({ token: Token }), Schema.Struct({ access_token: Token })])

const readToken = (response: HttpClientResponse.HttpClientResponse) =>
  Effect.map(
    HttpClientResponse.schemaBodyJson(TokenAnswer)(response),
    (answer) => "token" in answer ? answer.token : answer.access_token
  )

/** `Bearer realm="https://…/token",service="…",scope="repository:team/app:pull"` */
const parametersOf = (challenge: string): Partial<Record<string, string>> =>
  Object.fromEntries(Array.from(challenge.matchAll(/(\w+)="([^"]*)"/g), ([, name, value]) => [name, value]))

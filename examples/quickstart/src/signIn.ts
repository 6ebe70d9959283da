/**
 * How a client answers a registry that asks who it is (`WWW-Authenticate`): with name and password in each request
 * (Basic), or with a token that it gets for them (Bearer).
 */
import type { Credential } from "@credlet/core"
import { Effect, identity, Schema } from "effect"
import { HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"

/** What each further request has to go through. Who has nothing to show goes on anonymously, and is refused then. */
export const signIn = Effect.fnUntraced(
  function*(registry: string, challenge: string, credential: Credential.Credential | undefined) {
    const withPassword = credential === undefined
      ? identity<HttpClientRequest.HttpClientRequest>
      : HttpClientRequest.basicAuth(credential.username, credential.password)
    if (/^basic /i.test(challenge)) return withPassword

    const { realm = "", scope, service } = parametersOf(challenge)
    if (URL.parse(realm)?.host !== registry) return identity // the password is for this registry and nobody else
    const request = HttpClientRequest.get(realm, { urlParams: { service, scope } })
    const response = yield* HttpClient.execute(withPassword(request))
    if (response.status !== 200) return identity
    const { token } = yield* readToken(response)
    return HttpClientRequest.bearerToken(token)
  }
)

const readToken = HttpClientResponse.schemaBodyJson(Schema.Struct({ token: Schema.RedactedFromValue(Schema.String) }))

/** `Bearer realm="http://…/token",service="…",scope="repository:team/app:pull"` */
const parametersOf = (challenge: string): Partial<Record<string, string>> =>
  Object.fromEntries(Array.from(challenge.matchAll(/(\w+)="([^"]*)"/g), ([, name, value]) => [name, value]))

/**
 * The answers for programs, those without credentials too, with the reasons why there are none.
 *
 * @since 0.1.0
 */
import type { Credential, Source } from "@credlet/core/credential/Credential"
import type { ProviderError } from "@credlet/core/provider/ProviderError"
import * as Redacted from "effect/Redacted"
import type { Answer, Secrets } from "./Answer.ts"

/**
 * A masked password is `null`; an empty one is no secret and stays `""`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const render = (answers: ReadonlyArray<Answer>, secrets: Secrets): string => {
  const images = answers.map(({ image, lookup }) => ({
    image,
    repository: lookup.repository,
    credentials: lookup.credentials.map((credential) => credentialJson(credential, secrets)),
    providers: {
      matched: lookup.providers,
      skipped: lookup.skipped,
      failed: lookup.failures.map((error) => ({
        provider: error.provider,
        reason: reason(error),
        message: error.message
      })),
      unusable: lookup.unusable.map(({ location, reason, source }) => ({
        location,
        reason,
        source: sourceJson(source)
      }))
    }
  }))
  return JSON.stringify({ images }, undefined, 2)
}

const credentialJson = ({ email, location, password, source, username }: Credential, secrets: Secrets) => {
  const value = Redacted.value(password)
  return {
    location,
    username,
    password: value === "" || secrets === "shown" ? value : null,
    ...(email === "" ? {} : { email }),
    source: sourceJson(source)
  }
}

const sourceJson = (source: Source) => {
  switch (source._tag) {
    case "PullSecret":
      return { type: "pullSecret", namespace: source.namespace, name: source.name, uid: source.uid }
    case "NodeConfig":
      return { type: "nodeConfig" }
    case "Provider":
      return {
        type: "provider",
        name: source.provider,
        ...(source.coordinates === undefined ? {} : { serviceAccount: source.coordinates })
      }
  }
}

/** The most specific word: `NotExecutable` rather than `PluginError`, `ServiceAccountNotFound` rather than `IdentityFailed`. */
const reason = (error: ProviderError): string => {
  switch (error._tag) {
    case "PluginError":
      return error.reason._tag
    case "IdentityFailed":
      return error.reason.failure
    default:
      return error._tag
  }
}

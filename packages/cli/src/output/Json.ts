/**
 * The answers for programs, those without credentials too, with the reasons why there are none.
 *
 * @since 0.1.0
 */
import type { Credential, Source } from "@credlet/core/credential/Credential"
import type { PodIdentity } from "@credlet/core/identity/PodIdentity"
import * as NextStep from "@credlet/core/provider/NextStep"
import type { ProviderError } from "@credlet/core/provider/ProviderError"
import * as Redacted from "effect/Redacted"
import type { Answer, Secrets } from "./Answer.ts"

/**
 * A masked password is `null`; an empty one is no secret and stays `""`. `pod` is the one that was asked for, if any.
 *
 * @since 0.1.0
 * @category rendering
 */
export const render = (answers: ReadonlyArray<Answer>, secrets: Secrets, pod?: PodIdentity): string => {
  const images = answers.map(({ image, lookup }) => ({
    image,
    repository: lookup.repository,
    credentials: lookup.credentials.map((credential) => credentialJson(credential, secrets)),
    providers: {
      matched: lookup.providers,
      skipped: lookup.skipped,
      failed: lookup.failures.map(failureJson),
      unusable: lookup.unusable.map(({ location, reason, source }) => ({
        location,
        reason,
        source: sourceJson(source)
      }))
    }
  }))
  return JSON.stringify(pod === undefined ? { images } : { pod: podJson(pod), images }, undefined, 2)
}

/** As an explanation has it. */
const podJson = ({ namespace, podName, podUid, serviceAccountName }: PodIdentity) => ({
  namespace,
  podName,
  podUid,
  serviceAccountName
})

/** `stderr` is not there if the plugin wrote nothing. */
const failureJson = (error: ProviderError) => ({
  provider: error.provider,
  reason: NextStep.failureOf(error),
  message: NextStep.causeOf(error),
  stderr: NextStep.stderrOf(error),
  nextStep: NextStep.of(error)
})

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

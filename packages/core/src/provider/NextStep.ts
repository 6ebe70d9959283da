/**
 * What to tell people about a provider that gave nothing: the cause in one line, and what to do next. Each failure that a
 * provider can have is spoken of, which the types see to; those of plugins are in `PluginFailure`.
 *
 * @since 0.1.0
 */
import type { IdentityFailure } from "../identity/IdentityError.ts"
import * as PluginFailure from "../plugin/PluginFailure.ts"
import type { SkippedProvider } from "./ProviderAnswer.ts"
import type { IdentityFailed, ProviderError } from "./ProviderError.ts"

/**
 * The most specific name of a failure: `NotExecutable` rather than `PluginError`, `ServiceAccountNotFound` rather than
 * `IdentityFailed`.
 *
 * @since 0.1.0
 * @category getters
 */
export const failureOf = (error: ProviderError): string => {
  switch (error._tag) {
    case "PluginError":
      return error.reason._tag
    case "IdentityFailed":
      return error.reason.failure
    default:
      return error._tag
  }
}

/**
 * What a failing plugin wrote to stderr, without what is known to be secret; nothing if it wrote nothing or did not run.
 *
 * @since 0.1.0
 * @category getters
 */
export const stderrOf = (error: ProviderError): string | undefined => {
  if (error._tag !== "PluginError" || !("stderr" in error.reason)) return undefined
  const text = error.reason.stderr.trim()
  return text === "" ? undefined : text
}

/**
 * What happened, in a clause without the provider's name, and without what the plugin wrote to stderr.
 *
 * @since 0.1.0
 * @category rendering
 */
export const causeOf = (error: ProviderError): string => {
  switch (error._tag) {
    case "PluginError":
      return PluginFailure.causeOf(error.reason)
    case "IdentityFailed":
      return error.reason.message
    case "UncacheableAnswer":
      return error.reason.message
    case "UnknownCacheKeyType":
      return error.value === undefined
        ? "the cacheKeyType in the plugin's answer is none of Image, Registry and Global"
        : error.value === ""
        ? "the cacheKeyType in the plugin's answer is missing or empty"
        : `the cacheKeyType in the plugin's answer is "${error.value}", not Image, Registry or Global`
    case "TokenEchoed":
      return "the plugin answered with the service account's token as a password, which is not used"
  }
}

/**
 * What to do about a failure: one sentence, without a full stop, that starts with a verb.
 *
 * @example
 * ```ts
 * import { Keyring, NextStep } from "@credlet/core"
 * import { Console, Effect } from "effect"
 *
 * const program = Effect.gen(function*() {
 *   const { failures } = yield* (yield* Keyring.Keyring).lookup("registry.example/team/app:1.0")
 *   for (const failure of failures) yield* Console.error(`${failure.provider}: ${NextStep.of(failure)}`)
 * })
 * ```
 *
 * @since 0.1.0
 * @category rendering
 */
export const of = (error: ProviderError): string => {
  switch (error._tag) {
    case "PluginError":
      return PluginFailure.nextStepOf(error.reason, error.provider)
    case "IdentityFailed":
      return afterIdentity(error.reason.failure, error.stage)
    case "UncacheableAnswer":
      return error.reason.part === "image" || error.reason.part === "registry"
        ? "ask for an image with a shorter name"
        : "shorten the service account's names or the annotations that the provider asks for"
    case "UnknownCacheKeyType":
      return "let the plugin answer with cacheKeyType Image, Registry or Global, in this spelling"
    case "TokenEchoed":
      return "if the registry takes such tokens, set cacheType: Token in the provider's tokenAttributes; else let the plugin " +
        "exchange the token"
  }
}

const afterIdentity = (failure: IdentityFailure, stage: IdentityFailed["stage"]): string => {
  switch (failure) {
    case "Unauthenticated":
      return "check the token or certificate that is shown to the API server, and whether it has expired"
    case "NoCredentials":
      return "check where the credentials are to come from: files, or the exec plugin of the kubeconfig's user"
    case "Forbidden":
      return stage === "token"
        ? "allow the caller to create serviceaccounts/token; a node may only for pods that run on it"
        : "allow the caller to get serviceaccounts; a node may only those of pods that run on it"
    case "AudienceNotAllowed":
      return "allow the audience to nodes: verb request-serviceaccounts-token-audience on the audience, or name it in the pod"
    case "DeniedByPolicy":
      return "see what the admission policy says, and let it pass requests for tokens"
    case "NamespaceTerminating":
      return "ask for a pod of a namespace that is to stay"
    case "ServiceAccountNotFound":
      return "create the service account, or mend its name in the pod"
    case "PodNotFound":
      return "ask for a pod that runs: tokens are bound to it"
    case "NamespaceNotFound":
      return "mend the namespace, or see whether this is the cluster that you mean"
    case "SecretNotFound":
      return "create the secret, or take it out of the pod's imagePullSecrets"
    case "ServiceAccountReplaced":
    case "PodReplaced":
      return "look up the pod again: it was deleted and made anew, or the UID that was given is not its own"
    case "PodOfOtherAccount":
      return "name the service account that the pod runs as"
    case "InvalidRequest":
      return "check the audience in the provider's tokenAttributes and the pod's names"
    case "Throttled":
      return "look again later, or give the caller a higher priority in the API server's flow control"
    case "ServerFailed":
      return "look again later, and see the API server's log"
    case "ForeignAnswer":
      return "check the API server's address; if it is right, see what answers in its place, such as a proxy before it"
    case "Unreachable":
      return "check the API server's address, and the network to it"
    case "Untrusted":
      return "check the API server's address, and name its cluster's certificate authority, such as in the kubeconfig"
    case "TimedOut":
      return "look again later, and check the network to the API server"
    case "NotConfigured":
      return "say which API server to ask, or look up without a pod"
  }
}

/**
 * What to do if a provider that is not for this pod should be.
 *
 * @since 0.1.0
 * @category rendering
 */
export const ofSkipped = (skipped: SkippedProvider): string =>
  skipped.reason === "ServiceAccountRequired"
    ? "look up for a pod that has a service account, or set requireServiceAccount: false in the provider's tokenAttributes"
    : `annotate the service account with ${skipped.annotation}, or make it one of optionalServiceAccountAnnotationKeys`

/**
 * What to tell people about a provider that gave nothing: the cause in one line, and what to do next. Each failure that a
 * provider can have is spoken of, which the types see to.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import type { IdentityFailure } from "../identity/IdentityError.ts"
import type { PluginError } from "../plugin/PluginError.ts"
import type { ResponseError } from "../plugin/ResponseError.ts"
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
      return pluginCause(error.reason)
    case "IdentityFailed":
      return error.reason.message
    case "UncacheableAnswer":
      return error.reason.message
    case "UnknownCacheKeyType":
      return error.value === undefined
        ? "the cacheKeyType in the plugin's answer is none of Image, Registry and Global"
        : `the cacheKeyType in the plugin's answer is "${error.value}", not Image, Registry or Global`
    case "TokenEchoed":
      return "the plugin answered with the service account's token as a password, which is not used"
  }
}

const pluginCause = (reason: PluginError["reason"]): string => {
  switch (reason._tag) {
    case "NotFound":
      return `there is no plugin ${reason.path}`
    case "NotExecutable":
      return `the plugin ${reason.path} may not be executed`
    case "IsDirectory":
      return `${reason.path} is a directory, not a program`
    case "NotAProgram":
      return `${reason.path} is no program that this system can run`
    case "BadInterpreter":
      return `the program that the "#!" line of ${reason.path} names is not there`
    case "Busy":
      return `${reason.path} is being written at this moment`
    case "ResourceExhausted":
      return `the system has no process, file or memory left to start ${reason.path} (${reason.code})`
    case "NulCharacter":
      return `there is a NUL character in the plugin's ${reason.in}, so it was not started`
    case "BadPath":
      return `${reason.path} can't be reached (${reason.code})`
    case "TooBig":
      return `the arguments and environment of ${reason.path} are together more than a program can be given`
    case "BadEnvironmentName":
      return `the name in env[${reason.index}] ${
        reason.problem === "empty" ? "is empty" : "contains \"=\""
      }, so the plugin was not started`
    case "QueueTimedOut":
      return `for ${
        Duration.format(reason.maxWait)
      } there was no place among the ${reason.maxConcurrent} plugins that may run at once`
    case "StartFailed":
      return `${reason.path} could not be started (${reason.code})`
    case "TimedOut":
      return `the plugin did not answer within ${Duration.format(reason.deadline)} and was stopped`
    case "Exited":
      return `the plugin exited with status ${reason.code}`
    case "Killed":
      return `the plugin was killed by ${reason.signal}`
    case "OutputTooLarge":
      return `the plugin wrote more than ${reason.limit} bytes to ${reason.stream} and was stopped`
    case "BadOutput":
      return reason.response.message
    case "WrongApiVersion": {
      const { actual, expected } = reason
      const found = actual === undefined ? "of another apiVersion" : actual === "" ? "without apiVersion" : actual
      return `the plugin was asked in ${expected}, and its answer is ${found}`
    }
    case "UnsupportedApiVersion":
      return reason.message
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
      return afterPlugin(error.reason, error.provider)
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

const afterPlugin = (reason: PluginError["reason"], provider: string): string => {
  switch (reason._tag) {
    case "NotFound":
      return `put a program named "${provider}" into the directory with the plugins, or mend the provider's name`
    case "NotExecutable":
      return `run chmod +x on it, and check that its directories may be searched`
    case "IsDirectory":
      return "put the program itself in its place"
    case "NotAProgram":
      return "start a script with a #! line, and take a binary that was built for this system and machine"
    case "BadInterpreter":
      return "install that program, or mend the line; a Windows line end there counts as part of the name"
    case "Busy":
      return "look again when it is written; put new versions in place by renaming, not by copying over"
    case "ResourceExhausted":
      return "raise the limits on processes and open files (ulimit -u, -n), or run fewer plugins at once"
    case "NulCharacter":
      return "take it out of the provider's entry in the config"
    case "BadPath":
      return "look for a file among its directories, a circle of symbolic links, or too long a name"
    case "TooBig":
      return "shorten the provider's args and env, or let fewer variables be passed on"
    case "BadEnvironmentName":
      return "mend it in the provider's env, or set Profile.environmentNames to \"any\" to pass it on as the kubelet does"
    case "QueueTimedOut":
      return "see which plugins hang, or raise maxConcurrent or maxWait in the execution policy"
    case "StartFailed":
      return "run the plugin by hand as the same user, and see what the system says"
    case "TimedOut":
      return "run the plugin by hand with the same request on stdin, and see what it waits for: most often the network"
    case "Exited":
      return "see what it wrote, or run it by hand with the same request on stdin"
    case "Killed":
      return reason.signal === "SIGKILL"
        ? "see whether the system ran out of memory (dmesg), or who else stopped it"
        : "run it by hand with the same request on stdin: most often the plugin itself is at fault"
    case "OutputTooLarge":
      return reason.stream === "stdout"
        ? "run it by hand: on stdout there should be one answer in JSON, and nothing else"
        : "let it write less to stderr"
    case "UnsupportedApiVersion":
      return "set the provider's apiVersion to one that the kubelet knows, such as credentialprovider.kubelet.k8s.io/v1"
    case "WrongApiVersion":
      return sameVersion
    case "BadOutput":
      return afterResponse(reason.response.class)
  }
}

const sameVersion =
  "let the plugin answer in the apiVersion of the request, or set the provider's apiVersion to the one it answers in"

const afterResponse = (kind: ResponseError["class"]): string => {
  switch (kind) {
    case "syntax":
      return "let the plugin write one JSON object to stdout and nothing else: logs belong on stderr"
    case "type":
      return "mend the answer there; a cacheDuration is a text such as \"5m\""
    case "badGroupVersion":
    case "missingVersion":
    case "versionMismatch":
      return sameVersion
    case "missingKind":
    case "notRegistered":
    case "wrongKind":
      return "let the plugin answer with kind CredentialProviderResponse"
    case "strict":
      return "take those fields out of the answer, and mind that names are spelt with the right case"
  }
}

const afterIdentity = (failure: IdentityFailure, stage: IdentityFailed["stage"]): string => {
  switch (failure) {
    case "Unauthenticated":
      return "check the token or certificate that is shown to the API server, and whether it has expired"
    case "NoCredentials":
      return "check the files and the exec plugin that the kubeconfig names for its user"
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
    case "Unreachable":
      return "check the server's address in the kubeconfig, and the network to it"
    case "Untrusted":
      return "name the cluster's certificate authority in the kubeconfig"
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

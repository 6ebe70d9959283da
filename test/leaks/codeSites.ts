/**
 * Where the product wraps secrets in `Redacted` and where it takes them out, file by file, and which slots these are. Held
 * against its sources by `inventory.test.ts`: who adds a secret comes by here.
 */
import type { SlotName } from "./slots.ts"

export interface Site {
  /** How often a secret is wrapped here, or a Schema says that it is. */
  readonly wraps?: number
  /** How often one is taken out. */
  readonly unwraps?: number
  /** Which secrets these are. */
  readonly slots: ReadonlyArray<SlotName>
  /** Where they go when they are taken out. */
  readonly goes?: string
}

const answer = ["password"] as const
const dockerConfigs = ["dockerAuth", "dockerPassword", "secretAuth", "secretPassword"] as const
const configKeys = ["configKey", "configField", "configDuplicate"] as const
const headers = ["kubeToken", "kubeTokenFile", "kubePassword", "kubeUsername", "kubeIdToken", "kubeExecToken"] as const

export const sites: Readonly<Record<string, Site>> = {
  "core/src/text/GoField.ts": {
    wraps: 2,
    unwraps: 1,
    slots: ["password", "providerEnv"],
    goes: "to the caller, who has a secret document written (`encode`)"
  },
  "core/src/config/ConfigDecoding.ts": { wraps: 3, slots: configKeys },
  "core/src/config/ConfigError.ts": {
    wraps: 2,
    unwraps: 2,
    slots: configKeys,
    goes: "to programs that ask a finding for its exact path or key"
  },
  "core/src/config/ConfigProblem.ts": { wraps: 1, slots: ["patternProblem"] },
  "core/src/config/ConfigValidation.ts": { wraps: 1, slots: ["patternProblem"] },
  "core/src/config/ProviderConfig.ts": { wraps: 2, slots: ["providerEnv"] },
  "core/src/config/internal/documentReading.ts": { wraps: 3, slots: configKeys },
  "core/src/credential/Credential.ts": {
    wraps: 1,
    unwraps: 2,
    slots: [...answer, ...dockerConfigs],
    goes: "into the hash by which a node knows a credential"
  },
  "core/src/credential/DockerConfig.ts": { wraps: 2, slots: dockerConfigs },
  "core/src/credential/PullSecret.ts": {
    unwraps: 1,
    slots: ["secretAuth", "secretPassword", "secretSyntax", "secretAuthField"],
    goes: "to the parser of docker configs"
  },
  "core/src/cache/CacheKey.ts": { unwraps: 1, slots: ["serviceAccountToken"], goes: "into a hash" },
  "core/src/keyring/Keyring.ts": { wraps: 1, slots: ["username", "password"] },
  "core/src/keyring/Lookup.ts": {
    wraps: 2,
    unwraps: 1,
    slots: ["username", "password"],
    goes: "to programs that ask the error for the credentials that there are"
  },
  "core/src/keyring/internal/fingerprint.ts": {
    unwraps: 1,
    slots: answer,
    goes: "into a keyed hash of which 32 bits are shown"
  },
  "core/src/plugin/PluginEnvironment.ts": { unwraps: 1, slots: ["providerEnv"], goes: "into the plugin's environment" },
  "core/src/plugin/PluginProtocol.ts": {
    wraps: 1,
    unwraps: 2,
    slots: ["serviceAccountToken", "password"],
    goes: "to the plugin's stdin, and to the stdout of plugins that are written with this"
  },
  "core/src/plugin/ResponseError.ts": {
    wraps: 1,
    unwraps: 1,
    slots: ["answerUnknownField", "answerDuplicate"],
    goes: "to programs that ask an error for the names of fields"
  },
  "core/src/plugin/internal/mask.ts": {
    unwraps: 2,
    slots: ["serviceAccountToken", "providerEnv"],
    goes: "into the list of what is taken out of stderr"
  },
  "core/src/plugin/internal/responseFindings.ts": { wraps: 1, slots: ["answerUnknownField", "answerDuplicate"] },
  "core/src/provider/ServiceAccountMode.ts": {
    unwraps: 5,
    slots: ["serviceAccountToken", "password"],
    goes: "into a comparison of the token with what a plugin answered"
  },
  "kubernetes/src/KubeConfig.ts": { wraps: 1, slots: ["kubeProxy"] },
  "kubernetes/src/KubernetesPods.ts": {
    wraps: 4,
    unwraps: 1,
    slots: ["secretAuth", "secretPassword", "secretData"],
    goes: "from base64 into bytes, which are wrapped again"
  },
  "kubernetes/src/internal/ConnectionPool.ts": {
    unwraps: 3,
    slots: [...headers, "kubeClientKey", "kubeProxy"],
    goes: "into the TLS handshake, and into headers below the HTTP client"
  },
  "kubernetes/src/internal/ExecCredentials.ts": {
    unwraps: 2,
    slots: ["kubeExecEnv", "kubeExecArgs"],
    goes: "into the exec plugin's environment and arguments"
  },
  "kubernetes/src/internal/KubeConfigFile.ts": {
    wraps: 11,
    slots: [
      "kubeToken",
      "kubePassword",
      "kubeClientKey",
      "kubeRefreshToken",
      "kubeProxy",
      "kubeServer",
      "kubeExecConfig"
    ]
  },
  "kubernetes/src/internal/TokenAnswer.ts": { wraps: 1, slots: ["serviceAccountToken", "tokenAnswer"] },
  "kubernetes/src/internal/chosenContext.ts": {
    unwraps: 1,
    slots: ["kubeToken", "kubePassword", "kubeServer", "kubeProxy"],
    goes: "into checks of a context, and into the header"
  },
  "kubernetes/src/internal/execAnswer.ts": {
    wraps: 3,
    unwraps: 4,
    slots: ["kubeExecToken", "kubeExecKey", "kubeExecConfig", "kubeProxy"],
    goes: "into the header and the TLS handshake, and into KUBERNETES_EXEC_INFO"
  },
  "kubernetes/src/internal/header.ts": { wraps: 2, slots: headers },
  "kubernetes/src/internal/pem.ts": {
    unwraps: 3,
    slots: ["kubeClientKey", "kubeBadKey", "kubeExecKey"],
    goes: "into a check whether key and certificate belong together"
  },
  "kubernetes/src/internal/proxy.ts": { wraps: 1, slots: ["proxyVariable"] },
  "kubernetes/src/internal/serverText.ts": {
    unwraps: 1,
    slots: headers,
    goes: "into the list of what is taken out of a server's words"
  },
  "kubernetes/src/internal/tokenFile.ts": {
    unwraps: 2,
    slots: ["kubeTokenFile", "inClusterToken"],
    goes: "into a comparison of two readings"
  },
  "kubernetes/src/internal/userCredentials.ts": { wraps: 2, slots: ["kubeClientKey", "kubeBadKey"] },
  "cli/src/output/DockerConfigFile.ts": { unwraps: 3, slots: answer, goes: "to stdout with --show-secrets" },
  "cli/src/output/Json.ts": { unwraps: 1, slots: answer, goes: "to stdout with --show-secrets" },
  "cli/src/output/Table.ts": { unwraps: 1, slots: answer, goes: "to stdout with --show-secrets" },
  "testing/src/FakeApiServer.ts": { wraps: 1, slots: ["kubeToken", "inClusterToken"] },
  "testing/src/FaultLab.ts": { wraps: 1, slots: ["providerEnv"] },
  "testing/src/ScriptedIdentity.ts": { wraps: 1, slots: ["serviceAccountToken"] },
  "testing/src/ScriptedPlugins.ts": { wraps: 1, slots: answer },
  "testing/src/internal/registry/Account.ts": { unwraps: 1, slots: answer, goes: "into a comparison of hashes" }
}

/** Exported Schemas that have a `Redacted`, as `support/sources.ts` names them. */
export const secretFields: Readonly<Record<string, ReadonlyArray<SlotName>>> = {
  "EnvVar.value": ["providerEnv"],
  "ConfigFinding.exactKey": ["configDuplicate"],
  "ConfigFinding.exactPath": ["configKey", "configField"],
  "ConfigProblem.exactPattern": ["patternProblem"],
  "ResponseError.findings[].path": ["answerUnknownField", "answerDuplicate"],
  "ProvidersFailed.exactLookup": ["username", "password"]
}

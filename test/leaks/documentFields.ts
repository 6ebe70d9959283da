/**
 * The fields of every document that is read, each with the slots of the secrets in it, or `plain` if there are none to be
 * expected. Held against the sources by `inventory.test.ts`: a field that is new has to be thought about.
 */
import type { SlotName } from "./slots.ts"

const plain: ReadonlyArray<SlotName> = []

export interface Document {
  readonly file: string
  /** What stands before its first brace. */
  readonly struct: string
  readonly fields: Readonly<Record<string, ReadonlyArray<SlotName>>>
}

export const documents: ReadonlyArray<Document> = [
  {
    file: "core/src/config/ProviderConfig.ts",
    struct: "class EnvVar ",
    fields: {
      name: ["envName"],
      value: ["providerEnv", "configYaml", "configJson", "configType", "configNul", "configWithoutKind"]
    }
  },
  {
    file: "core/src/config/ProviderConfig.ts",
    struct: "class Provider ",
    fields: {
      name: plain,
      matchImages: ["patternUserInfo", "patternProblem"],
      defaultCacheDuration: plain,
      apiVersion: plain,
      args: ["providerArgs"],
      env: ["providerEnv"],
      tokenAttributes: plain
    }
  },
  {
    file: "core/src/config/ProviderConfig.ts",
    struct: "class TokenAttributes ",
    fields: {
      serviceAccountTokenAudience: plain,
      cacheType: plain,
      requireServiceAccount: plain,
      requiredServiceAccountAnnotationKeys: plain,
      optionalServiceAccountAnnotationKeys: plain
    }
  },
  {
    file: "core/src/plugin/PluginProtocol.ts",
    struct: "const ResponseFields =",
    fields: {
      kind: plain,
      apiVersion: ["answerWrongVersion"],
      cacheKeyType: ["answerKeyType"],
      cacheDuration: ["answerDuration"],
      auth: ["username", "password", "locationUserInfo"]
    }
  },
  {
    file: "core/src/plugin/PluginProtocol.ts",
    struct: "const Entry =",
    fields: { username: ["username"], password: ["password", "answerWrongType", "answerTruncated"] }
  },
  {
    file: "core/src/credential/DockerConfig.ts",
    struct: "const fieldPatterns =",
    fields: {
      username: ["dockerUsername"],
      password: ["dockerPassword", "dockerSyntax", "dockerWrongType"],
      email: ["dockerEmail"],
      auth: ["dockerAuth", "secretAuth", "secretAuthField"]
    }
  },
  {
    file: "kubernetes/src/KubernetesPods.ts",
    struct: "const readSecret =",
    fields: { metadata: plain, type: plain, data: ["secretAuth", "secretPassword", "secretSyntax", "secretData"] }
  },
  {
    file: "kubernetes/src/internal/TokenAnswer.ts",
    struct: "const Answer =",
    fields: { spec: plain, status: ["serviceAccountToken", "tokenAnswer"] }
  },
  {
    file: "kubernetes/src/internal/AccountReader.ts",
    struct: "const Account =",
    fields: { metadata: ["annotationValue", "otherAnnotation"] }
  },
  {
    file: "kubernetes/src/internal/execAnswer.ts",
    struct: "status: Schema",
    fields: {
      token: ["kubeExecToken", "kubeExecAnswer"],
      clientCertificateData: plain,
      clientKeyData: ["kubeExecKey"],
      expirationTimestamp: plain
    }
  },
  {
    file: "kubernetes/src/internal/KubeConfigFile.ts",
    struct: "const Cluster =",
    fields: {
      server: ["kubeServer"],
      "tls-server-name": plain,
      "insecure-skip-tls-verify": plain,
      "certificate-authority": plain,
      "certificate-authority-data": plain,
      "proxy-url": ["kubeProxy"],
      "disable-compression": plain
    }
  },
  {
    file: "kubernetes/src/internal/KubeConfigFile.ts",
    struct: "const User =",
    fields: {
      "client-certificate": plain,
      "client-certificate-data": plain,
      "client-key": ["kubeClientKey"],
      "client-key-data": ["kubeClientKey", "kubeBadKey"],
      token: ["kubeToken", "kubeYaml", "kubeType", "kubeDuplicate", "kubeBadToken"],
      tokenFile: ["kubeTokenFile"],
      as: plain,
      "as-uid": plain,
      "as-groups": plain,
      "as-user-extra": plain,
      username: ["kubeUsername"],
      password: ["kubePassword"],
      "auth-provider": ["kubeIdToken", "kubeRefreshToken"],
      exec: ["kubeExecEnv", "kubeExecArgs"]
    }
  },
  {
    file: "kubernetes/src/internal/KubeConfigFile.ts",
    struct: "const Exec =",
    fields: {
      command: plain,
      args: ["kubeExecArgs"],
      env: ["kubeExecEnv"],
      apiVersion: plain,
      installHint: plain,
      provideClusterInfo: plain,
      interactiveMode: plain
    }
  }
]

/**
 * Every place in which a secret may stand that gets into Credlet, each with a canary of its own. Who adds one to the product
 * adds it here (`inventory.test.ts` sees to that), and a scene that brings it to where it should arrive (`scenes.test.ts`
 * sees to that).
 */
import * as Canary from "./support/canary.ts"
import type { OutletKind } from "./support/watch.ts"

interface Planted {
  /** Where it stands. */
  readonly stands: string
  /** Where alone it should arrive. */
  readonly arrives: string
  /**
   * `odd`: holds characters that are written otherwise in JSON, URLs and the like. `plain`: where those can't stand.
   * `made`: somebody else makes it, such as the API server; it is known when the world is there.
   */
  readonly canary: "odd" | "plain" | "made"
  /** In which outlets it may be seen all the same, and why. */
  readonly shown?: Partial<Record<OutletKind, string>>
  /** Where its SHA-256 may be seen, and why. */
  readonly hashed?: Partial<Record<OutletKind, string>>
}

const byDesign = "who asks for credentials is shown for which user they are, as in any docker config"
const nowhere = "nowhere: the error names the line where it stands"

const planted = {
  // A lookup, and the plugin that it runs.
  serviceAccountToken: {
    stands: "the token that the API server mints for the pod's service account",
    arrives: "the plugin's stdin",
    canary: "made",
    hashed: { cacheKey: "with cacheType: Token, answers are kept apart by the token's hash (CACHE-4)" }
  },
  annotationValue: {
    stands: "an annotation of the service account that the provider asks for",
    arrives: "the plugin's stdin",
    canary: "odd",
    shown: { cacheKey: "keys hold the values of annotations (CACHE-6), so they are in no log and no error (LOG-36)" }
  },
  otherAnnotation: {
    stands: "an annotation of the service account that nobody asks for",
    arrives: "nowhere: it comes from the API server and is dropped",
    canary: "odd"
  },
  username: {
    stands: "the plugin's answer",
    arrives: "the credential's username",
    canary: "odd",
    shown: { lookup: byDesign, explanation: byDesign, stdout: byDesign }
  },
  password: { stands: "the plugin's answer", arrives: "the credential's Redacted password", canary: "odd" },
  providerEnv: { stands: "the value of an entry of env", arrives: "the plugin's environment", canary: "odd" },
  envName: {
    stands: "behind an = in the name of an entry of env, where the whole NAME=value was written as the name",
    arrives: "the plugin's environment, if names are not checked",
    canary: "odd"
  },
  providerArgs: {
    stands: "the value of a flag in args",
    arrives: "the plugin's arguments",
    canary: "odd",
    shown: { config: "args are plain in the kubelet's API, and anybody on the host can see a process's arguments" }
  },
  inheritedEnv: {
    stands: "a variable of the host whose name says that it is secret",
    arrives: "the plugin's environment",
    canary: "odd"
  },
  locationUserInfo: {
    stands: "the user information of a registry location in the plugin's answer",
    arrives: "nowhere: the location is told without it",
    canary: "plain"
  },
  failingStdout: {
    stands: "the answer on stdout of a plugin that fails",
    arrives: "nowhere: the plugin wrote it",
    canary: "odd"
  },
  answerUnknownField: { stands: "an unknown field of the plugin's answer", arrives: nowhere, canary: "odd" },
  answerWrongType: { stands: "a list in the place of the password", arrives: nowhere, canary: "odd" },
  answerTruncated: { stands: "the password of an answer that ends in the middle", arrives: nowhere, canary: "odd" },
  answerRubbish: { stands: "an answer that is no JSON", arrives: nowhere, canary: "odd" },
  answerWrongVersion: {
    stands: "the apiVersion of the plugin's answer",
    arrives: "nowhere: the plugin wrote it",
    canary: "odd"
  },
  answerDuplicate: { stands: "a second password in the same entry", arrives: nowhere, canary: "odd" },
  answerDuration: { stands: "the cacheDuration of the plugin's answer", arrives: nowhere, canary: "odd" },
  answerKeyType: {
    stands: "the cacheKeyType of the plugin's answer",
    arrives: "nowhere: the plugin wrote it",
    canary: "odd"
  },
  imageUserInfo: {
    stands: "the user information of an image's name",
    arrives: "nowhere: the error shows the name without it",
    canary: "plain"
  },

  // Documents that hold credentials.
  secretAuth: { stands: "the auth field of a dockerconfigjson secret", arrives: "the credential", canary: "odd" },
  secretPassword: { stands: "the password of a dockercfg secret", arrives: "the credential", canary: "odd" },
  secretSyntax: { stands: "a pull secret that is no JSON there", arrives: nowhere, canary: "odd" },
  secretAuthField: { stands: "an auth field that is not base64", arrives: nowhere, canary: "odd" },
  secretData: {
    stands: "data of a secret that the API server does not send as base64",
    arrives: "nowhere: the API server sent it",
    canary: "odd"
  },
  dockerAuth: { stands: "the auth field of a config.json", arrives: "the credential", canary: "odd" },
  dockerUsername: {
    stands: "the username of a config.json",
    arrives: "the credential",
    canary: "odd",
    shown: { lookup: byDesign }
  },
  dockerPassword: { stands: "the password of a config.json", arrives: "the credential", canary: "odd" },
  dockerEmail: {
    stands: "the email of a config.json",
    arrives: "the credential",
    canary: "odd",
    shown: { lookup: "the kubelet's hash of a credential is made of it (HASH-3), so it is part of one" }
  },
  dockerIdentityToken: {
    stands: "the identitytoken of a config.json",
    arrives: "nowhere: it is not read (DOCKER-3)",
    canary: "odd"
  },
  dockerHeader: {
    stands: "an HttpHeader of a config.json",
    arrives: "nowhere: it is read and never used (DOCKER-1)",
    canary: "odd"
  },
  dockerSyntax: { stands: "a config.json that is no JSON there", arrives: nowhere, canary: "odd" },
  dockerWrongType: { stands: "a list in the place of a password", arrives: nowhere, canary: "odd" },

  // The CredentialProviderConfig.
  configYaml: { stands: "a value of env on a line that is no YAML", arrives: nowhere, canary: "odd" },
  configJson: { stands: "a value of env where the config is no JSON", arrives: nowhere, canary: "odd" },
  configType: { stands: "a list in the place of a value of env", arrives: nowhere, canary: "odd" },
  configField: { stands: "an unknown field of an entry of env", arrives: nowhere, canary: "odd" },
  configKey: {
    stands: "a key of an entry of env, as a space is missing",
    arrives: nowhere,
    canary: "plain"
  },
  configDuplicate: { stands: "a second value of an entry of env", arrives: nowhere, canary: "odd" },
  configWithoutKind: {
    stands: "a value of env in a config without kind, which the kubelet prints whole (LOG-38)",
    arrives: "nowhere: the error is about the document",
    canary: "odd"
  },
  configNul: {
    stands: "a value of env with a NUL character, which Node quotes",
    arrives: "nowhere: the plugin is not started",
    canary: "odd"
  },
  patternUserInfo: {
    stands: "the user information of a matchImages entry",
    arrives: "nowhere: the warning shows the entry without it",
    canary: "plain"
  },
  patternProblem: {
    stands: "the user information of a matchImages entry that is wrong",
    arrives: nowhere,
    canary: "plain"
  },

  // The way to the API server.
  kubeToken: { stands: "the token of a kubeconfig", arrives: "the Authorization header", canary: "made" },
  kubeTokenFile: { stands: "the tokenFile of a kubeconfig", arrives: "the Authorization header", canary: "plain" },
  kubePassword: { stands: "the password of a kubeconfig", arrives: "the Authorization header", canary: "odd" },
  kubeUsername: { stands: "the username of a kubeconfig", arrives: "the Authorization header", canary: "odd" },
  kubeIdToken: { stands: "the id-token of an auth-provider", arrives: "the Authorization header", canary: "made" },
  kubeRefreshToken: {
    stands: "the refresh-token of an auth-provider",
    arrives: "nowhere: it is not used (KUBE-7)",
    canary: "odd"
  },
  kubeClientKey: {
    stands: "the client key of a kubeconfig",
    arrives: "the TLS handshake, in which the API server knows the client",
    canary: "made"
  },
  kubeBadKey: { stands: "a client key that is none", arrives: nowhere, canary: "odd" },
  kubeBadToken: { stands: "a token with a line break", arrives: nowhere, canary: "odd" },
  kubeExecToken: { stands: "the answer of an exec plugin", arrives: "the Authorization header", canary: "plain" },
  kubeExecEnv: { stands: "an entry of exec.env", arrives: "the exec plugin's environment", canary: "odd" },
  kubeExecArgs: { stands: "an entry of exec.args", arrives: "the exec plugin's arguments", canary: "odd" },
  kubeExecConfig: {
    stands: "the cluster's extension for exec plugins",
    arrives: "the exec plugin's KUBERNETES_EXEC_INFO",
    canary: "odd"
  },
  kubeExecStderr: {
    stands: "the stderr of an exec plugin",
    arrives: "the caller's onExecStderr",
    canary: "plain",
    shown: { stderr: "it may ask the user of the command to sign in somewhere (KUBE-12)" }
  },
  kubeExecStdout: {
    stands: "the stdout of an exec plugin that fails",
    arrives: "nowhere: the plugin wrote it",
    canary: "odd"
  },
  kubeExecAnswer: {
    stands: "the answer of an exec plugin in the wrong type",
    arrives: "nowhere: the plugin wrote it",
    canary: "odd"
  },
  kubeExecKey: {
    stands: "a client key that is none in the answer of an exec plugin",
    arrives: "nowhere: the plugin wrote it",
    canary: "odd"
  },
  proxyVariable: { stands: "the password in HTTPS_PROXY", arrives: "the Proxy-Authorization header", canary: "plain" },
  kubeProxy: { stands: "the password of a proxy-url", arrives: "the Proxy-Authorization header", canary: "plain" },
  kubeServer: { stands: "the user information of a server", arrives: nowhere, canary: "plain" },
  kubeYaml: { stands: "a token on a line that is no YAML", arrives: nowhere, canary: "odd" },
  kubeType: { stands: "a list in the place of a token", arrives: nowhere, canary: "odd" },
  kubeDuplicate: { stands: "a second token of the same user", arrives: nowhere, canary: "odd" },
  inClusterToken: {
    stands: "the token that is mounted into a pod",
    arrives: "the Authorization header, by which the API server knows the pod",
    canary: "made"
  },
  tokenAnswer: {
    stands: "an answer to a request for a token that can't be read",
    arrives: "nowhere: the API server sent it",
    canary: "odd"
  }
} as const satisfies Record<string, Planted>

export type SlotName = keyof typeof planted

export interface Slot extends Planted {
  readonly name: SlotName
}

const slotOf = (name: SlotName): Slot => ({ name, ...planted[name] })

const isSlotName = (name: string): name is SlotName => Object.hasOwn(planted, name)

export const slots: ReadonlyArray<Slot> = Object.keys(planted).filter(isSlotName).map(slotOf)

/** The canary of a slot that has one by itself. */
export const canaryOf = (name: SlotName): string => {
  const { canary } = planted[name]
  if (canary === "made") throw new Error(`${name} is made by somebody else`)
  return Canary.make(name, canary)
}

/** Those that are known beforehand. */
export const planned: ReadonlyArray<Canary.Secret & { readonly slot: SlotName }> = slots.flatMap(({ canary, name }) =>
  canary === "made" ? [] : [{ slot: name, value: canaryOf(name) }]
)

/** `form`: of the forms that the net knows. */
export const mayShow = (name: SlotName, kind: OutletKind, form: string): boolean => {
  const { hashed, shown } = slotOf(name)
  return shown?.[kind] !== undefined || (form === Canary.hash && hashed?.[kind] !== undefined)
}

/**
 * The world's providers: shell scripts that keep what they are given, so that a test can see what arrives, and then answer,
 * lie or fail with canaries in their hands.
 */
import { canaryOf, type SlotName } from "../slots.ts"

export const v1 = "credentialprovider.kubelet.k8s.io/v1"

/**
 * Each provider's plugin is a link to it. What it is given goes into files beside the link, one a run; what it does stands
 * in another.
 */
export const program = `#!/bin/sh
request=$(cat)
printf '%s\\n' "$request" > "$0.stdin.$$"
printf '%s\\n' "$@" > "$0.args.$$"
env > "$0.env.$$"
token=\${request#*'"serviceAccountToken":"'} token=\${token%%\\"*}
answer() { cat "$0.answer" | tee "$0.stdout.$$"; }
tell() {
  {
    printf 'arguments: %s\\n' "$*"
    for argument; do printf '%s\\n' "$argument"; done
    printf 'token: %s\\n' "$token"
    printf 'POST /token?grant_type=x&assertion=%s HTTP/1.1\\n' "$token"
    env
  } >&2
}
. "$0.act"
`

interface Provider {
  /** What it does, in the words of `program`. */
  readonly act: string
  readonly answer?: string
  /** Without a service account; default: it wants one. */
  readonly isPlain?: true
  /** For whose images it answers too. */
  readonly alsoFor?: string
  /** Default: `ServiceAccount`. */
  readonly cacheType?: "Token"
}

const credential = { username: canaryOf("username"), password: canaryOf("password") }

const members = (auth: unknown, more: object = {}) => ({
  kind: "CredentialProviderResponse",
  apiVersion: v1,
  cacheKeyType: "Image",
  cacheDuration: "1h",
  auth,
  ...more
})

const answer = (auth: unknown, more?: object): string => JSON.stringify(members(auth, more), undefined, 2)

const lying = (answer: string): Provider => ({ act: "answer", answer })

/** The canary as it stands in a JSON text. */
const quoted = (slot: SlotName): string => JSON.stringify(canaryOf(slot))

const failing = { username: "robot", password: canaryOf("failingStdout") }

const echoing = (password: string): Provider => ({
  act: `printf '${answer({ "*.example": { username: "robot", password } }).replace("TOKEN", "%s")}' "$token"`
})

const host = "*.example"

/** By name; each is for the images of its own host. */
export const providers = {
  good: {
    act: "answer",
    answer: answer({
      [host]: credential,
      [`https://me:${canaryOf("locationUserInfo")}@good.example:port/team`]: credential
    })
  },
  plain: { act: "answer", answer: answer({ [host]: credential }), isPlain: true },
  hashed: { act: "answer", answer: answer({ [host]: credential }), cacheType: "Token" },
  beside: { act: "answer", answer: answer({ [host]: credential }), isPlain: true, alsoFor: "exits" },
  exits: { act: "answer; tell \"$@\"; exit 1", answer: answer({ [host]: failing }) },
  repeats: { act: "printf '%s\\n' \"$request\" >&2; exit 1" },
  traces: {
    act: "printf 'Authorization: Basic %s\\n' \"$(printf 'u:%s' \"$token\" | base64 | tr -d '\\n')\" >&2; exit 1"
  },
  cuts: { act: "for one; do printf '%s\\n' \"${one#-p}\" \"${one#*=}\"; done >&2; exit 1", isPlain: true },
  tells: { act: "tell \"$@\"; exit 1", isPlain: true },
  killed: { act: "answer; tell \"$@\"; kill -9 $$", answer: answer({ [host]: failing }) },
  hangs: { act: "answer; tell \"$@\"; exec sleep 60", answer: answer({ [host]: failing }) },
  floods: {
    act: "answer; text=$(cat \"$0.answer\"); while :; do printf '%s\\n' \"$text\"; done",
    answer: answer({ [host]: failing })
  },
  complains: { act: "answer; while :; do tell \"$@\"; done", answer: answer({ [host]: failing }) },
  echoes: echoing("TOKEN"),
  contains: echoing("oauth2accesstoken:TOKEN"),
  encodes: {
    act: echoing("TOKEN").act.replace("\"$token\"", "\"$(printf 'u:%s' \"$token\" | base64 | tr -d '\\n')\"")
  },
  unknownField: lying(answer({ [host]: { username: "robot", password: "x", token: canaryOf("answerUnknownField") } })),
  wrongType: lying(JSON.stringify(members({ [host]: { username: "robot", password: [canaryOf("answerWrongType")] } }))),
  truncated: lying(`{"kind": "CredentialProviderResponse", "auth": {"${host}": {
    "password": ${quoted("answerTruncated").slice(0, -1)}`),
  rubbish: lying(`your password is ${canaryOf("answerRubbish")}\n`),
  wrongVersion: lying(answer({}, { apiVersion: canaryOf("answerWrongVersion") })),
  duplicate: lying(
    answer({ [host]: { username: "robot", password: "x" } }).replace(
      "\"password\": \"x\"",
      `"password": "x",\n"password": ${quoted("answerDuplicate")}`
    )
  ),
  duration: lying(answer({}, { cacheDuration: canaryOf("answerDuration") })),
  keyType: lying(answer({}, { cacheKeyType: canaryOf("answerKeyType") }))
} satisfies Record<string, Provider>

export type ProviderName = keyof typeof providers

export const isProviderName = (name: string): name is ProviderName => Object.hasOwn(providers, name)

const providerOf = (name: ProviderName): Provider => providers[name]

export const answerOf = (name: ProviderName): string => providerOf(name).answer ?? ""

const patternsOf = (name: ProviderName): ReadonlyArray<string> => {
  const { alsoFor } = providerOf(name)
  return [name, ...alsoFor === undefined ? [] : [alsoFor]].map((one) => `${one}.example`)
}

const args: ReadonlyArray<string> = ["--output=json", `--password=${canaryOf("providerArgs")}`]

/** A config of these providers, in JSON; `more` replaces fields of each. */
export const configOf = (names: ReadonlyArray<ProviderName>, more: object = {}): string =>
  JSON.stringify(
    {
      kind: "CredentialProviderConfig",
      apiVersion: "kubelet.config.k8s.io/v1",
      providers: names.map((name) => ({
        name,
        matchImages: patternsOf(name),
        defaultCacheDuration: "1h",
        apiVersion: v1,
        args,
        env: [{ name: "ACME_SETTING", value: canaryOf("providerEnv") }],
        ...providerOf(name).isPlain ? {} : {
          tokenAttributes: {
            serviceAccountTokenAudience: "registry.example",
            cacheType: providerOf(name).cacheType ?? "ServiceAccount",
            requireServiceAccount: true,
            requiredServiceAccountAnnotationKeys: ["id.example/role"]
          }
        },
        ...more
      }))
    },
    undefined,
    2
  )

/** FAULT-19: a plugin's answer has other fields than it should, or is another document. Rules: RESP-1…4, RESP-11, RESP-14, RESP-20, CFG-50. */
import { describe, it } from "@effect/vitest"
import { v1 } from "./support/dataHost.ts"
import { accepted, answer, answerAnd, holdAgainstRules, location, type Row } from "./support/dataTable.ts"
import { refused, wrongVersion } from "./support/dataVerdict.ts"

const group = "credentialprovider.kubelet.k8s.io"
const at = `/auth/${location}`

const entry = (...fields: ReadonlyArray<string>) => answer({ auth: `{"${location}":{${fields.join(",")}}}` })
const user = `"username":"canary-user","password":"canary-word"`

const unknown: ReadonlyArray<Row> = [
  ["a field of its own", answerAnd(`"expiry":"canary"`), refused("decode strict", "/expiry")],
  ["metadata", answerAnd(`"metadata":{"name":"canary"}`), refused("decode strict", "/metadata")],
  ["a null", answerAnd(`"extra":null`), refused("decode strict", "/extra")],
  ["an empty name", answerAnd(`"":"canary"`), refused("decode strict", "/")],
  ["a name with a slash and a tilde", answerAnd(`"a/b~c":1`), refused("decode strict", "/a~1b~0c")],
  ["three of them", answerAnd(`"x":{"y":1}`, `"y":2`, `"z":3`), refused("decode strict", "/x", "/y", "/z")],
  ["an email in an entry", entry(user, `"email":"canary@mail.example"`), refused("decode strict", `${at}/email`)],
  ["an auth field in an entry", entry(`"auth":"Y2FuYXJ5Ondvcmq="`), refused("decode strict", `${at}/auth`)],
  ["a token in an entry", entry(user, `"identitytoken":"canary"`), refused("decode strict", `${at}/identitytoken`)],
  ["a registry's token", entry(user, `"registrytoken":"canary"`), refused("decode strict", `${at}/registrytoken`)],
  ["a server in an entry", entry(user, `"serveraddress":"canary"`), refused("decode strict", `${at}/serveraddress`)],
  [
    "the request's fields",
    answerAnd(`"image":"x"`, `"serviceAccountToken":"canary"`),
    refused("decode strict", "/image", "/serviceAccountToken")
  ],
  ["a docker config", `{"auths":{"${location}":{${user}}}}`, wrongVersion("")],
  ["a docker config in an answer", answerAnd(`"auths":{"${location}":{${user}}}`), refused("decode strict", "/auths")],
  ["a credential helper's answer", `{"ServerURL":"x","Username":"canary","Secret":"canary"}`, wrongVersion("")]
]

const spelling: ReadonlyArray<Row> = [
  ["Auth", answer().replace("\"auth\"", "\"Auth\""), refused("decode strict", "/Auth")],
  ["AUTH", answer().replace("\"auth\"", "\"AUTH\""), refused("decode strict", "/AUTH")],
  ["CacheKeyType", answer().replace("cacheKeyType", "CacheKeyType"), refused("decode strict", "/CacheKeyType")],
  ["cachekeytype", answer().replace("cacheKeyType", "cachekeytype"), refused("decode strict", "/cachekeytype")],
  ["cache_key_type", answer().replace("cacheKeyType", "cache_key_type"), refused("decode strict", "/cache_key_type")],
  ["CacheDuration", answerAnd(`"CacheDuration":"1h"`), refused("decode strict", "/CacheDuration")],
  ["Username", entry(`"Username":"canary"`), refused("decode strict", `${at}/Username`)],
  ["PASSWORD", entry(`"username":"u","PASSWORD":"canary"`), refused("decode strict", `${at}/PASSWORD`)],
  ["Kind alone", answer().replace("\"kind\"", "\"Kind\""), refused("decode strict", "/Kind")],
  ["Kind too", answerAnd(`"Kind":"CredentialProviderResponse"`), refused("decode strict", "/Kind")],
  ["Kind of another kind", answerAnd(`"KIND":"Pod"`), refused("decode notRegistered", "/kind")],
  ["a Kelvin sign in kind", answer().replace("\"kind\"", "\"\u212aind\""), refused("decode strict", "/\u212aind")],
  ["APIVersion alone", answer().replace("\"apiVersion\"", "\"APIVersion\""), refused("decode strict", "/APIVersion")],
  ["apiversion of another version", answerAnd(`"apiversion":"${group}/v1beta1"`), wrongVersion(`${group}/v1beta1`)],
  ["a blank in a name", answer().replace("\"auth\"", "\"auth \""), refused("decode strict", "/auth ")]
]

const repeated: ReadonlyArray<Row> = [
  ["kind", answerAnd(`"kind":"CredentialProviderResponse"`), refused("decode strict", "/kind")],
  ["apiVersion", answerAnd(`"apiVersion":"${v1}"`), refused("decode strict", "/apiVersion")],
  ["apiVersion, another one last", answerAnd(`"apiVersion":"${group}/v1alpha1"`), wrongVersion(`${group}/v1alpha1`)],
  ["apiVersion, another one first", `{"apiVersion":"x",${answer().slice(1)}`, refused("decode strict", "/apiVersion")],
  ["cacheKeyType", answerAnd(`"cacheKeyType":"Global"`), refused("decode strict", "/cacheKeyType")],
  [
    "cacheDuration",
    answerAnd(`"cacheDuration":"1h"`, `"cacheDuration":"1h"`),
    refused("decode strict", "/cacheDuration")
  ],
  ["auth", answerAnd(`"auth":{}`), refused("decode strict", "/auth")],
  ["auth, null last", answerAnd(`"auth":null`), refused("decode strict", "/auth")],
  ["a location", answer({ auth: `{"${location}":{${user}},"${location}":{${user}}}` }), refused("decode strict", at)],
  [
    "a location, once in escapes",
    answer({ auth: `{"a.example":{},"\\u0061.example":{}}` }),
    refused("decode strict", "/auth/a.example")
  ],
  ["a username", entry(user, `"username":"canary"`), refused("decode strict", `${at}/username`)],
  ["a password", entry(user, `"password":"canary-word"`), refused("decode strict", `${at}/password`)],
  ["all three times", answerAnd(`"auth":{}`, `"auth":{}`), refused("decode strict", "/auth")],
  ["beside an unknown one", answerAnd(`"auth":{}`, `"x":1`), refused("decode strict", "/auth", "/x")]
]

const kinds: ReadonlyArray<Row> = [
  ["no kind", answer({ kind: undefined }), refused("decode missingKind", "/kind")],
  ["an empty kind", answer({ kind: `""` }), refused("decode missingKind", "/kind")],
  ["a null kind", answer({ kind: "null" }), refused("decode missingKind", "/kind")],
  ["a number", answer({ kind: "1" }), refused("interpret type", "/kind")],
  ["a list", answer({ kind: `["CredentialProviderResponse"]` }), refused("interpret type", "/kind")],
  ["lower case", answer({ kind: `"credentialproviderresponse"` }), refused("decode notRegistered", "/kind")],
  ["a blank behind it", answer({ kind: `"CredentialProviderResponse "` }), refused("decode notRegistered", "/kind")],
  ["a secret", answer({ kind: `"canary"` }), refused("decode notRegistered", "/kind")],
  [
    "a request",
    `{"kind":"CredentialProviderRequest","apiVersion":"${v1}","image":"x"}`,
    refused("decode wrongKind", "/kind")
  ],
  [
    "a request with an answer's fields",
    answer({ kind: `"CredentialProviderRequest"` }),
    refused("decode strict", "/kind", "/cacheKeyType", "/auth")
  ],
  ["a config", answer({ kind: `"CredentialProviderConfig"` }), refused("decode notRegistered", "/kind")]
]

const versions: ReadonlyArray<Row> = [
  ["none", answer({ apiVersion: undefined }), wrongVersion("")],
  ["empty", answer({ apiVersion: `""` }), wrongVersion("")],
  ["null", answer({ apiVersion: "null" }), wrongVersion("")],
  ["a number", answer({ apiVersion: "1" }), refused("interpret type", "/apiVersion")],
  [
    "a number and a wrong kind",
    answer({ apiVersion: "1", kind: "2" }),
    refused("interpret type", "/kind", "/apiVersion")
  ],
  ["v1beta1", answer({ apiVersion: `"${group}/v1beta1"` }), wrongVersion(`${group}/v1beta1`)],
  ["v1alpha1", answer({ apiVersion: `"${group}/v1alpha1"` }), wrongVersion(`${group}/v1alpha1`)],
  ["upper case", answer({ apiVersion: `"${group}/V1"` }), wrongVersion()],
  ["a blank behind it", answer({ apiVersion: `"${v1} "` }), wrongVersion()],
  ["no group", answer({ apiVersion: `"v1"` }), wrongVersion()],
  ["an empty group", answer({ apiVersion: `"/v1"` }), wrongVersion()],
  ["a group alone", answer({ apiVersion: `"${group}"` }), wrongVersion()],
  ["a group and a slash", answer({ apiVersion: `"${group}/"` }), wrongVersion()],
  ["the config's group", answer({ apiVersion: `"kubelet.config.k8s.io/v1"` }), wrongVersion()],
  ["client-go's group", answer({ apiVersion: `"client.authentication.k8s.io/v1"` }), wrongVersion()],
  ["a secret", answer({ apiVersion: `"canary-word"` }), wrongVersion()],
  ["two slashes", answer({ apiVersion: `"${group}/v1/canary"` }), refused("interpret badGroupVersion", "/apiVersion")],
  ["a slash too many", answer({ apiVersion: `"${v1}/"` }), refused("interpret badGroupVersion", "/apiVersion")],
  ["a wrong one and a wrong kind", answer({ apiVersion: `"x"`, kind: `"y"` }), wrongVersion()],
  ["a wrong one and unknown fields", answer({ apiVersion: `"x"`, extra: `"canary"` }), wrongVersion()],
  ["v1beta1 of a v1beta1 provider", answer({ apiVersion: `"${group}/v1beta1"` }), accepted(), {
    apiVersion: `${group}/v1beta1`
  }],
  ["v1alpha1 of a v1alpha1 provider", answer({ apiVersion: `"${group}/v1alpha1"` }), accepted(), {
    apiVersion: `${group}/v1alpha1`
  }],
  ["v1 of a v1beta1 provider", answer(), wrongVersion(v1), { apiVersion: `${group}/v1beta1` }],
  ["v1beta1 of a v1alpha1 provider", answer({ apiVersion: `"${group}/v1beta1"` }), wrongVersion(`${group}/v1beta1`), {
    apiVersion: `${group}/v1alpha1`
  }],
  [
    "unknown fields in v1alpha1",
    answer({ apiVersion: `"${group}/v1alpha1"`, extra: "1" }),
    refused("decode strict", "/extra"),
    { apiVersion: `${group}/v1alpha1` }
  ]
]

const types: ReadonlyArray<Row> = [
  ["a list of auth", answer({ auth: `[{${user}}]` }), refused("decode type", "/auth")],
  ["auth as text", answer({ auth: `"canary"` }), refused("decode type", "/auth")],
  ["auth as false", answer({ auth: "false" }), refused("decode type", "/auth")],
  ["an entry as text", answer({ auth: `{"${location}":"canary:word"}` }), refused("decode type", at)],
  ["an entry as a list", answer({ auth: `{"${location}":["canary","word"]}` }), refused("decode type", at)],
  ["a number for a username", entry(`"username":17`), refused("decode type", `${at}/username`)],
  ["true for a password", entry(`"password":true`), refused("decode type", `${at}/password`)],
  ["an object for a password", entry(`"password":{"value":"canary"}`), refused("decode type", `${at}/password`)],
  ["a list for a password", entry(`"password":["canary"]`), refused("decode type", `${at}/password`)],
  ["a number for cacheKeyType", answer({ cacheKeyType: "1" }), refused("decode type", "/cacheKeyType")],
  [
    "a wrong type beside an unknown field",
    answerAnd(`"x":1`, `"cacheDuration":5`),
    refused("decode type", "/x", "/cacheDuration")
  ],
  [
    "a wrong type that is overwritten",
    entry(`"password":5`, `"password":"canary"`),
    refused("decode type", `${at}/password`, `${at}/password`)
  ],
  [
    "null for all that may be null",
    entry(`"username":null`, `"password":null`),
    accepted({ auth: [[location, "", ""]] })
  ]
]

/** RESP-20 comes after decoding: the answer is right so far, but nobody gets it. */
const scopes: ReadonlyArray<Row> = [
  "",
  "image",
  "IMAGE",
  "Image ",
  " Image",
  "Images",
  "Pod",
  "canary-word",
  "<global>",
  "Image,Registry"
].map(
  (cacheKeyType) => [
    JSON.stringify(cacheKeyType),
    answer({ cacheKeyType: JSON.stringify(cacheKeyType) }),
    accepted({ cacheKeyType })
  ]
)

describe("FAULT-19", () => {
  it.live("FAULT-19: RESP-3, RESP-11, RESP-14: a field that the answer does not have", () => holdAgainstRules(unknown))

  it.live("FAULT-19: RESP-1, RESP-3: only exact case is right, but kind and apiVersion are found in any", () =>
    holdAgainstRules(spelling))

  it.live("FAULT-19: RESP-3: a field or location that stands twice", () => holdAgainstRules(repeated))

  it.live("FAULT-19: RESP-3: another kind", () => holdAgainstRules(kinds))

  it.live("FAULT-19: RESP-2, RESP-4: another version or group, told before anything else", () =>
    holdAgainstRules(versions))

  it.live("FAULT-19: RESP-3: a value of the wrong type", () => holdAgainstRules(types))

  it.live("FAULT-19: RESP-20: a cacheKeyType that there is none of is read, and then refused", () =>
    holdAgainstRules([
      ...scopes,
      ["none", answer({ cacheKeyType: undefined }), accepted({ cacheKeyType: "" })],
      ["null", answer({ cacheKeyType: "null" }), accepted({ cacheKeyType: "" })],
      ["Registry", answer({ cacheKeyType: `"Registry"` }), accepted({ cacheKeyType: "Registry" })],
      ["Global", answer({ cacheKeyType: `"Global"` }), accepted({ cacheKeyType: "Global" })]
    ]))
})

/**
 * Kubeconfigs, and what becomes of them. `reference.json` holds what kubectl did with each (`record.ts` writes it); `refused`
 * says with which reason ours refuses what kubectl refuses too, `stricter` the same where kubectl goes on.
 */
import type { KubeConfigReason } from "@credlet/kubernetes/KubeConfigError"
import * as Certificates from "./certificates.ts"

export interface Case {
  readonly rule: string
  readonly title: string
  /** By path below `$DIR`; `$DIR`, `$SERVER` and `$HTTP` are replaced. Those in `bin/` are made executable. */
  readonly files: Readonly<Record<string, string>>
  /** Default `$DIR/config`. */
  readonly KUBECONFIG?: string
  /** `--kubeconfig` instead. */
  readonly path?: string
  readonly context?: string
  readonly refused?: KubeConfigReason
  readonly stricter?: KubeConfigReason
}

type Fields = Readonly<Record<string, unknown>>

const base64 = (text: string) => Buffer.from(text).toString("base64")

const config = (
  { cluster, context, user, ...rest }: {
    readonly user?: Fields
    readonly cluster?: Fields
    readonly context?: Fields
  } & Fields
) =>
  JSON.stringify({
    clusters: [{ name: "c", cluster: { server: "$SERVER", "insecure-skip-tls-verify": true, ...cluster } }],
    users: [{ name: "u", user: user ?? { token: "t" } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u", ...context } }],
    "current-context": "x",
    ...rest
  })

const one = (content: Parameters<typeof config>[0]) => ({ config: config(content) })
const ca = base64(Certificates.authority)
const secure = (fields: Fields): Fields => ({ server: "$SERVER", "insecure-skip-tls-verify": undefined, ...fields })

const credential = (status: Fields, version = "v1") =>
  JSON.stringify({ apiVersion: `client.authentication.k8s.io/${version}`, kind: "ExecCredential", status })
const script = (answer: string) => `#!/bin/sh\ncat <<'END'\n${answer}\nEND\n`
const exec = (fields: Fields = {}): Fields => ({
  command: "./bin/plugin",
  apiVersion: "client.authentication.k8s.io/v1",
  interactiveMode: "Never",
  ...fields
})
const withExec = (answer: string, fields: Fields = {}) => ({
  ...one({ user: { exec: exec(fields) } }),
  "bin/plugin": script(answer)
})
const jwt = (exp: number) =>
  ["{}", JSON.stringify({ exp }), "s"].map((part) => Buffer.from(part).toString("base64url")).join(".")
const oidc = (idToken: string | undefined, fields: Fields = {}) => ({
  "auth-provider": {
    name: "oidc",
    config: { "idp-issuer-url": "https://issuer.example", "client-id": "i", "id-token": idToken, ...fields }
  }
})

const cases: ReadonlyArray<Case> = [
  // Files
  { rule: "KUBE-1", title: "KUBECONFIG names one file", files: one({}) },
  {
    rule: "KUBE-1",
    title: "an explicit path beats KUBECONFIG",
    files: { ...one({}), other: config({ user: { token: "other" } }) },
    path: "$DIR/other"
  },
  {
    rule: "KUBE-1",
    title: "an explicit path must exist",
    files: one({}),
    path: "$DIR/nope",
    refused: "FileUnreadable"
  },
  {
    rule: "KUBE-1",
    title: "without KUBECONFIG, ~/.kube/config",
    files: { "home/.kube/config": config({}) },
    KUBECONFIG: ""
  },
  {
    rule: "KUBE-1",
    title: "missing files of the list are skipped",
    files: one({}),
    KUBECONFIG: "$DIR/nope:$DIR/config:$DIR/no"
  },
  { rule: "KUBE-1", title: "empty parts of the list are skipped", files: one({}), KUBECONFIG: "::$DIR/config:" },
  {
    rule: "KUBE-1",
    title: "a file twice in the list is one file",
    files: one({}),
    KUBECONFIG: "$DIR/config:$DIR/config"
  },
  {
    rule: "KUBE-1",
    title: "a list of nothing does not fall back to the home directory",
    files: { "home/.kube/config": config({}) },
    KUBECONFIG: "$DIR/nope",
    refused: "NoConfiguration"
  },
  {
    rule: "KUBE-1",
    title: "a directory in the list is an error",
    files: one({}),
    KUBECONFIG: "$DIR/home:$DIR/config",
    refused: "FileUnreadable"
  },
  { rule: "KUBE-1", title: "no file at all", files: {}, refused: "NoConfiguration" },
  // Merging
  {
    rule: "KUBE-2",
    title: "the first file that defines a user wins as a whole",
    files: {
      a: JSON.stringify({ users: [{ name: "u", user: { token: "A" } }] }),
      b: config({ user: { token: "B", as: "alice" } })
    },
    KUBECONFIG: "$DIR/a:$DIR/b"
  },
  {
    rule: "KUBE-2",
    title: "parts of one context may come from three files",
    files: {
      a: JSON.stringify({
        "current-context": "x",
        contexts: [{ name: "x", context: { cluster: "c", user: "u", namespace: "n" } }]
      }),
      b: JSON.stringify({ users: [{ name: "u", user: { token: "fromB" } }] }),
      c: config({ "current-context": "y" })
    },
    KUBECONFIG: "$DIR/a:$DIR/b:$DIR/c"
  },
  {
    rule: "KUBE-2",
    title: "the first current-context that is not empty wins",
    files: {
      a: config({ "current-context": "", user: { token: "A" } }),
      b: JSON.stringify({
        "current-context": "y",
        contexts: [{ name: "y", context: { cluster: "c", user: "v" } }],
        users: [{ name: "v", user: { token: "V" } }]
      }),
      c: JSON.stringify({ "current-context": "x" })
    },
    KUBECONFIG: "$DIR/a:$DIR/b:$DIR/c"
  },
  {
    rule: "KUBE-2",
    title: "an empty user of the first file wins, too",
    files: { a: JSON.stringify({ users: [{ name: "u" }] }), b: config({}) },
    KUBECONFIG: "$DIR/a:$DIR/b"
  },
  {
    rule: "KUBE-2",
    title: "a name twice in one file",
    files: one({ users: [{ name: "u", user: { token: "A" } }, { name: "u", user: { token: "B" } }] }),
    refused: "DuplicateName"
  },
  {
    rule: "KUBE-2",
    title: "an empty file in the list",
    files: { ...one({}), a: "" },
    KUBECONFIG: "$DIR/a:$DIR/config"
  },
  {
    rule: "KUBE-2",
    title: "one broken file in the list",
    files: { ...one({}), a: "a: [" },
    KUBECONFIG: "$DIR/config:$DIR/a",
    refused: "InvalidYaml"
  },
  // Format
  {
    rule: "KUBE-3",
    title: "unknown fields are ignored",
    files: one({ bogus: 1, user: { token: "t", bogus: { a: 1 } } })
  },
  { rule: "KUBE-3", title: "kind and apiVersion as they should be", files: one({ kind: "Config", apiVersion: "v1" }) },
  { rule: "KUBE-3", title: "another kind", files: one({ kind: "Foo", apiVersion: "v1" }), refused: "NotAKubeConfig" },
  {
    rule: "KUBE-3",
    title: "another apiVersion",
    files: one({ kind: "Config", apiVersion: "v2" }),
    refused: "NotAKubeConfig"
  },
  {
    rule: "KUBE-3",
    title: "an unquoted Y is a boolean",
    files: {
      config: "current-context: x\nclusters: [{name: c, cluster: {server: $SERVER, insecure-skip-tls-verify: yes}}]\n" +
        "contexts: [{name: x, context: {cluster: c, user: u}}]\nusers: [{name: u, user: {token: Y}}]\n"
    },
    refused: "WrongType"
  },
  {
    rule: "KUBE-3",
    title: "block YAML, where yes is true",
    files: {
      config:
        "current-context: x\nclusters:\n- name: c\n  cluster:\n    server: $SERVER\n    insecure-skip-tls-verify: yes\n" +
        "contexts:\n- name: x\n  context: {cluster: c, user: u, namespace: \"on\"}\nusers:\n- name: u\n  user:\n    token: 't'\n"
    }
  },
  {
    rule: "KUBE-3",
    title: "null is nothing",
    files: one({ user: { token: "t", tokenFile: null, exec: null, "as-groups": null }, extensions: null })
  },
  {
    rule: "KUBE-3",
    title: "a wrong type in a user that is not used",
    files: one({ users: [{ name: "u", user: { token: "t" } }, { name: "v", user: { token: 1 } }] }),
    refused: "WrongType"
  },
  {
    rule: "KUBE-3",
    title: "what is not used is not validated",
    files: one({
      users: [{ name: "u", user: { token: "t" } }, { name: "v", user: { "client-certificate": "nope", exec: {} } }]
    })
  },
  {
    rule: "KUBE-3",
    title: "a key twice",
    files: { config: `${config({}).slice(0, -1)},"users":[]}` },
    stricter: "DuplicateKey"
  },
  { rule: "KUBE-3", title: "tabs in JSON", files: { config: JSON.stringify(JSON.parse(config({})), null, "\t") } },
  { rule: "KUBE-3", title: "names are case-sensitive", files: one({ user: { Token: "t", token: "u" } }) },
  {
    rule: "KUBE-3",
    title: "not base64",
    files: one({ cluster: { "certificate-authority-data": "?" } }),
    refused: "WrongType"
  },
  { rule: "KUBE-3", title: "text", files: { config: "hello" }, refused: "NotAKubeConfig" },
  {
    rule: "KUBE-3",
    title: "an HTML page",
    files: { config: "<html><body>Please sign in</body></html>\n" },
    refused: "NotAKubeConfig"
  },
  {
    rule: "KUBE-3",
    title: "a binary file",
    files: { config: "\u007fELF\u0002\u0001\u0000\u0000" },
    refused: "NotAKubeConfig"
  },
  // Contexts
  {
    rule: "KUBE-5",
    title: "a context by name",
    files: one({ contexts: [{ name: "y", context: { cluster: "c", user: "u", namespace: "team" } }] }),
    context: "y"
  },
  { rule: "KUBE-5", title: "an unknown context by name", files: one({}), context: "nope", refused: "UnknownContext" },
  {
    rule: "KUBE-5",
    title: "an unknown current-context",
    files: one({ "current-context": "nope" }),
    refused: "UnknownContext"
  },
  { rule: "KUBE-5", title: "no current-context", files: one({ "current-context": "" }), refused: "NoCurrentContext" },
  {
    rule: "KUBE-5",
    title: "an unknown cluster",
    files: one({ context: { cluster: "nope" } }),
    refused: "UnknownCluster"
  },
  { rule: "KUBE-5", title: "an unknown user", files: one({ context: { user: "nope" } }), stricter: "UnknownUser" },
  { rule: "KUBE-5", title: "no user", files: one({ context: { user: "" } }) },
  { rule: "KUBE-5", title: "a namespace", files: one({ context: { namespace: "team" } }) },
  // Clusters
  { rule: "KUBE-6", title: "no server", files: one({ cluster: { server: undefined } }), refused: "InvalidServer" },
  {
    rule: "KUBE-6",
    title: "a server without a scheme",
    files: one({ cluster: { server: "localhost:1" } }),
    refused: "InvalidServer"
  },
  {
    rule: "KUBE-6",
    title: "a server with another scheme",
    files: one({ cluster: { server: "ftp://localhost" } }),
    refused: "InvalidServer"
  },
  { rule: "KUBE-6", title: "a query and a fragment are dropped", files: one({ cluster: { server: "$SERVER?x=1#f" } }) },
  { rule: "KUBE-6", title: "a slash at the end", files: one({ cluster: { server: "$SERVER/" } }) },
  { rule: "KUBE-6", title: "authority data", files: one({ cluster: secure({ "certificate-authority-data": ca }) }) },
  {
    rule: "KUBE-6",
    title: "authority data with line breaks",
    files: one({ cluster: secure({ "certificate-authority-data": ca.replace(/.{64}/g, "$&\n") }) })
  },
  {
    rule: "KUBE-6",
    title: "authority data that is no PEM",
    files: one({ cluster: secure({ "certificate-authority-data": base64("no PEM") }) }),
    refused: "InvalidCertificate"
  },
  {
    rule: "KUBE-6",
    title: "an authority twice",
    files: {
      ...one({ cluster: secure({ "certificate-authority-data": ca, "certificate-authority": "ca.crt" }) }),
      "ca.crt": Certificates.authority
    },
    refused: "Conflict"
  },
  {
    rule: "KUBE-6",
    title: "an authority and no verification",
    files: one({ cluster: { "certificate-authority-data": ca } }),
    refused: "Conflict"
  },
  {
    rule: "KUBE-6",
    title: "an authority that is not there",
    files: one({ cluster: secure({ "certificate-authority": "nope.crt" }) }),
    refused: "ReferenceUnreadable"
  },
  {
    rule: "KUBE-6",
    title: "a server name of its own",
    files: one({ cluster: secure({ "certificate-authority-data": ca, "tls-server-name": "cluster.example" }) })
  },
  {
    rule: "KUBE-6",
    title: "a proxy with another scheme",
    files: one({ cluster: { "proxy-url": "ftp://proxy.example" } }),
    refused: "InvalidProxy"
  },
  // Relative paths
  {
    rule: "KUBE-4",
    title: "an authority beside its file",
    files: {
      "sub/config": config({ cluster: secure({ "certificate-authority": "ca.crt" }) }),
      "sub/ca.crt": Certificates.authority
    },
    KUBECONFIG: "$DIR/sub/config"
  },
  {
    rule: "KUBE-4",
    title: "an authority above its file",
    files: {
      "sub/config": config({ cluster: secure({ "certificate-authority": "../ca.crt" }) }),
      "ca.crt": Certificates.authority
    },
    KUBECONFIG: "$DIR/sub/config"
  },
  {
    rule: "KUBE-4",
    title: "paths of each file are relative to it",
    files: {
      "a/config": JSON.stringify({ users: [{ name: "u", user: { tokenFile: "token" } }] }),
      "a/token": "ofA",
      "b/config": config({ cluster: secure({ "certificate-authority": "ca.crt" }) }),
      "b/ca.crt": Certificates.authority,
      "b/token": "ofB"
    },
    KUBECONFIG: "$DIR/a/config:$DIR/b/config"
  },
  { rule: "KUBE-4", title: "an absolute path", files: { ...one({ user: { tokenFile: "$DIR/token" } }), token: "abs" } },
  {
    rule: "KUBE-4",
    title: "a tilde is a name",
    files: { ...one({ user: { tokenFile: "~/token" } }), "home/token": "t" },
    refused: "ReferenceUnreadable"
  },
  {
    rule: "KUBE-4",
    title: "certificate and key beside their file",
    files: {
      ...one({ user: { "client-certificate": "c.crt", "client-key": "c.key" } }),
      "c.crt": Certificates.clientCertificate,
      "c.key": Certificates.clientKey
    }
  },
  { rule: "KUBE-4", title: "a plugin below its file", files: withExec(credential({ token: "fromPlugin" })) },
  {
    rule: "KUBE-4",
    title: "a plugin in PATH",
    files: {
      ...one({ user: { exec: exec({ command: "plugin" }) } }),
      "bin/plugin": script(credential({ token: "inPath" }))
    }
  },
  {
    rule: "KUBE-4",
    title: "a plugin beside its file is not in PATH",
    files: { ...one({ user: { exec: exec({ command: "aside" }) } }), aside: script(credential({ token: "t" })) },
    refused: "ExecNotStarted"
  },
  // Users
  { rule: "KUBE-7", title: "name and password", files: one({ user: { username: "u", password: "p:ü" } }) },
  { rule: "KUBE-7", title: "a name without a password", files: one({ user: { username: "u" } }) },
  {
    rule: "KUBE-7",
    title: "certificate and key as data",
    files: one({
      user: {
        "client-certificate-data": base64(Certificates.clientCertificate),
        "client-key-data": base64(Certificates.clientKey)
      }
    })
  },
  {
    rule: "KUBE-7",
    title: "a certificate as data, its key as a file",
    files: {
      ...one({ user: { "client-certificate-data": base64(Certificates.clientCertificate), "client-key": "c.key" } }),
      "c.key": Certificates.clientKey
    }
  },
  {
    rule: "KUBE-7",
    title: "a certificate without a key",
    files: one({ user: { "client-certificate-data": base64(Certificates.clientCertificate) } }),
    refused: "Incomplete"
  },
  {
    rule: "KUBE-7",
    title: "a certificate twice",
    files: {
      ...one({
        user: {
          "client-certificate-data": base64(Certificates.clientCertificate),
          "client-certificate": "c.crt",
          "client-key-data": base64(Certificates.clientKey)
        }
      }),
      "c.crt": Certificates.clientCertificate
    },
    refused: "Conflict"
  },
  {
    rule: "KUBE-7",
    title: "a key twice",
    files: {
      ...one({
        user: {
          "client-certificate-data": base64(Certificates.clientCertificate),
          "client-key": "c.key",
          "client-key-data": base64(Certificates.clientKey)
        }
      }),
      "c.key": Certificates.clientKey
    },
    refused: "Conflict"
  },
  {
    rule: "KUBE-7",
    title: "a key of another certificate",
    files: one({
      user: {
        "client-certificate-data": base64(Certificates.clientCertificate),
        "client-key-data": base64(Certificates.otherKey)
      }
    }),
    refused: "InvalidCertificate"
  },
  {
    rule: "KUBE-7",
    title: "a certificate that is not there",
    files: one({ user: { "client-certificate": "no.crt", "client-key-data": base64(Certificates.clientKey) } }),
    refused: "ReferenceUnreadable"
  },
  {
    rule: "KUBE-7",
    title: "a key without a certificate is ignored",
    files: one({ user: { token: "t", "client-key-data": base64(Certificates.clientKey) } })
  },
  {
    rule: "KUBE-7",
    title: "exec with an auth-provider",
    files: one({ user: { exec: exec(), "auth-provider": { name: "oidc" } } }),
    refused: "Conflict"
  },
  {
    rule: "KUBE-7",
    title: "auth-provider gcp",
    files: one({ user: { "auth-provider": { name: "gcp" } } }),
    refused: "UnsupportedAuthProvider"
  },
  {
    rule: "KUBE-7",
    title: "auth-provider azure",
    files: one({ user: { "auth-provider": { name: "azure" } } }),
    refused: "UnsupportedAuthProvider"
  },
  {
    rule: "KUBE-7",
    title: "an unknown auth-provider",
    files: one({ user: { "auth-provider": { name: "mine" } } }),
    refused: "UnsupportedAuthProvider"
  },
  {
    rule: "KUBE-7",
    title: "an unknown auth-provider beside a token",
    files: one({ user: { token: "t", "auth-provider": { name: "mine" } } }),
    refused: "UnsupportedAuthProvider"
  },
  { rule: "KUBE-7", title: "oidc with a token that is valid", files: one({ user: oidc(jwt(4e9)) }) },
  {
    rule: "KUBE-7",
    title: "oidc without an issuer",
    files: one({ user: oidc(jwt(4e9), { "idp-issuer-url": "" }) }),
    refused: "UnsupportedAuthProvider"
  },
  { rule: "KUBE-7", title: "oidc that has expired", files: one({ user: oidc(jwt(0)) }), refused: "IdTokenExpired" },
  {
    rule: "KUBE-7",
    title: "oidc without a token",
    files: one({ user: oidc(undefined) }),
    refused: "UnsupportedAuthProvider"
  },
  { rule: "KUBE-7", title: "a token beats oidc", files: one({ user: { token: "t", ...oidc(jwt(0)) } }) },
  {
    rule: "KUBE-7",
    title: "a password without a name",
    files: one({ user: { password: "p" } }),
    stricter: "Incomplete"
  },
  // Token files
  { rule: "KUBE-8", title: "a token file", files: { ...one({ user: { tokenFile: "token" } }), token: "fromFile" } },
  {
    rule: "KUBE-8",
    title: "a token file is trimmed",
    files: { ...one({ user: { tokenFile: "token" } }), token: " fromFile\n\n" }
  },
  {
    rule: "KUBE-8",
    title: "the file beats the token",
    files: { ...one({ user: { token: "t", tokenFile: "token" } }), token: "fromFile\n" }
  },
  {
    rule: "KUBE-8",
    title: "the token, while the file is not there",
    files: one({ user: { token: "t", tokenFile: "nope" } })
  },
  {
    rule: "KUBE-8",
    title: "the token, while the file is empty",
    files: { ...one({ user: { token: "t", tokenFile: "token" } }), token: "\n" }
  },
  {
    rule: "KUBE-8",
    title: "a token file that is not there",
    files: one({ user: { tokenFile: "nope" } }),
    refused: "ReferenceUnreadable"
  },
  {
    rule: "KUBE-8",
    title: "an empty token file",
    files: { ...one({ user: { tokenFile: "token" } }), token: "" },
    stricter: "InvalidToken"
  },
  {
    rule: "KUBE-8",
    title: "a token with a line break",
    files: one({ user: { token: "t\n" } }),
    refused: "InvalidToken"
  },
  {
    rule: "KUBE-9",
    title: "a token and a name",
    files: one({ user: { token: "t", username: "u" } }),
    refused: "Conflict"
  },
  {
    rule: "KUBE-9",
    title: "a token file and a name",
    files: { ...one({ user: { tokenFile: "token", username: "u" } }), token: "t" },
    refused: "Conflict"
  },
  {
    rule: "KUBE-9",
    title: "a token and a certificate",
    files: one({
      user: {
        token: "t",
        "client-certificate-data": base64(Certificates.clientCertificate),
        "client-key-data": base64(Certificates.clientKey)
      }
    })
  },
  // http
  {
    rule: "KUBE-10",
    title: "a token for an http server",
    files: one({ cluster: { server: "$HTTP" } }),
    stricter: "InsecureCredentials"
  },
  {
    rule: "KUBE-10",
    title: "an http server without credentials",
    files: one({ cluster: { server: "$HTTP" }, user: {} })
  },
  {
    rule: "KUBE-10",
    title: "impersonation over http",
    files: one({ cluster: { server: "$HTTP" }, user: { as: "alice" } })
  },
  // Impersonation
  { rule: "KUBE-11", title: "as", files: one({ user: { token: "t", as: "alice" } }) },
  {
    rule: "KUBE-11",
    title: "as with everything",
    files: one({
      user: {
        token: "t",
        as: "alice",
        "as-uid": "1",
        "as-groups": ["a", "b"],
        "as-user-extra": { "example.com/a": ["x", "y"], "50%": ["z"] }
      }
    })
  },
  { rule: "KUBE-11", title: "as in another script", files: one({ user: { token: "t", as: "zoë" } }) },
  {
    rule: "KUBE-11",
    title: "groups without as",
    files: one({ user: { token: "t", "as-groups": ["a"] } }),
    refused: "Incomplete"
  },
  {
    rule: "KUBE-11",
    title: "a uid without as",
    files: one({ user: { token: "t", "as-uid": "1" } }),
    refused: "Incomplete"
  },
  {
    rule: "KUBE-11",
    title: "as with a line break",
    files: one({ user: { token: "t", as: "a\nb" } }),
    refused: "InvalidToken"
  },
  // Exec plugins
  {
    rule: "KUBE-12",
    title: "v1beta1 without interactiveMode",
    files: withExec(credential({ token: "beta" }, "v1beta1"), {
      apiVersion: "client.authentication.k8s.io/v1beta1",
      interactiveMode: undefined
    })
  },
  {
    rule: "KUBE-12",
    title: "v1 without interactiveMode",
    files: withExec(credential({ token: "t" }), { interactiveMode: undefined }),
    refused: "InvalidExec"
  },
  {
    rule: "KUBE-12",
    title: "another interactiveMode",
    files: withExec(credential({ token: "t" }), { interactiveMode: "Sometimes" }),
    refused: "InvalidExec"
  },
  {
    rule: "KUBE-12",
    title: "v1alpha1",
    files: withExec(credential({ token: "t" }), { apiVersion: "client.authentication.k8s.io/v1alpha1" }),
    refused: "InvalidExec"
  },
  {
    rule: "KUBE-12",
    title: "no apiVersion",
    files: withExec(credential({ token: "t" }), { apiVersion: "" }),
    refused: "InvalidExec"
  },
  {
    rule: "KUBE-12",
    title: "no command",
    files: one({ user: { exec: exec({ command: "" }) } }),
    refused: "InvalidExec"
  },
  {
    rule: "KUBE-12",
    title: "an entry of env without a name",
    files: withExec(credential({ token: "t" }), { env: [{ value: "v" }] }),
    refused: "InvalidExec"
  },
  {
    rule: "KUBE-12",
    title: "interactiveMode Always without a terminal",
    files: withExec(credential({ token: "t" }), { interactiveMode: "Always" }),
    refused: "InvalidExec"
  },
  {
    rule: "KUBE-13",
    title: "arguments and environment",
    files: {
      ...one({
        user: { exec: exec({ args: ["a b", "$c"], env: [{ name: "MINE", value: "m" }, { name: "HOME", value: "h" }] }) }
      }),
      "bin/plugin":
        "#!/bin/sh\nprintf '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"%s\"}}' \"$#-$1-$2-$MINE-$HOME\"\n"
    }
  },
  {
    rule: "KUBE-13",
    title: "KUBERNETES_EXEC_INFO",
    files: {
      ...one({ user: { exec: exec({ env: [{ name: "KUBERNETES_EXEC_INFO", value: "mine" }] }) } }),
      "bin/plugin":
        "#!/bin/sh\nprintf '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"%s\"}}' \"$(printf %s \"$KUBERNETES_EXEC_INFO\" | base64 -w0)\"\n"
    }
  },
  {
    rule: "KUBE-13",
    title: "KUBERNETES_EXEC_INFO with the cluster",
    files: {
      ...one({
        cluster: secure({
          "proxy-url": "$HTTP",
          "certificate-authority": "ca.crt",
          "tls-server-name": "other.example",
          "disable-compression": true,
          extensions: [{ name: "other", extension: 1 }, {
            name: "client.authentication.k8s.io/exec",
            extension: { b: "x<y", a: [1.5, null] }
          }]
        }),
        user: { exec: exec({ provideClusterInfo: true }) }
      }),
      "ca.crt": Certificates.authority,
      "bin/plugin": "#!/bin/sh\nprintf %s \"$KUBERNETES_EXEC_INFO\" > \"$DIR/info\"\nexit 1\n"
    },
    refused: "ExecFailed"
  },
  {
    rule: "KUBE-13",
    title: "a certificate from a plugin",
    files: withExec(
      credential({ clientCertificateData: Certificates.clientCertificate, clientKeyData: Certificates.clientKey })
    )
  },
  {
    rule: "KUBE-13",
    title: "a token and a certificate from a plugin",
    files: withExec(
      credential({
        token: "both",
        clientCertificateData: Certificates.clientCertificate,
        clientKeyData: Certificates.clientKey
      })
    )
  },
  {
    rule: "KUBE-13",
    title: "a certificate without a key from a plugin",
    files: withExec(credential({ token: "t", clientCertificateData: Certificates.clientCertificate })),
    refused: "InvalidExecAnswer"
  },
  {
    rule: "KUBE-13",
    title: "a key of another certificate from a plugin",
    files: withExec(
      credential({ clientCertificateData: Certificates.clientCertificate, clientKeyData: Certificates.otherKey })
    ),
    refused: "InvalidExecAnswer"
  },
  {
    rule: "KUBE-13",
    title: "an answer of another version",
    files: withExec(credential({ token: "t" }, "v1beta1")),
    refused: "InvalidExecAnswer"
  },
  {
    rule: "KUBE-13",
    title: "an answer of another kind",
    files: withExec(credential({ token: "t" }).replace("ExecCredential", "Secret")),
    refused: "InvalidExecAnswer"
  },
  {
    rule: "KUBE-13",
    title: "an answer without a status",
    files: withExec("{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\"}"),
    refused: "InvalidExecAnswer"
  },
  {
    rule: "KUBE-13",
    title: "an answer with nothing in it",
    files: withExec(credential({})),
    refused: "InvalidExecAnswer"
  },
  {
    rule: "KUBE-13",
    title: "an answer in YAML",
    files: withExec("apiVersion: client.authentication.k8s.io/v1\nkind: ExecCredential\nstatus:\n  token: yaml")
  },
  { rule: "KUBE-13", title: "an answer that is text", files: withExec("hello"), refused: "InvalidExecAnswer" },
  { rule: "KUBE-13", title: "no answer", files: withExec(""), refused: "InvalidExecAnswer" },
  {
    rule: "KUBE-13",
    title: "an expiry that is no time",
    files: withExec(credential({ token: "t", expirationTimestamp: "tomorrow" })),
    refused: "InvalidExecAnswer"
  },
  {
    rule: "KUBE-13",
    title: "an expiry in the past is used once",
    files: withExec(credential({ token: "old", expirationTimestamp: "2001-01-01T00:00:00Z" }))
  },
  {
    rule: "KUBE-13",
    title: "a plugin that fails",
    files: { ...one({ user: { exec: exec() } }), "bin/plugin": "#!/bin/sh\nexit 3\n" },
    refused: "ExecFailed"
  },
  {
    rule: "KUBE-13",
    title: "a plugin that is not there",
    files: one({ user: { exec: exec({ command: "no-such-plugin", installHint: "install it" }) } }),
    refused: "ExecNotStarted"
  },
  {
    rule: "KUBE-14",
    title: "a token beats exec",
    files: one({ user: { token: "t", exec: exec({ command: "nope" }) } })
  },
  {
    rule: "KUBE-14",
    title: "a name and password beat exec",
    files: one({ user: { username: "u", password: "p", exec: exec({ command: "nope" }) } })
  },
  {
    rule: "KUBE-14",
    title: "a certificate beats exec",
    files: one({
      user: {
        "client-certificate-data": base64(Certificates.clientCertificate),
        "client-key-data": base64(Certificates.clientKey),
        exec: exec({ command: "nope" })
      }
    })
  },
  {
    rule: "KUBE-14",
    title: "a token does not hide a broken exec",
    files: one({ user: { token: "t", exec: {} } }),
    refused: "InvalidExec"
  }
]

export const byId: ReadonlyMap<string, Case> = new Map(cases.map((one) => [`${one.rule}: ${one.title}`, one]))

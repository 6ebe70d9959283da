/** A fake API server over TLS with what a lookup asks of one, canaries in all of it, and a kubeconfig for it. */
import { FakeApiServer } from "@credlet/testing"
import { Effect, Redacted, type Scope } from "effect"
import { canaryOf } from "../slots.ts"

export interface Cluster {
  readonly fake: FakeApiServer.FakeApiServer["Service"]
  /** Of `agent`, in the kubeconfig. */
  readonly token: string
  /** Of `podAgent`, as it is mounted into a pod. */
  readonly mountedToken: string
  readonly kubeconfig: string
  /** From now on, the server says this to requests for the path, whoever asks. */
  readonly answer: (path: string, body: string, status?: number) => Effect.Effect<void>
}

export const namespace = "team"

const agent = "system:serviceaccount:credlet:agent"

export const podAgent = "system:serviceaccount:credlet:in-a-pod"

/** As the server knows who has the client's certificate. */
export const client = "credlet-test-client"

const base64 = (text: string) => Buffer.from(text).toString("base64")

/** One context, cluster and user, all named `leaks`. `cluster` replaces how the server is trusted. */
export const kubeconfigOf = (server: string, user: object, cluster?: object): string =>
  JSON.stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      "current-context": "leaks",
      contexts: [{ name: "leaks", context: { cluster: "leaks", user: "leaks" } }],
      clusters: [{
        name: "leaks",
        cluster: { server, ...cluster ?? { "certificate-authority-data": base64(FakeApiServer.certificates.ca) } }
      }],
      users: [{ name: "leaks", user }]
    },
    undefined,
    2
  )

export const clientCertificate = {
  "client-certificate-data": base64(FakeApiServer.certificates.client.cert),
  "client-key-data": base64(FakeApiServer.certificates.client.key)
}

/** The secret number in the client's key, as its PEM has it; the rest is in the certificate too, or in any key. */
export const clientKey: string = FakeApiServer.certificates.client.key.replace(/-----[^-]+-----/g, "").trim().slice(
  48,
  91
)

/** A pull secret with the canary in the auth field, which is a password there. */
const dockerConfigJson = JSON.stringify({
  auths: { "good.example": { auth: base64(`of-secret:${canaryOf("secretAuth")}`) } }
})

const dockerCfg = JSON.stringify({
  "good.example": { username: "of-old-secret", password: canaryOf("secretPassword") }
})

/** Broken in the line behind the one with the canary, where the parser sees that a quote is missing. */
const brokenSyntax = `{"auths": {\n"good.example": {"password": ${JSON.stringify(canaryOf("secretSyntax"))} "x"}}}`

const brokenAuth = `{"auths": {\n"good.example": {"auth": ${JSON.stringify(canaryOf("secretAuthField"))}}}}`

interface Secret {
  readonly type: string
  readonly key: string
  readonly text: string
}

export const secrets = {
  regcred: { type: "kubernetes.io/dockerconfigjson", key: ".dockerconfigjson", text: dockerConfigJson },
  oldcred: { type: "kubernetes.io/dockercfg", key: ".dockercfg", text: dockerCfg },
  broken: { type: "kubernetes.io/dockerconfigjson", key: ".dockerconfigjson", text: brokenSyntax },
  badauth: { type: "kubernetes.io/dockerconfigjson", key: ".dockerconfigjson", text: brokenAuth }
} satisfies Readonly<Record<string, Secret>>

/** Which pod names which secrets. */
const pods: Readonly<Record<string, ReadonlyArray<string>>> = {
  web: ["regcred", "oldcred"],
  broken: ["broken"],
  badauth: ["badauth"]
}

export const make: Effect.Effect<Cluster, never, Scope.Scope> = Effect.gen(function*() {
  const fake = yield* FakeApiServer.make({ tls: true })
  const rules = [...FakeApiServer.agent, { verbs: ["get"], resources: ["secrets"] }]
  yield* fake.setCaller(agent, rules)
  yield* fake.setCaller(client, rules)
  yield* fake.setCaller(podAgent, rules)
  yield* fake.setAccount({
    namespace,
    name: "builder",
    annotations: { "id.example/role": canaryOf("annotationValue"), "id.example/other": canaryOf("otherAnnotation") }
  })
  for (const [name, { key, text, type }] of Object.entries(secrets)) {
    yield* fake.setSecret({ namespace, name, type, data: { [key]: text } })
  }
  for (const [name, imagePullSecrets] of Object.entries(pods)) {
    yield* fake.setPod({ namespace, name, serviceAccountName: "builder", imagePullSecrets })
  }
  const answers = new Map<string, FakeApiServer.Answer>()
  yield* fake.intercept(({ path }) => Effect.sync(() => answers.get(path)))
  const token = Redacted.value(yield* fake.issueToken(agent))
  return {
    fake,
    token,
    mountedToken: Redacted.value(yield* fake.issueToken(podAgent)),
    kubeconfig: kubeconfigOf(fake.server, { token }),
    answer: (path, body, status = 200) =>
      Effect.sync(() => void answers.set(path, { status, headers: { "Content-Type": "application/json" }, body }))
  }
})

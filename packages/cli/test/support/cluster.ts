/** A fake cluster over TLS with one pod of each kind, and kubeconfigs for it. */
import { FakeApiServer } from "@credlet/testing"
import { Effect, Redacted } from "effect"
import * as Net from "node:net"

export type Fake = FakeApiServer.FakeApiServer["Service"]

export interface Cluster {
  readonly fake: Fake
  readonly podUid: string
  /** The bearer token that the kubeconfig holds. */
  readonly token: string
  readonly kubeconfig: string
}

const base64 = (text: string) => Buffer.from(text).toString("base64")

/** One context, cluster and user, all named `test`, unless something else is said. */
export const kubeconfig = (server: string, user: object, more: object = {}): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "test",
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    clusters: [{
      name: "test",
      cluster: { server, "certificate-authority-data": base64(FakeApiServer.certificates.ca) }
    }],
    users: [{ name: "test", user }],
    ...more
  })

export const certificateUser = ({ cert, key }: { readonly cert: string; readonly key: string }): object => ({
  "client-certificate-data": base64(cert),
  "client-key-data": base64(key)
})

export const dockerConfig = (auths: object): string => JSON.stringify({ auths })

const namespace = "team"

const agent = "system:serviceaccount:credlet:agent"

/**
 * `team/web` runs as `builder`, which has the annotation `id.example/role: reader`, and names the pull secret `regcred`;
 * `team/static` has no service account.
 */
export const make = Effect.gen(function*() {
  const fake = yield* FakeApiServer.make({ tls: true })
  yield* fake.setCaller(agent, [
    ...FakeApiServer.agent,
    { verbs: ["get"], resources: ["secrets"], resourceNames: ["regcred", "missing", "broken"] }
  ])
  yield* fake.setAccount({ namespace, name: "builder", annotations: { "id.example/role": "reader", other: "x" } })
  yield* fake.setSecret({
    namespace,
    name: "regcred",
    type: "kubernetes.io/dockerconfigjson",
    data: {
      ".dockerconfigjson": dockerConfig({ "registry.example": { username: "of-secret", password: "s3cret-secret" } })
    }
  })
  const podUid = yield* fake.setPod({
    namespace,
    name: "web",
    serviceAccountName: "builder",
    imagePullSecrets: ["regcred"]
  })
  yield* fake.setPod({ namespace, name: "static", serviceAccountName: "" })
  const token = Redacted.value(yield* fake.issueToken(agent))
  const made: Cluster = { fake, podUid, token, kubeconfig: kubeconfig(fake.server, { token }) }
  return made
})

/** Nobody listens there any more. */
export const deserted: Effect.Effect<string> = Effect.promise(() =>
  new Promise((resolve) => {
    const server = Net.createServer().listen(0, "127.0.0.1", () => {
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      server.close(() => resolve(`https://127.0.0.1:${port}`))
    })
  })
)

/**
 * The objects as the server writes them, members in its order. `managedFields` are left out: nothing here reads them.
 * Rule: TR-50.
 *
 * @since 0.1.0
 */
import { compare, encode } from "@credlet/core/text/Bytes"
import type { Account, Named, Pod, Secret } from "./Models.ts"
import { accountOf, type Stored } from "./World.ts"

/** RFC 3339, whole seconds, as the API writes all times. */
export const timestamp = (millis: number): string => new Date(millis).toISOString().replace(/\.\d+Z$/, "Z")

export const serviceAccount = (stored: Stored<Account>) => ({
  metadata: metadata(stored, { annotations: stored.value.annotations }),
  ...references(stored.value.imagePullSecrets)
})

export const secret = (stored: Stored<Secret>) => {
  const { data = {}, type = "Opaque" } = stored.value
  return {
    metadata: metadata(stored, {}),
    ...optional(
      "data",
      sorted(data, (text) => Buffer.from(encode(text)).toString("base64"))
    ),
    type
  }
}

export const pod = (stored: Stored<Pod>) => {
  const { image = "registry.example.com/app:1", imagePullSecrets, nodeName, tokenAudiences = [] } = stored.value
  const account = accountOf(stored.value)
  return {
    metadata: metadata(stored, { generation: 1 }),
    spec: {
      ...(tokenAudiences.length === 0 ? {} : { volumes: [projected(tokenAudiences)] }),
      containers: [{
        name: "c",
        image,
        resources: {},
        terminationMessagePath: "/dev/termination-log",
        terminationMessagePolicy: "File",
        imagePullPolicy: "IfNotPresent"
      }],
      restartPolicy: "Always",
      terminationGracePeriodSeconds: 30,
      dnsPolicy: "ClusterFirst",
      ...(account === "" ? {} : { serviceAccountName: account, serviceAccount: account }),
      ...(nodeName === undefined ? {} : { nodeName }),
      securityContext: {},
      ...references(imagePullSecrets),
      schedulerName: "default-scheduler",
      tolerations: ["not-ready", "unreachable"].map((condition) => ({
        key: `node.kubernetes.io/${condition}`,
        operator: "Exists",
        effect: "NoExecute",
        tolerationSeconds: 300
      })),
      priority: 0,
      enableServiceLinks: true,
      preemptionPolicy: "PreemptLowerPriority"
    },
    status: { phase: "Pending", qosClass: "BestEffort" }
  }
}

const metadata = ({ createdMillis, revision, uid, value }: Stored<Named>, more: {
  readonly generation?: number
  readonly annotations?: Readonly<Record<string, string>> | undefined
}) => ({
  name: value.name,
  namespace: value.namespace,
  uid,
  resourceVersion: String(revision),
  ...(more.generation === undefined ? {} : { generation: more.generation }),
  creationTimestamp: timestamp(createdMillis),
  ...optional("annotations", sorted(more.annotations ?? {}, (text) => text))
})

const projected = (audiences: ReadonlyArray<string>) => ({
  name: "t",
  projected: {
    sources: audiences.map((audience) => ({
      serviceAccountToken: { ...(audience === "" ? {} : { audience }), expirationSeconds: 3600, path: "t" }
    })),
    defaultMode: 420
  }
})

const references = (names: ReadonlyArray<string> | undefined) =>
  names === undefined || names.length === 0 ? {} : { imagePullSecrets: names.map((name) => ({ name })) }

const sorted = (record: Readonly<Record<string, string>>, write: (text: string) => string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(record).sort(([a], [b]) => compare(a, b)).map(([key, text]) => [key, write(text)])
  )

const optional = (key: string, record: Record<string, string>): Record<string, Record<string, string>> =>
  Object.keys(record).length === 0 ? {} : { [key]: record }

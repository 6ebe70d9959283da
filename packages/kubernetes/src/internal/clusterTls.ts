/** Whom to trust, from a cluster of a kubeconfig. Rules: KUBE-4, KUBE-6. */
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type { ApiTls } from "../ApiConnection.ts"
import type { KubeConfigError } from "../KubeConfigError.ts"
import * as Authority from "./authority.ts"
import { type Chosen, isSet } from "./chosenContext.ts"
import { entryError } from "./KubeConfigFile.ts"
import { holdsCertificate } from "./pem.ts"
import { relativeTo } from "./relativeTo.ts"

export const make: (
  chosen: Chosen
) => Effect.Effect<ApiTls, KubeConfigError, FileSystem.FileSystem | Path.Path> = Effect.fnUntraced(
  function*({ cluster }) {
    const { value } = cluster
    const serverName = value["tls-server-name"]
    return {
      authority: yield* authority(cluster),
      serverName: isSet(serverName) ? serverName : undefined,
      insecureSkipVerify: value["insecure-skip-tls-verify"] === true
    }
  }
)

const authority = Effect.fnUntraced(function*(cluster: Chosen["cluster"]) {
  const { "certificate-authority": file, "certificate-authority-data": data } = cluster.value
  if (isSet(file)) return yield* Authority.fromFile(relativeTo(yield* Path.Path, cluster.file, file))
  if (!isSet(data)) return Effect.succeed(undefined)
  if (holdsCertificate(data)) return Effect.succeed(data)
  return yield* entryError(cluster, "InvalidCertificate", "there is no PEM certificate in certificate-authority-data")
})

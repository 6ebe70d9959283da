/** Certificates to trust, out of a file that may be replaced while we run. Rules: KUBE-6, INC-3. */
import * as Bytes from "@credlet/core/text/Bytes"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { KubeConfigError } from "../KubeConfigError.ts"
import { holdsCertificate } from "./pem.ts"
import { failureText, readFile } from "./readFile.ts"

/** Reads the file now; the effect that it gives reads it again, and gives the last that was of use. */
export const fromFile: (
  path: string
) => Effect.Effect<Effect.Effect<string>, KubeConfigError, FileSystem.FileSystem> = Effect.fnUntraced(function*(path) {
  const files = yield* FileSystem.FileSystem
  const read = Effect.provideService(readAuthority(path), FileSystem.FileSystem, files)
  let last = yield* read
  return read.pipe(
    Effect.tap((pem) => Effect.sync(() => last = pem)),
    Effect.catch((error) =>
      Effect.as(Effect.logWarning(`using the last one that could be read: ${error.message}`), undefined)
    ),
    Effect.map((pem) => pem ?? last)
  )
})

const readAuthority = Effect.fnUntraced(function*(path: string) {
  const bytes = yield* Effect.mapError(readFile(path), (failure) =>
    new KubeConfigError({
      reason: "ReferenceUnreadable",
      file: path,
      detail: `this certificate authority can't be read: ${failureText(failure)}`
    }))
  const pem = Bytes.decode(bytes)
  if (holdsCertificate(pem)) return pem
  return yield* new KubeConfigError({
    reason: "InvalidCertificate",
    file: path,
    detail: "there is no certificate in this file: expected PEM, -----BEGIN CERTIFICATE-----"
  })
})

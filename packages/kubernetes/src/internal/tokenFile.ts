/** A bearer token in a file that somebody else keeps fresh. Rules: INC-3…6, KUBE-8. */
import * as Bytes from "@credlet/core/text/Bytes"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Redacted from "effect/Redacted"
import { KubeConfigError } from "../KubeConfigError.ts"
import { bearer } from "./header.ts"
import { failureText, readFile } from "./readFile.ts"
import * as Renewable from "./Renewable.ts"

/**
 * The `authorization` header with the file's token, read again every 50 seconds at most. Without `initial` the file must be
 * readable now; with it, that is sent until it is.
 */
export const make: (path: string, initial?: Redacted.Redacted) => Effect.Effect<
  Renewable.Renewable<Redacted.Redacted>,
  KubeConfigError,
  FileSystem.FileSystem
> = Effect.fnUntraced(function*(path, initial) {
  const files = yield* FileSystem.FileSystem
  const read = Effect.provideService(readToken(path), FileSystem.FileSystem, files)
  return yield* Renewable.reread({
    initial: initial ?? (yield* read),
    isFresh: initial === undefined,
    read,
    interval: Duration.seconds(50),
    isSame: (a, b) => Redacted.value(a) === Redacted.value(b)
  })
})

const readToken = Effect.fnUntraced(function*(path: string) {
  const bytes = yield* Effect.mapError(readFile(path), (failure) =>
    new KubeConfigError({
      reason: "ReferenceUnreadable",
      file: path,
      detail: `this token file can't be read: ${failureText(failure)}`
    }))
  const token = Bytes.decode(bytes).trim()
  const header = token === "" ? undefined : bearer(token)
  if (header !== undefined) return header
  return yield* new KubeConfigError({
    reason: "InvalidToken",
    file: path,
    detail: token === "" ? "this token file is empty" : "this token file holds control characters, so it is no token"
  })
})

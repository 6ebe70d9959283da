/** Small files that a configuration names. A pipe is read too (`--kubeconfig <(…)`), a device never: it may not end. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { PlatformError } from "effect/PlatformError"

export type ReadFailure = keyof typeof texts

const texts = {
  NotFound: "it does not exist, or is a link to something that does not",
  PermissionDenied: "permission denied: check its mode and that of the directories above it",
  IsDirectory: "it is a directory where a file should be",
  NotAFile: "it is no ordinary file",
  TooLarge: "it is larger than 16 MiB",
  Other: "the system could not read it"
} as const

/** What a failure means to people. */
export const failureText = (failure: ReadFailure): string => texts[failure]

const maxSize = 16n * 1024n * 1024n

export const readFile: (
  path: string
) => Effect.Effect<Uint8Array, ReadFailure, FileSystem.FileSystem> = Effect.fnUntraced(function*(path) {
  if (path === "/dev/null") return new Uint8Array() // the usual way to say "no kubeconfig"
  const files = yield* FileSystem.FileSystem
  const { size, type } = yield* Effect.mapError(files.stat(path), failureOf)
  if (type === "Directory") return yield* Effect.fail<ReadFailure>("IsDirectory")
  if (type !== "File" && type !== "FIFO") return yield* Effect.fail<ReadFailure>("NotAFile")
  if (size > maxSize) return yield* Effect.fail<ReadFailure>("TooLarge")
  return yield* Effect.mapError(files.readFile(path), failureOf)
})

const failureOf = ({ reason }: PlatformError): ReadFailure =>
  reason._tag === "NotFound" || reason._tag === "PermissionDenied" ? reason._tag : "Other"

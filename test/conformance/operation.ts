/**
 * What a file under `ops/` offers for each operation: how its input is read, and how the library answers it.
 */
import type { PluginProcess } from "@credlet/core/plugin/PluginProcess"
import { Data, Effect, type FileSystem, type Path, Schema, type Scope } from "effect"
import type { Digest } from "effect/crypto"
import type { Json } from "./expand.ts"

/** What operations may use; the scope is the case's own. */
export type Services = Digest.Digest | FileSystem.FileSystem | Path.Path | PluginProcess | Scope.Scope

/** A case that can't be run. */
export class BadCase extends Data.TaggedError("BadCase")<{ readonly problem: string }> {}

export type Operation = (input: unknown) => Effect.Effect<Json, BadCase, Services>

export const effectful = <S extends Schema.ConstraintDecoder<unknown>>(
  input: S,
  answer: (input: S["Type"]) => Effect.Effect<Json, never, Services>
): Operation => {
  const decode = Schema.decodeUnknownEffect(input)
  return (value) =>
    decode(value).pipe(
      Effect.mapError((error) => new BadCase({ problem: `its input can't be read: ${error.message}` })),
      Effect.flatMap(answer)
    )
}

export const pure = <S extends Schema.ConstraintDecoder<unknown>>(
  input: S,
  answer: (input: S["Type"]) => Json
): Operation => effectful(input, (value) => Effect.sync(() => answer(value)))

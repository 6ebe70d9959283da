/**
 * Runs vectors: each case of each file by its operation, through the public API alone.
 */
import * as NodePluginProcess from "@credlet/node/NodePluginProcess"
import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { Array as Arr, Data, Effect, FileSystem, Layer, Path, Schema } from "effect"
import { Digest } from "effect/crypto"
import { compare } from "./compare.ts"
import { BadCase, type Operation } from "./operation.ts"
import { cache } from "./ops/cache.ts"
import { config } from "./ops/config.ts"
import { credential } from "./ops/credential.ts"
import { image } from "./ops/image.ts"
import { keyring } from "./ops/keyring.ts"
import { plugin } from "./ops/plugin.ts"
import { scenario } from "./ops/scenario.ts"
import { text } from "./ops/text.ts"

export const operations: ReadonlyMap<string, Operation> = new Map(
  Object.entries({ ...text, ...image, ...credential, ...config, ...cache, ...plugin, ...keyring, ...scenario })
)

const Case = Schema.Struct({ name: Schema.String, op: Schema.String, input: Schema.Json, expected: Schema.Json })

export interface Case extends Schema.Schema.Type<typeof Case> {
  readonly file: string
}

export interface Result {
  readonly case: Case
  readonly outcome: "passed" | "failed"
  /** What differs. */
  readonly details: ReadonlyArray<string>
}

/** A directory can't be listed. */
export class BadDirectory extends Data.TaggedError("BadDirectory")<{ readonly message: string }> {}

const decodeCases = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Array(Case)))

/** The cases of all `*.json` files of a directory, in the order of the files' names; and what is wrong with any file. */
export const read = Effect.fnUntraced(function*(directory: string) {
  const files = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const names = yield* Effect.mapError(
    files.readDirectory(directory),
    () => new BadDirectory({ message: `${directory} is not a directory that can be read` })
  )
  const read = yield* Effect.forEach(
    names.filter((name) => name.endsWith(".json")).toSorted(),
    (file) =>
      files.readFileString(path.join(directory, file)).pipe(
        Effect.flatMap(decodeCases),
        Effect.map((cases) => cases.map((one): Case => ({ ...one, file }))),
        Effect.mapError((error) => `${file}: not a list of cases: ${error.message}`),
        Effect.result
      )
  )
  return { cases: Arr.getSuccesses(read).flat(), problems: Arr.getFailures(read) }
})

/** Bounds how many processes run at once. */
const concurrency = 4

export const run = (cases: ReadonlyArray<Case>): Effect.Effect<ReadonlyArray<Result>> =>
  Effect.provide(Effect.forEach(cases, runOne, { concurrency }), Platform)

const runOne = (one: Case) => {
  const result = (outcome: Result["outcome"], details: ReadonlyArray<string>): Result => ({
    case: one,
    outcome,
    details
  })
  return answer(one).pipe(
    Effect.map((actual) => compare(one.op, one.expected, actual)),
    Effect.map((differences) => result(differences.length === 0 ? "passed" : "failed", differences)),
    Effect.catchTag("BadCase", ({ problem }) => Effect.succeed(result("failed", [problem]))),
    Effect.catchDefect((defect) => Effect.succeed(result("failed", [`it threw: ${String(defect)}`])))
  )
}

/** What the library answers to a case's input. */
export const answer = (one: Pick<Case, "input" | "op">) => {
  const operation = operations.get(one.op) ?? (() => new BadCase({ problem: `there is no operation "${one.op}"` }))
  return Effect.scoped(operation(one.input))
}

/** What the operations run on. */
export const Platform = Layer.mergeAll(
  NodeFileSystem.layer,
  NodePath.layer,
  NodePluginProcess.layer,
  Digest.layerWebCrypto
)

/**
 * `pnpm conformance [DIR]`: runs the vectors of a directory, by default our own. A line for each mismatch, a count at
 * the end; exit 1 if anything failed or nothing ran.
 */
import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { Effect, Logger } from "effect"
import * as Path from "node:path"
import { report } from "./report.ts"

const directory = process.argv.slice(2).find((arg) => arg !== "--") ?? Path.join(import.meta.dirname, "vectors")

const { isSuccess, lines } = await Effect.runPromise(
  Effect.provide(report(Path.resolve(directory)), [
    NodeFileSystem.layer,
    NodePath.layer,
    Logger.layer([]) // plugins that fail on purpose
  ])
)
for (const line of lines) console.log(line)
process.exitCode = isSuccess ? 0 : 1

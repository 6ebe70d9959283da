/**
 * After all tests nothing must be left: no process that they started, no file in the directory for temporary files that
 * a run has to itself. Each worker's setup gives its environment the marker that the processes are found by.
 */
import { mkdirSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { TestProject } from "vitest/node"
import * as Processes from "./packages/testing/src/internal/faults/processes.ts"

export interface TestRun {
  /** For `TMPDIR`. */
  readonly directory: string
  /** The environment's entry `CREDLET_TEST_RUN` is this. */
  readonly id: string
}

declare module "vitest" {
  interface ProvidedContext {
    readonly testRun: TestRun
  }
}

export const makeTestRun = (): TestRun => {
  const id = crypto.randomUUID()
  return { id, directory: join(tmpdir(), `credlet-tests-${id}`) }
}

const find = ({ directory, id }: TestRun): ReadonlyArray<string> => [
  ...Processes.list()
    .filter(({ command, environment }) => environment.includes(`CREDLET_TEST_RUN=${id}`) || command.includes(directory))
    .map(({ command, pid }) => `process ${pid}: ${command}`),
  ...readdirSync(directory).map((name) => `file: ${join(directory, name)}`)
]

/** What has just been killed may need a moment to go. */
export const leftovers = async (run: TestRun, patience = 5_000): Promise<ReadonlyArray<string>> => {
  const left = find(run)
  if (left.length === 0 || patience <= 0) return left
  await sleep(50)
  return leftovers(run, patience - 50)
}

export const setup = (project: TestProject) => {
  const run = project.getProvidedContext().testRun
  mkdirSync(run.directory, { mode: 0o700 })
  return async () => {
    const left = await leftovers(run)
    rmSync(run.directory, { recursive: true, force: true })
    if (left.length > 0) throw new Error(`the tests left something behind:\n${left.join("\n")}`)
  }
}

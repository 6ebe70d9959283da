/** `pnpm bench [NAME]`: all benchmarks, or the one of that name. */
import { NodeRuntime } from "@effect/platform-node"
import { Effect } from "effect"
import { measure } from "./Benchmark.ts"
import { cachedLookup } from "./cachedLookup.ts"
import { cachedProvider } from "./cachedProvider.ts"
import { coldLookup } from "./coldLookup.ts"
import { patterns } from "./patterns.ts"
import { telemetry } from "./telemetry.ts"

const benchmarks = [cachedLookup, cachedProvider, patterns, telemetry, coldLookup]

const name = process.argv[2]
const chosen = name === undefined ? benchmarks : benchmarks.filter((benchmark) => benchmark.name === name)
if (chosen.length === 0) {
  console.error(
    `no benchmark is named "${name}"; there are: ${benchmarks.map((benchmark) => benchmark.name).join(", ")}`
  )
  process.exitCode = 2
} else {
  NodeRuntime.runMain(Effect.forEach(chosen, measure, { discard: true }))
}

/** What a benchmark is, and how it is measured: each sample runs its effect a number of times within one fiber. */
import { Effect, type Scope } from "effect"
import { Bench } from "tinybench"

export interface Task {
  readonly name: string
  /** What the kubelet needs for the same on a machine with 2 cores, in microseconds. */
  readonly kubelet?: number
  /** How often the effect runs in one sample: many times if it is fast, so that the timer does not show. */
  readonly times: number
  readonly run: Effect.Effect<unknown, unknown>
}

/** One file, one question. */
export interface Benchmark {
  readonly name: string
  readonly question: string
  readonly tasks: Effect.Effect<ReadonlyArray<Task>, unknown, Scope.Scope>
}

const repeat = (task: Task) =>
  Effect.gen(function*() {
    for (let turn = 0; turn < task.times; turn++) yield* task.run
  })

const microseconds = (milliseconds: number) => {
  const value = milliseconds * 1000
  return value < 100 ? value.toFixed(2) : value.toFixed(0)
}

/** Prints median and 99th percentile per run. */
export const measure = (benchmark: Benchmark) =>
  Effect.scoped(Effect.gen(function*() {
    const tasks = yield* benchmark.tasks
    const bench = new Bench({ time: 1000, warmupTime: 300, throws: true })
    for (const task of tasks) bench.add(task.name, () => Effect.runPromise(repeat(task)))
    yield* Effect.promise(() => bench.run())
    console.log(`\n${benchmark.name}: ${benchmark.question}`)
    console.table(Object.fromEntries(tasks.map(({ kubelet, name, times }) => {
      const result = bench.getTask(name)?.result
      if (result?.state !== "completed") return [name, { state: result?.state }]
      const { p50, p99, samplesCount } = result.latency
      return [name, {
        "median µs": microseconds(p50 / times),
        "p99 µs": microseconds(p99 / times),
        samples: samplesCount,
        "kubelet µs": kubelet ?? ""
      }]
    })))
  }))

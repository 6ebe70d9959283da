import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { host, program } from "./programs.ts"

const mebibytes = 32

describe.skipIf(process.platform !== "linux")("NodePluginProcess: the host's memory", () => {
  for (const stream of ["stdout", "stderr"]) {
    it.live(`FAULT-5, FAULT-6: stays within ${mebibytes} MiB while a plugin writes 1 GB to ${stream}`, () =>
      Effect.gen(function*() {
        const file = yield* program(`#!/bin/sh
          case "$1" in
            stdout) exec head -c 1000000000 /dev/zero ;;
            stderr) exec head -c 1000000000 /dev/zero >&2 ;;
            *) echo ok ;;
          esac
        `)
        const { stdout } = yield* host(
          file,
          `
            import { readFileSync, writeFileSync } from "node:fs"

            const kibibytes = (name) => Number(new RegExp(name + ":\\\\s+(\\\\d+)").exec(readFileSync("/proc/self/status", "utf8"))[1])
            const program = Effect.gen(function*() {
              const processes = yield* ContainedProcess.make(ExecutionPolicy.make())
              const run = (...args) => processes.run({ ...command, args })
              for (let turn = 0; turn < 10; turn++) yield* run() // what is needed once is there
              const before = kibibytes("VmRSS")
              writeFileSync("/proc/self/clear_refs", "5") // the peak counts from here
              const outcome = yield* run("${stream}")
              console.log(JSON.stringify([outcome._tag, outcome.stream, (kibibytes("VmHWM") - before) / 1024]))
            })
            Effect.runFork(Effect.scoped(Effect.provide(program, NodePluginProcess.layer)))
          `
        )
        const [tag, where, growth] = JSON.parse(stdout)
        assert.deepStrictEqual([tag, where], ["OutputTooLarge", stream])
        assert.isBelow(growth, mebibytes)
      }))
  }
})

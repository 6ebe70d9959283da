import { defineConfig } from "vitest/config"
import type { Reporter } from "vitest/node"
import { leftovers, makeTestRun } from "./vitest.leftovers.ts"

const testRun = makeTestRun()

// One plain line at the end, for CI systems that look for one.
const plainSummary: Reporter = {
  async onTestRunEnd(modules) {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 }
    for (const module of modules) {
      count.failed += module.errors().length // a file that did not load
      for (const test of module.children.allTests()) count[test.result().state]++
    }
    count.failed += (await leftovers(testRun)).length // the global teardown names them
    console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
  }
}

export default defineConfig({
  test: {
    include: ["packages/*/test/**/*.test.ts", "examples/*/test/**/*.test.ts", "test/**/*.test.ts"],
    globalSetup: ["./vitest.leftovers.ts"],
    provide: { testRun },
    setupFiles: ["./vitest.setup.ts"],
    reporters: ["default", plainSummary],
    sequence: { concurrent: true },
    testTimeout: 30_000, // a busy machine is no failure
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**/*.ts"],
      reporter: ["text", "json-summary"],
      reportsDirectory: "coverage"
    }
  }
})

import { addEqualityTesters } from "@effect/vitest"
import { inject } from "vitest"

addEqualityTesters()

const { directory, id } = inject("testRun")
process.env.TMPDIR = directory
process.env.CREDLET_TEST_RUN = id

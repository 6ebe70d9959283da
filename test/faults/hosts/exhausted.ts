/**
 * Has nothing left to start the provider `good` with. `descriptors`: tries with ever more of them free, from none on, until
 * it answers. `recovery`: with none, until they come free while it is tried. `processes`: with no process left. Says in
 * JSON what came of it.
 */
import * as PluginRunner from "@credlet/core/plugin/PluginRunner"
import * as NodePluginProcess from "@credlet/node/NodePluginProcess"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { execFileSync } from "node:child_process"
import { closeSync, openSync, readdirSync } from "node:fs"
import { runPlugin, words } from "../support/hosted.ts"

const good = runPlugin("good")

/** Opens all descriptors that there are. */
const exhaust = (): Array<number> => {
  const open: Array<number> = []
  try {
    while (true) open.push(openSync("/dev/null", "r"))
  } catch {
    return open
  }
}

const openDescriptors = () => readdirSync("/proc/self/fd").length

const descriptors = Effect.gen(function*() {
  const before = openDescriptors()
  const outcomes: Array<string> = []
  while (outcomes.length < 20 && outcomes.at(-1) !== "answered") {
    const open = exhaust()
    open.splice(0, outcomes.length).forEach((descriptor) => closeSync(descriptor))
    outcomes.push(yield* good)
    open.forEach((descriptor) => closeSync(descriptor))
  }
  return { outcomes, lost: openDescriptors() - before }
})

const recovery = Effect.gen(function*() {
  const open = exhaust()
  const run = yield* Effect.forkChild(good, { startImmediately: true })
  yield* Effect.sleep("50 millis")
  open.forEach((descriptor) => closeSync(descriptor))
  return { outcomes: [yield* Fiber.join(run)] }
})

/** The system's limit on a user's processes is none for its superuser. */
const processes = Effect.gen(function*() {
  execFileSync("prlimit", ["--pid", String(process.pid), "--nproc=1:1"])
  if (process.getuid?.() === 0) {
    process.setgid?.(54_321)
    process.setuid?.(54_321)
  }
  return { outcomes: [yield* good] }
})

const [what] = words
const program = what === "descriptors" ? descriptors : what === "recovery" ? recovery : processes
const startRetry = what === "recovery" ? Duration.seconds(20) : Duration.millis(50)

// Once before, so that all is loaded and all threads are there.
const found = await Effect.andThen(good, program).pipe(
  Effect.provide(Layer.provide(PluginRunner.layerExec({ startRetry }), NodePluginProcess.layer)),
  Effect.runPromise
)
console.log(JSON.stringify(found))

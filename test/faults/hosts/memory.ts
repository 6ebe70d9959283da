/**
 * Runs the provider `good` until nothing more is loaded, and then the provider `flood`. Says in JSON how many bytes of
 * memory this process had at most before and after.
 */
import * as PluginRunner from "@credlet/core/plugin/PluginRunner"
import * as NodePluginProcess from "@credlet/node/NodePluginProcess"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { runPlugin } from "../support/hosted.ts"

const most = () => process.resourceUsage().maxRSS * 1024

const program = Effect.gen(function*() {
  for (let times = 0; times < 20; times++) yield* runPlugin("good")
  const before = most()
  const outcome = yield* runPlugin("flood")
  return { outcome, before, after: most() }
})

/** Limits of size are as they are by default; a busy machine may take its time to meet them. */
const PluginRunnerLive = Layer.provide(
  PluginRunner.layerExec({ drainGrace: Duration.seconds(20) }),
  NodePluginProcess.layer
)

console.log(JSON.stringify(await Effect.runPromise(Effect.provide(program, PluginRunnerLive))))

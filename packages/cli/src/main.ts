#!/usr/bin/env node
/**
 * The executable.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as Cli from "./Cli.ts"

// A terminal that goes away is an interrupt too: plugins get time to end, and metrics are written.
process.once("SIGHUP", () => process.kill(process.pid, "SIGTERM"))

// A reader that goes away, as `head` does, is no failure. That data could not be written is told by who writes it.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {})

// Reporting is Cli's: runMain's own would write to stdout.
NodeRuntime.runMain(Effect.provide(Cli.run, NodeServices.layer), { disableErrorReporting: true })

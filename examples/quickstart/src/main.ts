/**
 * `pnpm start`: what Credlet does, in one second, on this machine alone.
 */
import { Credlet } from "@credlet/node"
import { TinyRegistry } from "@credlet/testing"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Layer, Redacted } from "effect"
import { FetchHttpClient } from "effect/http"
import { tour } from "./tour.ts"
import * as Workspace from "./Workspace.ts"

const username = "robot"
const password = Redacted.make(crypto.randomUUID())

// A private registry, and the files that a node would have for it: a config and a plugin.
const RegistryLive = TinyRegistry.layer({ username, password, challenge: "bearer" })
const WorkspaceLive = Workspace.layer(password)

// All that a program needs that wants credentials. Its first argument is where a node's two flags point.
const CredletLive = Layer.unwrap(
  Effect.map(Workspace.Workspace, ({ binDir, config }) => Credlet.layer({ config, binDir }))
)

const QuickstartLive = CredletLive.pipe(
  Layer.provideMerge(WorkspaceLive),
  Layer.provideMerge([RegistryLive, FetchHttpClient.layer, NodeServices.layer])
)

// A reader that goes away, as `head` does, is no reason to leave the files behind.
process.stdout.on("error", () => {})

NodeRuntime.runMain(Effect.provide(tour, QuickstartLive))

/**
 * Runs a faulty plugin of the laboratory twice, each time with a good one beside it: on its own through
 * `PluginRunner.layerExec`, and through `Keyring.lookup` of a config with both. Each time the call must come back long
 * before the plugin would end by itself, leave no process behind and say no secret; and the good one's credentials must
 * be there. When all tests of a file are done, and the hosts are still there, no descriptor of theirs must be left.
 */
import { type ExecutionPolicy, Keyring, type PluginError, type PluginProtocol, PluginRunner } from "@credlet/core"
import { Credlet, NodePluginProcess } from "@credlet/node"
import { FaultLab } from "@credlet/testing"
import { assert } from "@effect/vitest"
import { Cause, Context, Duration, Effect, Exit, Layer, Logger, Redacted, Result, Scope } from "effect"
import * as Fs from "node:fs"
import { inspect } from "node:util"

export const image = "registry.example/team/app"

/** In places whose text must not get into errors. */
const canaries = { env: "canary-of-env", token: "canary-of-token" }

/** In the answers of all executables. */
const password = "fault-lab-pass"

/** Plugins of the laboratory live for 60 seconds, if nobody ends them. A busy machine may take its time. */
const muchLess = Duration.seconds(20)

/** For plugins that end by themselves: no limit but those that a test sets is to be met. */
export const patient: Partial<ExecutionPolicy.ExecutionPolicy> = {
  deadline: Duration.seconds(30),
  termGrace: Duration.millis(100),
  drainGrace: Duration.millis(200),
  settleGrace: Duration.millis(100)
}

export interface Options {
  /** Changes of `patient`. */
  readonly execution?: Partial<ExecutionPolicy.ExecutionPolicy>
  /** The plugin meets the deadline: a short one for it alone, and one that a good plugin does not meet beside it. */
  readonly hangs?: boolean
  /** A larger one than a pipe holds. Only a service account's can be so large, so the keyring's lookup goes without. */
  readonly token?: string
  /** Further texts that no error and no log must hold. */
  readonly secrets?: ReadonlyArray<string>
  /** How many processes escape and live on: they are in sessions of their own. */
  readonly escapes?: number
}

export interface Withstood {
  readonly run: Result.Result<PluginProtocol.PluginResponse, PluginError.PluginError>
  readonly lookup: Keyring.Lookup
}

export type Lab = FaultLab.FaultLab["Service"]

export const PluginRunnerLive = (execution: Partial<ExecutionPolicy.ExecutionPolicy> = {}) =>
  Layer.provide(PluginRunner.layerExec({ ...patient, ...execution }), NodePluginProcess.layer)

export const KeyringLive = (lab: Lab, execution: Partial<ExecutionPolicy.ExecutionPolicy> = {}) =>
  Credlet.layer({ config: lab.config, binDir: lab.binDir, execution: { ...patient, ...execution } })

export const lookup = Effect.flatMap(Keyring.Keyring, (keyring) => keyring.lookup(image))

export const runPlugin = (lab: Lab, provider: string, token = canaries.token) =>
  Effect.flatMap(
    PluginRunner.PluginRunner,
    (runner) => runner.run(lab.plugin(provider), { image, serviceAccountToken: Redacted.make(token) })
  )

/** The hosts of a file's tests, each of which lives until all of them are done. */
export class Hosts extends Context.Service<Hosts, { readonly scope: Scope.Scope }>()("@credlet/test/Hosts") {
  static readonly layer: Layer.Layer<Hosts> = Layer.effect(
    Hosts,
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const lab = yield* FaultLab.make({ good: "good" })
      yield* runPlugin(lab, "good").pipe(Effect.provide(PluginRunnerLive()), Effect.orDie) // opens what stays open
      const before = new Set(channels())
      yield* Effect.addFinalizer(() =>
        eventually("no descriptor is left", Effect.sync(() => channels().every((channel) => before.has(channel)))).pipe(
          Effect.ensuring(Scope.close(scope, Exit.void))
        )
      )
      return { scope }
    })
  )
}

/** How the tests of a file get it: with the clock of the world, and time to see whether a descriptor is left. */
export const live = { excludeTestServices: true, timeout: "60 seconds" } as const

export const provideHost =
  <I, E1>(host: Layer.Layer<I, E1>) =>
  <A, E, R>(use: Effect.Effect<A, E, R>): Effect.Effect<A, E | E1, Exclude<R, I> | Hosts> =>
    Effect.gen(function*() {
      const { scope } = yield* Hosts
      return yield* Effect.provide(use, yield* Layer.buildWithScope(host, scope))
    })

export const withstand = Effect.fnUntraced(
  function*(plugin: FaultLab.Plugin | FaultLab.FaultName, options: Options = {}) {
    const given = typeof plugin === "string" ? { fault: plugin } : plugin
    const { scope } = yield* Hosts
    // What escaped lives until it is known whether its pipes were let go.
    const lab = yield* Scope.provide(
      FaultLab.make({
        faulty: { ...given, env: [...given.env ?? [], { name: "LAB_SECRET", value: canaries.env }] },
        good: { fault: "good", options: { username: "good" } }
      }),
      scope
    )
    const { escapes = 0, execution, hangs = false, secrets = [], token } = options
    const run = yield* Effect.result(runPlugin(lab, "faulty", token)).pipe(
      leavesNothing(lab, escapes),
      provideHost(PluginRunnerLive({ ...execution, ...(hangs ? { deadline: Duration.millis(300) } : {}) }))
    )
    const log: Array<string> = []
    const found = yield* lookup.pipe(
      leavesNothing(lab, 2 * escapes),
      provideHost(KeyringLive(lab, { ...execution, ...(hangs ? { deadline: Duration.seconds(3) } : {}) })),
      Effect.provide(Logger.layer([Logger.map(Logger.formatJson, (line) => void log.push(line))]))
    )
    assert.deepStrictEqual(found.providers, ["faulty", "good"])
    assert.include(found.credentials.map(({ username }) => username), "good")
    if (Result.isFailure(run)) saysNothing(run.failure, lab, ...secrets)
    for (const failure of found.failures) saysNothing(failure, lab, ...secrets)
    assert.isAtLeast(log.length, found.failures.length)
    holdsNothing(log, lab, ...secrets)
    const withstood: Withstood = { run, lookup: found }
    return withstood
  }
)

/** The same failure both times. */
export const failure = Effect.fnUntraced(function*(...plugin: Parameters<typeof withstand>) {
  const { lookup, run } = yield* withstand(...plugin)
  assert(Result.isFailure(run), "the plugin answered")
  const [failed, ...more] = lookup.failures
  assert(failed?._tag === "PluginError", "the lookup has no failure of the plugin")
  assert.deepStrictEqual(more, [])
  assert.strictEqual(failed.provider, "faulty")
  assert.strictEqual(failed.reason._tag, run.failure.reason._tag)
  assert.deepStrictEqual(lookup.credentials.map(({ username }) => username), ["good"])
  return run.failure.reason
})

/** An answer both times. */
export const answers = Effect.fnUntraced(function*(...plugin: Parameters<typeof withstand>) {
  const { lookup, run } = yield* withstand(...plugin)
  if (Result.isFailure(run)) return assert.fail(run.failure.message)
  const [entry, ...more] = run.success.auth ?? []
  assert.deepStrictEqual(more, [])
  assert.deepStrictEqual(entry?.[0], "registry.example")
  assert.deepStrictEqual(entry?.[1].username, "robot")
  assert.deepStrictEqual(lookup.failures, [])
  assert.sameMembers(lookup.credentials.map(({ username }) => username), ["robot", "good"])
})

export const leavesNothing =
  (lab: Lab, escapes = 0) => <A, E, R>(call: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.gen(function*() {
      const [took, result] = yield* Effect.timed(call)
      assert.isBelow(Duration.toMillis(took), Duration.toMillis(muchLess), "the call took too long")
      yield* eventually("no process is left", Effect.map(lab.leftovers, (left) => left.length === escapes))
      return result
    })

/** The pipes and sockets that this process has open. The system's numbers for them do not come again soon. */
const channels = (): ReadonlyArray<string> =>
  Fs.readdirSync("/proc/self/fd").flatMap((descriptor) => {
    try {
      const target = Fs.readlinkSync(`/proc/self/fd/${descriptor}`)
      return /^(pipe|socket):/.test(target) ? [target] : []
    } catch {
      return [] // the one that this was read through
    }
  })

/** With a bound, and quick where it is true already. */
export const eventually = <E, R>(what: string, check: Effect.Effect<boolean, E, R>): Effect.Effect<void, E, R> =>
  Effect.gen(function*() {
    for (let tries = 0; tries < 750; tries++) {
      if (yield* check) return
      yield* Effect.sleep("20 millis")
    }
    assert.fail(`it did not come true within 15 seconds: ${what}`)
  })

/** However the error is looked at. */
export const saysNothing = (error: Error, lab: Lab, ...more: ReadonlyArray<string>): void =>
  holdsNothing(
    [
      error.message,
      String(error),
      error.stack ?? "",
      inspect(error, { depth: Infinity, showHidden: true }),
      JSON.stringify(error),
      Cause.pretty(Cause.fail(error))
    ],
    lab,
    ...more
  )

const holdsNothing = (texts: ReadonlyArray<string>, lab: Lab, ...more: ReadonlyArray<string>): void => {
  const [, marker = ""] = lab.marker.split("=")
  for (const secret of [password, marker, ...Object.values(canaries), ...more]) {
    for (const text of texts) assert.isFalse(text.includes(secret), `${secret} is told`)
  }
}

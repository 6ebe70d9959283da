import * as Keyring from "@credlet/core/keyring/Keyring"
import * as Credlet from "@credlet/node/Credlet"
import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { Clock, Effect, FileSystem, Layer, Path, Random } from "effect"
import { spawn } from "node:child_process"
import type { Benchmark } from "./Benchmark.ts"

const apiVersion = "credentialprovider.kubelet.k8s.io/v1"

// cacheDuration 0: every lookup runs the plugin
const script = `#!/bin/sh
cat >/dev/null
echo '{"kind":"CredentialProviderResponse","apiVersion":"${apiVersion}","cacheKeyType":"Image","cacheDuration":"0s",
"auth":{"registry.example":{"username":"user","password":"word"}}}'
`

const request =
  `{"kind":"CredentialProviderRequest","apiVersion":"${apiVersion}","image":"registry.example/team/app"}\n`

const bareSpawn = (file: string) =>
  Effect.callback<string>((resume) => {
    const child = spawn(file, [], { stdio: "pipe" })
    let stdout = ""
    child.stdout.on("data", (data: Buffer) => {
      stdout += data.toString()
    })
    child.once("close", () => resume(Effect.succeed(stdout)))
    child.stdin.end(request)
  })

const warmUp = 200
const pairs = 400

/** Wall clock, and the time that this process was on a processor, in nanoseconds. */
const timed = Effect.fnUntraced(function*(run: Effect.Effect<unknown, unknown>) {
  const cpu = process.cpuUsage()
  const began = yield* Clock.monotonicTimeNanos
  yield* run
  const wall = Number((yield* Clock.monotonicTimeNanos) - began)
  const { system, user } = process.cpuUsage(cpu)
  return { wall, cpu: 1000 * (system + user) }
})

const quantile = (values: ReadonlyArray<number>, at: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(at * values.length)] ?? NaN

/** Both in turn, sometimes the one first and sometimes the other, so that what else the machine does hits both alike. */
const compare = Effect.fnUntraced(function*(
  lookup: Effect.Effect<unknown, unknown>,
  bare: Effect.Effect<unknown, unknown>
) {
  const ratios: Array<number> = []
  const both: Array<{ readonly lookup: number; readonly bare: number }> = []
  for (let pair = -warmUp; pair < pairs; pair++) {
    const isLookupFirst = yield* Random.nextBoolean
    const first = yield* timed(isLookupFirst ? lookup : bare)
    const second = yield* timed(isLookupFirst ? bare : lookup)
    if (pair < 0) continue
    const [ours, theirs] = isLookupFirst ? [first, second] : [second, first]
    ratios.push(ours.wall / theirs.wall)
    both.push({ lookup: ours.cpu, bare: theirs.cpu })
  }
  const cpu = quantile(both.map(({ lookup }) => lookup), 0.5) / quantile(both.map(({ bare }) => bare), 0.5)
  const [low, median, high] = [0.25, 0.5, 0.75].map((at) => quantile(ratios, at).toFixed(2))
  console.log(
    `\ncold-lookup, in pairs: a lookup takes ${median} × a bare spawn (median of ${pairs} pairs, quartiles ${low} and ${high}); ` +
      `${cpu.toFixed(2)} × its processor time in this process`
  )
})

export const coldLookup: Benchmark = {
  name: "cold-lookup",
  question: "what does a lookup cost that runs a plugin, beside a bare spawn of the same script?",
  tasks: Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const binDir = yield* files.makeTempDirectoryScoped({ prefix: "credlet-bench-" })
    const config = path.join(binDir, "config.json")
    yield* files.writeFileString(path.join(binDir, "acme"), script, { mode: 0o755 })
    yield* files.writeFileString(
      config,
      JSON.stringify({
        kind: "CredentialProviderConfig",
        apiVersion: "kubelet.config.k8s.io/v1",
        providers: [{ name: "acme", matchImages: ["registry.example"], defaultCacheDuration: "1h", apiVersion }]
      })
    )
    const services = yield* Layer.build(Credlet.layer({ config, binDir }))
    const keyring = yield* Effect.provide(Keyring.Keyring, services)
    const lookup = keyring.lookup("registry.example/team/app")
    const bare = bareSpawn(path.join(binDir, "acme"))
    yield* compare(lookup, bare)
    return [
      { name: "Keyring.lookup", kubelet: 2070, times: 1, run: lookup },
      { name: "child_process.spawn", times: 1, run: bare }
    ]
  }).pipe(Effect.provide([NodeFileSystem.layer, NodePath.layer]))
}

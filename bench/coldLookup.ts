import * as Keyring from "@credlet/core/keyring/Keyring"
import * as Credlet from "@credlet/node/Credlet"
import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { Effect, FileSystem, Layer, Path } from "effect"
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
    return [
      { name: "Keyring.lookup", kubelet: 2070, times: 1, run: keyring.lookup("registry.example/team/app") },
      { name: "child_process.spawn", times: 1, run: bareSpawn(path.join(binDir, "acme")) }
    ]
  }).pipe(Effect.provide([NodeFileSystem.layer, NodePath.layer]))
}

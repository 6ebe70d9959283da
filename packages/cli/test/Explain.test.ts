/** `credlet explain` as its users see it: real processes, real files. What the trees say: `explain/PlantedFaults.test.ts`. */
import { Explanation } from "@credlet/core"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { execFile } from "node:child_process"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import { promisify } from "node:util"
import * as Cluster from "./support/cluster.ts"
import { config, credlet, directory, type Files, main, oneByOne, plugin, provider, script } from "./support/credlet.ts"

const files: Files = {
  "providers.yaml": config(
    provider("good", ["registry.example"]),
    provider("bad", ["registry.example", "*.bad.example"])
  ),
  "bin/good": plugin({ "registry.example": { username: "robot", password: "s3cret-one" } }),
  "bin/bad": script("echo 'first line' >&2; echo 'last line' >&2; echo s3cret-two; exit 1")
}

const run = (command: string, dir: string, args: ReadonlyArray<string>) =>
  credlet(dir, [command, "--config", "providers.yaml", "--bin-dir", "bin", ...args])

const decode = Schema.decodeUnknownEffect(
  Schema.fromJsonString(Schema.toCodecJson(Schema.Struct({ images: Schema.Array(Explanation.Explanation) })))
)

describe("credlet explain", oneByOne, () => {
  it.live("a tree an image, failures and all; nothing of it is said again on stderr, and no password anywhere", () =>
    Effect.gen(function*() {
      const dir = yield* directory(files)
      const { exitCode, stderr, stdout } = yield* run("explain", dir, ["registry.example/a", "x.bad.example/b"])
      assert.deepStrictEqual([exitCode, stderr], [1, ""])
      const [first = "", second = "", ...more] = stdout.split("\n\n")
      assert.deepStrictEqual(more, [])
      assert.match(first, /^registry\.example\/a\n/)
      assert.match(first, /last line[^]*1 credential\n.*robot, password #[0-9a-f]{8}/)
      assert.match(second, /^x\.bad\.example\/b\n[^]*no credentials: [^\n]*\n$/)
      assert.notInclude(stdout, "s3cret")
      assert.notInclude(stdout, "\u001b")
    }))

  it.live("exits as resolve does: 0 with credentials, 3 without, 1 after a failure", () =>
    Effect.gen(function*() {
      const dir = yield* directory(files)
      for (const [image, exitCode] of [["registry.example/a", 0], ["busybox", 3], ["x.bad.example/b", 1]] as const) {
        assert.strictEqual((yield* run("explain", dir, [image])).exitCode, exitCode)
      }
    }))

  it.live("--output json is what the schema of explanations reads, for a pod too", () =>
    Effect.gen(function*() {
      const { kubeconfig } = yield* Cluster.make
      const dir = yield* directory({ ...files, "cluster.yaml": kubeconfig })
      const { exitCode, stderr, stdout } = yield* run("explain", dir, [
        "registry.example/a:1",
        "x.bad.example/b",
        "--output=json",
        "--pod=team/web",
        "--kubeconfig=cluster.yaml",
        "--metrics=out.prom"
      ])
      assert.deepStrictEqual([exitCode, stderr], [1, ""])
      const { images: [a, b] } = yield* decode(stdout)
      assert.deepStrictEqual([a?.image.written, a?.pod?.podName], ["registry.example/a:1", "web"])
      assert.deepStrictEqual(a?.credentials.map(({ source: { _tag }, username }) => [_tag, username]), [
        ["PullSecret", "of-secret"],
        ["Provider", "robot"]
      ])
      assert.deepStrictEqual(b?.providers.map(({ outcome }) => outcome._tag), ["NotAsked", "Failed"])
      assert.notInclude(stdout, "s3cret")
      assert.include(yield* onlyOurs(dir), "credlet_cache_misses_total{plugin_name=\"bad\"} 2")
    }))

  it.live("takes wrong input as resolve does, word for word", () =>
    Effect.gen(function*() {
      const dir = yield* directory({ ...files, "empty.yaml": "{}" })
      const always = ["--config", "providers.yaml", "--bin-dir", "bin"]
      const inputs = [
        ["registry.example/App", ...always],
        ["a", "--config", "empty.yaml", "--bin-dir", "bin"],
        ["a", ...always, "--context", "c"],
        ["a", ...always, "--timeout", "soon"]
      ]
      for (const input of inputs) {
        const [explained, resolved] = [
          yield* credlet(dir, ["explain", ...input]),
          yield* credlet(dir, ["resolve", ...input])
        ]
        assert.notStrictEqual(resolved.exitCode, 0)
        assert.deepStrictEqual(
          { ...explained, stderr: explained.stderr.replaceAll("credlet explain", "credlet resolve") },
          resolved
        )
      }
    }))

  it.live("EXEC-8: --timeout is how long a plugin may take", () =>
    Effect.gen(function*() {
      const dir = yield* directory({ ...files, "bin/bad": script("exec sleep 60") })
      const { exitCode, stdout } = yield* run("explain", dir, ["registry.example/a", "--timeout", "200ms"])
      assert.strictEqual(exitCode, 0)
      assert.include(stdout, "did not answer within 200ms")
    }))

  it.live("MET-1…3: --metrics has what was counted, whoever failed, and no more", () =>
    Effect.gen(function*() {
      const dir = yield* directory(files)
      for (const command of ["explain", "resolve"]) {
        const { exitCode } = yield* run(command, dir, ["x.bad.example/b", "--metrics", "out.prom"])
        assert.strictEqual(exitCode, 1)
        const series = yield* onlyOurs(dir)
        assert.include(series, "kubelet_credential_provider_plugin_errors_total{plugin_name=\"bad\"} 1")
        assert.include(series, "kubelet_credential_provider_plugin_duration_count{plugin_name=\"bad\"} 1")
        assert.match(series.join("\n"), /^kubelet_credential_provider_config_info\{hash="sha256:\w+"\} 1$/m)
        yield* Effect.promise(() => Fs.rm(Path.join(dir, "out.prom")))
      }
    }))

  it.live("metrics that can't be written are a failure, after the answer", () =>
    Effect.gen(function*() {
      const dir = yield* directory(files)
      const { exitCode, stderr, stdout } = yield* run("explain", dir, [
        "registry.example/a",
        "--metrics",
        "no/out.prom"
      ])
      assert.deepStrictEqual(
        [exitCode, stderr],
        [1, "error: the metrics could not be written to no/out.prom: its directory does not exist\n"]
      )
      assert.include(stdout, "1 credential")
    }))

  it.live("a reader that goes away, as head does, is no failure: of data, help or messages", () =>
    Effect.gen(function*() {
      const dir = yield* directory({
        ...files,
        "long.yaml": config(provider("good", ["registry.example"], { defaultCacheDuration: "1h" }))
      })
      const images = Array.from({ length: 300 }, (_, at) => `registry.example/${at}`)
      const paths = ["--config", "long.yaml", "--bin-dir", "bin"]
      assert.deepStrictEqual(yield* headOf(dir, ["explain", ...images, ...paths, "--output", "json"]), ["{", "0"])
      assert.deepStrictEqual(yield* headOf(dir, ["explain", "--help"]), ["DESCRIPTION", "0"])
      // Nobody ever reads these, and there are several: debug lines, the warning and the table.
      const several = [
        "resolve",
        "registry.example/a",
        "--config",
        "providers.yaml",
        "--bin-dir",
        "bin",
        "--log-level=trace"
      ]
      assert.deepStrictEqual(yield* headOf(dir, several, 0), ["0"])
    }))
})

const onlyOurs = Effect.fnUntraced(function*(dir: string) {
  const text = yield* Effect.promise(() => Fs.readFile(Path.join(dir, "out.prom"), "utf8"))
  const series = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))
  for (const line of series) assert.match(line, /^(credlet_|kubelet_credential_provider_)/)
  return series
})

/** The first line of all that is written, or nothing, then the exit status. */
const headOf = (dir: string, args: ReadonlyArray<string>, lines: 0 | 1 = 1) =>
  Effect.promise(async () => {
    const shell = `status=$({ { "$0" "$@" 2>&1; echo $? >&3; } | head -n ${lines} >&4; } 3>&1); echo "$status"`
    const { stdout } = await promisify(execFile)("sh", ["-c", `{ ${shell}; } 4>&1`, process.execPath, main, ...args], {
      cwd: dir
    })
    return stdout.trimEnd().split("\n")
  })

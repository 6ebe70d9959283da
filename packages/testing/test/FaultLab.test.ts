import { FaultLab } from "@credlet/testing"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Redacted, Scope } from "effect"
import { spawn } from "node:child_process"
import * as Fs from "node:fs/promises"
import * as Os from "node:os"
import * as Path from "node:path"

const apiVersion = "credentialprovider.kubelet.k8s.io/v1beta1"
const request = `{"kind":"CredentialProviderRequest","apiVersion":"${apiVersion}","image":"registry.example/a/b"}\n`

interface Run {
  readonly stdout: Buffer
  readonly stderr: Buffer
  readonly status: number | string | null
  /** Milliseconds until it exited, and until its pipes came to their end. */
  readonly exited: number
  readonly closed: number
}

/** A host without any containment: it waits for the pipes' ends. */
const ask = (lab: FaultLab.FaultLab["Service"], provider = "plugin", stdin = request): Effect.Effect<Run> =>
  Effect.callback((resume) => {
    const { args, env, path } = lab.plugin(provider)
    const began = performance.now()
    const stdout: Array<Buffer> = []
    const stderr: Array<Buffer> = []
    let exited = 0
    const child = spawn(path, args, {
      env: { ...process.env, ...Object.fromEntries(env.map((entry) => [entry.name, Redacted.value(entry.value)])) }
    })
    child.stdout.on("data", (bytes: Buffer) => stdout.push(bytes))
    child.stderr.on("data", (bytes: Buffer) => stderr.push(bytes))
    child.stdin.on("error", () => {}).end(stdin)
    child.on("exit", () => exited = performance.now() - began)
    child.on("close", (code, signal) => {
      const closed = performance.now() - began
      const result = { stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr), status: code ?? signal }
      resume(Effect.succeed({ ...result, exited, closed }))
    })
  })

const run = Effect.fnUntraced(function*(fault: FaultLab.FaultName, options: FaultLab.Plugin["options"] = {}) {
  return yield* ask(yield* FaultLab.make({ plugin: { fault, options } }))
})

const right = {
  kind: "CredentialProviderResponse",
  apiVersion,
  cacheKeyType: "Registry",
  cacheDuration: "0s",
  auth: { "registry.example": { username: "robot", password: "fault-lab-password" } }
}

const answerOf = ({ stdout }: Run): unknown => JSON.parse(stdout.toString())

const eventually = (check: Effect.Effect<boolean>) =>
  Effect.gen(function*() {
    for (let tries = 0; tries < 1000; tries++) {
      if (yield* check) return
      yield* Effect.sleep("10 millis")
    }
    assert.fail("it did not come true within 10 seconds")
  })

describe("FaultLab", () => {
  it.effect("each executable is in the list and says at its top which fault it is and what its options are", () =>
    Effect.promise(async () => {
      const listed = FaultLab.faults.filter((fault) => !fault.made)
      assert.sameMembers(await Fs.readdir(FaultLab.directory), listed.map((fault) => fault.name))
      for (const { name, numbers, options } of listed) {
        const file = Path.join(FaultLab.directory, name)
        await Fs.access(file, Fs.constants.X_OK)
        const [shebang, ...lines] = (await Fs.readFile(file, "utf8")).split("\n")
        assert.strictEqual(shebang, "#!/bin/sh", name)
        const top = lines.slice(0, lines.findIndex((line) => !line.startsWith("#"))).join("\n")
        const cited = [...top.matchAll(/FAULT-(\d+)/g)].map(([, number]) => Number(number))
        assert.sameMembers([...new Set(cited)], [...numbers], name)
        const documented = [...top.matchAll(/^#   --([a-z-]+)=(\S*)/gm)].map(([, option, value]) => [option, value])
        assert.sameMembers(documented.map(([option]) => option), Object.keys(options), name)
        for (const [option, value] of documented) {
          if (options[option ?? ""] !== "") assert.strictEqual(value, options[option ?? ""], `${name} --${option}`)
        }
      }
    }))

  it.live("good: answers for the registry of the image in the version that it was asked in", () =>
    Effect.gen(function*() {
      const { status, ...asked } = yield* run("good")
      assert.strictEqual(status, 0)
      assert.deepStrictEqual(answerOf({ status, ...asked }), right)
    }))

  it.live("good: options choose the answer, and the log has its beginning and its end", () =>
    Effect.gen(function*() {
      const directory = yield* Effect.acquireRelease(
        Effect.promise(() => Fs.mkdtemp(Path.join(Os.tmpdir(), "credlet-testing-"))),
        (made) => Effect.promise(() => Fs.rm(made, { recursive: true }))
      )
      const log = Path.join(directory, "log")
      const lab = yield* FaultLab.make({
        plugin: {
          fault: "good",
          options: {
            location: "*.example/x",
            "username-from": "NAME",
            password: "p\\u0041",
            "cache-key-type": "Image",
            "cache-duration": "1h",
            delay: 0.01,
            log
          },
          env: [{ name: "NAME", value: "from environment" }]
        }
      })
      assert.deepStrictEqual(answerOf(yield* ask(lab)), {
        ...right,
        cacheKeyType: "Image",
        cacheDuration: "1h",
        auth: { "*.example/x": { username: "from environment", password: "pA" } }
      })
      assert.match(yield* Effect.promise(() => Fs.readFile(log, "utf8")), /^begin (\d+)\nend \1\n$/)
    }))

  it.live("an option that an executable doesn't have is its mistake, and the laboratory's defect", () =>
    Effect.gen(function*() {
      for (const { made, name } of FaultLab.faults) {
        if (made || name === "tell-all") continue
        const lab = yield* FaultLab.make({ plugin: { fault: name, args: ["--no-such-option=1"] } })
        assert.strictEqual((yield* ask(lab)).status, 64, name)
      }
      assert.isTrue(Exit.hasDies(yield* Effect.exit(run("hang", { second: 1 }))))
    }))

  it.live("FAULT-1, FAULT-2: what hangs ends by itself, without an answer", () =>
    Effect.gen(function*() {
      const faults = ["hang", "drip", "ignore-sigterm"] as const
      const runs = yield* Effect.forEach(faults, (fault) => run(fault, { seconds: 1 }), { concurrency: "unbounded" })
      for (const { exited, stdout } of runs) {
        assert.strictEqual(stdout.toString().trim(), "")
        assert.isAbove(exited, 900)
      }
    }))

  it.live("FAULT-2: SIGTERM leaves the plugin alive, or only its child, which holds the pipes", () =>
    Effect.gen(function*() {
      for (const who of ["all", "child"] as const) {
        const lab = yield* FaultLab.make({ plugin: { fault: "ignore-sigterm", options: { who } } })
        yield* Effect.forkChild(ask(lab), { startImmediately: true })
        const commands = Effect.map(lab.leftovers, (left) => left.map(({ command }) => command))
        yield* eventually(Effect.map(commands, (all) => all.includes("sleep 60")))
        for (const { pid } of yield* lab.leftovers) process.kill(pid, "SIGTERM")
        yield* eventually(Effect.map(commands, (all) => all.length === (who === "all" ? 2 : 1)))
        assert.include(yield* commands, "sleep 60")
      }
    }))

  it.live("FAULT-3, FAULT-4: the pipes stay open after the exit, and the answer is there", () =>
    Effect.gen(function*() {
      const held = ["stdout", "stderr", "both"].map((holds) => run("grandchild", { holds, seconds: 1, status: 1 }))
      const escaped = run("escaped-grandchild", { seconds: 1, status: 1 })
      for (const asked of yield* Effect.all([...held, escaped], { concurrency: "unbounded" })) {
        assert.strictEqual(asked.status, 1)
        assert.deepStrictEqual(answerOf(asked), right)
        assert.isAbove(asked.closed, 900)
        assert.isAbove(asked.closed - asked.exited, 300)
      }
      const flooded = yield* run("escaped-grandchild", { does: "floods", bytes: 1_000_000 })
      assert.isAbove(flooded.stdout.length, 1_000_000)
    }))

  it.live("FAULT-5, FAULT-6: floods", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* run("flood-stdout", { bytes: 1_000_000 })).stdout.length, 1_000_000)
      const error = yield* run("flood-stderr", { bytes: 1_000_000 })
      assert.strictEqual(error.stderr.length, 1_000_000)
      assert.deepStrictEqual(answerOf(error), right)
      const both = yield* run("interleaved-floods", { turns: 3, bytes: 100_000 })
      assert.strictEqual(both.stderr.length, 300_000)
      assert.deepStrictEqual(answerOf(both), right, "white space before an answer is part of it")
    }))

  it.live("FAULT-7, FAULT-8: a request that is larger than a pipe, unread", () =>
    Effect.gen(function*() {
      const large = "x".repeat(1024 * 1024)
      for (const fault of ["close-stdin", "ignore-stdin"] as const) {
        const lab = yield* FaultLab.make({ plugin: { fault, options: { "api-version": apiVersion } } })
        const asked = yield* ask(lab, "plugin", large)
        assert.strictEqual(asked.status, 0)
        assert.deepStrictEqual(answerOf(asked), right)
      }
    }))

  it.live("FAULT-9, FAULT-10, FAULT-11: half an answer; an answer and then a failure or a signal", () =>
    Effect.gen(function*() {
      const half = yield* run("half-answer")
      assert.strictEqual(half.status, 0)
      assert.match(half.stdout.toString(), /"password":"fault-lab-pass$/)
      const failed = yield* run("answer-then-fail", { status: 3 })
      assert.deepStrictEqual([failed.status, answerOf(failed)], [3, right])
      const killed = yield* run("killed", { signal: "SEGV" })
      assert.deepStrictEqual([killed.status, answerOf(killed)], ["SIGSEGV", right])
    }))

  it.live("FAULT-12: the bomb has as many processes as it says", () =>
    Effect.gen(function*() {
      const lab = yield* FaultLab.make({ plugin: { fault: "fork-bomb", options: { depth: 3 } } })
      yield* Effect.forkChild(ask(lab), { startImmediately: true })
      const sleeping = Effect.map(lab.leftovers, (left) => left.filter(({ command }) => command === "sleep 30"))
      yield* eventually(Effect.map(sleeping, (left) => left.length === 15))
    }))

  it.live("FAULT-15: tell-all tells all", () =>
    Effect.gen(function*() {
      const plugin = { fault: "tell-all", args: ["--any", "thing"], env: [{ name: "A", value: "value" }] } as const
      const { status, stderr } = yield* ask(yield* FaultLab.make({ plugin }))
      assert.strictEqual(status, 1)
      for (const part of ["--any", "thing", "A=value", request.trim()]) assert.include(stderr.toString(), part)
    }))

  it.live("FAULT-13: what can't be run can't be run, but by a host that hands it to a shell", () =>
    Effect.gen(function*() {
      const names = FaultLab.faults.filter(({ made }) => made).map(({ name }) => name)
      const lab = yield* FaultLab.make(Object.fromEntries(names.map((name) => [name, name])))
      const codes = yield* Effect.forEach(
        names,
        (name) =>
          Effect.promise(() =>
            Fs.access(lab.plugin(name).path, Fs.constants.X_OK).then(
              () => "ok",
              (error: NodeJS.ErrnoException) => error.code ?? ""
            )
          ).pipe(Effect.map((code) => [name, code]))
      )
      assert.deepStrictEqual(Object.fromEntries(codes), {
        missing: "ENOENT",
        "not-executable": "EACCES",
        "no-shebang": "ok",
        "empty-file": "ok",
        "foreign-binary": "ok",
        "bad-interpreter": "ok",
        "windows-line-ends": "ok",
        directory: "ok",
        "dangling-link": "ENOENT",
        "link-loop": "ELOOP",
        busy: "ok"
      })
    }))

  it.live("data: a variant is JSON or it is not", () =>
    Effect.gen(function*() {
      const isJson = (asked: Run) => {
        try {
          answerOf(asked)
          return true
        } catch {
          return false
        }
      }
      for (const as of ["empty", "whitespace", "bom", "log", "trailing", "two", "yaml", "html"]) {
        assert.isFalse(isJson(yield* run("not-json", { as })), as)
      }
      for (const as of ["raw-nul", "raw-newline"]) assert.isFalse(isJson(yield* run("bad-text", { as })), as)
      for (const as of ["invalid-utf8", "lone-surrogate", "nul", "crlf"]) {
        assert.isTrue(isJson(yield* run("bad-text", { as })), as)
      }
      for (const as of ["null", "missing", "empty", "null-entry", "prototype", "many", "long-key", "long-password"]) {
        assert.isTrue(isJson(yield* run("odd-auth", { as, count: 10, bytes: 10 })), as)
      }
      assert.isTrue(isJson(yield* run("deep-json", { depth: 100 })))
      assert.isTrue(isJson(yield* run("deep-json", { of: "objects", depth: 100 })))
      assert.isFalse(isJson(yield* run("deep-json", { depth: 100, closed: "no" })))
      const shapes = yield* Effect.forEach(
        ["unknown-field", "wrong-case", "wrong-type", "wrong-kind", "no-kind", "wrong-version", "no-cache-key-type"],
        (as) => Effect.map(run("wrong-shape", { as }), answerOf)
      )
      for (const shape of shapes) assert.notDeepEqual(shape, right)
      assert.deepNestedInclude(answerOf(yield* run("odd-duration", { value: "5" })), { cacheDuration: 5 })
      assert.deepNestedInclude(answerOf(yield* run("odd-location")), { "auth.[.username": "odd" })
    }))

  it.live("the config names the programs with their options, and the programs are there", () =>
    Effect.gen(function*() {
      const lab = yield* FaultLab.make({
        stuck: { fault: "hang", options: { seconds: 5 }, args: ["-x"], env: [{ name: "A", value: "b" }] },
        right: { fault: "good", matchImages: ["*.example"] }
      })
      const [name, value] = lab.marker.split("=")
      assert.deepStrictEqual(JSON.parse(lab.configText), {
        kind: "CredentialProviderConfig",
        apiVersion: "kubelet.config.k8s.io/v1",
        providers: [
          {
            name: "stuck",
            matchImages: ["registry.example"],
            defaultCacheDuration: "0s",
            apiVersion: "credentialprovider.kubelet.k8s.io/v1",
            args: ["--seconds=5", "-x"],
            env: [{ name: "A", value: "b" }, { name, value }]
          },
          {
            name: "right",
            matchImages: ["*.example"],
            defaultCacheDuration: "0s",
            apiVersion: "credentialprovider.kubelet.k8s.io/v1",
            args: [],
            env: [{ name, value }]
          }
        ]
      })
      assert.strictEqual(yield* Effect.promise(() => Fs.readFile(lab.config, "utf8")), lab.configText)
      assert.sameMembers(yield* Effect.promise(() => Fs.readdir(lab.binDir)), ["stuck", "right"])
    }))

  it.live("a program is replaced in place", () =>
    Effect.gen(function*() {
      const lab = yield* FaultLab.make({ plugin: "good" })
      yield* lab.replace("plugin", "half-answer")
      assert.include((yield* ask(lab)).stdout.toString(), "fault-lab-pass")
      yield* lab.replace("plugin", "directory")
      assert.isTrue((yield* Effect.promise(() => Fs.stat(lab.plugin("plugin").path))).isDirectory())
      yield* lab.replace("plugin", "missing")
      assert.deepStrictEqual(yield* Effect.promise(() => Fs.readdir(lab.binDir)), [])
    }))

  it.live("when the scope closes, neither a process nor a file is left", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const lab = yield* Scope.provide(FaultLab.make({ plugin: "hang", other: "busy" }), scope)
      yield* Effect.forkChild(ask(lab), { startImmediately: true })
      yield* eventually(Effect.map(lab.leftovers, (left) => left.some(({ command }) => command === "sleep 60")))
      yield* Scope.close(scope, Exit.void)
      yield* eventually(Effect.map(lab.leftovers, (left) => left.length === 0))
      assert.isTrue(yield* Effect.promise(() => Fs.access(lab.binDir).then(() => false, () => true)))
    }))
})

import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))

/** Milliseconds; alone it takes less than a second. */
const patience = 30_000

/** The program as `pnpm start` runs it: a process of its own, with a temporary folder of its own. */
const start = (environment: Readonly<Record<string, string>> = {}, isHeard = true) =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const TMPDIR = yield* files.makeTempDirectoryScoped()
    const env = { PATH: process.env["PATH"], TMPDIR, ...environment }
    const ended = yield* Effect.callback<{ readonly code: unknown; readonly stdout: string; readonly stderr: string }>(
      (resume) => {
        const child = execFile(process.execPath, [main], { env, timeout: patience }, (error, stdout, stderr) =>
          resume(Effect.succeed({ code: error === null ? 0 : error.code, stdout, stderr })))
        if (!isHeard) {
          child.stdout?.destroy()
        }
      }
    )
    return { ...ended, left: yield* files.readDirectory(TMPDIR) }
  }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))

describe("the quickstart", () => {
  it.live(
    "takes its five steps in plain text, shows no password, leaves nothing behind and exits with 0",
    () =>
      Effect.gen(function*() {
        const { code, left, stderr, stdout } = yield* start()
        assert.strictEqual(code, 0, stdout + stderr)
        assert.strictEqual(stderr, "")
        assert.deepStrictEqual(left, [])
        const steps = stdout.split("\n").filter((line) => /^[✓✗] /.test(line))
        const expected = [
          /^✓ 1 {2}Pull without credentials +refused: HTTP status 401$/,
          /^✓ 2 {2}Look up credentials +a plugin answered in [\d.]+ ms: robot, password •+$/,
          /^✓ 3 {2}Pull with them +accepted: \d+ bytes$/,
          /^✓ 4 {2}Look up again +the same, from the cache, in [\d.]+ ms: the plugin has run once$/,
          /^✓ 5 {2}What the plugin was asked +on its stdin:$/
        ]
        assert.lengthOf(steps, expected.length)
        expected.forEach((pattern, at) => assert.match(steps[at] ?? "", pattern))
        const request = JSON.parse(/^ {5}\{[^}]*\}$/m.exec(stdout)?.[0] ?? "")
        assert.strictEqual(request.kind, "CredentialProviderRequest")
        assert.match(request.image, /^127\.0\.0\.1:\d+\/team\/app$/)
        assert.notInclude(stdout, "\u001b")
        for (const line of stdout.split("\n")) assert.isAtMost(line.length, 100, line)
        assert.notMatch(stdout, /[0-9a-f]{8}-[0-9a-f]{4}-/)
      }),
    patience
  )

  it.live("leaves nothing behind if nobody reads on", () =>
    Effect.gen(function*() {
      const { code, left, stderr } = yield* start({}, false)
      assert.deepStrictEqual({ code, left, stderr }, { code: 0, left: [], stderr: "" })
    }), patience)

  it.live("says so and exits with 1 if it can't begin", () =>
    Effect.gen(function*() {
      const { code, stderr, stdout } = yield* start({ TMPDIR: "/no/such/folder" })
      assert.strictEqual(code, 1)
      assert.include(stdout + stderr, "/no/such/folder")
    }), patience)
})

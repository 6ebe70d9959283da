/** `credlet resolve` as its users see it: real processes, real files. */
import { DockerConfig } from "@credlet/core"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted, Result } from "effect"
import { execFileSync } from "node:child_process"
import { existsSync } from "node:fs"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import { config, credlet, directory, type Files, oneByOne, plugin, provider, script } from "./support/credlet.ts"

const files: Files = {
  "providers.yaml": config(
    provider("ecr", ["registry.example", "*.hub.example:5000"]),
    provider("static", ["registry.example/team", "docker.io"])
  ),
  "bin/ecr": plugin({
    "registry.example": { username: "AWS", password: "s3cret-one" },
    "*.hub.example:5000": { username: "mirror", password: "s3cret-two" }
  }),
  "bin/static": plugin({
    "registry.example/team": { username: "robot", password: "s3cret-three" },
    "https://index.docker.io/v1/": { username: "me", password: "s3cret-four" }
  }, "Global")
}

const resolve = (dir: string, args: ReadonlyArray<string>, env?: Readonly<Record<string, string>>, stdout?: number) =>
  credlet(dir, ["resolve", "--config", "providers.yaml", "--bin-dir", "bin", ...args], env, stdout)

describe("credlet resolve", oneByOne, () => {
  it.live("RING-4: prints a table, passwords masked", () =>
    Effect.gen(function*() {
      const dir = yield* directory(files)
      assert.deepStrictEqual(yield* resolve(dir, ["registry.example/team/app:1.0", "busybox"]), {
        exitCode: 0,
        stdout: `\
registry.example/team/app:1.0
  #  LOCATION               USERNAME  SOURCE  PASSWORD
  1  registry.example/team  robot     static  ********
  2  registry.example       AWS       ecr     ********

busybox
  #  LOCATION         USERNAME  SOURCE  PASSWORD
  1  index.docker.io  me        static  ********
`,
        stderr: ""
      })
    }))

  it.live("prints JSON with passwords if asked", () =>
    Effect.gen(function*() {
      const dir = yield* directory(files)
      const run = yield* resolve(dir, [
        "a.hub.example:5000/x@sha256:" + "0".repeat(64),
        "--output",
        "json",
        "--show-secrets"
      ])
      assert.deepStrictEqual({ ...run, stdout: JSON.parse(run.stdout) }, {
        exitCode: 0,
        stdout: {
          images: [{
            image: "a.hub.example:5000/x@sha256:" + "0".repeat(64),
            repository: "a.hub.example:5000/x",
            credentials: [{
              location: "*.hub.example:5000",
              username: "mirror",
              password: "s3cret-two",
              source: { type: "provider", name: "ecr" }
            }],
            providers: { matched: ["ecr"], skipped: [], failed: [], unusable: [] }
          }]
        },
        stderr: ""
      })
    }))

  it.live("prints a config.json that the kubelet can read back", () =>
    Effect.gen(function*() {
      const dir = yield* directory(files)
      const run = yield* resolve(dir, [
        "registry.example/team/app",
        "busybox",
        "--output=docker-config",
        "--show-secrets"
      ])
      assert.deepStrictEqual([run.exitCode, run.stderr], [0, ""])
      const read = Result.getOrThrow(DockerConfig.parse(new TextEncoder().encode(run.stdout), "dockerconfigjson"))
      assert.deepStrictEqual(
        Array.from(read, ([location, { password, username }]) => [location, username, Redacted.value(password)]),
        [
          ["registry.example", "robot", "s3cret-three"],
          ["https://index.docker.io/v1/", "me", "s3cret-four"]
        ]
      )
    }))

  it.live("says that a masked config.json is not usable", () =>
    Effect.gen(function*() {
      const dir = yield* directory(files)
      assert.deepStrictEqual(yield* resolve(dir, ["busybox", "--output", "docker-config"]), {
        exitCode: 0,
        stdout: `\
{
  "auths": {
    "https://index.docker.io/v1/": {
      "username": "me",
      "auth": "********"
    }
  }
}
`,
        stderr: "warning: the passwords are masked, so this file is not usable: --show-secrets writes a usable one\n"
      })
    }))

  it.live("IMG-11: refuses names that are none before anything is read or run", () =>
    Effect.gen(function*() {
      const dir = yield* directory({})
      assert.deepStrictEqual(
        yield* resolve(dir, [
          "busybox",
          "registry.example/App",
          "https://me:hunter2@registry.example/x",
          "https://registry.example/App"
        ]),
        {
          exitCode: 2,
          stdout: "",
          stderr: `\
error: not an image reference: "registry.example/App": the repository name must be in lower case; only the registry's \
host may have upper-case letters
error: not an image reference: "…@registry.example/x": expected [host[:port]/]path[:tag][@digest], e.g. \
"registry.example:5000/team/app:v1"
error: not an image reference: "https://registry.example/App": leave out "https://"
`
        }
      )
    }))

  it.live("CFG-111: names every plugin that can't be run", () =>
    Effect.gen(function*() {
      const dir = yield* directory({
        "providers.yaml": config(...["missing", "text", "folder"].map((name) => provider(name, ["registry.example"]))),
        "bin/text": "no program",
        "bin/folder/file": ""
      })
      yield* Effect.promise(() => Fs.chmod(Path.join(dir, "bin/text"), 0o644)) // root needs an x bit too
      assert.deepStrictEqual(yield* resolve(dir, ["registry.example/app"]), {
        exitCode: 1,
        stdout: "",
        stderr: `\
error: provider "missing": there is no plugin {dir}/bin/missing: put an executable named "missing" into the directory \
with the plugins, or mend the provider's name
error: provider "text": the plugin {dir}/bin/text may not be executed: run chmod +x on it, and check that its \
directories may be searched
error: provider "folder": the plugin {dir}/bin/folder is a directory, not a program: put the program itself in its place
`
      })
    }))

  it.live("exits with 2 for wrong usage, and says what is right", () =>
    Effect.gen(function*() {
      const dir = yield* directory({})
      const usage = `
Usage: credlet resolve [flags] <IMAGE...>
Example:
  $ credlet resolve registry.example/team/app:1.0 \\
      --config /etc/kubernetes/credential-providers.yaml \\
      --bin-dir /usr/libexec/credential-providers
Run 'credlet resolve --help' for more.
`
      assert.deepStrictEqual(yield* credlet(dir, ["resolve", "--config", "providers.yaml", "--bin-dir", "bin"]), {
        exitCode: 2,
        stdout: "",
        stderr: `error: Missing required argument: IMAGE\n${usage}`
      })
      assert.deepStrictEqual(yield* resolve(dir, ["busybox", "--output", "yaml"]), {
        exitCode: 2,
        stdout: "",
        stderr: `error: Invalid value for flag --output: "yaml". Expected: "table" | "json" | "docker-config"\n${usage}`
      })
    }))

  it.live("CFG-3: needs a directory with plugins, then a config", () =>
    Effect.gen(function*() {
      const dir = yield* directory(files)
      assert.deepStrictEqual(
        yield* credlet(dir, ["resolve", "busybox", "--config", "no.yaml", "--bin-dir", "nowhere"]),
        {
          exitCode: 1,
          stdout: "",
          stderr: "error: the directory with plugins, nowhere, does not exist: check its path\n"
        }
      )
      assert.deepStrictEqual(yield* credlet(dir, ["resolve", "busybox", "--config", "no.yaml", "--bin-dir", "bin"]), {
        exitCode: 1,
        stdout: "",
        stderr:
          "error: no.yaml: the config is not accessible: it does not exist, or is a link to something that does not\n"
      })
    }))

  it.live("an interrupt stops the plugin, however stubborn, with all its children, and exits with 130", () =>
    Effect.gen(function*() {
      const dir = yield* directory({
        "providers.yaml": config(provider("hangs", ["registry.example"])),
        // It interrupts its parent when it is well under way, as Ctrl-C would.
        "bin/hangs": script("exec 3> alive\ntrap '' TERM INT HUP\nsleep 600 &\nkill -INT $PPID\nsleep 600")
      })
      execFileSync("mkfifo", [Path.join(dir, "alive")])
      // Ends when nobody has the pipe open any more.
      const end = Fs.readFile(Path.join(dir, "alive"))
      assert.deepStrictEqual(yield* resolve(dir, ["registry.example/app"]), { exitCode: 130, stdout: "", stderr: "" })
      yield* Effect.promise(() => end)
    }))

  it.live.skipIf(!existsSync("/dev/full"))("fails if its output can't be written", () =>
    Effect.gen(function*() {
      const dir = yield* directory(files)
      const full = yield* Effect.acquireRelease(
        Effect.promise(() => Fs.open("/dev/full", "w")),
        (file) => Effect.promise(() => file.close())
      )
      assert.deepStrictEqual(yield* resolve(dir, ["busybox"], {}, full.fd), {
        exitCode: 1,
        stdout: "",
        stderr: "error: the output could not be written (ENOSPC): what has been written is not complete\n"
      })
    }))
})

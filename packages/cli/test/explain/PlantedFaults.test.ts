/**
 * Ten mistakes that people make, and what `credlet explain` says of each: somebody who has only that must be able to name
 * the cause and what to do. What is to be printed is in `trees/`. `CREDLET_UPDATE_TREES=1 vitest run packages/cli/test/explain`
 * writes those files anew; the words that each must hold are here, and not written anew.
 *
 * Put in place of what differs from run to run are the directory (`{dir}`, always of one length, so that lines break at the
 * same places), how long something took, and the fingerprints of passwords, whose key is random.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"
import * as Cluster from "../support/cluster.ts"
import { config, credlet, directory, type Files, oneByOne, plugin, provider, script } from "../support/credlet.ts"

const trees = fileURLToPath(new URL("trees", import.meta.url))

const isUpdate = process.env["CREDLET_UPDATE_TREES"] === "1"

/** About as long as the path of a node's directory with plugins. */
const pathLength = 72

const stable = (text: string): string =>
  text
    .replace(/ in \d+(\.\d+)? m?s\b/g, "")
    .replace(/\bran \d+(\.\d+)? m?s\b/g, "ran <time>")
    .replace(/#[0-9a-f]{8}\b/g, "#<fingerprint>")

/** What a terminal would show, in a directory with a `providers.yaml` and `bin`. */
const session = Effect.fnUntraced(function*(dir: string, args: ReadonlyArray<string>) {
  const always = ["--config", "providers.yaml", "--bin-dir", "bin"]
  const { exitCode, stderr, stdout } = yield* credlet(dir, ["explain", ...args, ...always])
  for (const line of stdout.split("\n")) assert.isAtMost(line.length, 100)
  const output = [stdout, stderr].filter((text) => text !== "").join("\n")
  return stable(`$ credlet explain ${args.join(" ")} …\n${output}exit status ${exitCode}\n`)
})

const isShown = Effect.fnUntraced(function*(name: string, shown: string, words: ReadonlyArray<RegExp>) {
  const file = Path.join(trees, `${name.replaceAll(" ", "-")}.txt`)
  if (isUpdate) yield* Effect.promise(() => Fs.writeFile(file, shown))
  const expected = yield* Effect.promise(() => Fs.readFile(file, "utf8"))
  assert.strictEqual(shown, expected)
  const text = shown.replace(/\n[│ ]*/g, " ")
  for (const one of words) assert.match(text, one)
})

const image = "registry.example/team/app:1.0"

const credentials = { "registry.example": { username: "robot", password: "s3cret" } }

const one = (matchImage: string, text: string): Files => ({
  "providers.yaml": config(provider("corp", [matchImage])),
  "bin/corp": text
})

interface Fault {
  readonly name: string
  readonly files: Files
  readonly args: ReadonlyArray<string>
  /** The cause, then what to do. */
  readonly words: ReadonlyArray<RegExp>
}

const faults: ReadonlyArray<Fault> = [
  {
    name: "wrong port in a pattern",
    files: one("registry.example:5000", plugin(credentials)),
    args: ["registry.example:5001/team/app:1.0"],
    words: [/registry\.example:5000: [^│]*port[^│]*5001/, /next: [^│]*mend "registry\.example:5000" of provider "corp"/]
  },
  {
    name: "glob in a path",
    files: one("registry.example/team-*", plugin(credentials)),
    args: ["registry.example/team-a/app:1.0"],
    words: [
      /registry\.example\/team-\*: [^│]*path[^│]*\*/,
      /next: [^│]*mend "registry\.example\/team-\*" of provider "corp"/
    ]
  },
  {
    name: "exits 1 with a message",
    files: one(
      "registry.example",
      script("echo 'loading /etc/corp.ini' >&2; echo 'login.example: no such host' >&2; exit 1")
    ),
    args: [image],
    words: [/exited with status 1/, /login\.example: no such host/, /next: see what it wrote/]
  },
  {
    name: "times out",
    files: one("registry.example", script("echo 'asking login.example' >&2; exec sleep 60")),
    args: [image, "--timeout", "300ms"],
    words: [/did not answer within 300ms and was stopped/, /asking login\.example/, /next: run the plugin by hand/]
  },
  {
    name: "wrong apiVersion",
    files: one("registry.example", plugin(credentials).replace("k8s.io/v1", "k8s.io/v1beta1")),
    args: [image],
    words: [
      /asked in credentialprovider\.kubelet\.k8s\.io\/v1, .* answer is in credentialprovider\.kubelet\.k8s\.io\/v1beta1/,
      /next: let the plugin answer in the apiVersion of the request/
    ]
  },
  {
    name: "rubbish",
    files: one("registry.example", script("echo 'Welcome to the corp login helper!'")),
    args: [image],
    words: [/it is not one JSON object/, /next: let the plugin write one JSON object to stdout and nothing else/]
  },
  {
    name: "credentials for another registry",
    files: one("registry.example", plugin({ "registry.exmaple": { username: "robot", password: "s3cret" } })),
    args: [image],
    words: [
      /registry\.exmaple: /,
      /next: let the plugin answer with a key of "auth" that matches, such as "registry\.example"/
    ]
  }
]

describe("credlet explain, for ten planted faults", oneByOne, () => {
  for (const { args, files, name, words } of faults) {
    it.live(name, () =>
      Effect.gen(function*() {
        const dir = yield* directory(files, pathLength)
        yield* isShown(name, yield* session(dir, args), words)
      }))
  }

  /** At start that is a matter of the config; later, say in the middle of an update, of a lookup. */
  const unusable = [
    {
      name: "plugin missing",
      spoil: (file: string) => Fs.rm(file),
      itself: "rm \"$0\"",
      words: [
        /error: provider "corp": there is no plugin/,
        /failed: there is no plugin/,
        /next: put an executable named "corp"/
      ]
    },
    {
      name: "plugin not executable",
      spoil: (file: string) => Fs.chmod(file, 0o644),
      itself: "chmod 644 \"$0\"",
      words: [
        /error: provider "corp": the plugin .* may not be executed/,
        /failed: the plugin .* may not/,
        /next: run chmod \+x/
      ]
    }
  ]

  for (const { itself, name, spoil, words } of unusable) {
    it.live(`${name}, from the start and later`, () =>
      Effect.gen(function*() {
        const spoilsItself = plugin(credentials, "Image").replace("cat > /dev/null", `cat > /dev/null\n${itself}`)
        const dir = yield* directory(one("registry.example", spoilsItself), pathLength)
        const later = yield* session(dir, [image, "registry.example/team/web:1.0"])
        yield* Effect.promise(() => Fs.writeFile(Path.join(dir, "bin/corp"), "", { mode: 0o755 }))
        yield* Effect.promise(() => spoil(Path.join(dir, "bin/corp")))
        yield* isShown(name, `${yield* session(dir, [image])}\n${later}`, words)
      }))
  }

  it.live("a required annotation is missing", () =>
    Effect.gen(function*() {
      const { fake, kubeconfig } = yield* Cluster.make
      yield* fake.setPod({ namespace: "team", name: "api", serviceAccountName: "builder" })
      const tokenAttributes = {
        serviceAccountTokenAudience: "registry",
        cacheType: "ServiceAccount",
        requireServiceAccount: true,
        requiredServiceAccountAnnotationKeys: ["id.example/tenant"]
      }
      const dir = yield* directory({
        "providers.yaml": config(provider("corp", ["registry.example"], { tokenAttributes })),
        "bin/corp": plugin(credentials),
        "cluster.yaml": kubeconfig
      }, pathLength)
      yield* isShown(
        "a required annotation is missing",
        yield* session(dir, [image, "--pod", "team/api", "--kubeconfig", "cluster.yaml"]),
        [
          /requires the annotation id\.example\/tenant, which the service account team\/builder does not have/,
          /next: annotate the service account with id\.example\/tenant/
        ]
      )
    }))
})

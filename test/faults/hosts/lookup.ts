/**
 * Looks images up at the same time, says in JSON what came of it, and ends by itself. Words: `images=IMAGE,IMAGE`,
 * `deadline=MILLISECONDS`, `directory=PATH` (work there, and have it gone), `umask=OCTAL`.
 */
import * as Keyring from "@credlet/core/keyring/Keyring"
import * as Credlet from "@credlet/node/Credlet"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { rmdirSync } from "node:fs"
import { binDir, config, words } from "../support/hosted.ts"

const given = new Map(words.map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]))

const directory = given.get("directory")
if (directory !== undefined) {
  process.chdir(directory)
  rmdirSync(directory)
}
const umask = given.get("umask")
if (umask !== undefined) process.umask(umask)

const execution = {
  deadline: Duration.millis(Number(given.get("deadline") ?? 30_000)),
  termGrace: Duration.millis(100),
  drainGrace: Duration.millis(200),
  startRetry: Duration.millis(100)
}

const images = given.get("images")?.split(",") ?? ["registry.example/team/app"]

const program = Effect.gen(function*() {
  const keyring = yield* Keyring.Keyring
  const lookups = yield* Effect.forEach(images, (image) => keyring.lookup(image), { concurrency: "unbounded" })
  return {
    users: lookups.flatMap(({ credentials }) =>
      credentials.map(({ source, username }) => [source._tag === "Provider" ? source.provider : "", username])
    ),
    failures: lookups.flatMap(({ failures }) =>
      failures.map((failure) => [
        failure.provider,
        failure._tag === "PluginError" ? failure.reason._tag : failure._tag
      ])
    )
  }
})

const found = await program.pipe(
  Effect.provide([Credlet.layer({ config, binDir, execution }), Logger.layer([])]),
  Effect.runPromise
)
console.log(JSON.stringify({ ...found, seconds: process.uptime() }))

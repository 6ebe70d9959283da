/**
 * Takes out of a plugin's stderr what may be secret and is known: the token and the annotations it was given, the values of
 * the provider's `env` entries and arguments, and those of inherited variables whose name says that they are secret; also
 * as they are written in JSON, URLs and base64 (`Authorization: Basic …`).
 */
import * as Redacted from "effect/Redacted"
import type { EnvVar } from "../../config/ProviderConfig.ts"
import * as Base64Piece from "../../text/Base64Piece.ts"
import * as GoText from "../../text/GoText.ts"
import type { PluginRequest } from "../PluginProtocol.ts"

const secretName = /token|secret|passw|credential|auth|private|key/i

/** Shorter values stand in too many innocent words to be told apart. */
const shortest = 4

/** What nothing says to be secret must be longer than the words that plugins are commonly given. */
const shortestUnnamed = 8

const redacted = "<redacted>"

/** The longest first, so that a secret that contains another one goes as a whole. */
export const secretsOf = (
  plugin: { readonly args: ReadonlyArray<string>; readonly env: ReadonlyArray<EnvVar> },
  request: PluginRequest,
  environment: ReadonlyArray<string>
): ReadonlyArray<string> => {
  const secrets = [...plugin.env.flatMap(inEntry), ...inArguments(plugin.args)]
  if (request.serviceAccountToken !== undefined) secrets.push(Redacted.value(request.serviceAccountToken))
  secrets.push(...Object.values(request.serviceAccountAnnotations ?? {}).filter(isLong))
  for (const entry of environment) {
    const equals = entry.indexOf("=", 1)
    if (equals > 0 && secretName.test(entry.slice(0, equals))) secrets.push(entry.slice(equals + 1))
  }
  return [...new Set(secrets.flatMap(spellings))]
    .filter((secret) => secret.length >= shortest)
    .sort((a, b) => b.length - a.length)
}

/** The value, and what stands in the name behind a `=`: as the kubelet passes it on, that is the value. */
const inEntry = ({ name, value }: EnvVar): ReadonlyArray<string> => [
  Redacted.value(value),
  ...(name.includes("=") ? [name.slice(name.indexOf("=") + 1)] : [])
]

const isLong = (text: string): boolean => text.length >= shortestUnnamed

/** Of `--password=word`, `--password word`, `-pword` and `password=word` the word; of others what is long. */
const inArguments = (args: ReadonlyArray<string>): ReadonlyArray<string> =>
  args.flatMap((arg, at) => {
    const equals = arg.indexOf("=")
    const named = equals < 0 ? args[at - 1] ?? "" : arg.slice(0, equals)
    const isNamed = (equals >= 0 || named.startsWith("-")) && secretName.test(named)
    const words = [
      ...(equals < 0 ? [] : [arg.slice(equals + 1)]),
      ...(arg.startsWith("-") ? attachedTo(arg) : [arg])
    ]
    return words.filter((word) => isNamed || isLong(word))
  })

/** Of `-pword` the word, unless all of it may be a flag's name, as `-region` is for Go programs. */
const attachedTo = (flag: string): ReadonlyArray<string> => {
  const rest = /^-[^-=](.+)$/.exec(flag)?.[1] ?? ""
  return /[^a-z-]/.test(rest) ? [rest] : []
}

/** A secret of several lines or with quotes is written otherwise elsewhere, and may be written line by line. */
const spellings = (secret: string): ReadonlyArray<string> => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  GoText.jsonString(secret).slice(1, -1),
  GoText.quote(secret).slice(1, -1),
  ...(isLong(secret) ? [encodeURIComponent(secret.toWellFormed()), ...Base64Piece.of(secret)] : []),
  ...secret.split(/[\r\n]+/).filter((line) => line.length >= shortestUnnamed)
]

/** `isCut`: the text goes on, so a secret may have been cut at its end. */
export const mask = (text: string, secrets: ReadonlyArray<string>, isCut: boolean): string => {
  const masked = acrossLines(secrets.reduce((left, secret) => left.replaceAll(secret, redacted), text), secrets)
  if (!isCut) return masked
  const { joined, places } = joinLines(withoutCutCharacter(masked))
  const begun = Math.max(0, ...secrets.map((secret) => begunAtEnd(joined, secret)))
  return begun === 0 ? masked : masked.slice(0, places[joined.length - begun]) + redacted
}

/** Many programs that write base64 begin a new line after 76 characters. */
const acrossLines = (text: string, secrets: ReadonlyArray<string>): string => {
  if (!/[\r\n]/.test(text)) return text
  const { joined, places } = joinLines(text)
  const isSecret = new Set<number>()
  for (const secret of secrets.filter(isLong)) {
    for (let at = joined.indexOf(secret); at >= 0; at = joined.indexOf(secret, at + secret.length)) {
      for (let within = at; within < at + secret.length; within++) isSecret.add(within)
    }
  }
  if (isSecret.size === 0) return text
  let shown = ""
  let done = 0
  places.forEach((place, at) => {
    if (!isSecret.has(at)) return
    if (!isSecret.has(at - 1)) shown += text.slice(done, place) + redacted
    done = place + 1
  })
  return shown + text.slice(done)
}

/** The text without its line ends, and where each of its characters stood. */
const joinLines = (text: string): { readonly joined: string; readonly places: ReadonlyArray<number> } => {
  const places: Array<number> = []
  for (let at = 0; at < text.length; at++) if (text[at] !== "\n" && text[at] !== "\r") places.push(at)
  return { joined: text.replaceAll(/[\r\n]/g, ""), places }
}

/** The rest of a character that was cut is U+FFFD, up to three times. */
const withoutCutCharacter = (text: string): string => text.replace(/\ufffd{1,3}$/, "")

/** How much of a secret stands at the end of a text. */
const begunAtEnd = (text: string, secret: string): number => {
  for (let length = Math.min(secret.length - 1, text.length); length >= shortest; length--) {
    if (text.endsWith(secret.slice(0, length))) return length
  }
  return 0
}

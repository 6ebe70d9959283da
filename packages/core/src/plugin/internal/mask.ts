/**
 * Takes out of a plugin's stderr what is known to be secret: the token it was given, the values of the provider's `env`
 * entries, and those of inherited variables whose name says that they are secret.
 */
import * as Redacted from "effect/Redacted"
import type { EnvVar } from "../../config/ProviderConfig.ts"
import type { PluginRequest } from "../PluginProtocol.ts"

const secretName = /token|secret|passw|credential|auth|private|key/i

/** Shorter values stand in too many innocent words to be told apart. */
const shortest = 4

export const secretsOf = (
  request: PluginRequest,
  env: ReadonlyArray<EnvVar>,
  environment: ReadonlyArray<string>
): ReadonlyArray<string> => {
  const secrets: Array<string> = env.map((entry) => Redacted.value(entry.value))
  if (request.serviceAccountToken !== undefined) secrets.push(Redacted.value(request.serviceAccountToken))
  for (const entry of environment) {
    const equals = entry.indexOf("=", 1)
    if (equals > 0 && secretName.test(entry.slice(0, equals))) secrets.push(entry.slice(equals + 1))
  }
  // Longest first, so that a secret that contains another one goes as a whole.
  return [...new Set(secrets)].filter((secret) => secret.length >= shortest).sort((a, b) => b.length - a.length)
}

export const mask = (text: string, secrets: ReadonlyArray<string>): string =>
  secrets.reduce((masked, secret) => masked.replaceAll(secret, "<redacted>"), text)

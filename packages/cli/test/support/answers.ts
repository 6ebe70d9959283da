/** Answers as the keyring gives them, for the renderers. */
import type { Credential } from "@credlet/core/credential/Credential"
import type { Lookup } from "@credlet/core/keyring/Keyring"
import { Redacted } from "effect"
import type { Answer } from "../../src/output/Answer.ts"

export const credential = (
  location: string,
  username: string,
  password: string,
  source: Credential["source"] = { _tag: "Provider", provider: "ecr", coordinates: undefined }
): Credential => ({ location, username, password: Redacted.make(password), email: "", source })

export const answer = (image: string, repository: string, lookup: Partial<Lookup>): Answer => ({
  image,
  lookup: { repository, credentials: [], providers: ["ecr"], failures: [], skipped: [], unusable: [], ...lookup }
})

/** Room `image`: parseSchemelessURL, urlsMatch, parseRegistry, isDefaultRegistryMatch, normalizeImage. */
import * as ImagePattern from "@credlet/core/image/ImagePattern"
import * as ImageReference from "@credlet/core/image/ImageReference"
import * as SchemelessUrl from "@credlet/core/image/SchemelessUrl"
import { Result, Schema } from "effect"
import { Text, written } from "../expand.ts"
import { type Operation, pure } from "../operation.ts"

const ofImage = Schema.Struct({ image: Text })

export const image: Readonly<Record<string, Operation>> = {
  parseSchemelessURL: pure(Schema.Struct({ url: Text }), (input) => {
    const parsed = SchemelessUrl.parse(input.url)
    if (Result.isFailure(parsed)) return { error: parsed.failure.reason }
    const { host, labels, path, port } = parsed.success
    return { ok: true, host: written(host), path: written(path), parts: labels.map(written), port: written(port) }
  }),

  urlsMatch: pure(Schema.Struct({ glob: Text, target: Text }), (input) => {
    const match = ImagePattern.matchesText(input.glob, input.target)
    if (Result.isSuccess(match)) return { match: match.success }
    return { error: match.failure._tag === "MalformedClass" ? "badPattern" : match.failure.reason }
  }),

  parseRegistry: pure(ofImage, (input) => written(ImageReference.registryOf(input.image))),

  isDefaultRegistryMatch: pure(ofImage, (input) => ImageReference.isDefaultRegistry(input.image)),

  normalizeImage: pure(ofImage, (input) => {
    const parsed = ImageReference.parse(input.image)
    if (Result.isFailure(parsed)) return { error: parsed.failure.reason }
    const { digest, repository, tag } = parsed.success
    return { repo: written(repository), tag: written(tag ?? ""), digest: written(digest ?? "") }
  })
}

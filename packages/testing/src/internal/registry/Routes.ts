/**
 * What the registry answers to a request, and whether its sender was allowed to ask. Rules: REG-1, REG-9, REG-16.
 *
 * @since 0.1.0
 */
import { type Answer, error, json } from "./Answer.ts"
import type { Gate } from "./Gate.ts"
import type { Content, Image } from "./Image.ts"
import type { Incoming } from "./Listener.ts"

interface Options {
  readonly image: Image
  readonly repository: string
  readonly tag: string
  readonly gate: Gate
  readonly isAccount: (authorization: string | undefined) => boolean
}

interface Routed {
  readonly authorised: boolean
  readonly answer: Answer
}

export const make = ({ gate, image, isAccount, repository, tag }: Options): (request: Incoming) => Routed => {
  const { config, layer, manifest } = image
  const manifests = new Map([[tag, manifest], [manifest.digest, manifest]])
  const blobs = new Map([[config.digest, config], [layer.digest, layer]])

  const find = ({ kind, name, reference }: Asked): Answer => {
    if (name !== repository) return error(404, "NAME_UNKNOWN", "no such repository")
    return kind === "manifests"
      ? send(manifests.get(reference), "MANIFEST_UNKNOWN")
      : send(blobs.get(reference), "BLOB_UNKNOWN")
  }

  return ({ authorization, method, path, query }) => {
    // Nothing but GET: clients that try the OAuth2 POST fall back to it after a 404 (REG-9).
    if (path === "/token" && method === "GET" && gate.issue !== undefined) {
      return { authorised: isAccount(authorization), answer: gate.issue(query, authorization) }
    }
    const asked = parse(path)
    if (asked === undefined && !isProbe(path)) {
      return { authorised: false, answer: error(404, "UNSUPPORTED", "no such page") }
    }
    if (!gate.admits(authorization, asked?.name)) {
      const challenge = { "WWW-Authenticate": gate.challenge(asked?.name) }
      return { authorised: false, answer: error(401, "UNAUTHORIZED", "authentication required", challenge) }
    }
    if (method !== "GET" && method !== "HEAD") {
      return {
        authorised: true,
        answer: error(405, "UNSUPPORTED", "images can only be pulled", { Allow: "GET, HEAD" })
      }
    }
    return { authorised: true, answer: asked === undefined ? json(200, {}) : find(asked) }
  }
}

interface Asked {
  readonly name: string
  readonly kind: string
  readonly reference: string
}

const parse = (path: string): Asked | undefined => {
  const [, name, kind, reference] = /^\/v2\/([a-z0-9._/-]+)\/(manifests|blobs)\/([^/]+)$/.exec(path) ?? []
  return name === undefined || kind === undefined || reference === undefined ? undefined : { name, kind, reference }
}

const isProbe = (path: string): boolean => path === "/v2/" || path === "/v2"

const send = (content: Content | undefined, missing: string): Answer =>
  content === undefined
    ? error(404, missing, "not here")
    : {
      status: 200,
      headers: { "Content-Type": content.mediaType, "Docker-Content-Digest": content.digest },
      body: content.bytes
    }

/** Docker configs and pull secrets: DOCKER-1…13, SECRET-2…4. */
import * as DockerConfig from "@credlet/core/credential/DockerConfig"
import * as PullSecret from "@credlet/core/credential/PullSecret"
import * as Bytes from "@credlet/core/text/Bytes"
import * as StrictJson from "@credlet/core/text/StrictJson"
import { assert, describe } from "@effect/vitest"
import { Redacted, Result } from "effect"
import { property } from "./driver/property.ts"
import type { Random } from "./driver/random.ts"
import * as Shape from "./driver/shape.ts"
import type { DockerKind } from "./input/documents.ts"
import * as Texts from "./input/texts.ts"
import { oddText } from "./input/tree.ts"
import { assertInside, jsonLines } from "./places.ts"
import { assertHides, hasSecretWhere, passwords, showsLocation } from "./secrecy.ts"

const kinds = ["dockerconfigjson", "dockercfg"] as const

const document = {
  generate: (random: Random) => {
    const kind = random.pick(kinds)
    return { kind, bytes: Texts.dockerConfig(random, random.oneIn(20) ? "dockercfg" : kind) }
  },
  shape: Shape.record<{ readonly kind: DockerKind; readonly bytes: Uint8Array }>({
    kind: Shape.constant(),
    bytes: Shape.bytes
  })
}

const plain = (config: DockerConfig.DockerConfig) =>
  Array.from(
    config,
    ([location, { email, password, username }]) => [location, username, Redacted.value(password), email]
  )

/** The values of usernames and emails are shown, of other fields never. */
const isPublic = (_text: string, path: ReadonlyArray<string>, isKey: boolean): boolean =>
  isKey || !/^(?:password|auth|identitytoken)$/i.test(path.at(-1) ?? "")

describe("docker configs", () => {
  property("DOCKER-1…13: bytes are a docker config or a telling, silent error, in time", {
    ...document,
    run: ({ bytes, kind }) => DockerConfig.parse(bytes, kind),
    check: (parsed, { bytes, kind }) => {
      const root = Result.getOrUndefined(StrictJson.parse(Bytes.decodeReplacing(bytes)))
      if (Result.isSuccess(parsed)) {
        assert.isDefined(root)
        if (root !== undefined && !hasSecretWhere(root, isPublic)) assertHides(parsed.success)
        const again = Result.getOrThrow(DockerConfig.parse(bytes, kind))
        assert.deepStrictEqual(plain(again), plain(parsed.success))
        return
      }
      assertInside(jsonLines(bytes), parsed.failure)
      if (root === undefined || !hasSecretWhere(root, showsLocation)) assertHides(parsed.failure)
      const again = DockerConfig.parse(bytes, kind)
      assert(Result.isFailure(again))
      assert.strictEqual(again.failure.message, parsed.failure.message)
    }
  })

  property("SECRET-2, SECRET-3: a pull secret is what is under its key, and nothing without one", {
    generate: (random) => ({
      ...document.generate(random),
      type: random.pick(["kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg", "Opaque", "__proto__", ""]),
      key: random.pick([".dockerconfigjson", ".dockercfg", "__proto__", "constructor", ""])
    }),
    shape: Shape.record<Secret>({
      kind: Shape.constant(),
      bytes: Shape.bytes,
      type: Shape.constant(),
      key: Shape.constant()
    }),
    run: ({ bytes, key, type }) =>
      PullSecret.parse({ type, namespace: "ns", name: "s", uid: "u", data: { [key]: Redacted.make(bytes) } }),
    check: (parsed, { bytes, key, type }) => {
      const kind = kinds.find((kind) => type === `kubernetes.io/${kind}` && key === `.${kind}`)
      if (kind === undefined || bytes.length === 0) {
        return assert.strictEqual(Result.getOrThrow(parsed), undefined)
      }
      const config = DockerConfig.parse(bytes, kind)
      if (Result.isSuccess(config)) {
        return assert.deepStrictEqual(plain(Result.getOrThrow(parsed) ?? new Map()), plain(config.success))
      }
      assert(Result.isFailure(parsed))
      assert.strictEqual(parsed.failure.reason.message, config.failure.message)
      const root = Result.getOrUndefined(StrictJson.parse(Bytes.decodeReplacing(bytes)))
      if (root === undefined || !hasSecretWhere(root, showsLocation)) assertHides(parsed.failure)
    }
  })

  property("DOCKER-7, DOCKER-8: what was put into an auth field is taken out of it", {
    generate: (random) => ({
      username: oddText(random).replaceAll(":", ""),
      password: random.oneIn(2) ? random.pick(passwords) : oddText(random) + oddText(random),
      form: random.below(4)
    }),
    shape: Shape.record<{ readonly username: string; readonly password: string; readonly form: number }>({
      username: Shape.text,
      password: Shape.text,
      form: Shape.constant()
    }),
    run: ({ form, password, username }) => {
      const padded = Buffer.from(`${username}:${password}`).toString("base64")
      const written = form % 2 === 0 ? padded : padded.replace(/=+$/, "")
      return DockerConfig.decodeAuth(form < 2 ? written : written.replaceAll(/.{5}/g, "$&\r\n"))
    },
    check: (decoded, { password, username }) => {
      const pair = Result.getOrThrow(decoded)
      assert.deepStrictEqual([pair.username, Redacted.value(pair.password)], [username, password])
    }
  })
})

interface Secret {
  readonly kind: DockerKind
  readonly bytes: Uint8Array
  readonly type: string
  readonly key: string
}

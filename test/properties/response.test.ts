/** What plugins are told and what they answer: RESP-1…14, REQ-1…8. */
import type { DockerConfig } from "@credlet/core/credential/DockerConfig"
import * as PluginProtocol from "@credlet/core/plugin/PluginProtocol"
import * as Bytes from "@credlet/core/text/Bytes"
import * as GoDuration from "@credlet/core/text/GoDuration"
import * as StrictJson from "@credlet/core/text/StrictJson"
import { assert, describe } from "@effect/vitest"
import { Duration, Redacted, Result } from "effect"
import { property } from "./driver/property.ts"
import type { Random } from "./driver/random.ts"
import * as Shape from "./driver/shape.ts"
import { pluginVersions } from "./input/documents.ts"
import * as Names from "./input/names.ts"
import * as Texts from "./input/texts.ts"
import { oddText } from "./input/tree.ts"
import { assertInside, jsonLines, offsetOf, placesOf } from "./places.ts"
import { assertHides, hasSecretWhere, passwords, showsLocation } from "./secrecy.ts"

const [v1] = pluginVersions

/** All but the passwords. */
const isPublic = (_text: string, path: ReadonlyArray<string>, isKey: boolean): boolean =>
  isKey || path.at(-1) !== "password"

/** As it comes back: a byte that is no UTF-8, and half a surrogate pair, are U+FFFD in JSON (REQ-7). */
const replaced = (text: string): string => text.toWellFormed()

const anyText = (random: Random): string =>
  random.pick([
    oddText(random),
    `${oddText(random)}${oddText(random)}`,
    random.pick(passwords),
    "\udce4",
    "a\ud800b",
    "<&>"
  ])

const texts = Shape.list(Shape.list(Shape.text))

/** Later values of a key win; the order is that of the keys' bytes. */
const entriesOf = (entries: Iterable<readonly [string, string]>): ReadonlyArray<readonly [string, string]> =>
  [...new Map(entries)].toSorted(([left], [right]) => Bytes.compare(left, right))

describe("the plugin protocol", () => {
  property("RESP-1…14: bytes are a response or a telling, silent error, in time", {
    generate: (random) => {
      const apiVersion = random.pick(pluginVersions)
      return { apiVersion, bytes: Texts.response(random, random.oneIn(20) ? v1 : apiVersion) }
    },
    shape: Shape.record({ apiVersion: Shape.constant<string>(), bytes: Shape.bytes }),
    run: ({ apiVersion, bytes }) => PluginProtocol.decodeResponse(apiVersion, bytes),
    check: (decoded, { apiVersion, bytes }) => {
      const text = Bytes.decodeReplacing(bytes)
      const root = Result.getOrUndefined(StrictJson.parse(text))
      if (Result.isSuccess(decoded)) {
        if (root !== undefined && !hasSecretWhere(root, isPublic)) assertHides(decoded.success)
        return
      }
      const error = decoded.failure
      assert.isAbove(error.findings.length, 0)
      const lines = jsonLines(bytes)
      for (const { column, kind, line, path } of error.findings) {
        assertInside(lines, { line, column })
        if (root === undefined || kind === "syntax" || kind === "value") continue
        const offset = offsetOf(text, { line, column })
        const found = placesOf(root, Redacted.value(path)).some(({ keyOffset, node }) =>
          offset === (kind === "type" ? node.offset : keyOffset)
        )
        assert.isTrue(found, `${kind} ${JSON.stringify(Redacted.value(path))} is not at ${line}:${column}`)
      }
      if (root === undefined || !hasSecretWhere(root, showsLocation)) assertHides(error)
      const again = PluginProtocol.decodeResponse(apiVersion, bytes)
      assert(Result.isFailure(again))
      assert.strictEqual(again.failure.message, error.message)
    }
  })

  property("RESP-13: what encodeResponse writes is what decodeResponse reads", {
    generate: (random) => ({
      apiVersion: random.pick(pluginVersions),
      cacheKeyType: anyText(random),
      nanos: random.oneIn(4)
        ? undefined
        : BigInt.asIntN(64, BigInt(random.bits()) ** BigInt(random.between(0, 2)) * 3n),
      auth: random.list(
        6,
        () => [random.oneIn(3) ? anyText(random) : Names.location(random), anyText(random), anyText(random)]
      )
    }),
    shape: Shape.record<Model>({
      apiVersion: Shape.constant(),
      cacheKeyType: Shape.text,
      nanos: Shape.constant(),
      auth: texts
    }),
    run: ({ apiVersion, auth, cacheKeyType, nanos }) =>
      PluginProtocol.decodeResponse(
        apiVersion,
        PluginProtocol.encodeResponse(apiVersion, {
          cacheKeyType,
          cacheDuration: nanos === undefined ? undefined : Duration.nanos(nanos),
          auth: dockerConfig(auth)
        })
      ),
    check: (decoded, { auth, cacheKeyType, nanos }) => {
      const written = auth.map((entry) => entry.map(replaced))
      if (new Set(written.map(([key]) => key)).size < written.length) return // keys have become one
      const response = Result.getOrThrow(decoded)
      assert.strictEqual(response.cacheKeyType, replaced(cacheKeyType))
      assert.strictEqual(response.cacheDuration && GoDuration.toNanos(response.cacheDuration), nanos)
      assert.deepStrictEqual(
        Array.from(response.auth ?? [], ([key, { password, username }]) => [key, username, Redacted.value(password)])
          .toSorted(([left = ""], [right = ""]) => Bytes.compare(left, right)),
        written.toSorted(([left = ""], [right = ""]) => Bytes.compare(left, right))
      )
    }
  })

  property("REQ-1…7: what encodeRequest writes is one line of JSON that says what it was given", {
    generate: (random) => ({
      apiVersion: random.pick(pluginVersions),
      image: Names.image(random),
      token: anyText(random),
      annotations: random.list(6, () => [anyText(random), anyText(random)])
    }),
    shape: Shape.record<Question>({
      apiVersion: Shape.constant(),
      image: Shape.text,
      token: Shape.text,
      annotations: texts
    }),
    run: ({ annotations, apiVersion, image, token }) =>
      PluginProtocol.encodeRequest(apiVersion, {
        image,
        serviceAccountToken: Redacted.make(token),
        serviceAccountAnnotations: Object.fromEntries(annotations.map(([key = "", value = ""]) => [key, value]))
      }),
    check: (encoded, { annotations, apiVersion, image, token }) => {
      const line = Bytes.decodeReplacing(Result.getOrThrow(encoded))
      assert.strictEqual(line.indexOf("\n"), line.length - 1)
      const entries = entriesOf(annotations.map(([key = "", value = ""]) => [key, value]))
      const isV1 = apiVersion === v1
      assert.deepStrictEqual(membersOf(line), [
        ["kind", "CredentialProviderRequest"],
        ["apiVersion", apiVersion],
        ["image", replaced(image)],
        ...isV1 && token !== "" ? [["serviceAccountToken", replaced(token)]] : [],
        ...isV1 && entries.length > 0
          ? [["serviceAccountAnnotations", entries.map(([key, value]) => [replaced(key), replaced(value)])]]
          : []
      ])
    }
  })
})

interface Model {
  readonly apiVersion: (typeof pluginVersions)[number]
  readonly cacheKeyType: string
  readonly nanos: bigint | undefined
  /** Location, username, password. */
  readonly auth: ReadonlyArray<ReadonlyArray<string>>
}

interface Question {
  readonly apiVersion: string
  readonly image: string
  readonly token: string
  readonly annotations: ReadonlyArray<ReadonlyArray<string>>
}

const dockerConfig = (auth: Model["auth"]): DockerConfig =>
  new Map(
    auth.map(([key = "", username = "", password = ""]) =>
      [key, { username, password: Redacted.make(password), email: "" }] as const
    )
  )

/** The members in their order, those of objects in them too. */
const membersOf = (text: string): ReadonlyArray<ReadonlyArray<unknown>> => {
  const root = Result.getOrThrow(StrictJson.parse(text))
  assert(root.type === "object")
  return root.members.map(({ key, value }) => [
    key,
    value.type === "object"
      ? value.members.map(({ key, value }) => [key, value.type === "string" ? value.value : value])
      : value.type === "string"
      ? value.value
      : value
  ])
}

/** Config files: decoding (CFG-30…72), writing (CFG-74), loading and validation (CFG-10…23, CFG-75…106). */
import * as ConfigDecoding from "@credlet/core/config/ConfigDecoding"
import type { ConfigDecodeError, ConfigFinding } from "@credlet/core/config/ConfigError"
import * as ConfigValidation from "@credlet/core/config/ConfigValidation"
import * as ConfigWarning from "@credlet/core/config/ConfigWarning"
import * as ProviderConfig from "@credlet/core/config/ProviderConfig"
import * as Bytes from "@credlet/core/text/Bytes"
import * as NodeJson from "@credlet/core/text/NodeJson"
import * as StrictJson from "@credlet/core/text/StrictJson"
import * as StrictYaml from "@credlet/core/text/StrictYaml"
import * as TextFormat from "@credlet/core/text/TextFormat"
import type { TextNode } from "@credlet/core/text/TextNode"
import { assert, describe } from "@effect/vitest"
import { Redacted, Result } from "effect"
import { property } from "./driver/property.ts"
import { Random } from "./driver/random.ts"
import * as Shape from "./driver/shape.ts"
import { encode, joined } from "./input/bytes.ts"
import * as Documents from "./input/documents.ts"
import { jsonTextForYaml } from "./input/jsonText.ts"
import * as Texts from "./input/texts.ts"
import { isItems, isMembers, shape as TreeShape, type Tree } from "./input/tree.ts"
import { yamlText } from "./input/yamlText.ts"
import { assertInside, jsonLines, offsetOf, placesOf, yamlLines } from "./places.ts"
import { assertHides, hasSecretWhere } from "./secrecy.ts"

const byteOrderMark = Uint8Array.of(0xef, 0xbb, 0xbf)

/** The document and its text, if it can be read at all. */
const read = (bytes: Uint8Array): { readonly root: TextNode; readonly text: string } | undefined => {
  if (TextFormat.detect(bytes) === "yaml") return Result.getOrUndefined(StrictYaml.parse(bytes))
  const text = Bytes.decodeReplacing(bytes)
  return Result.getOrUndefined(Result.map(StrictJson.parse(text), (root) => ({ root, text })))
}

/** What messages show: names, patterns, versions; keys that look like names, and in `env` only its own (ConfigLocation). */
const shownValues =
  /^(?:name|matchimages|apiversion|kind|cachetype|requiredserviceaccountannotationkeys|optionalserviceaccountannotationkeys)$/i

const isShown = (text: string, path: ReadonlyArray<string>, isKey: boolean): boolean => {
  const inEnv = path.some((name) => name === "env" || name === "Env")
  if (isKey) return !inEnv && /^[\p{L}\p{N}_./-]{1,64}$/u.test(text)
  return !inEnv && shownValues.test(path.at(-1) ?? "")
}

const summary = (findings: ReadonlyArray<ConfigFinding>): ReadonlyArray<string> =>
  findings.map(({ path, type }) => JSON.stringify([type, path])).toSorted()

/** Each finding of a field stands where its path leads. */
const assertPlaced = ({ findings }: ConfigDecodeError, { root, text }: { root: TextNode; text: string }): void => {
  for (const { location, path, type } of findings) {
    if (type !== "type" && type !== "unknownField" && type !== "duplicateField") continue
    const offset = offsetOf(text, location)
    const found = placesOf(root, path).some(({ keyOffset, node }) =>
      offset === (type === "type" ? node.offset : keyOffset)
    )
    assert.isTrue(found, `${type} ${JSON.stringify(path)} is not at ${location.line}:${location.column}`)
  }
}

describe("config files", () => {
  property("CFG-30…72: bytes are a config or a telling, silent error, in time", {
    generate: Texts.config,
    shape: Shape.bytes,
    run: (bytes) => ConfigDecoding.decode(bytes, { file: "config.yaml" }),
    check: (decoded, bytes) => {
      const document = read(bytes)
      const lines = TextFormat.detect(bytes) === "json" ? jsonLines(bytes) : yamlLines(bytes)
      const mayTell = document !== undefined && hasSecretWhere(document.root, isShown)
      if (Result.isFailure(decoded)) {
        const error = decoded.failure
        assert.isAbove(error.findings.length, 0)
        for (const { location } of error.findings) assertInside(lines, location)
        if (document !== undefined) assertPlaced(error, document)
        if (!mayTell) assertHides(error)
        const again = ConfigDecoding.decode(bytes, { file: "config.yaml" })
        assert(Result.isFailure(again))
        assert.strictEqual(again.failure.message, error.message)
        return
      }
      const providers = decoded.success.providers ?? []
      const warnings = [...decoded.success.warnings, ...ConfigWarning.ofProviders(providers)]
      const validated = ConfigValidation.validate(providers)
      const problems = Result.isFailure(validated) ? validated.failure.problems : []
      for (const { location } of [...warnings, ...problems]) {
        if (location !== undefined) assertInside(lines, location)
      }
      if (mayTell) return
      assertHides([...warnings, ...warnings.map(({ message }) => message)])
      if (Result.isFailure(validated)) assertHides(validated.failure)
    }
  })

  property("CFG-74: what is read is written so that it is read again", {
    generate: (random) =>
      random.oneIn(2) ? Texts.config(random) : encode(jsonTextForYaml(random, Documents.config(random))),
    shape: Shape.bytes,
    run: (bytes) => ConfigDecoding.decode(bytes),
    check: (decoded) => {
      if (Result.isFailure(decoded)) return
      const providers = (decoded.success.providers ?? []).map(({ provider }) => provider)
      const write = (providers: ReadonlyArray<ProviderConfig.Provider>) =>
        Redacted.value(Result.getOrThrow(ProviderConfig.encode(providers)))
      const written = write(providers)
      const again = Result.getOrThrow(ConfigDecoding.decode(encode(written)))
      assert.strictEqual(write((again.providers ?? []).map(({ provider }) => provider)), written)
    }
  })

  /** A document and the way in which it is written. */
  const writtenTree = {
    generate: (random: Random) => ({ tree: Documents.config(random), style: random.bits() }),
    shape: Shape.record<{ readonly tree: Tree; readonly style: number }>({
      tree: TreeShape,
      style: Shape.constant()
    })
  }

  property("CFG-31: JSON says the same when it is read as YAML", {
    ...writtenTree,
    run: ({ style, tree }) => {
      const bytes = encode(jsonTextForYaml(new Random(style), tree))
      return [ConfigDecoding.decode(bytes), ConfigDecoding.decode(joined(byteOrderMark, bytes))] as const
    },
    check: ([json, yaml], { tree }) => {
      if (!isDeep(tree)) assertSame(json, yaml, tree)
    }
  })

  property("CFG-30…67: a document says the same in YAML as in JSON", {
    ...writtenTree,
    run: ({ style, tree }) => {
      const json = encode(jsonTextForYaml(new Random(style), tree))
      const yaml = encode(yamlText(new Random(style), tree))
      return { json, yaml, both: [ConfigDecoding.decode(json), ConfigDecoding.decode(yaml)] as const }
    },
    check: ({ both, json, yaml }, { tree }) => {
      if (isDeep(tree)) return
      const { root } = Result.getOrThrow(StrictYaml.parse(yaml))
      if (!hasOddNumber(tree)) {
        assert.strictEqual(
          NodeJson.toJson(root),
          NodeJson.toJson(Result.getOrThrow(StrictJson.parse(Bytes.decode(json)))),
          Bytes.decode(yaml)
        )
      }
      assertSame(...both, tree)
    }
  })
})

/** Numbers that go-yaml writes differently, or takes for text (CFG-43). */
const hasOddNumber = (tree: Tree): boolean => {
  if (isItems(tree)) return tree.items.some(hasOddNumber)
  if (isMembers(tree)) return tree.members.some(([, value]) => hasOddNumber(value))
  return typeof tree === "object" && tree !== null && !/^-?[1-9]\d{0,14}$|^0$/.test(tree.numeral)
}

/** As YAML, values are read to a depth of 500 only (a known difference). */
const isDeep = (tree: Tree, left = 490): boolean => {
  if (left === 0) return true
  if (isItems(tree)) return tree.items.some((item) => isDeep(item, left - 1))
  return isMembers(tree) && tree.members.some(([, value]) => isDeep(value, left - 1))
}

const hasTwins = (tree: Tree): boolean => {
  if (isItems(tree)) return tree.items.some(hasTwins)
  if (!isMembers(tree)) return false
  // Of the names of kind and version no case counts, and for Go a long s is an s.
  const keys = new Set(tree.members.map(([key]) => key.toWellFormed().toLowerCase().replaceAll("ſ", "s")))
  return keys.size < tree.members.length || tree.members.some(([, value]) => hasTwins(value))
}

type Decoded = ReturnType<typeof ConfigDecoding.decode>

/** Both were refused for the same reasons, or both have the same providers. */
const assertSame = (json: Decoded, yaml: Decoded, tree: Tree): void => {
  // `1e400` is text in YAML only, so that one of the two may be refused.
  if (hasOddNumber(tree) && (Result.isFailure(json) || Result.isFailure(yaml))) return
  if (Result.isSuccess(json) || Result.isSuccess(yaml)) {
    const [left, right] = [Result.getOrThrow(json), Result.getOrThrow(yaml)]
    const providers = ({ providers }: ConfigDecoding.DecodedConfig) =>
      Redacted.value(Result.getOrThrow(ProviderConfig.encode((providers ?? []).map(({ provider }) => provider))))
    assert.strictEqual(providers(right), providers(left))
    assert.strictEqual(right.apiVersion, left.apiVersion)
    return
  }
  // Of keys that stand twice YAML keeps the last only, and tells of them in another way.
  if (hasTwins(tree)) return
  assert.strictEqual(yaml.failure.reason, json.failure.reason)
  assert.deepStrictEqual(summary(yaml.failure.findings), summary(json.failure.findings))
}

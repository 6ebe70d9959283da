/**
 * From YAML values to what sigs.k8s.io/yaml hands on as JSON: keys become text and are sorted by their bytes
 * (CFG-41), numbers get their JSON text (CFG-43).
 */
import * as Result from "effect/Result"
import * as Bytes from "../../Bytes.ts"
import type { Member, TextNode } from "../../TextNode.ts"
import { keyText } from "./YamlKey.ts"
import type { YamlProblem } from "./YamlProblem.ts"
import type { YamlMap, YamlValue } from "./YamlValue.ts"

/** Fails with `unsupportedKey`, and only if there is none, with `notANumber`. */
export const toTextNode = (value: YamlValue): Result.Result<TextNode, YamlProblem> => {
  const conversion = new Conversion()
  const node = conversion.node(value)
  const problem = conversion.badKey ?? conversion.badNumber
  return problem === undefined ? Result.succeed(node) : Result.fail(problem)
}

class Conversion {
  badKey: YamlProblem | undefined
  badNumber: YamlProblem | undefined

  node(value: YamlValue): TextNode {
    const { offset } = value
    switch (value.type) {
      case "null":
        return { type: "null", offset }
      case "boolean":
        return { type: "boolean", value: value.value, offset }
      case "integer":
        return { type: "number", value: String(value.value), offset }
      case "float":
        if (!Number.isFinite(value.value)) this.badNumber ??= { code: "notANumber", offset }
        return { type: "number", value: Object.is(value.value, -0) ? "-0" : String(value.value), offset }
      case "string":
        return { type: "string", value: value.value, offset }
      case "list":
        return { type: "array", items: value.items.map((item) => this.node(item)), offset }
      case "map":
        return { type: "object", members: this.members(value), offset }
    }
  }

  private members(map: YamlMap): ReadonlyArray<Member> {
    const members = new Map<string, Member>()
    for (const entry of map.entries.values()) {
      const key = keyText(entry.key)
      if (key === undefined) this.badKey ??= { code: "unsupportedKey", offset: entry.key.offset }
      else members.set(key, { key, keyOffset: entry.key.offset, value: this.node(entry.value) })
    }
    return [...members.values()].sort((left, right) => Bytes.compare(left.key, right.key))
  }
}

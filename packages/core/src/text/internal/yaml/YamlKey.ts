/**
 * Keys of YAML mappings: when two are the same key, and which text one is in JSON (CFG-41).
 */
import { maxInt64, type ScalarValue } from "./YamlScalarType.ts"

/** Equal for two keys if go-yaml takes them for the same: `16` and `0x10`, but not `2` and `"2"`, nor `2` and `2.0`. */
export const keyIdentity = (key: ScalarValue): string => {
  switch (key.type) {
    case "null":
      return "null"
    case "float":
      return `float:${key.value === 0 ? 0 : key.value}`
    default:
      return `${key.type}:${key.value}`
  }
}

/** The key in JSON; `undefined` for null and for integers over int64, which sigs.k8s.io/yaml refuses. */
export const keyText = (key: ScalarValue): string | undefined => {
  switch (key.type) {
    case "null":
      return undefined
    case "string":
      return key.value
    case "boolean":
      return String(key.value)
    case "integer":
      return key.value > maxInt64 ? undefined : String(key.value)
    case "float":
      return floatText(key.value)
  }
}

/** Go's `%g` of the nearest float32. */
const floatText = (value: number): string => {
  const single = Math.fround(value)
  if (Number.isNaN(single)) return ".nan"
  if (!Number.isFinite(single)) return single > 0 ? ".inf" : "-.inf"
  if (single === 0) return Object.is(single, -0) ? "-0" : "0"
  let digits = 1
  while (Math.fround(Number(single.toExponential(digits - 1))) !== single) digits++
  const [mantissa = "", exponent = ""] = single.toExponential(digits - 1).split("e")
  const power = Number(exponent)
  if (power >= -4 && power < 6) return String(Number(`${mantissa}e${exponent}`))
  return `${mantissa}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`
}

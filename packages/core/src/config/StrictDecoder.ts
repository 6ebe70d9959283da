/**
 * Reads a document's nodes as the kubelet's strict decoder does: field names by exact case, no unknown and no repeated
 * field, null for "not set". It goes on after a mistake, so that all of them are found, each with its place; a mistake
 * never holds the value. Rules: CFG-60…64, RESP-3, RESP-10, RESP-11.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as GoDuration from "../text/GoDuration.ts"
import type { Member, NullNode, TextNode } from "../text/TextNode.ts"

/**
 * The way to a value: names of fields and map keys, numbers of list elements from 0.
 *
 * @since 0.1.0
 * @category models
 */
export type Path = ReadonlyArray<string | number>

/**
 * One thing that is wrong. `offset` is that of the value for a wrong type, else of the key; `expected` says in words
 * what should stand there.
 *
 * @since 0.1.0
 * @category models
 */
export interface Finding {
  readonly kind: "type" | "unknownField" | "duplicateField"
  readonly path: Path
  readonly offset: number
  readonly expected: string
}

/**
 * Reads one node. What is wrong is added to `findings`, and the zero value is returned in its place.
 *
 * @since 0.1.0
 * @category models
 */
export type StrictDecoder<A> = (node: TextNode, place: Place | undefined, findings: Findings) => A

/** A path from its end, so that going down costs one small object and no copy. */
interface Place {
  readonly parent: Place | undefined
  readonly segment: string | number
}

/**
 * The most findings that are kept: of wrong types, and of unknown and repeated fields together (upstream's own bound).
 *
 * @since 0.1.0
 * @category constants
 */
export const maxFindings = 100

/**
 * Reads a document. Where `findings` is not empty, `value` means nothing. Findings come in the order of the document;
 * each unknown and each repeated field is named once.
 *
 * @since 0.1.0
 * @category decoding
 */
export const decode = <A>(
  decoder: StrictDecoder<A>,
  root: TextNode
): { readonly value: A; readonly findings: ReadonlyArray<Finding> } => {
  const findings = new Findings()
  const value = decoder(root, undefined, findings)
  return { value, findings: findings.all }
}

/**
 * A path as the kubelet writes it, `providers[0].env[1].name`, but without Go's quoting. Two paths may give one text.
 *
 * @since 0.1.0
 * @category rendering
 */
export const pathText = (path: Path): string =>
  path.reduce<string>((text, segment, index) => {
    if (typeof segment === "number") return `${text}[${segment}]`
    return index === 0 ? segment : `${text}.${segment}`
  }, "")

class Findings {
  readonly all: Array<Finding> = []
  readonly seen = new Set<string>()
  types = 0

  add(kind: Finding["kind"], parent: Place | undefined, key: string | undefined, offset: number, expected: string) {
    if (kind === "type" ? this.types === maxFindings : this.seen.size === maxFindings) return
    const path: Array<string | number> = key === undefined ? [] : [key]
    for (let place = parent; place !== undefined; place = place.parent) path.push(place.segment)
    path.reverse()
    if (kind === "type") this.types++
    else {
      const once = `${kind} ${pathText(path)}`
      if (this.seen.has(once)) return
      this.seen.add(once)
    }
    this.all.push({ kind, path, offset, expected })
  }

  type(node: TextNode, place: Place | undefined, expected: string) {
    this.add("type", place, undefined, node.offset, expected)
  }

  duplicate(member: Member, place: Place | undefined) {
    this.add("duplicateField", place, member.key, member.keyOffset, "each field only once")
  }
}

/**
 * A single value by its schema, which is given a string, number or boolean; null is `zero`. `expected` completes
 * "expected …".
 *
 * @since 0.1.0
 * @category constructors
 */
export const leaf = <A, Zero>(
  schema: Schema.Decoder<A>,
  zero: Zero,
  expected: string
): StrictDecoder<A | Zero> => {
  const decodeValue = Schema.decodeUnknownResult(schema)
  return (node, place, findings) => {
    if (node.type === "null") return zero
    if (node.type !== "array" && node.type !== "object") {
      const decoded = decodeValue(node.type === "number" ? Number(node.value) : node.value)
      if (Result.isSuccess(decoded)) return decoded.success
    }
    findings.type(node, place, expected)
    return zero
  }
}

/**
 * A string; null is `""`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const text: StrictDecoder<string> = leaf(Schema.String, "", "a string")

/**
 * A truth value; null is `undefined`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const boolean: StrictDecoder<boolean | undefined> = leaf(Schema.Boolean, undefined, "true or false")

/**
 * A duration in Go's form; null is `undefined` (CFG-70).
 *
 * @since 0.1.0
 * @category constructors
 */
export const duration: StrictDecoder<Duration.Duration | undefined> = leaf(
  GoDuration.GoDuration,
  undefined,
  "a duration in quotes, such as \"10m\" or \"1h30m\""
)

/**
 * Any value; nothing in it is looked at.
 *
 * @since 0.1.0
 * @category constructors
 */
export const anything: StrictDecoder<undefined> = () => undefined

/**
 * A list; null is `undefined`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const list =
  <A>(element: StrictDecoder<A>): StrictDecoder<ReadonlyArray<A> | undefined> => (node, place, findings) => {
    if (node.type === "array") {
      return node.items.map((item, segment) => element(item, { parent: place, segment }, findings))
    }
    if (node.type !== "null") findings.type(node, place, "a list")
    return undefined
  }

/**
 * An object whose keys are data, in the order of the document; null is `undefined`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const mapOf =
  <A>(value: StrictDecoder<A>): StrictDecoder<ReadonlyMap<string, A> | undefined> => (node, place, findings) => {
    if (node.type !== "object") {
      if (node.type !== "null") findings.type(node, place, "an object")
      return undefined
    }
    const entries = new Map<string, A>()
    for (const member of node.members) {
      if (entries.has(member.key)) findings.duplicate(member, place)
      entries.set(member.key, value(member.value, { parent: place, segment: member.key }, findings))
    }
    return entries
  }

/**
 * Makes another value of what a decoder gives.
 *
 * @since 0.1.0
 * @category combinators
 */
export const map = <A, B>(decoder: StrictDecoder<A>, f: (value: A) => B): StrictDecoder<B> => (node, place, findings) =>
  f(decoder(node, place, findings))

/**
 * The decoders of an object's fields by name.
 *
 * @since 0.1.0
 * @category models
 */
export type Fields = Readonly<Record<string, StrictDecoder<unknown>>>

/**
 * @since 0.1.0
 * @category models
 */
export type StructOf<F extends Fields> = { readonly [Name in keyof F]: ReturnType<F[Name]> }

/**
 * An object with these fields and no others; null and absent fields have their zero values, and null is an object of
 * those. The value of an unknown field is not looked at.
 *
 * @since 0.1.0
 * @category constructors
 */
export const struct = <F extends Fields>(fields: F): StrictDecoder<StructOf<F>> => {
  const known = new Map(Object.entries(fields))
  return (node, place, findings) => {
    const values = new Map<string, unknown>()
    if (node.type === "object") {
      for (const member of node.members) {
        const field = known.get(member.key)
        if (field === undefined) {
          findings.add("unknownField", place, member.key, member.keyOffset, alternatives(member.key, known.keys()))
          continue
        }
        if (values.has(member.key)) findings.duplicate(member, place)
        values.set(member.key, field(member.value, { parent: place, segment: member.key }, findings))
      }
    } else if (node.type !== "null") findings.type(node, place, "an object")
    for (const [name, field] of known) {
      if (!values.has(name)) values.set(name, field(absent, place, findings))
    }
    // Every field of F has been set to what its own decoder gave, which TypeScript can't follow through the map.
    return Object.fromEntries(values) as StructOf<F>
  }
}

const absent: NullNode = { type: "null", offset: 0 }

/** The field that was meant, where only its case is wrong, or else all fields that there are. */
const alternatives = (key: string, known: Iterable<string>): string => {
  const names = [...known]
  const meant = names.find((name) => name.toLowerCase() === key.toLowerCase())
  if (meant !== undefined) return `"${meant}", in exactly this spelling`
  return names.length === 0 ? "no fields at all" : `only the fields ${names.join(", ")}`
}

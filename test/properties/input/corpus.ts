/** The texts of the recorded cases, as a source of what people have thought of. */
import { Schema } from "effect"
import { readFileSync } from "node:fs"
import { bytesOf, Form } from "../../conformance/expand.ts"

const decode = Schema.decodeUnknownSync(
  Schema.fromJsonString(Schema.Array(Schema.Struct({ input: Schema.Struct({ text: Form }) })))
)

/** The documents of an operation that takes a `text`. */
export const corpus = (operation: string): readonly [Uint8Array, ...ReadonlyArray<Uint8Array>] => {
  const file = new URL(`../../conformance/vectors/${operation}.json`, import.meta.url)
  const [first = new Uint8Array(), ...rest] = decode(readFileSync(file, "utf8")).map(({ input }) => bytesOf(input.text))
    .filter((bytes) => bytes.length < 20_000)
  return [first, ...rest]
}

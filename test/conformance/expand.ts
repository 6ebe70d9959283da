/**
 * The forms in which the vectors write texts. Into an operation: a plain string, raw bytes as `{base64}`, `{repeat, times}`
 * or `{concat}`. Out of it: a plain string, or `{base64}` where it is not valid UTF-8.
 */
import * as Bytes from "@credlet/core/text/Bytes"
import * as GoDuration from "@credlet/core/text/GoDuration"
import * as GoText from "@credlet/core/text/GoText"
import { type Duration, Option, Schema, SchemaGetter } from "effect"
import { Base64 } from "effect/encoding"

export type Json = Schema.Json

/** A text as it is written in a case's input. */
export type Form =
  | string
  | { readonly base64: string }
  | { readonly repeat: Form; readonly times: number }
  | { readonly concat: ReadonlyArray<Form> }

const Nested = Schema.suspend((): Schema.Codec<Form> => Form)

export const Form: Schema.Codec<Form> = Schema.Union([
  Schema.String,
  Schema.Struct({ base64: Schema.String.check(Schema.isBase64()) }),
  Schema.Struct({ repeat: Nested, times: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)) }),
  Schema.Struct({ concat: Schema.Array(Nested) })
], { mode: "oneOf" })

export const bytesOf = (form: Form): Uint8Array => {
  // The recorder read the inputs with Go, for which a lone surrogate in JSON is U+FFFD.
  if (typeof form === "string") return Bytes.encode(form.toWellFormed())
  if ("base64" in form) return new Uint8Array(Buffer.from(form.base64, "base64"))
  if ("concat" in form) return new Uint8Array(Buffer.concat(form.concat.map(bytesOf)))
  const repeated = bytesOf(form.repeat)
  return new Uint8Array(Buffer.concat(Array.from({ length: form.times }, () => repeated)))
}

const oneWay = SchemaGetter.forbidden<never, unknown>(() => "vectors are only read")

/** Bytes, whatever they are. */
export const Binary = Form.pipe(
  Schema.decodeTo(Schema.Uint8Array, { decode: SchemaGetter.transform(bytesOf), encode: oneWay })
)

/** A text; what is not UTF-8 in it is kept as `Bytes.decode` keeps it. */
export const Text = Form.pipe(
  Schema.decodeTo(Schema.String, {
    decode: SchemaGetter.transform((form: Form) => Bytes.decode(bytesOf(form))),
    encode: oneWay
  })
)

/** A field that may be absent or null. */
export const maybe = <S extends Schema.Constraint>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

/** A text in a result. */
export const written = (text: string): Json => writtenBytes(Bytes.encode(text))

/** Bytes in a result. */
export const writtenBytes = (bytes: Uint8Array): Json =>
  Option.getOrElse(Bytes.decodeStrict(bytes), (): Json => ({ base64: Base64.encode(bytes) }))

/** A name that the recorder took from Go's error text, where it was quoted: the quotes are gone, the escapes are not. */
export const quoted = (text: string): Json => GoText.quote(text).slice(1, -1)

/** A duration in a result; null stands for one that is not given. */
export const writtenDuration = (duration: Duration.Duration | undefined): Json =>
  duration === undefined ? null : { ns: String(GoDuration.toNanos(duration)), text: GoDuration.format(duration) }

/** A list or a map in a result; null stands for one that is absent. */
export const orNull = <A>(value: A | undefined, write: (value: A) => Json): Json =>
  value === undefined ? null : write(value)

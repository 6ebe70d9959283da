/**
 * The fields of a Go struct as JSON: any of them may be missing or null, an element of a list or map may be null, and
 * what is written for an unset one depends on the field (CFG-64, CFG-65, CFG-74, RESP-10). `expected` is what is said
 * of a value of a wrong type; it completes "expected …".
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import { GoDuration } from "./GoDuration.ts"

/**
 * What a document holds, null included. It is not looked at: the schema that it is handed to does that, and so only once.
 */
const unread = <E>() => Schema.declare((_value: unknown): _value is E | null => true)

const notNull = <E>(value: Option.Option<E | null>): Option.Option<E> => Option.flatMap(value, Option.fromNullishOr)

const Text = Schema.String.annotate({ expected: "text" })

const readText = SchemaGetter.transformOptional((value: Option.Option<string | null>) =>
  Option.some(Option.getOrElse(notNull(value), () => ""))
)

/**
 * Text; unset and null are the empty text. Always written.
 *
 * @since 0.1.0
 * @category schemas
 */
export const text = Schema.optionalKey(unread<string>()).pipe(
  Schema.decodeTo(Text, { decode: readText, encode: SchemaGetter.passthrough() })
)

/**
 * Text that is not written when it is empty.
 *
 * @since 0.1.0
 * @category schemas
 */
export const textOmittedEmpty = Schema.optionalKey(unread<string>()).pipe(
  Schema.decodeTo(Text, {
    decode: readText,
    encode: SchemaGetter.transformOptional(Option.filter((value) => value !== ""))
  })
)

/**
 * Text that is a secret; `label` is shown in its place. It is written in plain, so what is written is a secret too.
 *
 * @since 0.1.0
 * @category schemas
 */
export const secretText = (label: string) =>
  text.pipe(
    Schema.decodeTo(Schema.Redacted(Schema.String), {
      decode: SchemaGetter.transform((value) => Redacted.make(value, { label })),
      encode: SchemaGetter.transform(Redacted.value)
    })
  )

/**
 * A field that may be unset (`undefined`), which is then written as null.
 *
 * @since 0.1.0
 * @category schemas
 */
export const orNull = <S extends Schema.Constraint>(schema: S, expected: string) =>
  Schema.optionalKey(unread<S["Encoded"]>()).pipe(
    Schema.decodeTo(Schema.UndefinedOr(schema).annotate({ expected }), {
      decode: SchemaGetter.transformOptional((value) => Option.some(Option.getOrUndefined(notNull(value)))),
      encode: SchemaGetter.transform((value) => value ?? null)
    }),
    Schema.withConstructorDefault(Effect.undefined)
  )

/**
 * A duration in Go's form; unset and null are `undefined`, which is written as null (CFG-70).
 *
 * @since 0.1.0
 * @category schemas
 */
export const duration = orNull(GoDuration, "a duration with a unit, in quotes, such as \"10m\" or \"1h30m\"")

/**
 * A field that may be unset (`undefined`) and is not written then, nor when it is an empty list.
 *
 * @since 0.1.0
 * @category schemas
 */
export const orOmitted = <S extends Schema.Constraint>(schema: S, expected: string) =>
  Schema.optionalKey(unread<S["Encoded"]>()).pipe(
    Schema.decodeTo(Schema.UndefinedOr(schema).annotate({ expected }), {
      decode: SchemaGetter.transformOptional((value) => Option.some(Option.getOrUndefined(notNull(value)))),
      encode: SchemaGetter.transformOptional(
        Option.filter((value) => value !== undefined && !(Array.isArray(value) && value.length === 0))
      )
    }),
    Schema.withConstructorDefault(Effect.undefined)
  )

const textElement = unread<string>().pipe(
  Schema.decodeTo(Text, { decode: SchemaGetter.transform((value) => value ?? ""), encode: SchemaGetter.passthrough() })
)

// The union of one says what is expected of a value of another type.
const objectElement = <S extends Schema.Constraint>(schema: S, empty: S["Encoded"]) =>
  unread<S["Encoded"]>().pipe(
    Schema.decodeTo(Schema.Union([schema]).annotate({ expected: "an object" }), {
      decode: SchemaGetter.transform((value) => value ?? empty),
      encode: SchemaGetter.passthrough()
    })
  )

/**
 * A list of texts; a null among them is the empty text.
 *
 * @since 0.1.0
 * @category schemas
 */
export const texts = Schema.Array(textElement)

/**
 * A list of objects; a null among them is read as `empty`.
 *
 * @since 0.1.0
 * @category schemas
 */
export const objects = <S extends Schema.Constraint>(schema: S, empty: S["Encoded"]) =>
  Schema.Array(objectElement(schema, empty))

/**
 * An object whose keys are data and whose values are texts; a null among them is the empty text.
 *
 * @since 0.1.0
 * @category schemas
 */
export const textsByKey = Schema.Record(Schema.String, textElement)

/**
 * An object whose keys are data and whose values are objects; a null among them is read as `empty`.
 *
 * @since 0.1.0
 * @category schemas
 */
export const objectsByKey = <S extends Schema.Constraint>(schema: S, empty: S["Encoded"]) =>
  Schema.Record(Schema.String, objectElement(schema, empty))

/**
 * The fields of a Go struct as JSON: any of them may be missing or null, a list's element may be null, and what is
 * written for an unset one depends on the field (CFG-64, CFG-65, CFG-74). `expected` is what an error says.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"

const notNull = <A>(value: Option.Option<A | null>): Option.Option<A> => Option.flatMap(value, Option.fromNullishOr)

const nullableText = Schema.NullOr(Schema.String).annotate({ expected: "text" })

const readText = SchemaGetter.transformOptional((value: Option.Option<string | null>) =>
  Option.some(Option.getOrElse(notNull(value), () => ""))
)

/** Text; unset and null are the empty text. Always written. */
export const text = Schema.optionalKey(nullableText).pipe(
  Schema.decodeTo(Schema.String, { decode: readText, encode: SchemaGetter.passthrough() })
)

/** Text that is not written when it is empty. */
export const textOmittedEmpty = Schema.optionalKey(nullableText).pipe(
  Schema.decodeTo(Schema.String, {
    decode: readText,
    encode: SchemaGetter.transformOptional(Option.filter((value) => value !== ""))
  })
)

/** Text that is a secret. It is written in plain, so what is written is a secret too. */
export const secretText = text.pipe(
  Schema.decodeTo(Schema.Redacted(Schema.String), {
    decode: SchemaGetter.transform((value) => Redacted.make(value, { label: "env" })),
    encode: SchemaGetter.transform(Redacted.value)
  })
)

/** A field that may be unset, which is then written as null. */
export const orNull = <S extends Schema.Constraint>(schema: S, expected: string) =>
  Schema.optionalKey(Schema.NullOr(schema).annotate({ expected })).pipe(
    Schema.decodeTo(Schema.UndefinedOr(Schema.toType(schema)), {
      decode: SchemaGetter.transformOptional((value) => Option.some(Option.getOrUndefined(notNull(value)))),
      encode: SchemaGetter.transform((value) => value ?? null)
    }),
    Schema.withConstructorDefault(Effect.undefined)
  )

/** A field that may be unset and is not written then, nor when it is an empty list. */
export const orOmitted = <S extends Schema.Constraint>(schema: S, expected: string) =>
  Schema.optionalKey(Schema.NullOr(schema).annotate({ expected })).pipe(
    Schema.decodeTo(Schema.UndefinedOr(Schema.toType(schema)), {
      decode: SchemaGetter.transformOptional((value) => Option.some(Option.getOrUndefined(notNull(value)))),
      encode: SchemaGetter.transformOptional(
        Option.filter((value) => value !== undefined && !(Array.isArray(value) && value.length === 0))
      )
    }),
    Schema.withConstructorDefault(Effect.undefined)
  )

/** A list of texts; a null among them is the empty text. */
export const texts = Schema.Array(
  nullableText.pipe(
    Schema.decodeTo(Schema.String, {
      decode: SchemaGetter.transform((value) => value ?? ""),
      encode: SchemaGetter.passthrough()
    })
  )
)

/** A list of objects; a null among them is an empty one. */
export const objects = <S extends Schema.Constraint>(schema: S, empty: () => S["Type"]) =>
  Schema.Array(
    Schema.NullOr(schema).annotate({ expected: "an object" }).pipe(
      Schema.decodeTo(Schema.toType(schema), {
        decode: SchemaGetter.transform((value) => value ?? empty()),
        encode: SchemaGetter.passthroughSupertype()
      })
    )
  )

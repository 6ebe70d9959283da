/** What a real API server 1.36 answered, recorded: each request with its answer. */
import { Schema } from "effect"
import { readdirSync, readFileSync } from "node:fs"

const Recording = Schema.fromJsonString(Schema.Struct({
  id: Schema.String,
  rule: Schema.String,
  note: Schema.String,
  request: Schema.Struct({
    method: Schema.String,
    path: Schema.String,
    headers: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
    body: Schema.optionalKey(Schema.Unknown)
  }),
  response: Schema.Struct({
    status: Schema.Int,
    headers: Schema.Record(Schema.String, Schema.String),
    body: Schema.optionalKey(Schema.Unknown),
    text: Schema.optionalKey(Schema.String),
    lines: Schema.optionalKey(Schema.Unknown)
  })
}))
export type Recording = typeof Recording.Type

const folder = new URL("fixtures/kubernetes/", import.meta.url)

export const recordings: ReadonlyArray<Recording> = readdirSync(folder).sort().map((name) =>
  Schema.decodeUnknownSync(Recording)(readFileSync(new URL(name, folder), "utf8"))
)

/** Room `text`: parseDuration, qualifiedName, yamlToJSON. */
import * as GoDuration from "@credlet/core/text/GoDuration"
import * as NodeJson from "@credlet/core/text/NodeJson"
import * as QualifiedName from "@credlet/core/text/QualifiedName"
import * as StrictYaml from "@credlet/core/text/StrictYaml"
import { Result, Schema } from "effect"
import { Binary, quoted, Text, written, writtenDuration } from "../expand.ts"
import { type Operation, pure } from "../operation.ts"

export const text: Readonly<Record<string, Operation>> = {
  parseDuration: pure(Schema.Struct({ text: Text }), (input) => {
    const parsed = GoDuration.parse(input.text)
    return Result.isSuccess(parsed) ? writtenDuration(parsed.success) : { error: parsed.failure.reason }
  }),

  qualifiedName: pure(Schema.Struct({ name: Text }), (input) => [...QualifiedName.problems(input.name)]),

  yamlToJSON: pure(Schema.Struct({ text: Binary }), (input) => {
    const parsed = StrictYaml.parse(input.text)
    const { duplicateKeys } = Result.isSuccess(parsed) ? parsed.success : parsed.failure
    // Of repeated keys, the recorder has those that are texts.
    const repeated = { duplicateKeys: duplicateKeys.flatMap(({ key }) => key === undefined ? [] : [quoted(key)]) }
    if (Result.isFailure(parsed)) return { error: true, strictError: duplicateKeys.length === 0 ? true : repeated }
    const json = written(NodeJson.toJson(parsed.success.root))
    return duplicateKeys.length === 0 ? { json } : { json, strictError: repeated }
  })
}

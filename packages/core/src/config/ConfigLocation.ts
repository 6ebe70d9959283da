/**
 * Places in a config: the path from the document's root to a value, and where that stands in a file. The kubelet's own
 * field paths carry no index (CFG-80…), so findings here carry both.
 *
 * @since 0.1.0
 */
import * as JsonPointer from "effect/JsonPointer"
import * as Schema from "effect/Schema"
import * as GoText from "../text/GoText.ts"
import * as NodePath from "../text/NodePath.ts"

/**
 * Keys and indexes from the root of a document to a value, as they are in the document: nothing is escaped. Keys that
 * the kubelet does not know can hold a secret, see `safePath`.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ConfigPath = Schema.Array(Schema.Union([Schema.String, Schema.Int]))

/**
 * @since 0.1.0
 * @category models
 */
export type ConfigPath = typeof ConfigPath.Type

/**
 * A place in a file: `line` and `column` count from 1, `pointer` is a JSON pointer (RFC 6901) into the document, of a
 * safe path. `file` is absent if the text did not come from a file.
 *
 * @since 0.1.0
 * @category models
 */
export class ConfigLocation extends Schema.Class<ConfigLocation>("ConfigLocation")({
  file: Schema.optionalKey(Schema.String),
  line: Schema.Int,
  column: Schema.Int,
  pointer: Schema.String
}) {}

/**
 * The path as the kubelet writes it, `providers[0].env[1].x`: keys are not quoted.
 *
 * @since 0.1.0
 * @category rendering
 */
export const formatPath: (path: ConfigPath) => string = NodePath.format

/** What a key may look like to be shown; within `env`, only what is commonly written there. */
const shownKey = /^[\p{L}\p{N}_./-]{1,64}$/u
const shownKeyOfEnv = /^(?:name|value|valueFrom)$/i

/**
 * The path without keys that could be anything: `{name: A, value:hunter2}`, where a space is missing, has the key
 * `value:hunter2`. What is left out reads `<hidden>`; the place in the file says where it is.
 *
 * @since 0.1.0
 * @category rendering
 */
export const safePath = (path: ConfigPath): ConfigPath =>
  path.map((segment, index) => {
    if (typeof segment === "number") return segment
    const inEnv = path.slice(0, index).some((outer) => outer === "env" || outer === "Env")
    const shown = inEnv ? shownKeyOfEnv : shownKey
    return shown.test(segment) ? segment : "<hidden>"
  })

/**
 * The path for people: as `formatPath`, but safe.
 *
 * @since 0.1.0
 * @category rendering
 */
export const displayPath = (path: ConfigPath): string => formatPath(safePath(path))

/**
 * A value that may be shown, quoted as Go quotes it and cut after 64 characters.
 *
 * @since 0.1.0
 * @category rendering
 */
export const display = (text: string): string => {
  const characters = Array.from(text.slice(0, 130))
  return characters.length > 64 ? `${GoText.quote(characters.slice(0, 64).join(""))}…` : GoText.quote(text)
}

/**
 * The place as editors and compilers write it, `path/to/file.yaml:12:5`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const placeText = ({ column, file, line }: ConfigLocation): string => `${file ?? "config"}:${line}:${column}`

/**
 * What a message starts with: the place and a colon, or nothing if the place is not known.
 *
 * @since 0.1.0
 * @category rendering
 */
export const prefix = (location: ConfigLocation | undefined): string =>
  location === undefined ? "" : `${placeText(location)}: `

/**
 * The JSON pointer of a path, made safe: `/providers/0/name`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const pointer = (path: ConfigPath): string =>
  safePath(path).map((segment) => `/${JsonPointer.escapeToken(String(segment))}`).join("")

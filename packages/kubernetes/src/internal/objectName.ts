/**
 * Names before they become a part of a path: `..`, an empty name or an escape would turn a request for one object into
 * another request, which the server answers with 200.
 */
import { quoted } from "./quoted.ts"

/** RFC 1123, as the API server wants the names of all objects that are asked for here; a path's fixed parts fit too. */
const wellFormed = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

const longest = 253

export const isObjectName = (name: string): boolean => name.length <= longest && wellFormed.test(name)

/** A name for people: one that is no name of an object is quoted, without line breaks, and cut. */
export const shown = (name: string): string => isObjectName(name) ? name : quoted(name, 100)

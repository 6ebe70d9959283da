/**
 * What is said about a finding of the strict decoder: what was expected, what is there, what to do. Values are never
 * shown, only their types.
 */
import * as SimilarName from "../../text/SimilarName.ts"
import type { Finding, UnknownField, WrongType } from "../../text/StrictDecoding.ts"
import type { TextNode } from "../../text/TextNode.ts"
import { EnvVar, Provider, TokenAttributes } from "../ProviderConfig.ts"

export interface Context {
  readonly format: "json" | "yaml"
  readonly kind: string
  readonly apiVersion: string
}

export const describe = (finding: Finding, context: Context): string => {
  switch (finding.type) {
    case "type":
      return `expected ${finding.expected}, found ${foundText[finding.found]}${typeHint(finding, context)}`
    case "unknownField":
      return `unknown field: ${unknownFieldHint(finding, context)}`
    case "duplicateField":
      return "this field stands twice in its object: remove one"
  }
}

const foundText: { readonly [T in TextNode["type"]]: string } = {
  null: "null",
  boolean: "a boolean",
  number: "a number",
  string: "text",
  array: "a list",
  object: "an object"
}

const typeHint = ({ expected, found, reason }: WrongType, { format }: Context): string => {
  if (reason !== undefined) return durationHint(reason)
  if (expected.startsWith("a duration")) return found === "number" ? ": add its unit" : ""
  if (expected !== "text") return ""
  if (found === "number") return ": put it in quotes"
  if (found !== "boolean") return ""
  return format === "yaml"
    ? " (YAML reads y, n, yes, no, on and off as booleans): put it in quotes"
    : ": put it in quotes"
}

/** `reason` is a `GoDurationReason`: no other texts have a form. */
const durationHint = (reason: string): string => {
  switch (reason) {
    case "missingUnit":
      return " in which a number lacks its unit"
    case "unknownUnit":
      return " with another one or a space; there are no days"
    default:
      return " that is none: numbers with the units h, m, s, ms, us, ns, without spaces; there are no days"
  }
}

const fields = new Map(
  ["kind", "apiVersion", "providers"]
    .concat(Object.keys(Provider.fields), Object.keys(TokenAttributes.fields), Object.keys(EnvVar.fields))
    .map((field) => [field.toLowerCase(), field])
)

const unknownFieldHint = (finding: UnknownField, { apiVersion, kind }: Context): string => {
  const key = String(finding.path.at(-1))
  if (kind !== "CredentialProviderConfig") return `a ${kind} has none of this name, and is no CredentialProviderConfig`
  if (apiVersion.endsWith("/__internal")) return "write apiVersion: kubelet.config.k8s.io/v1 and that version's fields"
  if (key === "tokenAttributes") return "tokenAttributes needs apiVersion: kubelet.config.k8s.io/v1 of the document"
  if (key.includes(":")) return "its key holds a colon; within braces, a colon needs a space after it"
  const known = fields.get(key.toLowerCase())
  if (known === key) return `${key} does not belong here, check the indentation`
  const isThere = (field: string) => finding.fields.includes(field) && !finding.unset.includes(field)
  if (known !== undefined && !isThere(known)) return `write ${known}, case matters`
  const meant = SimilarName.nearest(key, finding.unset)
  return meant === undefined
    ? "correct its name or remove it, the kubelet refuses fields that it does not know"
    : `did you mean ${meant}? The kubelet refuses fields that it does not know`
}

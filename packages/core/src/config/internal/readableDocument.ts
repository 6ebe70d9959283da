/**
 * What can be read of a document in spite of findings, so that one look tells as much as possible, and what is not known
 * then: nothing may be said about that, least of all that it is missing.
 */
import { isSimilar } from "../../text/SimilarName.ts"
import type { Finding } from "../../text/StrictDecoding.ts"
import type { Member, TextNode } from "../../text/TextNode.ts"
import type { ConfigPath } from "../ConfigLocation.ts"
import type { Provider } from "../ProviderConfig.ts"

/**
 * The document without what the findings name: a value of a wrong type becomes null, an unknown field goes, and so do all
 * but the last of a duplicate one. Decoding it again gives the rest.
 */
export const withoutFindings = (node: TextNode, findings: ReadonlyArray<Finding>, depth = 0): TextNode => {
  if (findings.length === 0) return node
  const isHere = ({ offset, path, type }: Finding) => type === "type" && path.length === depth && offset === node.offset
  if (findings.some(isHere)) return { type: "null", offset: node.offset }
  const below = Map.groupBy(findings.filter(({ path }) => path.length > depth), ({ path }) => path[depth])
  const inner = (value: TextNode, segment: string | number) =>
    withoutFindings(value, below.get(segment) ?? [], depth + 1)
  if (node.type === "array") return { ...node, items: node.items.map(inner) }
  if (node.type !== "object") return node
  const members = new Map<string, Member>()
  for (const member of node.members) {
    const unknown = below.get(member.key)?.some(({ path, type }) =>
      type === "unknownField" && path.length === depth + 1
    )
    if (unknown !== true) members.set(member.key, { ...member, value: inner(member.value, member.key) })
  }
  return { ...node, members: Array.from(members.values()) }
}

/**
 * Whether the list of providers is among what the findings hide: it itself, or a field that may be meant for it, such as
 * `credentialProvider`.
 */
export const hidesProviders = (findings: ReadonlyArray<Finding>): boolean =>
  findings.some(({ path: [field = "", ...more], type }) =>
    more.length === 0 && (type === "type"
      ? field === "providers"
      : isSimilar(String(field), "providers") || isSimilar(String(field), "provider"))
  )

/**
 * What the findings hide of one provider, as paths below it: values of a wrong type, and unset fields that an unknown one
 * may be meant for, wherever in the provider that stands, or beside the list of providers: its indentation is lost then.
 */
export const unreadOf = (
  findings: ReadonlyArray<Finding>,
  index: number,
  provider: Provider
): ReadonlyArray<ConfigPath> => {
  const unset = [...unsetFields(provider, []), ...unsetFields(provider.tokenAttributes, ["tokenAttributes"])]
  const concerns = ({ path, type }: Finding) =>
    path.length === 1 ? type === "unknownField" : path[0] === "providers" && path[1] === index
  return findings.filter(concerns).flatMap(({ path, type }) =>
    type === "type"
      ? [path.slice(2)]
      : unset.filter((field) => isSimilar(String(path.at(-1)), String(field.at(-1))))
  )
}

const unsetFields = (fields: object | undefined, path: ConfigPath): ReadonlyArray<ConfigPath> =>
  Object.entries(fields ?? {}).flatMap(([field, value]) =>
    value === undefined || value === "" ? [[...path, field]] : []
  )

/**
 * Kubernetes' qualified names, `prefix/name`: what the keys of annotations and labels must be (CFG-103…106).
 *
 * @since 0.1.0
 */
import * as Bytes from "./Bytes.ts"
import * as GoText from "./GoText.ts"

const namePattern = /^(?:[a-z0-9][-a-z0-9_.]*)?[a-z0-9]$/
const subdomainPattern = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/

const nameRule = "letters, digits, '-', '_' and '.', with a letter or digit at both ends"

const prefixProblems = (prefix: string): Array<string> => {
  if (prefix === "") return ["the prefix before '/' is empty"]
  const problems: Array<string> = []
  if (Bytes.utf8Length(prefix) > 253) problems.push("the prefix before '/' is longer than 253 bytes")
  if (!subdomainPattern.test(prefix)) {
    problems.push(
      "the prefix before '/' must be a DNS subdomain such as \"example.com\": labels of letters, digits and '-', " +
        "with a letter or digit at both ends, joined by '.'"
    )
  }
  return problems
}

/**
 * What is wrong with a name, one text a problem, none if it is valid. As the kubelet does for annotation keys, the name
 * is looked at in lower case. An empty name is two problems, as there.
 *
 * @since 0.1.0
 * @category validation
 * @example
 * ```ts
 * import * as QualifiedName from "@credlet/core/text/QualifiedName"
 *
 * QualifiedName.problems("registry.example/Team") // []
 * QualifiedName.problems("a//b").length // 1
 * ```
 */
export const problems = (name: string): ReadonlyArray<string> => {
  const parts = GoText.toLowerCase(name).split("/")
  const [first = "", second] = parts
  if (parts.length > 2) return [`a key has at most one '/': an optional DNS prefix before it, then ${nameRule}`]
  const found = second === undefined ? [] : prefixProblems(first)
  const local = second ?? first
  if (local === "") found.push("the name is empty")
  else if (Bytes.utf8Length(local) > 63) found.push("the name is longer than 63 bytes")
  if (!namePattern.test(local)) found.push(`the name must be ${nameRule}`)
  return found
}

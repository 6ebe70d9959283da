/** IMG-2…9 once more, as one regular expression; for texts that are not long. */

export interface Image {
  readonly repository: string
  readonly tag: string | undefined
  readonly digest: string | undefined
}

const label = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
const domain = `(?:${label}(?:\\.${label})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`
const component = "[a-z0-9]+(?:(?:[._]|__|[-]+)[a-z0-9]+)*"
const path = `${component}(?:/${component})*`
const tag = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
const digest = "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]{32,}"

/** IMG-7. A first component may look like a domain; then it is one. */
const whole = new RegExp(`^((?:${domain}/)?)(${path})(?::(${tag}))?(?:@(${digest}))?$`)

/** `undefined` if it is no reference. */
export const parse = (text: string): Image | undefined => {
  if (/^[a-f0-9]{64}$/.test(text)) return undefined
  const named = normalised(text)
  if (named === undefined) return undefined
  const match = whole.exec(named)
  if (match === null) return undefined
  const [, host = "", name = "", tag, digest] = match
  if (name.length > 255 || (digest !== undefined && !isCanonical(digest))) return undefined
  return { repository: host + name, tag: tag ?? (digest === undefined ? "latest" : undefined), digest }
}

/** IMG-3…6: with its domain. */
const normalised = (text: string): string | undefined => {
  const slash = text.indexOf("/")
  const first = slash < 0 ? "" : text.slice(0, slash)
  const hasDomain = first === "localhost" || /[.:A-Z]/.test(first)
  const domain = !hasDomain || first === "index.docker.io" ? "docker.io" : first
  const rest = hasDomain ? text.slice(slash + 1) : text
  if (/[A-Z]/.test(rest.split(":", 1).join(""))) return undefined
  return `${domain}/${domain === "docker.io" && !rest.includes("/") ? "library/" : ""}${rest}`
}

const isCanonical = (digest: string): boolean =>
  /^(?:sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})$/.test(digest)

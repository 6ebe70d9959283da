/**
 * What the kubelet accepts but hardly anybody means: nothing here keeps a config from being used. Rules: CFG-33,
 * CFG-54, CFG-82, CFG-86, CFG-114 for names and documents; URL-8, URL-11, URL-12, URL-24, URL-28, URL-30 for patterns
 * that no image can match.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Location from "../credential/Location.ts"
import * as SchemelessUrl from "../image/SchemelessUrl.ts"
import { ConfigLocation, ConfigPath, display, displayPath, prefix } from "./ConfigLocation.ts"
import type { LocatedProvider } from "./LocatedProvider.ts"

/**
 * @since 0.1.0
 * @category schemas
 */
export const WarningReason = Schema.Literals([
  "emptyName",
  "nulInName",
  "controlCharacterInName",
  "emptyPattern",
  "schemeInPattern",
  "starInPath",
  "bracketsWithoutPort",
  "upperCaseHost",
  "indexDockerIo",
  "ignoredDocuments",
  "internalVersion"
])

/**
 * @since 0.1.0
 * @category models
 */
export type WarningReason = typeof WarningReason.Type

const explanations: { readonly [R in WarningReason]: string } = {
  emptyName: "the name is empty: no plugin can be found for it, the kubelet will not start with it",
  nulInName: "the name holds a NUL character: no file can have such a name, the kubelet will not start with it",
  controlCharacterInName: "the name holds a control character: the plugin's file must have exactly that name",
  emptyPattern: "an empty pattern matches no image: remove it",
  schemeInPattern: "a pattern with a scheme matches no image: write the registry alone, as registry.example/path",
  starInPath:
    "'*' has no meaning in a pattern's path, so this matches no image: the path is a prefix, leave the '*' out",
  bracketsWithoutPort: "an IPv6 address without a port matches no image: add the port, as [::1]:5000",
  upperCaseHost: "the host is compared as it is written: this matches only images in the same upper case",
  indexDockerIo: "images of Docker Hub are looked up as docker.io/…, so this matches no image: write docker.io",
  ignoredDocuments: "only the first YAML document is read: everything from here on is ignored",
  internalVersion:
    "the version __internal is no public one: write kubelet.config.k8s.io/v1 and that version's field names"
}

/**
 * One thing that is worth a look. `message` is one line for people.
 *
 * @since 0.1.0
 * @category models
 */
export class ConfigWarning extends Schema.Class<ConfigWarning>("ConfigWarning")({
  reason: WarningReason,
  path: ConfigPath,
  /** The name or pattern in question; a pattern without user information, which may be a password. */
  value: Schema.optionalKey(Schema.String),
  /** The provider's place in the merged config, from 0, and its name. */
  index: Schema.optionalKey(Schema.Int),
  provider: Schema.optionalKey(Schema.String),
  location: Schema.optionalKey(ConfigLocation)
}) {
  get message(): string {
    const path = this.path.length === 0 ? "" : `${displayPath(this.path)}: `
    const value = this.value === undefined ? "" : `${display(this.value)}: `
    return `${prefix(this.location)}${path}${value}${explanations[this.reason]}`
  }
}

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const controlCharacter = /[\u0001-\u001f\u007f]/

const nameReason = (name: string): WarningReason | undefined => {
  if (name === "") return "emptyName"
  if (name.includes("\0")) return "nulInName"
  return controlCharacter.test(name) ? "controlCharacterInName" : undefined
}

const patternReason = (pattern: string): WarningReason | undefined => {
  const parsed = SchemelessUrl.parse(pattern)
  if (Result.isFailure(parsed)) return undefined // a problem, not a warning
  const { host, path, port } = parsed.success
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(pattern)) return "schemeInPattern"
  if (host === "") return "emptyPattern"
  if (path.includes("*")) return "starInPath"
  if (host.startsWith("[") && port === "") return "bracketsWithoutPort"
  if (host === "index.docker.io") return "indexDockerIo"
  return /[A-Z]/.test(host) && !host.startsWith("[") ? "upperCaseHost" : undefined
}

/**
 * The warnings about providers, in their order.
 *
 * @since 0.1.0
 * @category constructors
 */
export const ofProviders = (providers: ReadonlyArray<LocatedProvider>): ReadonlyArray<ConfigWarning> => {
  const warnings: Array<ConfigWarning> = []
  providers.forEach((located, index) => {
    const { name } = located.provider
    const add = (reason: WarningReason | undefined, value: string, path: ConfigPath) => {
      if (reason === undefined) return
      const location = located.locate(path)
      warnings.push(
        new ConfigWarning({
          reason,
          value,
          path: [...located.path, ...path],
          index,
          provider: name,
          ...(location === undefined ? {} : { location })
        })
      )
    }
    add(nameReason(name), name, ["name"])
    located.provider.matchImages?.forEach((pattern, at) =>
      add(patternReason(pattern), Location.withoutUserInfo(pattern), ["matchImages", at])
    )
  })
  return warnings
}

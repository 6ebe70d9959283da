/**
 * A valid config, for people.
 *
 * @since 0.1.0
 */
import type { LoadedConfig } from "@credlet/core/config/ConfigLoading"
import type { CheckedProvider } from "@credlet/core/config/ProviderConfig"
import * as Location from "@credlet/core/credential/Location"
import * as GoDuration from "@credlet/core/text/GoDuration"
import * as Printable from "@credlet/core/text/Printable"
import type { Style } from "./Style.ts"
import * as Table from "./Table.ts"

const header = ["PROVIDER", "API", "CACHE", "SERVICE ACCOUNT", "IMAGES"]

/**
 * Its providers in the order in which they are tried, the files that it was read from if it is a directory, and its hash.
 *
 * @since 0.1.0
 * @category rendering
 */
export const render = (path: string, { files, hash, providers }: LoadedConfig, style: Style): string => {
  const read = files.filter((file) => file !== path).map((file, at) => [at === 0 ? "files" : "", file] as const)
  return [
    style.bold(`${Printable.line(path)} is valid`),
    Table.columns(header, providers.flatMap(rows), style),
    "",
    ...[...read, ["hash", hash] as const].map(([name, value]) => `  ${name.padEnd(5)}  ${Printable.line(value)}`)
  ].join("\n")
}

/** One pattern a line. */
const rows = (provider: CheckedProvider): ReadonlyArray<ReadonlyArray<string>> =>
  provider.patterns.map((pattern, at) => {
    const image = Printable.line(Location.withoutUserInfo(`${pattern.host}${pattern.path}`))
    return at > 0 ? ["", "", "", "", image] : [
      Printable.line(provider.name),
      provider.apiVersion.slice(provider.apiVersion.indexOf("/") + 1),
      GoDuration.format(provider.defaultCacheDuration),
      serviceAccount(provider),
      image
    ]
  })

const serviceAccount = ({ tokenAttributes }: CheckedProvider): string =>
  tokenAttributes === undefined ? "no" : tokenAttributes.requireServiceAccount ? "required" : "optional"

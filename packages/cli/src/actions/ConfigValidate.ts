/**
 * What `credlet config validate` does: everything that is wrong with a config, before a kubelet finds out. No plugin is
 * looked at.
 *
 * @since 0.1.0
 */
import * as ConfigLoading from "@credlet/core/config/ConfigLoading"
import * as Profile from "@credlet/core/Profile"
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as ConfigSummary from "../output/ConfigSummary.ts"
import * as Stdout from "../output/Stdout.ts"
import { Styles } from "../output/Style.ts"

/**
 * @since 0.1.0
 * @category running
 */
export const run = Effect.fnUntraced(function*(path: string) {
  const { serviceAccountTokens } = yield* Profile.Profile
  const { stdout } = yield* Styles
  const config = yield* ConfigLoading.load(path, { serviceAccountTokens }).pipe(
    Effect.provide(Digest.layerWebCrypto),
    Effect.tapErrorTag(
      ["ConfigFilesInvalid", "ConfigInvalid"],
      () => Effect.logError(`${path}: the kubelet would not start with this config:`)
    )
  )
  yield* Effect.forEach(config.warnings, (warning) => Effect.logWarning(warning.message), { discard: true })
  yield* Stdout.print(ConfigSummary.render(path, config, stdout))
})

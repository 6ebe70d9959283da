/**
 * What is run for a provider. Rules: EXEC-1, EXEC-2.
 *
 * @since 0.1.0
 */
import type { EnvVar } from "../config/ProviderConfig.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Plugin {
  /** The provider's name in the config. */
  readonly provider: string
  /** The program: bin directory and name, joined (EXEC-1). */
  readonly path: string
  readonly apiVersion: string
  readonly args: ReadonlyArray<string>
  readonly env: ReadonlyArray<EnvVar>
}

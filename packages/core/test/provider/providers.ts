/** Providers as a config would give them, in few words. */
import type { CheckedProvider } from "@credlet/core/config/ProviderConfig"
import * as ImagePattern from "@credlet/core/image/ImagePattern"
import { Duration, Result } from "effect"

export const pattern = (text: string): ImagePattern.ImagePattern => Result.getOrThrow(ImagePattern.parse(text))

export const provider = (
  name: string,
  options:
    & { readonly matchImages?: ReadonlyArray<string>; readonly defaultCacheDuration?: Duration.Input }
    & Partial<
      Pick<CheckedProvider, "tokenAttributes">
    > = {}
): CheckedProvider => ({
  name,
  patterns: (options.matchImages ?? ["reg.example", "*.reg.example"]).map(pattern),
  defaultCacheDuration: Duration.fromInputUnsafe(options.defaultCacheDuration ?? "10 minutes"),
  apiVersion: "credentialprovider.kubelet.k8s.io/v1",
  args: [],
  env: [],
  tokenAttributes: options.tokenAttributes
})

/** Providers as a config would give them, in few words. */
import type { CheckedProvider, CheckedTokenAttributes } from "@credlet/core/config/ProviderConfig"
import { PodIdentity } from "@credlet/core/identity/PodIdentity"
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

/** A provider in service account mode; by default any pod may ask, and no annotations are looked at. */
export const tokenAttributes = (options: Partial<CheckedTokenAttributes> = {}): CheckedTokenAttributes => ({
  serviceAccountTokenAudience: "reg.example",
  cacheType: "ServiceAccount",
  requireServiceAccount: false,
  requiredServiceAccountAnnotationKeys: [],
  optionalServiceAccountAnnotationKeys: [],
  ...options
})

export const pod = (namespace: string, serviceAccountName: string, podName = "pod"): PodIdentity =>
  new PodIdentity({ namespace, podName, podUid: `uid-of-${podName}`, serviceAccountName })

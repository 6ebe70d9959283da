/** In which class of `credlet_provider_failures_total` a provider's failure is counted. */
import type { PluginError } from "../../plugin/PluginError.ts"
import type { FailureReason } from "../../telemetry/ProviderMetrics.ts"
import type { ProviderError } from "../ProviderError.ts"

export const failureReason = (error: ProviderError): FailureReason => {
  switch (error._tag) {
    case "PluginError":
      return ofPlugin(error.reason)
    case "UnknownCacheKeyType":
      return "key_type"
    case "TokenEchoed":
      return "echo"
    case "UncacheableAnswer":
      return "cache_key"
    case "IdentityFailed":
      return error.stage === "token" ? "token" : "service_account"
  }
}

const ofPlugin = (reason: PluginError["reason"]): FailureReason => {
  switch (reason._tag) {
    case "TimedOut":
      return "timeout"
    case "QueueTimedOut":
      return "queue"
    case "UnsupportedApiVersion":
    case "WrongApiVersion":
      return "version"
    case "BadOutput":
      return "decode"
    default:
      return "exec"
  }
}

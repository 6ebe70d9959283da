/** Slips of plugin authors that are called by their names. */
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as PluginProtocol from "../../src/plugin/PluginProtocol.ts"

const apiVersion = "credentialprovider.kubelet.k8s.io/v1"

const said = (members: string): string => {
  const answer = `{"kind":"CredentialProviderResponse","apiVersion":"${apiVersion}",${members}}`
  const decoded = PluginProtocol.decodeResponse(apiVersion, new TextEncoder().encode(answer))
  assert(Result.isFailure(decoded), "was accepted")
  return decoded.failure.message
}

describe("PluginProtocol: common slips", () => {
  it("RESP-1: JSON that is nearly right", () => {
    assert.match(said(""), /expected no trailing comma before a closing bracket/)
    assert.match(said("'cacheKeyType':\"Image\""), /expected double quotes instead of single ones/)
    assert.match(said("cacheKeyType:\"Image\""), /expected double quotes around the key/)
    assert.match(said("\"cacheKeyType\":\"Image\" // x\n"), /expected JSON, which has no comments/)
    assert.match(said("\"cacheKeyType\":\"Image\" \"auth\":{}"), /expected a comma before this place/)
  })

  it("CFG-71: a duration without its unit", () => {
    assert.match(said("\"cacheDuration\":\"5\""), /cacheDuration .* expected a duration with a unit, such as "5m"/)
    assert.match(said("\"cacheDuration\":5"), /cacheDuration .* expected a duration with a unit, in quotes, /)
  })
})

import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as KnownKinds from "../../src/config/KnownKinds.ts"
import * as NodePath from "../../src/text/NodePath.ts"
import * as StrictDecoding from "../../src/text/StrictDecoding.ts"
import * as StrictJson from "../../src/text/StrictJson.ts"

const { configGroup, pluginGroup } = KnownKinds

const found = (group: string, version: string, kind: string, json: string) => {
  const schema = KnownKinds.find(group, version, kind)
  assert(schema !== undefined, `${kind} is not known`)
  const decoded = StrictDecoding.decode(schema)(Result.getOrThrow(StrictJson.parse(json)))
  return Result.isSuccess(decoded)
    ? []
    : decoded.failure.map((finding) => `${finding.type} ${NodePath.format(finding.path)}`)
}

describe("KnownKinds", () => {
  it("CFG-53: the kinds of the kubelet's decoder are known in their own groups and versions", () => {
    for (const version of ["v1alpha1", "v1beta1", "v1", "__internal"]) {
      assert.isDefined(KnownKinds.find(pluginGroup, version, "CredentialProviderRequest"))
      assert.isDefined(KnownKinds.find(pluginGroup, version, "CredentialProviderResponse"))
    }
    for (const version of ["v1alpha1", "v1beta1", "__internal"]) {
      assert.isDefined(KnownKinds.find(configGroup, version, "ImagePullIntent"))
      assert.isDefined(KnownKinds.find(configGroup, version, "ImagePulledRecord"))
    }
    for (const version of ["v1beta1", "__internal"]) {
      assert.isDefined(KnownKinds.find(configGroup, version, "KubeletConfiguration"))
      assert.isDefined(KnownKinds.find(configGroup, version, "SerializedNodeConfigSource"))
    }
  })

  it("CFG-53: kinds of the API machinery are known everywhere", () => {
    for (const kind of ["Status", "APIVersions", "APIGroup", "APIGroupList", "APIResourceList"]) {
      assert.isDefined(KnownKinds.find(pluginGroup, "v1", kind))
      assert.isDefined(KnownKinds.find("", "v9", kind))
    }
  })

  it("CFG-52: everything else is not", () => {
    assert.isUndefined(KnownKinds.find(pluginGroup, "v2", "CredentialProviderResponse"))
    assert.isUndefined(KnownKinds.find(configGroup, "v1", "CredentialProviderResponse"))
    assert.isUndefined(KnownKinds.find(configGroup, "v1", "KubeletConfiguration"))
    assert.isUndefined(KnownKinds.find(pluginGroup, "v1", "status"))
    assert.isUndefined(KnownKinds.find("", "", "constructor"))
    assert.isUndefined(KnownKinds.find("", "v1", "Pod"))
  })

  it("RESP-3: fields are known by version", () => {
    const request = `{"kind": "k", "apiVersion": "v", "image": 5, "serviceAccountToken": "t"}`
    assert.deepStrictEqual(found(pluginGroup, "v1", "CredentialProviderRequest", request), ["type image"])
    assert.deepStrictEqual(found(pluginGroup, "v1beta1", "CredentialProviderRequest", request), [
      "type image",
      "unknownField serviceAccountToken"
    ])
    assert.deepStrictEqual(
      found(pluginGroup, "__internal", "CredentialProviderRequest", `{"Image": "", "image": ""}`),
      [
        "unknownField image"
      ]
    )
    assert.deepStrictEqual(found(configGroup, "v1beta1", "KubeletConfiguration", `{"maxPods": 1, "providers": []}`), [
      "unknownField providers"
    ])
    assert.deepStrictEqual(found(pluginGroup, "v1", "Status", `{"status": "Failure", "code": 1, "auth": {}}`), [
      "unknownField auth"
    ])
    assert.deepStrictEqual(found(pluginGroup, "v1", "APIVersions", `{"versions": ["v1", null]}`), [])
  })

  it("CFG-62: duplicates are found wherever a field is known, whatever it holds", () => {
    assert.deepStrictEqual(
      found(
        configGroup,
        "v1beta1",
        "KubeletConfiguration",
        `{"evictionHard": {"a": "1", "a": "2"}, "x": {"a": 1, "a": 2}}`
      ),
      ["duplicateField evictionHard.a", "unknownField x"]
    )
    const record = `{"credentialMapping": {"k": {"kubernetesSecrets": [null, {"uid": 5, "x": 1}]}, "k": null}}`
    assert.deepStrictEqual(found(configGroup, "v1alpha1", "ImagePulledRecord", record), [
      "type credentialMapping.k.kubernetesSecrets[1].uid",
      "unknownField credentialMapping.k.kubernetesSecrets[1].x",
      "duplicateField credentialMapping.k"
    ])
  })
})

/**
 * The kinds that the kubelet's decoder of configs and plugin responses knows, each with its fields. A document of a kind
 * that is not here is "not registered"; one that is here but not what was asked for is read strictly first and only then
 * "of the wrong kind". Rules: CFG-52, CFG-53, RESP-3.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { duration, objects, objectsByKey, orNull, text, texts, textsByKey } from "../text/GoField.ts"

/**
 * The API group of the requests and responses of plugins.
 *
 * @since 0.1.0
 * @category constants
 */
export const pluginGroup = "credentialprovider.kubelet.k8s.io"

/**
 * The API group of the kubelet's configuration files.
 *
 * @since 0.1.0
 * @category constants
 */
export const configGroup = "kubelet.config.k8s.io"

/**
 * The Schema of a kind, to be decoded strictly, or `undefined` if no such kind is registered. It gives no value: the
 * kind that was asked for is not looked up here, its readers have a Schema of their own.
 *
 * @since 0.1.0
 * @category lookup
 */
export const find = (group: string, version: string, kind: string): Schema.Decoder<unknown> | undefined => {
  const kinds = { ...unversioned, ...registered.get(`${group}/${version}`) }
  return Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
}

type Fields = Readonly<Record<string, Schema.Decoder<unknown>>>

/** Kind and API version are fields of every kind. */
const kindOf = (fields: Fields): Schema.Decoder<unknown> => Schema.Struct({ kind: text, apiVersion: text, ...fields })

/** Only names and duplicates are looked at. */
const anything = Schema.optionalKey(Schema.Unknown)

const named = (names: string): Fields => Object.fromEntries(names.trim().split(/\s+/).map((name) => [name, anything]))

const listOf = (fields: Fields) => orNull(objects(Schema.Struct(fields), {}), "a list of objects")

const mapOf = (fields: Fields) => orNull(objectsByKey(Schema.Struct(fields), {}), "an object")

const annotations = orNull(textsByKey, "an object")

/** The kubelet's own configuration: the fields by name only. */
const kubeletConfiguration = named(`
  address allowedUnsafeSysctls authentication authorization cgroupDriver cgroupRoot cgroupsPerQOS clusterDNS
  clusterDomain configMapAndSecretChangeDetectionStrategy containerLogMaxFiles containerLogMaxSize
  containerLogMaxWorkers containerLogMonitorInterval containerRuntimeEndpoint contentType cpuCFSQuota
  cpuCFSQuotaPeriod cpuManagerPolicy cpuManagerPolicyOptions cpuManagerReconcilePeriod crashLoopBackOff
  enableControllerAttachDetach enableDebugFlagsHandler enableDebuggingHandlers enableProfilingHandler enableServer
  enableSystemLogHandler enableSystemLogQuery enforceNodeAllocatable eventBurst eventRecordQPS evictionHard
  evictionMaxPodGracePeriod evictionMinimumReclaim evictionPressureTransitionPeriod evictionSoft
  evictionSoftGracePeriod failCgroupV1 failSwapOn featureGates fileCheckFrequency hairpinMode healthzBindAddress
  healthzPort httpCheckFrequency imageGCHighThresholdPercent imageGCLowThresholdPercent imageMaximumGCAge
  imageMinimumGCAge imagePullCredentialsVerificationPolicy imageServiceEndpoint iptablesDropBit iptablesMasqueradeBit
  kernelMemcgNotification kubeAPIBurst kubeAPIQPS kubeReserved kubeReservedCgroup kubeletCgroups
  localStorageCapacityIsolation logging makeIPTablesUtilChains maxOpenFiles maxParallelImagePulls maxPods
  memoryManagerPolicy memorySwap memoryThrottlingFactor mergeDefaultEvictionSettings nodeLeaseDurationSeconds
  nodeStatusMaxImages nodeStatusReportFrequency nodeStatusUpdateFrequency oomScoreAdj podCIDR podHousekeepingPeriod
  podLogsDir podPidsLimit podsPerCore port preloadedImagesVerificationAllowlist protectKernelDefaults providerID
  qosReserved readOnlyPort registerNode registerWithTaints registryBurst registryPullQPS reservedMemory
  reservedSystemCPUs resolvConf rotateCertificates runtimeRequestTimeout seccompDefault serializeImagePulls
  serverTLSBootstrap showHiddenMetricsForVersion shutdownGracePeriod shutdownGracePeriodByPodPriority
  shutdownGracePeriodCriticalPods singleProcessOOMKill staticPodPath staticPodURL staticPodURLHeader
  streamingConnectionIdleTimeout syncFrequency systemCgroups systemReserved systemReservedCgroup tlsCertFile
  tlsCipherSuites tlsMinVersion tlsPrivateKeyFile topologyManagerPolicy topologyManagerPolicyOptions
  topologyManagerScope tracing userNamespaces volumePluginDir volumeStatsAggPeriod
`)

const owner = { uid: text, namespace: text, name: text }

const pulledRecord: Fields = {
  lastUpdatedTime: anything,
  imageRef: text,
  credentialMapping: mapOf({
    kubernetesSecrets: listOf({ ...owner, credentialHash: text }),
    kubernetesServiceAccounts: listOf(owner),
    nodePodsAccessible: orNull(Schema.Boolean, "true or false")
  })
}

const response: Fields = {
  cacheKeyType: text,
  cacheDuration: duration,
  auth: mapOf({ username: text, password: text })
}

const image = { image: text }

type Kinds = Readonly<Record<string, Schema.Decoder<unknown>>>

/** Kinds by group and version; the decoder's own version, `__internal`, has the names of Go. */
const registered: ReadonlyMap<string, Kinds> = new Map(Object.entries({
  [`${pluginGroup}/v1`]: {
    CredentialProviderRequest: kindOf({
      ...image,
      serviceAccountToken: text,
      serviceAccountAnnotations: annotations
    }),
    CredentialProviderResponse: kindOf(response)
  },
  [`${pluginGroup}/v1beta1`]: {
    CredentialProviderRequest: kindOf(image),
    CredentialProviderResponse: kindOf(response)
  },
  [`${pluginGroup}/v1alpha1`]: {
    CredentialProviderRequest: kindOf(image),
    CredentialProviderResponse: kindOf(response)
  },
  [`${pluginGroup}/__internal`]: {
    CredentialProviderRequest: kindOf({
      Image: text,
      ServiceAccountToken: text,
      ServiceAccountAnnotations: annotations
    }),
    CredentialProviderResponse: kindOf({
      CacheKeyType: text,
      CacheDuration: duration,
      Auth: mapOf({ Username: text, Password: text })
    })
  },
  [`${configGroup}/v1beta1`]: {
    ImagePullIntent: kindOf(image),
    ImagePulledRecord: kindOf(pulledRecord),
    KubeletConfiguration: kindOf(kubeletConfiguration),
    SerializedNodeConfigSource: kindOf(named("source"))
  },
  [`${configGroup}/v1alpha1`]: {
    ImagePullIntent: kindOf(image),
    ImagePulledRecord: kindOf(pulledRecord)
  },
  [`${configGroup}/__internal`]: {
    ImagePullIntent: kindOf({ Image: text }),
    ImagePulledRecord: kindOf(named("LastUpdatedTime ImageRef CredentialMapping")),
    KubeletConfiguration: Schema.Unknown, // too many names to list them twice
    SerializedNodeConfigSource: kindOf(named("Source"))
  }
}))

/** Kinds of the API machinery, which are known in every group and version. */
const unversioned: Kinds = {
  Status: kindOf({
    status: text,
    message: text,
    reason: text,
    ...named("metadata details code")
  }),
  APIVersions: kindOf({ versions: orNull(texts, "a list of texts"), serverAddressByClientCIDRs: anything }),
  APIGroup: kindOf({ name: text, ...named("versions preferredVersion serverAddressByClientCIDRs") }),
  APIGroupList: kindOf(named("groups")),
  APIResourceList: kindOf({ groupVersion: text, resources: anything })
}

/** What there is to tell of an explanation, branch by branch. Names that others chose are escaped and shortened on the way. */
import * as ImagePatternMiss from "../../image/ImagePatternMiss.ts"
import { SchemelessUrlError } from "../../image/SchemelessUrl.ts"
import type * as Explanation from "../Explanation.ts"
import * as ProviderSection from "./providerSection.ts"
import { advice, type Detail, detail, first, type Section, section } from "./section.ts"
import { shown } from "./terminal.ts"
import * as Words from "./words.ts"

export const title = ({ image }: Explanation.Explanation): string => {
  const written = shown(image.written)
  const repository = shown(image.repository)
  return written === repository ? written : `${written} → ${repository}`
}

export const of = (explanation: Explanation.Explanation): ReadonlyArray<Section> => {
  const { image, pod, providers, pullSecrets, rings, unusable } = explanation
  return [
    ...nameSections(image),
    ...(pod === undefined ? [] : [section(podText(pod))]),
    ...first(
      most,
      pullSecrets.map((secret) => section(secretText(secret))),
      (more) => section(`and ${more} more pull secrets`)
    ),
    ...(providers.length === 0 ? [section("no provider is configured")] : ProviderSection.sections(providers, pod)),
    ...rings.map((ring) => ringSection(ring, rings.length > 1)),
    ...first(
      most,
      unusable.map((one) => section(unusableText(one))),
      (more) => section(`and ${more} more such locations`)
    ),
    credentialSection(explanation)
  ]
}

/** How many of a kind are shown. */
const most = 20

const changes: { readonly [C in Explanation.Change]: string | undefined } = {
  defaultRegistry: "no registry is named, so it is on Docker Hub, docker.io",
  dockerHubName: "index.docker.io is Docker Hub, and called docker.io",
  library: "no owner is named, so it is one of Docker Hub's own, in library/",
  // What the title shows well enough.
  tag: undefined,
  digest: undefined
}

const nameSections = (image: Explanation.Explanation["image"]): ReadonlyArray<Section> => {
  const told = image.changes.map((change) => changes[change]).filter((text) => text !== undefined)
  return [
    ...(told.length === 0 ? [] : [section(told.join("; "))]),
    ...(image.isAddress ? [] : [section("the name is no registry address, so no pattern matches it", [], "failure")])
  ]
}

const podText = ({ namespace, podName, serviceAccountName }: NonNullable<Explanation.Explanation["pod"]>): string =>
  `for the pod ${shown(`${namespace}/${podName}`)}, ${
    serviceAccountName === "" ? "which has no service account" : `service account ${shown(serviceAccountName)}`
  }`

const secretText = (secret: Explanation.Explanation["pullSecrets"][number]): string => {
  const name = `pull secret ${shown(`${secret.namespace}/${secret.name}`)}`
  if (secret.isUsed) return `${name}: ${Words.credentialsFor(secret.locations)}`
  const type = shown(secret.type)
  return secret.type.startsWith("kubernetes.io/dockerc")
    ? `${name}: not used, as it has no data for its type, ${type}`
    : `${name}: not used, as secrets of type ${type} hold no credentials for registries`
}

const ringSection = (ring: Explanation.Ring, isNamed: boolean): Section => {
  const name = !isNamed ? "keyring" : ring.of === "providers"
    ? "keyring of the providers, which comes next"
    : "keyring of the pull secrets, which comes first"
  const serving = ring.keys.filter(({ verdict }) => isServing(verdict))
  // Where there are many, of those that do not match only the nearest; the order stays that in which they are tried.
  const others = ring.keys.filter(({ verdict }) => !isServing(verdict)).sort((a, b) => farness(a) - farness(b))
  const hidden = new Set(ring.keys.length > most ? others.slice(5) : [])
  const visible = ring.keys.filter((key) => !hidden.has(key))
  const rest = hidden.size === 0
    ? []
    : [detail(`and ${Words.plural(hidden.size, "more key")} that ${hidden.size === 1 ? "does" : "do"} not match`)]
  return section(`${name}: ${orderText(ring.keys.length, serving.length)}`, [
    ...first(2 * most, visible.map((key) => detail(keyText(key))), (more) => detail(`and ${more} more keys`)),
    ...rest
  ])
}

const isServing = ({ _tag }: Explanation.Key["verdict"]): boolean => _tag === "Matches" || _tag === "HubFallback"

const farness = ({ verdict }: Explanation.Key): number =>
  verdict._tag === "Misses" && ImagePatternMiss.isNear(verdict.miss) ? 0 : 1

const orderText = (keys: number, serving: number): string => {
  if (keys === 1) return serving === 0 ? "1 key, which is not for this image" : "1 key"
  if (serving === 0) return `${keys} keys, none of which is for this image`
  return serving === 1
    ? `1 of ${keys} keys is for this image`
    : `${serving} of ${keys} keys are for this image, tried in descending order of their bytes`
}

const keyText = ({ credentials, key, verdict }: Explanation.Key): string => {
  const name = key === "" ? "\"\"" : shown(key)
  const many = credentials === 1 ? "" : `, with ${Words.plural(credentials, "credential")}`
  switch (verdict._tag) {
    case "Matches":
      return `${name}: matches${many}`
    case "HubFallback":
      return `${name}: no key matches, but this one serves all of Docker Hub${many}`
    case "Misses":
      return `${name}: ${shown(ImagePatternMiss.describe(verdict.miss, "key"), 300)}`
    case "Unreadable":
      return `${name}: no registry address any more once its escapes are decoded`
  }
}

const unusableText = ({ location, reason, source }: Explanation.Explanation["unusable"][number]): string =>
  `not used: what stands under ${shown(location)} in ${
    source._tag === "Provider" ? `the answer of ${sourceText(source)}` : sourceText(source)
  }, which is ${new SchemelessUrlError({ reason }).message}`

const sourceText = (source: Explanation.Source): string => {
  switch (source._tag) {
    case "PullSecret":
      return `pull secret ${shown(`${source.namespace}/${source.name}`)}`
    case "NodeConfig":
      return "the node's docker config"
    case "Provider": {
      const { provider, serviceAccount } = source
      const name = `provider "${shown(provider)}"`
      return serviceAccount === undefined
        ? name
        : `${name} as ${shown(`${serviceAccount.namespace}/${serviceAccount.name}`)}`
    }
  }
}

const credentialSection = ({ credentials, nextStep }: Explanation.Explanation): Section => {
  const failed = "no credentials: a node would pull anonymously"
  if (credentials.length === 0) {
    return section(failed, nextStep === undefined ? [] : [advice(nextStep)], "result")
  }
  const order = credentials.length === 1 ? "" : ", in the order in which a node tries them"
  return section(
    `${Words.plural(credentials.length, "credential")}${order}`,
    first(
      most,
      credentials.map((credential, at): Detail => ({ text: credentialText(credential, at + 1), role: "result" })),
      (more) => detail(`and ${more} more`)
    ),
    "result"
  )
}

const credentialText = (
  { location, password, source, username }: Explanation.ExplainedCredential,
  place: number
): string =>
  `${place}. ${username === "" ? "no username" : shown(username)}, ${
    password === "" ? "no password" : `password #${shown(password)}`
  }, under ${location === "" ? "\"\"" : shown(location)} from ${sourceText(source)}`

/**
 * The smallest image that is one: an OCI manifest, a config, and a layer with nothing in it.
 *
 * @since 0.1.0
 */
import { createHash } from "node:crypto"

export interface Content {
  readonly mediaType: string
  readonly digest: string
  readonly bytes: Uint8Array
}

export interface Image {
  readonly manifest: Content
  readonly config: Content
  readonly layer: Content
}

export const make = (): Image => {
  // A tar archive ends with two blocks of zeros. This one also begins with them.
  const layer = content("application/vnd.oci.image.layer.v1.tar", new Uint8Array(1024))
  const config = content("application/vnd.oci.image.config.v1+json", {
    architecture: "amd64",
    os: "linux",
    config: {},
    rootfs: { type: "layers", diff_ids: [layer.digest] }
  })
  const mediaType = "application/vnd.oci.image.manifest.v1+json"
  const manifest = content(mediaType, {
    schemaVersion: 2,
    mediaType,
    config: descriptor(config),
    layers: [descriptor(layer)]
  })
  return { manifest, config, layer }
}

const content = (mediaType: string, value: Uint8Array | object): Content => {
  const bytes = value instanceof Uint8Array ? value : new TextEncoder().encode(JSON.stringify(value))
  return { mediaType, digest: `sha256:${createHash("sha256").update(bytes).digest("hex")}`, bytes }
}

const descriptor = ({ bytes, digest, mediaType }: Content) => ({ mediaType, digest, size: bytes.length })

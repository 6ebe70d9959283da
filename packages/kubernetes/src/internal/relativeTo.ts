import type * as Path from "effect/Path"

/** KUBE-4: a relative path starts where the kubeconfig is that it came from. */
export const relativeTo = (path: Path.Path, file: string, relative: string): string =>
  path.isAbsolute(relative) ? relative : path.join(path.dirname(file), relative)

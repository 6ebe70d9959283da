/**
 * What is in the cluster: namespaces, service accounts, pods and secrets, as the test set them. Rules: TR-50, SA-3.
 *
 * @since 0.1.0
 */
import { randomUUID } from "node:crypto"
import type { Account, Named, Pod, Secret } from "./Models.ts"

export interface Stored<A extends Named> {
  readonly value: A
  readonly uid: string
  readonly revision: number
  readonly createdMillis: number
}

export interface Store<A extends Named> {
  /** The object's UID: an object that was there keeps its own unless another one is given. */
  readonly set: (value: A, nowMillis: number) => string
  readonly remove: (namespace: string, name: string) => void
  readonly get: (namespace: string, name: string) => Stored<A> | undefined
  /** In no order. */
  readonly list: (namespace: string) => ReadonlyArray<Stored<A>>
}

export interface World {
  readonly accounts: Store<Account>
  readonly pods: Store<Pod>
  readonly secrets: Store<Secret>
  readonly revision: () => number
  readonly terminate: (namespace: string) => void
  readonly phase: (namespace: string) => "Active" | "Terminating" | undefined
}

export const make = (): World => {
  let revision = 1
  // A namespace is there from its first object on, and stays.
  const namespaces = new Map<string, "Active" | "Terminating">()

  const store = <A extends Named>(): Store<A> => {
    const objects = new Map<string, Map<string, Stored<A>>>()
    return {
      set: (value, nowMillis) => {
        revision++
        if (!namespaces.has(value.namespace)) namespaces.set(value.namespace, "Active")
        const here = objects.get(value.namespace) ?? new Map<string, Stored<A>>()
        objects.set(value.namespace, here)
        const before = here.get(value.name)
        const uid = value.uid ?? before?.uid ?? randomUUID()
        const createdMillis = before?.uid === uid ? before.createdMillis : nowMillis
        here.set(value.name, { value, uid, revision, createdMillis })
        return uid
      },
      remove: (namespace, name) => {
        if (objects.get(namespace)?.delete(name) === true) revision++
      },
      get: (namespace, name) => objects.get(namespace)?.get(name),
      list: (namespace) => [...objects.get(namespace)?.values() ?? []]
    }
  }

  return {
    accounts: store(),
    pods: store(),
    secrets: store(),
    revision: () => revision,
    terminate: (namespace) => void namespaces.set(namespace, "Terminating"),
    phase: (namespace) => namespaces.get(namespace)
  }
}

/** Admission gives each pod an account; only static pods have none, and they say so with `""`. */
export const accountOf = (pod: Pod): string => pod.serviceAccountName ?? "default"

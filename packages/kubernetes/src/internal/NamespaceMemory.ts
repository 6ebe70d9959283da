/**
 * What is worth knowing about a namespace before its accounts are read: how many there were, and until when
 * listing them is not worth a try. Of the namespaces asked for first, the oldest are forgotten.
 */
export interface NamespaceMemory {
  readonly get: (namespace: string) => Remembered
  readonly setSize: (namespace: string, size: number) => void
  readonly setNoListUntil: (namespace: string, millis: number) => void
}

export interface Remembered {
  /** 0 if it is not known. */
  readonly size: number
  readonly noListUntil: number
}

const mostNamespaces = 10_000
const unknown: Remembered = { size: 0, noListUntil: 0 }

export const make = (): NamespaceMemory => {
  const namespaces = new Map<string, Remembered>()
  const get = (namespace: string) => namespaces.get(namespace) ?? unknown
  const set = (namespace: string, remembered: Remembered) => {
    namespaces.set(namespace, remembered)
    if (namespaces.size <= mostNamespaces) return
    const [oldest] = namespaces.keys()
    if (oldest !== undefined) namespaces.delete(oldest)
  }
  return {
    get,
    setSize: (namespace, size) => set(namespace, { ...get(namespace), size }),
    setNoListUntil: (namespace, noListUntil) => set(namespace, { ...get(namespace), noListUntil })
  }
}

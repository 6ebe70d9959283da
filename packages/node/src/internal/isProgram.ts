/**
 * Whether the kernel runs a file, judged by its head. glibc's `execvp` hands a file that the kernel does not know (ENOEXEC)
 * to `/bin/sh`; the kubelet refuses it, and so do we. What can't be read is left to the kernel. A file that is swapped
 * between this look and the start escapes it. Rules: EXEC-12.
 */
import { closeSync, constants, openSync, readdirSync, readSync } from "node:fs"
import { isElfProgram } from "./elf.ts"

/** So many bytes of a file does Linux look at. */
const headSize = 256

/** More interpreters of interpreters Linux refuses by itself. */
const deepest = 4

const machNumbers: ReadonlySet<number> = new Set([0xcffaedfe, 0xcefaedfe, 0xcafebabe])

export const isProgram = (file: string): boolean => process.platform === "win32" || isKnown(file, 0)

const isKnown = (file: string, depth: number): boolean => {
  const head = readHead(file)
  if (head === undefined) return true
  if (head[0] === 0x23 && head[1] === 0x21) return isScript(head, depth)
  if (process.platform === "darwin") return head.length >= 4 && machNumbers.has(view(head).getUint32(0))
  return isElfProgram(view(head), head.length < headSize) ?? hasForeignHandlers()
}

const isScript = (head: Uint8Array, depth: number): boolean => {
  const text = new TextDecoder("latin1").decode(head.subarray(2))
  const lineEnd = text.indexOf("\n")
  const line = lineEnd < 0 ? text : text.slice(0, lineEnd)
  const [name = "", ...more] = line.replace(/^[ \t]+/, "").split(/[ \t\0]/)
  const isCut = lineEnd < 0 && head.length === headSize
  if (name === "") return lineEnd < 0 && !isCut // a line that does not end is refused for another reason
  if (isCut && more.length === 0) return false // the name may go on behind the head
  // The system's own interpreters need no look.
  if (/^\/(?:usr\/)?bin\/[^/]+$/.test(name) || depth === deepest) return true
  const start = 2 + text.indexOf(name)
  return isKnown(new TextDecoder().decode(head.subarray(start, start + name.length)), depth + 1)
}

const readHead = (file: string): Uint8Array | undefined => {
  let descriptor: number
  try {
    // A FIFO in the program's place must not keep us waiting for its writer.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch {
    return undefined
  }
  try {
    const head = new Uint8Array(headSize)
    return head.subarray(0, readSync(descriptor, head, 0, headSize, 0))
  } catch {
    return undefined
  } finally {
    closeSync(descriptor)
  }
}

const view = (head: Uint8Array): DataView => new DataView(head.buffer, head.byteOffset, head.length)

/** Of Linux, for binaries of other machines (binfmt_misc): whether there is one for this binary, only the kernel knows. */
const hasForeignHandlers = (): boolean => {
  try {
    return readdirSync("/proc/sys/fs/binfmt_misc").some((name) => name !== "register" && name !== "status")
  } catch {
    return false
  }
}

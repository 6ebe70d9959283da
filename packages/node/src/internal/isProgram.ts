/**
 * glibc's `execvp` hands a file without a known header to `/bin/sh`; the kubelet refuses it, and so do we. A file that
 * can't be read is left to the kernel.
 */
import { closeSync, constants, openSync, readSync } from "node:fs"

const shebang = 0x2321
const magicNumbers: ReadonlyArray<number> = process.platform === "darwin"
  ? [0xcffaedfe, 0xcefaedfe, 0xcafebabe]
  : [0x7f454c46]

export const isProgram = (file: string): boolean => {
  if (process.platform === "win32") return true
  let descriptor: number
  try {
    // A FIFO in the program's place must not keep us waiting for its writer.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch {
    return true
  }
  try {
    const head = new DataView(new ArrayBuffer(4))
    const read = readSync(descriptor, head, 0, 4, 0)
    return read >= 2 && head.getUint16(0) === shebang || read === 4 && magicNumbers.includes(head.getUint32(0))
  } catch {
    return true
  } finally {
    closeSync(descriptor)
  }
}

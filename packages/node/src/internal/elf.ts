/** The head of a Linux binary, as far as the kernel looks at it before it takes it for one of its own. */

/** 32 bit programs that the kernels of these 64 bit machines can run. */
const alsoRuns: Readonly<Record<string, ReadonlyArray<number>>> = { x64: [3], arm64: [40], ppc64: [20] }

/** `process.arch` as binaries name it. */
const machines: Readonly<Record<string, number>> = {
  ia32: 3,
  arm: 40,
  x64: 62,
  arm64: 183,
  riscv64: 243,
  loong64: 258,
  ppc64: 21,
  s390x: 22,
  mips: 8,
  mipsel: 8
}

const executable = 2
const shared = 3

/** `undefined`: a well-formed binary, but for another machine. `isWhole`: the head is all that there is. */
export const isElfProgram = (head: DataView, isWhole: boolean): boolean | undefined => {
  if (head.byteLength < 52 || head.getUint32(0) !== 0x7f454c46) return false
  const is64 = head.getUint8(4) === 2
  if (is64 && head.byteLength < 64) return false
  const littleEndian = head.getUint8(5) === 1
  const number = (offset: number) => head.getUint16(offset, littleEndian)
  const type = number(16)
  if (type !== executable && type !== shared) return false
  const entrySize = number(is64 ? 54 : 42)
  const entries = number(is64 ? 56 : 44)
  if (entrySize !== (is64 ? 56 : 32) || entries === 0) return false
  const table = is64 ? Number(head.getBigUint64(32, littleEndian)) : head.getUint32(28, littleEndian)
  if (isWhole && table + entries * entrySize > head.byteLength) return false
  const own = machines[process.arch]
  const machine = number(18)
  const isOwn = own === undefined || machine === own || !is64 && (alsoRuns[process.arch] ?? []).includes(machine)
  return isOwn ? true : undefined
}

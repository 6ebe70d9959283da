/** Strings with one character, U+0000…U+00FF, for each byte: texts (CACHE-1), and numbers, big-endian (CACHE-1, CACHE-3). */
import * as Bytes from "../../text/Bytes.ts"

const outsideAscii = /[\u0080-\uffff]/

/** The bytes of a text in UTF-8. */
export const ofText = (text: string): string => outsideAscii.test(text) ? ofBytes(Bytes.encode(text)) : text

const ofBytes = (bytes: Uint8Array): string => {
  let string = ""
  for (const byte of bytes) string += String.fromCharCode(byte)
  return string
}

export const uint16 = (value: number): string => String.fromCharCode(value >> 8, value & 0xff)

export const uint32 = (value: number): string => uint16(value >>> 16) + uint16(value & 0xffff)

import type { Query } from './ast.ts'
import { shapeText } from './shape-text.ts'

/** The SHA-256 of an object's name and a query's structure, 64 hexadecimal digits: what an allow list names a query by. */
export const shapeHash = (objectName: string, operation: string, query: Query): string =>
  sha256Hex(`${operation}\n${objectName}\n${shapeText(query)}`)

/** SHA-256 (FIPS 180-4), synchronous and without a library, for use at build time and once per shape. */
export function sha256Hex(text: string): string {
  const bytes = new TextEncoder().encode(text)
  const length = ((bytes.length + 8) >> 6) * 64 + 64
  const padded = new Uint8Array(length)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(length - 8, Math.floor(bytes.length / 0x20000000))
  view.setUint32(length - 4, bytes.length << 3)
  const state = Uint32Array.from(INITIAL)
  const words = new Uint32Array(64)
  for (let at = 0; at < length; at += 64) addBlock(state, words, view, at)
  return Array.from(state, (word) => word.toString(16).padStart(8, '0')).join('')
}

function addBlock(state: Uint32Array, words: Uint32Array, view: DataView, at: number): void {
  for (let index = 0; index < 16; index++) words[index] = view.getUint32(at + index * 4)
  for (let index = 16; index < 64; index++) {
    const early = word(words, index - 15)
    const late = word(words, index - 2)
    const first = rotated(early, 7) ^ rotated(early, 18) ^ (early >>> 3)
    const second = rotated(late, 17) ^ rotated(late, 19) ^ (late >>> 10)
    words[index] = word(words, index - 16) + first + word(words, index - 7) + second
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number]
  for (let index = 0; index < 64; index++) {
    const mixed =
      (h + (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) + ((e & f) ^ (~e & g)) + word(ROUNDS, index) + word(words, index)) | 0
    const majority = ((rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + mixed) | 0
    d = c
    c = b
    b = a
    a = (mixed + majority) | 0
  }
  for (const [index, value] of [a, b, c, d, e, f, g, h].entries()) state[index] = word(state, index) + value
}

const word = (words: Uint32Array, index: number): number => words[index] as number
const rotated = (value: number, by: number): number => (value >>> by) | (value << (32 - by))

/** The first 32 bits of the fractional parts of roots of the first primes. */
const primes: readonly number[] = Array.from({ length: 312 }, (_, index) => index).filter(
  (number) => number > 1 && !Array.from({ length: number }, (_, index) => index).some((by) => by > 1 && number % by === 0),
)
const fraction = (root: number): number => Math.floor((root - Math.floor(root)) * 2 ** 32)
const INITIAL: readonly number[] = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)))
const ROUNDS: Uint32Array = Uint32Array.from(primes.slice(0, 64), (prime) => fraction(Math.cbrt(prime)))

/** Numbers that are the same for the same seed, on every machine. */
export interface SeededRandom {
  /** A whole number from 0 up to, without, the limit. */
  below(limit: number): number
}

export function seededRandom(seed: number): SeededRandom {
  let state = seed | 0
  return {
    // Two rounds of xorshift and multiplication (splitmix32).
    below(limit) {
      state = (state + 0x9e3779b9) | 0
      let mixed = state ^ (state >>> 16)
      mixed = Math.imul(mixed, 0x21f0aaad)
      mixed ^= mixed >>> 15
      mixed = Math.imul(mixed, 0x735a2d97)
      return Math.floor((((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32) * limit)
    },
  }
}

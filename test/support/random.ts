/** A seeded generator (mulberry32): the same seed gives the same run on every machine. */
export interface Random {
  /** An integer in [0, limit). */
  below(limit: number): number
  chance(probability: number): boolean
  pick<Item>(items: readonly Item[]): Item
}

export function random(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return { below, chance: (probability) => next() < probability, pick: (items) => items[below(items.length)] as (typeof items)[number] }
}

/** What continuous integration runs with, so that it says the same about the same code. */
const CI_SEED = 20_261_123

/** The seed of this run: OBJECTQL_SEED, or one from the clock, but in CI always the same. Print it. */
export const testSeed = (): number => Number(process.env['OBJECTQL_SEED'] ?? (process.env['CI'] ? CI_SEED : Date.now() % 0x7fffffff))

type Range = readonly [from: number, to: number]

/** Code points, in order, without gaps that are none. */
export type CharacterSet = readonly Range[]

const LAST = 0x10_ff_ff

export const DIGITS: CharacterSet = [[0x30, 0x39]]
export const WORDS: CharacterSet = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
]
/** What JavaScript takes for a line break. */
export const LINE_ENDS: CharacterSet = [
  [10, 10],
  [13, 13],
  [0x2028, 0x2029],
]
/** What JavaScript takes for white space. */
export const SPACES: CharacterSet = [
  [9, 13],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x16_80, 0x16_80],
  [0x20_00, 0x20_0a],
  [0x20_28, 0x20_29],
  [0x20_2f, 0x20_2f],
  [0x20_5f, 0x20_5f],
  [0x30_00, 0x30_00],
  [0xfe_ff, 0xfe_ff],
]

export function union(...sets: readonly CharacterSet[]): CharacterSet {
  const merged: [number, number][] = []
  for (const [from, to] of sets.flat().toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1)
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else merged.push([from, to])
  }
  return merged
}

export function complement(set: CharacterSet): CharacterSet {
  const found: Range[] = []
  let next = 0
  for (const [from, to] of set) {
    if (from > next) found.push([next, from - 1])
    next = to + 1
  }
  if (next <= LAST) found.push([next, LAST])
  return found
}

/** `\x41`, `\u0041`, `\u{41}`, and the two halves of a pair, behind the letter. */
export function digitsOf(letter: string, rest: string): { readonly code: number; readonly length: number } {
  const [braced] = /^\{[\da-fA-F]+\}/.exec(rest) ?? []
  if (letter === 'u' && braced) return { code: Number.parseInt(braced.slice(1, -1), 16), length: braced.length }
  const length = letter === 'x' ? 2 : 4
  const code = Number.parseInt(rest.slice(0, length), 16)
  const low = code >= 0xd8_00 && code <= 0xdb_ff ? /^\\u([dD][c-fC-F][\da-fA-F]{2})/.exec(rest.slice(4))?.[1] : undefined
  if (low === undefined) return { code, length }
  return { code: 0x1_00_00 + ((code - 0xd8_00) << 10) + (Number.parseInt(low, 16) - 0xdc_00), length: 10 }
}

const isHalf = (code: number): boolean => code >= 0xd8_00 && code <= 0xdf_ff

/** One character or a class of them, as all databases write it; undefined for what none of them can say. */
export function printSet(set: CharacterSet): string | undefined {
  const isOpen = set.at(-1)?.[1] === LAST
  const ranges = isOpen ? complement(set) : set
  if (ranges.length === 0) return isOpen ? '(?:a|[^a])' : undefined
  // PostgreSQL has no text with the character 0, and its patterns cannot name it; halves of pairs are no text at all.
  if (ranges.some(([from, to]) => from === 0 || isHalf(from) || isHalf(to))) return undefined
  const [only] = ranges
  if (!isOpen && ranges.length === 1 && only && only[0] === only[1]) return shown(only[0], /[\^$\\.*+?()[\]{}|/]/)
  const inside = ranges.map(([from, to]) => {
    const [start, end] = [shown(from, IN_CLASS), shown(to, IN_CLASS)]
    return from === to ? start : to === from + 1 ? start + end : `${start}-${end}`
  })
  return `[${isOpen ? '^' : ''}${inside.join('')}]`
}

const IN_CLASS = /[\^$\\.*+?()[\]{}|/-]/

const shown = (code: number, special: RegExp): string => {
  const character = String.fromCodePoint(code)
  return special.test(character) ? `\\${character}` : character
}

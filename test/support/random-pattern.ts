import type { Random } from './random.ts'

const CHARACTERS = ['a', 'b', 'A', 'c', ' ', '名', '🔥', 'i', 't', '\\.', '\\u0041', '\\x61', '\\n', '-']
const CLASSES = [
  '.',
  '[a-c]',
  '[^a]',
  '[A-Za-z0-9]',
  '\\d',
  '\\w',
  '\\s',
  '\\S',
  '\\W',
  '[\\w-]',
  '[^\\s.]',
  '[\\D🔥]',
  '[&#~|]',
  '[^]',
  '[\\]\\\\]',
]
const QUANTIFIERS = ['', '', '', '*', '+', '?', '+?', '{2}', '{1,3}', '{0,}']

/** A regular expression that databases read alike. */
export function randomPattern(random: Random, depth = 2): string {
  const branches = Array.from({ length: random.chance(0.2) ? 2 : 1 }, () => branch(random, depth))
  return branches.join('|')
}

function branch(random: Random, depth: number): string {
  const parts = Array.from({ length: 1 + random.below(3) }, () => part(random, depth))
  return `${random.chance(0.2) ? '^' : ''}${parts.join('')}${random.chance(0.2) ? '$' : ''}`
}

function part(random: Random, depth: number): string {
  if (depth > 0 && random.chance(0.2)) {
    const inner = Array.from({ length: 1 + random.below(2) }, () => part(random, depth - 1)).join(random.chance(0.5) ? '|' : '')
    return `${random.pick(['(', '(?:'])}${inner})${random.pick(QUANTIFIERS)}`
  }
  return random.pick(random.chance(0.6) ? CHARACTERS : CLASSES) + random.pick(QUANTIFIERS)
}

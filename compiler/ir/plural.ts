/**
 * English plural of a word or of the last word of a phrase, case kept: `category` → `categories`, `Sales Person` → `Sales People`.
 * A word that looks plural already, and one that has no plural or is not English, comes back as it is.
 */
export function pluralOf(phrase: string): string {
  const [, lead = '', word = ''] = /^(.*?)([A-Za-z]*)$/s.exec(phrase) ?? []
  if (word === '') return phrase
  const lower = word.toLowerCase()
  const irregular = irregularPlural(lower)
  if (irregular !== undefined) return lead + likeCase(word, irregular)
  if (/(?:[^aeiou]|qu)y$/.test(lower)) return `${phrase.slice(0, -1)}ies`
  if (/(?:s|x|z|ch|sh)$/.test(lower)) return lower.endsWith('s') && !/(?:ss|us)$/.test(lower) ? phrase : `${phrase}es`
  return `${phrase}s`
}

function irregularPlural(word: string): string | undefined {
  if (UNCHANGED.has(word) || PLURALS.has(word)) return word
  for (const [singular, plural] of IRREGULAR)
    if (word === singular || (singular.length > 3 && word.endsWith(singular))) return word.slice(0, -singular.length) + plural
  return word.endsWith('sis') ? `${word.slice(0, -2)}es` : undefined
}

/** Keeps the spelling of the letters both share. */
function likeCase(word: string, plural: string): string {
  let shared = 0
  while (shared < word.length && word.toLowerCase()[shared] === plural[shared]) shared++
  const isUpper = word === word.toUpperCase() && word.length > 1
  const tail = plural.slice(shared)
  const first = shared === 0 && word[0] !== word[0]?.toLowerCase() ? tail.slice(0, 1).toUpperCase() + tail.slice(1) : tail
  return word.slice(0, shared) + (isUpper ? tail.toUpperCase() : first)
}

const IRREGULAR: ReadonlyMap<string, string> = new Map([
  ['analysis', 'analyses'],
  ['child', 'children'],
  ['criterion', 'criteria'],
  ['echo', 'echoes'],
  ['foot', 'feet'],
  ['half', 'halves'],
  ['hero', 'heroes'],
  ['index', 'indexes'],
  ['knife', 'knives'],
  ['leaf', 'leaves'],
  ['life', 'lives'],
  ['man', 'men'],
  ['matrix', 'matrices'],
  ['medium', 'media'],
  ['mouse', 'mice'],
  ['ox', 'oxen'],
  ['person', 'people'],
  ['potato', 'potatoes'],
  ['quiz', 'quizzes'],
  ['shelf', 'shelves'],
  ['tomato', 'tomatoes'],
  ['tooth', 'teeth'],
  ['veto', 'vetoes'],
  ['woman', 'women'],
])

const PLURALS: ReadonlySet<string> = new Set(IRREGULAR.values())

const UNCHANGED: ReadonlySet<string> = new Set([
  'data',
  'equipment',
  'feedback',
  'fish',
  'hardware',
  'information',
  'knowledge',
  'metadata',
  'money',
  'news',
  'series',
  'sheep',
  'software',
  'species',
  'staff',
])

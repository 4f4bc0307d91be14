/**
 * Words of a name in any spelling (`crm_account`, `CrmAccount`, `sla-template`, `SLATemplate`, `客户`): letters and digits
 * only, case kept. Single letters stay words of their own (`r_o_i` → `r`, `o`, `i`); digits belong to the word before them.
 */
export function splitWords(name: string): readonly string[] {
  if (PLAIN.test(name)) return name.split('_')
  return name
    .normalize('NFC')
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .flatMap((part) => part.split(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{M}*\p{Ll})/u))
    .filter((word) => word !== '')
}

/** The common spelling, which needs no Unicode tables. */
const PLAIN = /^[a-z0-9]+(?:_[a-z0-9]+)*$/

/** Text for people: `health_score` → `Health Score`, `SLATemplate` → `SLA Template`. The name itself when it has no words. */
export function titleCase(name: string): string {
  const words = splitWords(name)
  return words.length === 0 ? name : words.map(upperFirst).join(' ')
}

/** `crm_account` → `CrmAccount`. ASCII letters and digits only, never starts with a digit, never empty. */
export const pascalCase = (name: string): string => guardDigit(asciiWords(name).map(upperFirst).join(''), 'N')

/** `crm_account` → `crmAccount`. May be a reserved word: see `safeIdentifier`. */
export function camelCase(name: string): string {
  const [first = '', ...rest] = asciiWords(name)
  return guardDigit(first + rest.map(upperFirst).join(''), 'n')
}

/** `CrmAccount` → `crm-account`. ASCII, lower case. */
export const kebabCase = (name: string): string => asciiWords(name).join('-')

/** Lower-case ASCII words: accents are dropped, other letters become their code points (`客` → `u5ba2`). */
function asciiWords(name: string): readonly string[] {
  const words = splitWords(name)
    .map((word) => (ASCII.test(word) ? word : asciiWord(word)).toLowerCase())
    .filter((word) => word !== '')
  return words.length === 0 ? ['unnamed'] : words
}

const ASCII = /^[A-Za-z0-9]*$/

function asciiWord(word: string): string {
  let ascii = ''
  for (const character of word.normalize('NFKD')) {
    if (/[A-Za-z0-9]/.test(character)) ascii += character
    else if (!/\p{M}/u.test(character)) ascii += LETTERS[character] ?? `u${(character.codePointAt(0) ?? 0).toString(16)}`
  }
  return ascii
}

/** Latin letters that do not decompose. */
const LETTERS: { readonly [letter: string]: string } = {
  ß: 'ss',
  æ: 'ae',
  Æ: 'AE',
  œ: 'oe',
  Œ: 'OE',
  ø: 'o',
  Ø: 'O',
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  þ: 'th',
  Þ: 'Th',
  ı: 'i',
}

const guardDigit = (text: string, prefix: string): string => (/^[0-9]/.test(text) ? prefix + text : text)

function upperFirst(word: string): string {
  const first = String.fromCodePoint(word.codePointAt(0) ?? 0)
  return first.toUpperCase() + word.slice(first.length)
}

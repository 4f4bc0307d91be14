import { compilePattern } from '../6-emit/objects/value-check.ts'
import { samplePattern } from '../6-emit/openapi/sample-pattern.ts'
import type { ValueIr } from '../ir/object.ts'
import type { SeededRandom } from './seeded-random.ts'

export type TextValue = Extract<ValueIr, { kind: 'string' }>

/** Longest text that is made where the schema sets no limit, or a higher one. */
const LONGEST = 10_000

/** Patterns are tried on texts of this length at most; longer ones are refused. */
const LONGEST_FOR_PATTERN = 10_000

const WORDS = ['amber', 'birch', 'cedar', 'delta', 'ember', 'fjord', 'grove', 'heath', 'inlet', 'jetty'] as const

/** A valid text, another for each number; undefined where the rules leave none that can be found. */
export function validText(value: TextValue, random: SeededRandom, index: number): string | undefined {
  const mark = `${index}${random.below(1000)}`
  if (value.format === 'url') return firstFit(value, urls(value.protocols, mark))
  if (value.format === 'email') return firstFit(value, [`person${mark}@mail.example`, `p${mark}@a.io`, `p${index}@a.io`, 'a@b.co'])
  if (value.format === 'phone') return firstFit(value, [`+49 30 ${1_000_000 + random.below(8_999_999)}`, `${100 + random.below(900)}`])
  const pattern = value.pattern === undefined ? undefined : compilePattern(value.pattern)
  if (pattern) return samplePattern(pattern, (text) => isFit(value, text))
  const { minLength = 0, maxLength = LONGEST } = value
  const text = `${WORDS[random.below(WORDS.length)]} ${mark}`
  return firstFit(value, [[...text.padEnd(minLength, '.')].slice(0, maxLength).join('')])
}

/** The shortest and the longest that are allowed. Empty where rules besides the length decide. */
export function boundaryTexts(value: TextValue, isRequired: boolean): readonly string[] {
  const { minLength, maxLength, pattern, format } = value
  if (pattern !== undefined || format !== undefined) return []
  const least = Math.max(minLength ?? 0, isRequired ? 1 : 0)
  const lengths = [least, ...(maxLength === undefined ? [] : [maxLength])].filter((length) => length <= LONGEST)
  return [...new Set(lengths)].flatMap((length) => {
    const texts = ['x'.repeat(length), '🌊'.repeat(length)]
    return [...new Set(texts)].filter((text) => isFit(value, text))
  })
}

/** Texts that break one rule and no other. */
export function invalidTexts(value: TextValue): readonly { readonly value: string; readonly code: string }[] {
  const { minLength = 0, maxLength, pattern: source, format } = value
  const pattern = source === undefined ? undefined : compilePattern(source)
  const candidates = [
    ...(minLength > 1 && minLength <= LONGEST ? [{ value: 'x'.repeat(minLength - 1), code: 'min_length' }] : []),
    ...(maxLength !== undefined && maxLength < LONGEST ? [{ value: 'x'.repeat(maxLength + 1), code: 'max_length' }] : []),
    ...(pattern
      ? ['~', '', 'x', '1', ' ', '-', '\n', '_'].map((text) => ({ value: text.padEnd(minLength, text || ' '), code: 'pattern' }))
      : []),
    ...(format
      ? [
          { value: 'nowhere at all', code: 'format' },
          { value: '@', code: 'format' },
        ]
      : []),
  ]
  const found = candidates.filter(({ value: text, code }) => {
    const codes = brokenRules(value, text)
    return text !== '' && codes.length === 1 && codes[0] === code
  })
  // One of each kind says enough.
  return found.filter(({ code }, index) => found.findIndex((other) => other.code === code) === index)
}

const isFit = (value: TextValue, text: string): boolean => brokenRules(value, text).length === 0

const firstFit = (value: TextValue, candidates: readonly string[]): string | undefined => candidates.find((text) => isFit(value, text))

/** Codes of the rules a text breaks. Formats are told apart only as far as the texts made here need it. */
function brokenRules(
  { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern: source, format }: TextValue,
  text: string,
): readonly string[] {
  const length = [...text].length
  const pattern = source === undefined ? undefined : compilePattern(source)
  return [
    ...(length < minLength ? ['min_length'] : []),
    ...(length > maxLength || (pattern && text.length > LONGEST_FOR_PATTERN) ? ['max_length'] : []),
    ...(pattern && text.length <= LONGEST_FOR_PATTERN && !pattern.test(text) ? ['pattern'] : []),
    ...(format !== undefined && !LOOKS[format].test(text) ? ['format'] : []),
  ]
}

const LOOKS = { email: /^[^@\s]+@[^@\s]+\.[a-z]+$/, url: /^[a-z][a-z\d+.-]*:\S+$/, phone: /^[+\d][\d ]{2,}$/ } as const

function urls(protocols: readonly string[] | undefined, mark: string): readonly string[] {
  if (protocols === undefined) return [`https://files.example/${mark}`, 'http://a.b', 'a:b']
  return protocols.flatMap((protocol) => {
    const scheme = protocol.split(':')[0]?.toLowerCase() ?? ''
    if (scheme === 'mailto') return [`mailto:p${mark}@mail.example`, 'mailto:a@b']
    if (scheme === 'tel') return [`tel:+49${mark}`, 'tel:123']
    return [`${scheme}://files.example/${mark}`, `${scheme}://a.b`]
  })
}

import type { FieldIr, ValueIr } from '../../ir/object.ts'
import type { Json } from '../../source/json.ts'
import { closedOptions, compilePattern } from '../objects/value-check.ts'
import { samplePattern } from './sample-pattern.ts'

/** Ids of examples: one for the record itself, one for whatever it points at. */
const RECORD_ID = '0194b8a2-6c1e-7f3a-9d52-3f0c8e5a1b07'
const OTHER_ID = '0194b8a2-7d40-7c11-8a6e-5b9f2d7c4e13'

const INSTANT = '2025-01-31T09:30:00.000Z'

/** Longer vectors are left out of examples where they may be. */
const LONGEST_VECTOR = 8

const examples = new WeakMap<FieldIr, Json | undefined>()

/** A valid value of a field, always the same one. The default, where the author gave one. */
export const exampleValue = (field: FieldIr): Json =>
  knownExample(field) ?? (field.isList ? [] : field.value.kind === 'number' ? 0 : 'Example')

/** False when no value is known that meets the field's rules: a pattern too clever for the sampler, limits that contradict each other. */
export const hasExample = (field: FieldIr): boolean => knownExample(field) !== undefined

function knownExample(field: FieldIr): Json | undefined {
  if (!examples.has(field)) examples.set(field, findExample(field))
  return examples.get(field)
}

function findExample(field: FieldIr): Json | undefined {
  if (field.name === 'id') return RECORD_ID
  if (field.default?.kind === 'literal' && !field.isList && isPlausible(field.value, field.default.value)) return field.default.value
  const value = exampleOf(field)
  return value === undefined || !field.isList ? value : [value]
}

/** Vectors of a thousand numbers help nobody; where the field may be null its example is. */
export const isBulky = ({ value, isRequired }: FieldIr): boolean =>
  value.kind === 'vector' && !isRequired && (value.dimensions ?? 0) > LONGEST_VECTOR

/** Defaults come from authors, and link has complained about those that do not fit; an example must. */
function isPlausible(value: ValueIr, example: Json): boolean {
  switch (value.kind) {
    case 'boolean':
      return typeof example === 'boolean'
    case 'number':
      return typeof example === 'number' && isAllowedNumber(value, example)
    case 'option': {
      const options = closedOptions(value)
      return typeof example === value.base && (options.length === 0 || options.includes(example as string | number))
    }
    default:
      return false
  }
}

function exampleOf(field: FieldIr): Json | undefined {
  const { value } = field
  switch (value.kind) {
    case 'string':
      return exampleText(field, value)
    case 'number':
      return exampleNumber(value)
    case 'boolean':
      return true
    case 'date':
      return INSTANT.slice(0, 10)
    case 'datetime':
      return INSTANT
    case 'time':
      return '09:30'
    case 'option':
      return closedOptions(value).find((option) => option !== '') ?? value.options[0]?.value ?? (value.base === 'number' ? 1 : 'example')
    case 'id':
      return OTHER_ID
    case 'attachment':
      return {
        url: `https://example.com/files/${value.isImage ? 'picture.png' : 'report.pdf'}`,
        name: value.isImage ? 'picture.png' : 'report.pdf',
        type: value.isImage ? 'image/png' : 'application/pdf',
        size: Math.min(24_576, Math.floor(value.maxSize ?? 24_576)),
      }
    case 'location':
      return { latitude: 52.52, longitude: 13.405 }
    case 'address':
      return { street: '1 Main Street', city: 'Springfield', postalCode: '12345', countryCode: 'US' }
    case 'json':
    case 'record':
      return { key: 'value' }
    case 'records':
      return [{ key: 'value' }]
    case 'vector':
      return Array.from({ length: value.dimensions ?? 3 }, (_, index) => (index % 8) / 8)
    default:
      return value satisfies never
  }
}

type Text = Extract<ValueIr, { kind: 'string' }>

const FORMAT_EXAMPLES = { email: ['name@example.com', 'a@b.co'], phone: ['+1 555 010 0199', '5550199'] } as const

const TYPE_EXAMPLES: Partial<Record<FieldIr['type'], string>> = {
  code: 'const answer = 42',
  color: '#1e90ff',
  html: '<p>Example</p>',
  richtext: '<p>Example</p>',
  markdown: '**Example**',
  autonumber: '0001',
  password: 'correct horse battery staple',
  secret: 'correct horse battery staple',
}

function exampleText(field: FieldIr, text: Text): string | undefined {
  const isValid = (candidate: string): boolean => isAllowedText(text, candidate)
  const found = candidatesFor(field, text).find(isValid)
  if (found !== undefined) return found
  const pattern = text.pattern === undefined ? undefined : compilePattern(text.pattern)
  if (text.format !== undefined) return undefined
  if (pattern !== undefined) return samplePattern(pattern, isValid)
  const length = Math.max(text.minLength ?? 0, Math.min(text.maxLength ?? 12, 12))
  const sample = 'Example text '.repeat(Math.ceil(length / 13)).slice(0, length)
  return isValid(sample) ? sample : undefined
}

function candidatesFor(field: FieldIr, text: Text): readonly string[] {
  if (text.format === 'url') return urlCandidates(text.protocols)
  if (text.format !== undefined) return FORMAT_EXAMPLES[text.format]
  return [TYPE_EXAMPLES[field.type] ?? 'Example', 'Example', 'example', 'ABC', 'A', '1']
}

function urlCandidates(protocols: readonly string[] | undefined): readonly string[] {
  if (protocols === undefined) return ['https://example.com', 'http://a.b']
  return protocols.map((protocol) => {
    const scheme = protocol.split(':')[0]?.toLowerCase() ?? ''
    return scheme === 'mailto' ? 'mailto:name@example.com' : scheme === 'tel' ? 'tel:+15550100199' : `${scheme}://example.com`
  })
}

function isAllowedText({ minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern }: Text, text: string): boolean {
  const length = [...text].length
  return (
    text !== '' && length >= minLength && length <= maxLength && (pattern === undefined || compilePattern(pattern)?.test(text) !== false)
  )
}

type Numeric = Extract<ValueIr, { kind: 'number' }>

function exampleNumber(value: Numeric): number | undefined {
  const { min = 0, max = min + 1000 } = value
  const middle = Number(((min + max) / 2).toFixed(Math.min(Math.max(value.scale ?? 2, 0), 20)))
  return [42, 1, 0.5, Math.round(middle), middle, min, max, 0].find((candidate) => isAllowedNumber(value, candidate))
}

function isAllowedNumber({ isInteger, min, max, scale, precision }: Numeric, value: number): boolean {
  const decimals = isInteger ? 0 : scale
  return (
    Number.isFinite(value) &&
    (decimals === undefined || decimals < 0 || decimals > 100 || Number(value.toFixed(decimals)) === value) &&
    (min === undefined || value >= min) &&
    (max === undefined || value <= max) &&
    (precision === undefined || Math.abs(value) < 10 ** Math.max(0, precision - (scale ?? 0)))
  )
}

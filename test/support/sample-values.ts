import { samplePattern } from '../../compiler/6-emit/openapi/sample-pattern.ts'
import type { FieldIr, ObjectIr } from '../../compiler/ir/object.ts'
import type { Random } from './random.ts'

const TEXTS = [
  'plain',
  'ünïcödé – 漢字 🙂',
  `quotes ' " \` \\`,
  '<b>html</b>',
  'line\nbreak\ttab',
  "'; drop table account; --",
  '%_*?',
  ' ',
]

/** A value that the field must accept, as it will be read again: written and read forms are the same. */
export function validValue(field: FieldIr, random: Random): unknown {
  if (!field.isList) return single(field, random)
  const count = field.value.kind === 'option' && field.value.options.length > 0 ? Math.min(2, field.value.options.length) : 2
  const items: unknown[] = []
  for (let tries = 0; items.length < count && tries < 50; tries++) {
    const item = single(field, random)
    if (!items.some((one) => JSON.stringify(one) === JSON.stringify(item))) items.push(item)
  }
  return items
}

function single({ value }: FieldIr, random: Random): unknown {
  switch (value.kind) {
    case 'string': {
      if (value.format === 'email') return `user${random.below(1e9)}@example.com`
      if (value.format === 'url') return `https://example.com/${random.below(1e9)}?q=%20`
      if (value.format === 'phone') return `+49 30 ${1_000_000 + random.below(8_999_999)}`
      if (value.pattern !== undefined) {
        // Patterns are sampled, so different values are found by exchanging characters of the sample one by one.
        const pattern = new RegExp(value.pattern, 'u')
        const fits = (text: string): boolean =>
          pattern.test(text) && text.length >= (value.minLength ?? 0) && text.length <= (value.maxLength ?? 10_000)
        return variation(samplePattern(pattern, fits), fits, random)
      }
      const text = random.pick(TEXTS) + random.below(1e9)
      return [...text.padEnd(value.minLength ?? 0, 'x')].slice(0, value.maxLength ?? 10_000).join('')
    }
    case 'number': {
      const low = Math.max(value.min ?? -1000, -1e9)
      const high = Math.min(value.max ?? 1e9, 1e9)
      const exact = low + random.below(Math.max(1, Math.floor(high - low)))
      if (value.isInteger) return Math.ceil(exact)
      const scale = Math.min(value.scale ?? 6, 6)
      return Math.min(high, Math.round((exact + 0.123456) * 10 ** scale) / 10 ** scale)
    }
    case 'boolean':
      return random.chance(0.5)
    case 'date':
      return `20${10 + random.below(80)}-0${1 + random.below(9)}-${10 + random.below(18)}`
    case 'datetime':
      return `20${10 + random.below(80)}-0${1 + random.below(9)}-${10 + random.below(18)}T1${random.below(10)}:30:15.${100 + random.below(900)}Z`
    case 'time':
      return `1${random.below(10)}:${10 + random.below(49)}:00`
    case 'option':
      return value.options.length > 0 ? random.pick(value.options).value : `free ${random.below(1e6)}`
    case 'id':
      return undefined
    case 'attachment':
      return { name: 'Ünï.pdf', url: `https://files.example.com/${random.below(1e6)}`, size: 1, type: 'application/pdf' }
    case 'location':
      return { latitude: 52.52, longitude: -13.405 }
    case 'address':
      return { street: 'Main St 1', city: 'Köln', country: 'DE' }
    case 'json':
      return { nested: [1, 'two', { three: null }], text: random.pick(TEXTS) }
    case 'record':
      return { key: random.pick(TEXTS), number: 1.5 }
    case 'records':
      return [{ row: 1 }, { row: 2, text: random.pick(TEXTS) }]
    case 'vector':
      return Array.from({ length: value.dimensions ?? 3 }, (_, index) => index / 8 - 1)
    default:
      return value satisfies never
  }
}

function variation(sample: string | undefined, fits: (text: string) => boolean, random: Random): string | undefined {
  if (sample === undefined) return undefined
  let text = sample
  for (let tries = 0; tries < 200; tries++) {
    const at = random.below(text.length)
    const varied = text.slice(0, at) + random.pick([...'0123456789abcdefxyzABCDEFXYZ']) + text.slice(at + 1)
    if (fits(varied)) text = varied
  }
  return text
}

/** Fields a client writes, lookups left out. */
/** What clients only read is not theirs to give, but where it is demanded. */
const isGiven = ({ isComputed, isReadonly, isRequired, default: preset }: FieldIr): boolean =>
  !isComputed && (!isReadonly || (isRequired && preset === undefined))

export const plainFields = (object: ObjectIr): readonly FieldIr[] =>
  object.fields.filter((field) => field.column !== undefined && isGiven(field) && field.name !== 'id' && field.reference === undefined)

export const lookupFields = (object: ObjectIr): readonly FieldIr[] =>
  object.fields.filter((field) => field.reference !== undefined && isGiven(field))

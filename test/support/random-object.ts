import type { FieldType } from '../../compiler/ir/field-type.ts'
import type { FieldIr, ObjectIr, OptionIr, ValueIr } from '../../compiler/ir/object.ts'
import { type FieldSketch, objectIr } from './ir.ts'
import type { Random } from './random.ts'

const PATTERNS = ['^[A-Z]{3}-\\d{2,4}$', '^\\d+$', 'a', '^[\\w\\-]+$', '^.{2,5}$', '\\/x\\/', "^it's$", '^\\p{Lu}', '^[^\\-\\_]$']
const NAMES = [
  'name',
  'status',
  'odd name',
  'a/b',
  'c~d',
  'constructor',
  '__proto__',
  'toString',
  'Größe',
  '名称',
  'x1',
  'class',
  'Type',
  '1st',
  "it's",
  '_id',
  'label',
  'KEYS',
]
const OPTIONS = [
  '',
  'Open',
  'open',
  'WON',
  'lost',
  'Full-time',
  'In Progress',
  '1',
  '24x7',
  'Straße',
  "O'Brien",
  'İ',
  'zh-CN',
  'America/New_York',
]

/** An object whose fields use every kind of value and every flag, decided by the generator. */
export function randomObject(random: Random): ObjectIr {
  const names = NAMES.filter(() => random.chance(0.25))
  const fields: Record<string, FieldSketch> = Object.fromEntries(names.map((name) => [name, randomField(random)]))
  return objectIr({ name: 'sample_object', label: random.pick(['Sample', "It's */ a\nsample", '样本']), fields })
}

function randomField(random: Random): FieldSketch {
  const { type, value } = randomValue(random)
  return {
    type,
    value,
    label: random.pick(['Label', 'Ünï', "The 'name'", '热门 🔥']),
    isList: random.chance(0.25),
    isRequired: random.chance(0.4),
    isComputed: random.chance(0.08),
    isReadonly: random.chance(0.1),
    ...(random.chance(0.2) ? { default: { kind: 'literal', value: 'x' } } : {}),
  }
}

const maybe = <Value>(random: Random, key: string, value: Value): { [key: string]: Value } => (random.chance(0.5) ? { [key]: value } : {})

function randomValue(random: Random): { readonly type: FieldType; readonly value: ValueIr } {
  const type = random.pick<FieldType>([
    'text',
    'email',
    'url',
    'phone',
    'number',
    'currency',
    'boolean',
    'date',
    'datetime',
    'time',
    'select',
    'lookup',
    'image',
    'location',
    'address',
    'json',
    'array',
    'composite',
    'vector',
  ])
  const value = ((): ValueIr => {
    switch (type) {
      case 'email':
      case 'phone':
        return { kind: 'string', format: type, ...maybe(random, 'maxLength', 20) }
      case 'url':
        return { kind: 'string', format: type, ...maybe(random, 'protocols', random.pick([['https'], ['http', 'https'], ['mailto']])) }
      case 'number':
      case 'currency':
        return {
          kind: 'number',
          isInteger: random.chance(0.3),
          ...maybe(random, 'min', random.pick([0, -5, 1.5])),
          ...maybe(random, 'max', random.pick([100, 5, 1e6, 1.5])),
          ...maybe(random, 'scale', random.pick([0, 1, 2, 4, 8, 15, 23])),
          ...(random.chance(0.2) ? { precision: random.pick([3, 5, 18, 38]) } : {}),
        }
      case 'boolean':
      case 'date':
      case 'datetime':
      case 'time':
      case 'location':
      case 'address':
      case 'json':
        return { kind: type }
      case 'select':
        return randomOption(random)
      case 'lookup':
        return { kind: 'id' }
      case 'image':
        return { kind: 'attachment', isImage: true, ...maybe(random, 'maxSize', 1024) }
      case 'array':
        return { kind: 'records' }
      case 'composite':
        return { kind: 'record' }
      case 'vector':
        return { kind: 'vector', ...maybe(random, 'dimensions', random.below(4)) }
      default:
        return {
          kind: 'string',
          ...maybe(random, 'minLength', random.below(4)),
          ...maybe(random, 'maxLength', random.pick([1, 3, 5, 80, 20_000])),
          ...maybe(random, 'pattern', random.pick(PATTERNS)),
          ...(random.chance(0.1) ? { patternMessage: "It's wrong." } : {}),
        }
    }
  })()
  return { type, value }
}

function randomOption(random: Random): ValueIr {
  const base = random.chance(0.8) ? 'string' : 'number'
  const many = random.chance(0.2) ? Array.from({ length: 20 }, (_, index) => `Option ${index}`) : []
  const values = base === 'number' ? [1, 2, 0, -3, 4.5].slice(random.below(4)) : [...OPTIONS.filter(() => random.chance(0.4)), ...many]
  const options: OptionIr[] = values.map((value) => ({ value, label: String(value), annotations: {} }))
  return {
    kind: 'option',
    base,
    options: random.chance(0.1) ? [...options, ...options] : options,
    isOpen: options.length < 2 || random.chance(0.2),
  }
}

/** Fields a client can write, for generators of inputs. */
export const writable = (object: ObjectIr): readonly FieldIr[] => object.fields.filter((field) => !field.isComputed && field.name !== 'id')

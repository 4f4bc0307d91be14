import { closedOptions } from '../6-emit/objects/value-check.ts'
import type { FieldIr } from '../ir/object.ts'
import { boundaryNumbers, invalidNumbers, type NumberValue, validNumber } from './number-values.ts'
import type { SeededRandom } from './seeded-random.ts'
import { boundaryTexts, invalidTexts, type TextValue, validText } from './text-values.ts'

/** A value, and the code it is refused with. `pointer`: where inside of the field. */
export interface InvalidValue {
  readonly value: unknown
  readonly code: string
  readonly pointer: string
}

const DAY_MS = 86_400_000
const FIRST_DAY = Date.UTC(2020, 0, 1)

/** One valid value of a field; for lists, of an element. Undefined where none is known. */
export function validValue(field: FieldIr, random: SeededRandom, index: number): unknown {
  const { value } = field
  const moment = (): string => new Date(FIRST_DAY + random.below(3650) * DAY_MS + random.below(DAY_MS)).toISOString()
  switch (value.kind) {
    case 'string': {
      const text = validText(value, random, index)
      return text === '' && field.isRequired ? undefined : text
    }
    case 'number':
      return validNumber(value, random)
    case 'boolean':
      return random.below(2) === 1
    case 'date':
      return moment().slice(0, 10)
    case 'datetime':
      return moment()
    case 'time':
      return moment().slice(11, 19)
    case 'option': {
      const options = closedOptions(value).filter((option) => option !== '' || !field.isRequired)
      if (options.length > 0) return options[random.below(options.length)]
      return closedOptions(value).length > 0 ? undefined : validValue({ ...field, value: openValue(value.base) }, random, index)
    }
    case 'id':
      return `id-${index}-${random.below(1_000_000)}`
    case 'attachment':
      return { url: `https://files.example/${random.below(1000)}.${value.isImage ? 'png' : 'pdf'}`, name: 'file', size: 0 }
    case 'location':
      return { latitude: random.below(180) - 90, longitude: random.below(360) - 180 }
    case 'address':
      return { street: `${1 + random.below(99)} Quay Street`, city: 'Port' }
    case 'json':
    case 'record':
      return { count: random.below(100), tags: ['made'] }
    case 'records':
      return [{ count: random.below(100) }]
    case 'vector':
      return Array.from({ length: value.dimensions ?? 3 }, () => random.below(1000) / 1000)
    default:
      return value satisfies never
  }
}

/** Values at the limits of a field; for lists, of an element. */
export function boundaryValues({ value, isRequired }: FieldIr): readonly unknown[] {
  switch (value.kind) {
    case 'string':
      return boundaryTexts(value, isRequired)
    case 'number':
      return boundaryNumbers(value)
    case 'boolean':
      return [false, true]
    case 'date':
      return ['0001-01-01', '2024-02-29', '9999-12-31']
    case 'datetime':
      return ['0001-01-01T00:00:00.000Z', '1969-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z']
    case 'time':
      return ['00:00:00', '23:59:59.999']
    case 'option':
      return closedOptions(value).filter((option) => option !== '' || !isRequired)
    case 'location':
      return [
        { latitude: -90, longitude: -180 },
        { latitude: 90, longitude: 180 },
      ]
    case 'attachment':
      return value.maxSize === undefined || value.maxSize < 0 ? [] : [{ url: 'https://files.example/1', size: value.maxSize }]
    case 'vector':
      return [Array.from({ length: value.dimensions ?? 1 }, () => 0)]
    case 'id':
      return ['i'.repeat(255)]
    case 'address':
    case 'json':
    case 'record':
      return [{}]
    case 'records':
      return [[]]
    default:
      return value satisfies never
  }
}

/** Values that are refused, one for each way to be wrong; for lists, elements. */
export function invalidValues({ value }: FieldIr): readonly InvalidValue[] {
  const at = (pointer: string, code: string, wrong: unknown): InvalidValue => ({ value: wrong, code, pointer })
  const type = (wrong: unknown): InvalidValue => at('', 'type', wrong)
  switch (value.kind) {
    case 'string':
      return [type(12), ...invalidTexts(value).map((one) => at('', one.code, one.value))]
    case 'number':
      return [type('twelve'), ...invalidNumbers(value).map((one) => at('', one.code, one.value))]
    case 'boolean':
      return [type('yes')]
    case 'date':
      return [type(12), at('', 'format', '2023-02-29')]
    case 'datetime':
      return [type(12), at('', 'format', '2024-02-30T12:00:00Z')]
    case 'time':
      return [type(12), at('', 'format', '24:00')]
    case 'option': {
      const options = closedOptions(value)
      if (options.length === 0) return [type(value.base === 'number' ? 'twelve' : 12)]
      return [type(true), at('', 'option', value.base === 'number' ? unusedNumber(options) : 'no option of this field')]
    }
    case 'id':
      return [type(12), at('', 'max_length', 'i'.repeat(256))]
    case 'attachment': {
      const tooLarge =
        value.maxSize === undefined ? [] : [at('/size', 'max_size', { url: 'https://files.example/1', size: value.maxSize + 1 })]
      return [type(12), at('/url', 'required', { name: 'nowhere' }), ...(value.maxSize !== undefined && value.maxSize < 0 ? [] : tooLarge)]
    }
    case 'location':
      return [type('here'), at('/latitude', 'max', { latitude: 91, longitude: 0 }), at('/longitude', 'required', { latitude: 0 })]
    case 'address':
      return [type('here'), at('/city', 'type', { city: 12 })]
    case 'json':
      return []
    case 'record':
      return [type('text')]
    case 'records':
      return [type('text'), at('/0', 'type', ['text'])]
    case 'vector':
      return [
        type('text'),
        ...(value.dimensions === undefined
          ? []
          : [
              at(
                '',
                'dimensions',
                Array.from({ length: value.dimensions + 1 }, () => 0),
              ),
            ]),
      ]
    default:
      return value satisfies never
  }
}

const unusedNumber = (options: readonly (string | number)[]): number => Math.max(...options.map(Number)) + 1

const openValue = (base: 'string' | 'number'): TextValue | NumberValue =>
  base === 'number' ? { kind: 'number', isInteger: false } : { kind: 'string' }

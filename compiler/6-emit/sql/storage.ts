import type { FieldIr, ValueIr } from '../../ir/object.ts'

/** How a field is stored, independent of the database. */
export type Storage =
  | { readonly kind: 'id' | 'integer' | 'double' | 'boolean' | 'date' | 'datetime' | 'time' | 'json' }
  | { readonly kind: 'decimal'; readonly digits: number; readonly scale: number }
  /** `usual`: a length no real value of this type exceeds. `size`: what to expect when there is no limit. */
  | { readonly kind: 'string'; readonly maxLength?: number; readonly usual?: number; readonly size: 'line' | 'text' | 'document' }

/** Storage of a stored field. */
export function storageOf(field: FieldIr): Storage {
  if (field.name === 'id' || field.reference !== undefined) return { kind: field.isList ? 'json' : 'id' }
  return field.isList ? { kind: 'json' } : valueStorage(field.value, field)
}

function valueStorage(value: ValueIr, field: FieldIr): Storage {
  switch (value.kind) {
    case 'string':
      return stringStorage(field, value.maxLength)
    case 'number':
      return numberStorage(field.type === 'currency' ? { scale: 2, ...value } : value)
    case 'option':
      return value.base === 'number'
        ? { kind: 'double' }
        : { kind: 'string', usual: optionLength(value.options.map((option) => option.value)), size: 'line' }
    case 'id':
    case 'boolean':
    case 'date':
    case 'datetime':
    case 'time':
      return { kind: value.kind }
    case 'attachment':
    case 'location':
    case 'address':
    case 'json':
    case 'records':
    case 'record':
    case 'vector':
      return { kind: 'json' }
    default:
      return value satisfies never
  }
}

/** Room for options that are added later: only a list that is longer already needs more. */
const optionLength = (values: readonly (string | number)[]): number => Math.max(255, ...values.map((value) => String(value).length))

function numberStorage({ isInteger, scale, precision }: ValueIr & { kind: 'number' }): Storage {
  if (isInteger) return { kind: 'integer' }
  // Digits and decimals that MySQL (65, 30) can hold; beyond them a decimal type would round silently.
  if (scale === undefined || scale < 0 || scale > 30) return { kind: 'double' }
  const digits = Math.max(18, precision ?? 0, scale)
  return digits > 65 ? { kind: 'double' } : { kind: 'decimal', digits, scale }
}

function stringStorage(field: FieldIr, maxLength: number | undefined): Storage {
  switch (field.type) {
    case 'textarea':
    case 'secret':
    case 'qrcode':
      return { kind: 'string', maxLength, size: 'text' }
    case 'markdown':
    case 'html':
    case 'richtext':
    case 'code':
    case 'signature':
      return { kind: 'string', maxLength, size: 'document' }
    case 'email':
    case 'phone':
    case 'password':
    case 'color':
    case 'autonumber':
      return { kind: 'string', maxLength, usual: 255, size: 'line' }
    case 'url':
      return { kind: 'string', maxLength, usual: 2048, size: 'line' }
    default:
      return { kind: 'string', maxLength, size: 'line' }
  }
}

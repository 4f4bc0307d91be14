import type { DefaultIr, FieldIr, ObjectIr, ReferenceIr, ValueIr } from '../../ir/object.ts'
import { titleCase } from '../../ir/words.ts'
import { isGivenOnce, isGuarded } from '../guarded-fields.ts'

/** What a reader of the types should know about a field: its label and description where they say more than its name, then its limits in words. */
export function fieldDoc(field: FieldIr): string {
  const label = isNamedAfter(field.label, field.name) ? '' : field.label
  const limits = field.isImplicit ? [] : [...valueLimits(field.value, field.isList), ...fieldLimits(field)]
  return [label, field.description ?? '', limits.join(', ')].map(sentence).filter(Boolean).join(' ')
}

/** The object's description, or its label where that says more than the name. */
export const objectDoc = ({ name, label, description }: ObjectIr): string =>
  sentence(description ?? (isNamedAfter(label, name) ? '' : label))

/** True when the label is just the name again. */
const isNamedAfter = (label: string, name: string): boolean => plain(label) === plain(titleCase(name)) || plain(label) === plain(name)

const plain = (text: string): string => text.toLowerCase().replaceAll(/[\s_-]+/g, '')

function sentence(text: string): string {
  const words = text.replaceAll(/\s+/g, ' ').trim()
  const capital = words.slice(0, 1).toUpperCase() + words.slice(1)
  return words === '' || /[.!?。！？…]$/.test(words) ? capital : `${capital}.`
}

function fieldLimits(field: FieldIr): readonly string[] {
  return [
    ...(field.reference ? [target(field.reference, field.isList)] : []),
    ...(field.isUnique ? ['unique'] : []),
    ...(field.isComputed ? ['set by the server'] : isGuarded(field) ? [isGivenOnce(field) ? 'never changed' : 'read only'] : []),
    ...(field.isWriteOnly ? ['never returned'] : []),
    ...(field.default ? [`default ${defaultText(field.default)}`] : []),
  ]
}

function target({ object, authored, candidates }: ReferenceIr, isList: boolean): string {
  const names = object === undefined ? (candidates.length > 0 ? candidates : authored) : [object]
  const kind = names.length === 0 ? 'a record' : `${names.join(' or ')}`
  return `${isList ? 'ids' : 'id'} of ${kind}${object === undefined && candidates.length === 0 ? ' kept elsewhere' : ''}`
}

export function defaultText(value: DefaultIr): string {
  if (value.kind === 'literal') return JSON.stringify(value.value)
  return { today: 'today', now: 'now', 'current-user': 'the current user' }[value.kind]
}

export function valueLimits(value: ValueIr, isList: boolean): readonly string[] {
  switch (value.kind) {
    case 'string':
      return [
        ...(value.format ? [{ email: 'email address', url: 'web address', phone: 'phone number' }[value.format]] : []),
        ...range(value.minLength, value.maxLength, ' characters'),
        ...(value.pattern === undefined ? [] : [`matches /${value.pattern}/`]),
      ]
    case 'number':
      return [
        ...(value.isInteger ? ['whole number'] : []),
        ...range(value.min, value.max, ''),
        ...(value.scale !== undefined && value.scale > 0 ? [`${value.scale} decimal${value.scale === 1 ? '' : 's'}`] : []),
      ]
    case 'date':
      return ['YYYY-MM-DD']
    case 'datetime':
      return ['ISO 8601, UTC']
    case 'time':
      return ['HH:MM or HH:MM:SS']
    case 'attachment':
      return value.maxSize === undefined ? [] : [`at most ${value.maxSize} bytes${isList ? ' each' : ''}`]
    case 'vector':
      return value.dimensions === undefined ? [] : [`${value.dimensions} numbers`]
    default:
      return []
  }
}

function range(min: number | undefined, max: number | undefined, unit: string): readonly string[] {
  if (min !== undefined && max !== undefined) return [min === max ? `exactly ${min}${unit}` : `${min} to ${max}${unit}`]
  if (min !== undefined) return [`at least ${min}${unit}`]
  return max === undefined ? [] : [`at most ${max}${unit}`]
}

import type { Attributes } from '../2-parse/syntax.ts'
import type { FieldType } from '../ir/field-type.ts'
import { isFlagSet } from './attributes.ts'

/** Types whose values come from a list of options. */
export const OPTION_TYPES: ReadonlySet<FieldType> = new Set(['select', 'radio', 'multiselect', 'checkboxes', 'tags'])

/** Types that hold several values without being told so. */
export const LIST_TYPES: ReadonlySet<FieldType> = new Set(['multiselect', 'checkboxes', 'tags'])

/** Types that point at records of an object. */
export const RELATION_TYPES: ReadonlySet<FieldType> = new Set(['lookup', 'master_detail', 'tree', 'user'])

/** Types the app works out by itself: no client may write them. */
export const COMPUTED_TYPES: ReadonlySet<FieldType> = new Set(['formula', 'summary', 'autonumber'])

/** Types that hold a JavaScript string of free text. */
export const TEXT_TYPES: ReadonlySet<FieldType> = new Set([
  'text',
  'textarea',
  'markdown',
  'html',
  'richtext',
  'code',
  'email',
  'url',
  'phone',
  'password',
  'secret',
  'color',
  'signature',
  'qrcode',
])

export const NUMBER_TYPES: ReadonlySet<FieldType> = new Set(['number', 'currency', 'percent', 'rating', 'slider', 'progress'])

/** Types that take `multiple: true`. */
const MULTIPLE_TYPES: ReadonlySet<FieldType> = new Set(['select', 'radio', 'lookup', 'user', 'image', 'file', 'avatar', 'video', 'audio'])

/** True when the field holds an array of values. */
export const isListField = (type: FieldType, attributes: Attributes): boolean =>
  LIST_TYPES.has(type) || (MULTIPLE_TYPES.has(type) && isFlagSet(attributes, 'multiple'))

/** Columns that every table has and indexes, rules and filters may name without a declaration. */
export const IMPLICIT_FIELDS = ['id', 'created_at', 'updated_at'] as const

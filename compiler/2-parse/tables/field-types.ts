import { FIELD_TYPES, type FieldType } from '../../ir/field-type.ts'
import { foldKey } from '../key-table.ts'

/** Spellings of other generations and of the drivers under them. */
const ALIASES: { readonly [alias: string]: FieldType } = {
  string: 'text',
  varchar: 'text',
  longtext: 'textarea',
  object: 'json',
  toggle: 'boolean',
  checkbox: 'boolean',
  bool: 'boolean',
  integer: 'number',
  int: 'number',
  float: 'number',
  double: 'number',
  decimal: 'number',
  timestamp: 'datetime',
  picklist: 'select',
  grid: 'array',
  repeater: 'array',
  record: 'composite',
}

const TYPE_BY_FOLD: ReadonlyMap<string, FieldType> = new Map([
  ...FIELD_TYPES.map((type): [string, FieldType] => [foldKey(type), type]),
  ...Object.entries(ALIASES),
])

/** Types whose numbers are whole by their very name. */
const WHOLE_NUMBER_ALIASES: ReadonlySet<string> = new Set(['integer', 'int'])

/** The canonical type of a spelling, or undefined. */
export function findFieldType(written: string): FieldType | undefined {
  return TYPE_BY_FOLD.get(foldKey(written))
}

export const isWholeNumberAlias = (written: string): boolean => WHOLE_NUMBER_ALIASES.has(foldKey(written))

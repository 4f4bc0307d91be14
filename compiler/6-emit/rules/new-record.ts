import { type Code, code, list, raw } from '../../code/code.ts'
import { literal, propertyAccess, propertyKey } from '../../code/literal.ts'
import type { FieldIr, ObjectIr } from '../../ir/object.ts'
import { addPath, jsonType, type Shape } from './rule-fields.ts'

/** The function that says what a new record will hold: absent values get their default. */
export function newRecord(object: ObjectIr, shape: Shape): Code {
  const entries = object.fields.flatMap((field) => entryOf(field, shape))
  const parts = [raw('...input'), raw('id'), ...entries]
  const usesNow = entries.some(({ text }) => /\bnow\b/.test(text))
  addPath(shape, ['id'], 'text')
  return code`
/** A new record as it will be stored. */
function newRecord(id: string, input: Fields, ${raw(usesNow ? 'now' : '_now')}: string): Fields {
  return ${list(parts, { brackets: ['{ ', ' }'] })}
}
`
}

function entryOf(field: FieldIr, shape: Shape): readonly { readonly kind: 'raw'; readonly text: string }[] {
  if (field.name === 'id') return []
  const value = defaultValue(field)
  if (value === undefined) return []
  addPath(shape, [field.name], jsonType(field))
  const input = `input${propertyAccess(field.name)}`
  return [raw(`${propertyKey(field.name)}: ${field.isComputed ? value : `${input} === undefined ? ${value} : ${input}`}`)]
}

function defaultValue(field: FieldIr): string | undefined {
  const { default: preset, isComputed, summary, name } = field
  if (isComputed) {
    if (name === 'created_at' || name === 'updated_at') return 'now'
    return summary?.function === 'count' || summary?.function === 'sum' ? '0' : undefined
  }
  const { kind } = field.value
  switch (preset?.kind) {
    case 'now':
      return kind === 'date' ? 'now.slice(0, 10)' : kind === 'time' ? 'now.slice(11, 19)' : 'now'
    case 'today':
      return kind === 'datetime' ? '`${now.slice(0, 10)}T00:00:00.000Z`' : 'now.slice(0, 10)'
    case 'literal':
      return preset.value === null ? undefined : literal(field.isList && !Array.isArray(preset.value) ? [preset.value] : preset.value)
    default:
      return undefined
  }
}

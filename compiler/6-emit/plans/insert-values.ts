import { type Code, code, type Hole, list, raw, type Sym } from '../../code/code.ts'
import { literal, propertyAccess } from '../../code/literal.ts'
import type { FieldIr, ObjectIr } from '../../ir/object.ts'
import { columnKind } from './field-plan.ts'

/** The function that turns an input into the parameters of INSERT: straight line, defaults filled in. */
export function insertValues(object: ObjectIr, Create: Sym, SqlValue: Sym, helper: (name: string) => Sym): Code {
  const stored = object.fields.filter((field) => field.column !== undefined)
  const usesInput = stored.some((field) => !field.isComputed && field.name !== 'id')
  return code`
/** Parameters of \`insert\`: absent values get their default, null stays null. */
function insertValues(id: string, ${raw(usesInput ? 'input' : '_input')}: ${Create}, now: string): ${SqlValue}[] {
  return ${list(stored.map((field) => parameter(field, helper)))}
}
`
}

function parameter(field: FieldIr, helper: (name: string) => Sym): Hole {
  if (field.name === 'id') return raw('id')
  if (field.name === 'created_at' || field.name === 'updated_at') return field.isComputed ? raw('now') : plain(field, raw('now'), helper)
  if (field.isComputed) return raw('null')
  return plain(field, defaultText(field), helper)
}

function plain(field: FieldIr, fallback: Hole | undefined, helper: (name: string) => Sym): Hole {
  const access = `input${propertyAccess(field.name)}`
  // What every object inherits is not what the input says.
  const value = field.name in Object.prototype ? `(Object.hasOwn(input, ${literal(field.name)}) ? ${access} : undefined)` : access
  const kind = columnKind(field)
  const isDatetimeInput = kind === 'datetime'
  if (kind === 'boolean') return withDefault(value, fallback, code`${helper('bit')}(${raw(value)})`)
  if (kind === 'json' || kind === 'list') return withDefault(value, fallback, code`${helper('jsonText')}(${raw(value)})`)
  // Validators have turned a Date into text by now.
  const stored = isDatetimeInput ? `(${value} as string | null | undefined)` : value
  return fallback === undefined
    ? raw(`${stored} ?? null`)
    : code`${raw(value)} === undefined ? ${fallback} : ${raw(isDatetimeInput ? `(${value} as string | null)` : value)}`
}

const withDefault = (value: string, fallback: Hole | undefined, converted: Code): Code =>
  fallback === undefined ? converted : code`${raw(value)} === undefined ? ${fallback} : ${converted}`

/** A default as the column holds it. */
function defaultText(field: FieldIr): Hole | undefined {
  const { default: preset } = field
  if (!preset) return undefined
  switch (preset.kind) {
    case 'now':
      return raw(columnKind(field) === 'date' ? 'now.slice(0, 10)' : columnKind(field) === 'time' ? 'now.slice(11, 19)' : 'now')
    case 'today':
      return raw(columnKind(field) === 'datetime' ? '`${now.slice(0, 10)}T00:00:00.000Z`' : 'now.slice(0, 10)')
    case 'current-user':
      // Nobody is signed in before there is authentication: no value, as for a user who is not known.
      return undefined
    case 'literal':
      return literalDefault(field, preset.value)
    default:
      return preset satisfies never
  }
}

function literalDefault(field: FieldIr, value: unknown): Hole | undefined {
  if (value === null) return undefined
  const kind = columnKind(field)
  if (kind === 'json' || kind === 'list') return JSON.stringify(kind === 'list' && !Array.isArray(value) ? [value] : value)
  if (kind === 'boolean') return raw(value ? '1' : '0')
  return raw(literal(value))
}

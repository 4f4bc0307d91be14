import { type Code, code, type Hole, list, raw, type Sym, sym } from '../../code/code.ts'
import { literal, propertyAccess } from '../../code/literal.ts'
import type { FieldIr, ObjectIr } from '../../ir/object.ts'
import { columnKind } from './field-plan.ts'

/** Reads a field that has the name of something every object inherits. */
const VALIDATE = 'objectql/validate'

/** The function that turns an input into the parameters of INSERT: straight line, defaults filled in. */
export function insertValues(object: ObjectIr, Create: Sym, SqlValue: Sym, helper: (name: string) => Sym): Code {
  const stored = inKeyOrder(object.fields.filter((field) => field.column !== undefined))
  const usesInput = stored.some((field) => !field.isComputed && field.name !== 'id')
  return code`
/** Parameters of \`insert\`: absent values get their default, null stays null. */
function insertValues(id: string, ${raw(usesInput ? 'input' : '_input')}: ${Create}, now: string): ${SqlValue}[] {
  return ${list(stored.map((field) => parameter(field, helper)))}
}
`
}

/** Statements list columns as the keys of a plan's fields come: those that look like numbers first. */
export function inKeyOrder(fields: readonly FieldIr[]): readonly FieldIr[] {
  const fieldByName = Object.fromEntries(fields.map((field) => [field.name, field]))
  return Object.values(fieldByName)
}

function parameter(field: FieldIr, helper: (name: string) => Sym): Hole {
  if (field.name === 'id') return raw('id')
  if (field.name === 'created_at' || field.name === 'updated_at') return field.isComputed ? raw('now') : plain(field, raw('now'), helper)
  if (field.isComputed) return raw(isEmptyTotal(field) ? '0' : 'null')
  return plain(field, defaultText(field), helper)
}

/** Nothing adds up to 0. */
const isEmptyTotal = ({ summary }: FieldIr): boolean => summary?.function === 'count' || summary?.function === 'sum'

function plain(field: FieldIr, fallback: Hole | undefined, helper: (name: string) => Sym): Hole {
  const isInherited = field.name in Object.prototype
  const value = isInherited ? code`${sym('ownValue', VALIDATE)}(input, ${field.name})` : code`input${raw(propertyAccess(field.name))}`
  const kind = columnKind(field)
  if (kind === 'json' || kind === 'list') return withDefault(value, fallback, code`${helper('jsonText')}(${value})`)
  // Validators have looked at what an inherited member hides, and have turned a Date into text.
  const isCast = isInherited || kind === 'datetime'
  const cast = (rest: string): Code => (isCast ? code`${value} as ${raw(`${storedType(field)} | ${rest}`)}` : value)
  if (kind === 'boolean') return withDefault(value, fallback, code`${helper('bit')}(${isInherited ? cast('null | undefined') : value})`)
  const grouped = (rest: string): Code => (isCast ? code`(${cast(rest)})` : value)
  return fallback === undefined ? code`${grouped('null | undefined')} ?? null` : withDefault(value, fallback, grouped('null'))
}

const withDefault = (value: Code, fallback: Hole | undefined, converted: Code): Code =>
  fallback === undefined ? converted : code`${value} === undefined ? ${fallback} : ${converted}`

function storedType({ value }: FieldIr): 'string' | 'number' | 'boolean' {
  if (value.kind === 'option') return value.base
  return value.kind === 'number' || value.kind === 'boolean' ? value.kind : 'string'
}

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
      // Filled in before the input is validated, where somebody asks.
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

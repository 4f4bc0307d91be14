import { queryError } from '../../problem/problem.ts'
import { isPlainObject } from '../../validate/plain-object.ts'
import type { Expand } from '../ast.ts'
import { isJsonText, parseJson } from './json-text.ts'
import { below } from './parse-scope.ts'

/** `a,owner/name` or JSON `["a","b"]`: names as they are written, which binding knows apart from paths. */
export function parseSelect(text: string, parameter: string): readonly string[] {
  const items = (isJsonText(text) ? jsonList(text, parameter) : text.split(',')).map((item) => item.trim())
  if (items.includes('')) throw queryError('INVALID_QUERY', parameter, `"${parameter}" has an empty name in its list.`)
  return items
}

function jsonList(text: string, parameter: string): readonly string[] {
  const value = parseJson(text, parameter)
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string'))
    throw queryError('INVALID_QUERY', parameter, `"${parameter}" is a list of field names.`)
  return value
}

/** Fields of a JSON query. Earlier servers took relations in the list of fields, too. */
export interface Selection {
  readonly names?: readonly string[]
  /** Items `{ field, fields }`, as values of `expand`. */
  readonly relations: readonly { readonly field: string; readonly options: Readonly<Record<string, unknown>>; readonly at: string }[]
}

/** `['name', { field: 'owner', fields: ['name'] }]`, `{ name: true }` or `'name,owner'`; no names for everything. */
export function selectionOf(value: unknown, parameter: string): Selection {
  if (value === undefined || value === null) return { relations: [] }
  if (typeof value === 'string') return { names: parseSelect(value, parameter), relations: [] }
  if (isPlainObject(value)) return { names: Object.entries(value).flatMap(([name, isWanted]) => (isWanted ? [name] : [])), relations: [] }
  if (!Array.isArray(value)) throw queryError('INVALID_QUERY', parameter, `"${parameter}" is a list of field names.`)
  const names: string[] = []
  const relations: Selection['relations'][number][] = []
  for (const [index, item] of value.entries()) {
    const at = `${parameter}[${index}]`
    if (typeof item === 'string' && item !== '') {
      names.push(item)
      continue
    }
    if (!isPlainObject(item) || typeof item['field'] !== 'string')
      throw queryError('INVALID_QUERY', at, `"${parameter}" is a list of field names.`)
    const { field, alias, ...options } = item
    if (alias !== undefined && alias !== field)
      throw queryError('INVALID_QUERY', below(at, 'alias'), 'Fields keep their names: an alias is for groups and aggregates only.')
    names.push(field as string)
    if (Object.keys(options).length > 0) relations.push({ field: field as string, options, at })
  }
  return { names, relations }
}

/**
 * Items of one level that name a relation twice become one: `owner.manager,owner.team`.
 * @throws ObjectQLError 400 INVALID_QUERY for two filters or two pages of one relation.
 */
export function mergeExpands(items: readonly Expand[], parameter: string): readonly Expand[] {
  const byField = new Map<string, Expand>()
  for (const item of items) {
    const known = byField.get(item.field)
    if (!known) {
      byField.set(item.field, item)
      continue
    }
    for (const option of ['where', 'limit', 'offset'] as const)
      if (known[option] && item[option])
        throw queryError(
          'INVALID_QUERY',
          parameter,
          `"${item.field.slice(0, 64)}" is expanded twice with a "${option}" each: give one of them.`,
        )
    const select = known.select && item.select ? [...known.select, ...item.select] : undefined
    const { select: _known, ...before } = known
    const { select: _item, ...after } = item
    byField.set(item.field, {
      ...before,
      ...after,
      ...(select ? { select } : {}),
      orderBy: [...known.orderBy, ...item.orderBy],
      expand: mergeExpands([...known.expand, ...item.expand], parameter),
    })
  }
  return [...byField.values()]
}

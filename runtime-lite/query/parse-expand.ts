import { queryError } from '../problem/problem.ts'
import type { Expand } from './query.ts'

/**
 * `owner,account`, `owner.manager`, `owner($select=name;$expand=manager)` or JSON `{"owner":{"select":["name"]}}`.
 * @throws ObjectQLError 400 with the position.
 */
export function parseExpand(text: string, parameter: string, maxDepth: number, outerDepth = 0): readonly Expand[] {
  if (text.startsWith('{') || text.startsWith('[')) {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      throw queryError('INVALID_QUERY', parameter, `"${parameter}" is not valid JSON.`)
    }
    return expandOf(value, parameter, maxDepth, outerDepth + 1)
  }
  let at = 0
  const fail = (message: string): never => {
    throw queryError('INVALID_QUERY', parameter, message, at)
  }
  const name = (): string => {
    const start = at
    while (at < text.length && !',();.='.includes(text[at] as string)) at++
    const word = text.slice(start, at).trim()
    return word === '' ? fail(`Expected a relation name in "${parameter}".`) : word
  }
  const items = (depth: number, stops: string): readonly Expand[] => {
    const found: Expand[] = []
    for (;;) {
      found.push(item(depth))
      if (text[at] !== ',') break
      at++
    }
    if (at < text.length && !stops.includes(text[at] as string)) fail(`Unexpected "${text[at]}" in "${parameter}".`)
    return merge(found)
  }
  const item = (depth: number): Expand => {
    if (depth > maxDepth) fail(tooDeep(parameter, maxDepth))
    const field = name()
    if (text[at] === '.') {
      at++
      return { field, expand: [item(depth + 1)] }
    }
    if (text[at] !== '(') return { field, expand: [] }
    at++
    let select: readonly string[] | undefined
    let expand: readonly Expand[] = []
    do {
      const option = name()
      if (text[at++] !== '=') fail(`Expected "=" after "${option}" in "${parameter}".`)
      if (option === '$select' || option === 'select') {
        const names = [name()]
        while (text[at] === ',') {
          at++
          names.push(name())
        }
        select = names
      } else if (option === '$expand' || option === 'expand') expand = items(depth + 1, ';)')
      else fail(`"${option}" is not known inside "${parameter}". Use $select or $expand.`)
    } while (text[at] === ';' && ++at)
    if (text[at++] !== ')') fail(`Missing ")" in "${parameter}".`)
    return { field, ...(select ? { select } : {}), expand }
  }
  return items(outerDepth + 1, '')
}

/** The object dialect: `['owner']`, `{ owner: true }`, `{ owner: { select, expand } }`. */
export function expandOf(value: unknown, parameter: string, maxDepth: number, depth = 1): readonly Expand[] {
  if (value === undefined || value === null) return []
  if (depth > maxDepth) throw queryError('INVALID_QUERY', parameter, tooDeep(parameter, maxDepth))
  if (typeof value === 'string') return value === '' ? [] : parseExpand(value, parameter, maxDepth, depth - 1)
  const noRelations = () => queryError('INVALID_QUERY', parameter, `"${parameter}" is a list or a map of relations.`)
  if (Array.isArray(value))
    return merge(
      value.flatMap((item) => {
        if (Array.isArray(item)) throw noRelations()
        return expandOf(item, parameter, maxDepth, depth)
      }),
    )
  if (typeof value !== 'object') throw noRelations()
  const found: Expand[] = []
  for (const [field, options] of Object.entries(value)) {
    if (options === false || options === undefined || options === null) continue
    if (options === true) {
      found.push({ field, expand: [] })
      continue
    }
    if (typeof options !== 'object' || Array.isArray(options))
      throw queryError('INVALID_QUERY', parameter, `"${parameter}.${field}" is true or { select, expand }.`)
    const { select, fields, expand, ...rest } = options as Readonly<Record<string, unknown>>
    const unknown = Object.keys(rest)[0]
    if (unknown !== undefined)
      throw queryError('INVALID_QUERY', parameter, `"${unknown}" is not known inside "${parameter}.${field}". Use select or expand.`)
    const names = selectOf(select ?? fields, parameter)
    found.push({ field, ...(names ? { select: names } : {}), expand: expandOf(expand, parameter, maxDepth, depth + 1) })
  }
  return found
}

/** `['name']` or `{ name: true }`; undefined for everything. */
export function selectOf(value: unknown, parameter: string): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value) && value.every((item): item is string => typeof item === 'string')) return value
  if (typeof value === 'object' && !Array.isArray(value))
    return Object.entries(value).flatMap(([name, isWanted]) => (isWanted ? [name] : []))
  throw queryError('INVALID_QUERY', parameter, `"select" in "${parameter}" is a list of field names.`)
}

const tooDeep = (parameter: string, maxDepth: number): string => `"${parameter}" is nested deeper than ${maxDepth} levels.`

/** `owner.manager,owner.team` names `owner` twice: one expand with both below it. */
function merge(items: readonly Expand[]): readonly Expand[] {
  const byField = new Map<string, Expand>()
  for (const item of items) {
    const known = byField.get(item.field)
    if (!known) byField.set(item.field, item)
    else {
      const select = known.select && item.select ? [...known.select, ...item.select] : undefined
      byField.set(item.field, { field: item.field, ...(select ? { select } : {}), expand: merge([...known.expand, ...item.expand]) })
    }
  }
  return [...byField.values()]
}

import { queryError } from '../../problem/problem.ts'
import type { Operand, Search } from '../ast.ts'
import type { BoundSearch, Parameter } from '../bound.ts'
import type { BindScope } from './bind-scope.ts'
import { parameterOf } from './bind-value.ts'
import { readableField } from './resolve-field.ts'

/** Full-text search in the fields it names, else in those of the index, else in all text fields. */
export function bindSearch(search: Search, scope: BindScope): BoundSearch {
  const { plan, alias, shared } = scope
  const names = search.fields ?? plan.searchable ?? textFields(plan)
  if (names.length === 0) throw queryError('INVALID_QUERY', 'search', `"${plan.name}" has no text fields to search in.`)
  const columns = names.map((name) => {
    const { plan: field } = readableField(plan, name, 'INVALID_QUERY', { parameter: 'search' })
    if (field.formula) throw queryError('INVALID_QUERY', 'search', `"${name}" is worked out from other fields: it cannot be searched in.`)
    if (field.kind !== 'text' && field.kind !== 'option' && field.kind !== 'id')
      throw queryError('INVALID_QUERY', 'search', `"${name}" is not text: it cannot be searched in.`)
    return field.column ?? name
  })
  shared.values.count()
  shared.cost.spend(10)
  const { searchable } = plan
  return {
    plan,
    alias,
    text: searchParameter(search.text),
    columns,
    operator: search.operator,
    isIndexed: searchable !== undefined && searchable.length === names.length && names.every((name) => searchable.includes(name)),
  }
}

const textFields = ({ fields }: BindScope['plan']): readonly string[] =>
  Object.entries(fields).flatMap(([name, { kind, isWriteOnly, formula }]) => (kind === 'text' && !isWriteOnly && !formula ? [name] : []))

/** The text to search for. */
export const searchParameter = (text: Operand): Parameter =>
  parameterOf(text, 'text', searchText(text), 'search', { op: 'search', operand: text })

function searchText({ type }: Operand) {
  return (value: unknown): string => {
    const text = type === 'quoted' ? String(value).replaceAll("''", "'") : String(value)
    if (text.trim() === '') throw queryError('INVALID_QUERY', 'search', 'The text to search for is empty.')
    if (text.length > MAX_SEARCH)
      throw queryError('INVALID_QUERY', 'search', `The text to search for has more than ${MAX_SEARCH} characters.`)
    return text
  }
}

const MAX_SEARCH = 1_000

import type { SlotValue } from '../../runtime-lite/query/ast.ts'
import { parseQueryDocument } from '../../runtime-lite/query/parse/query-document.ts'
import type { AppIr, FieldIr, NamedQueryIr, ObjectIr } from '../ir/object.ts'
import type { Question } from './question.ts'
import type { QuestionLimits } from './question-limits.ts'
import type { Target } from './read-url.ts'

export interface Named {
  readonly object: ObjectIr
  readonly named: NamedQueryIr
}

/** `ticket.open_of_owner`, or the route `ticket/queries/open_of_owner`. */
export function namedQueryOf({ path }: Target, { objects }: AppIr): Named | undefined {
  const [first = '', queries, last] = path
  for (const object of objects)
    for (const named of object.queries) {
      const isRoute = path.length === 3 && first === object.name && queries === 'queries' && last === named.name
      if (isRoute || (path.length === 1 && first === `${object.name}.${named.name}`)) return { object, named }
    }
  return undefined
}

/** A named query with the values of its parameters, as far as they are given. @throws ObjectQLError */
export function readNamedQuery({ object, named }: Named, { search }: Target, limits: QuestionLimits): Question {
  const names = named.params.map(({ name }) => name)
  const { query } = parseQueryDocument(named.document, {
    limits,
    object: object.name,
    parameters: names,
    addParameter: (name) => names.push(name) - 1,
  })
  const given = new URLSearchParams(search)
  const values: SlotValue[] = []
  for (const [index, name] of names.entries()) {
    const text = given.get(name)
    const field = named.params.find((param) => param.name === name)
    if (text !== null) values[index] = slotValueOf(text, field)
  }
  return { object: object.name, operation: 'list', query, values, parameters: names }
}

function slotValueOf(text: string, field: FieldIr | undefined): SlotValue {
  if (field?.isList) return text.split(',')
  if (field?.value.kind === 'number' && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text)
  return field?.value.kind === 'boolean' && (text === 'true' || text === 'false') ? text === 'true' : text
}

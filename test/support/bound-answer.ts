import type { ObjectPlan } from '../../runtime-lite/object/object-plan.ts'
import type { BoundCondition, BoundExpression, BoundMember, BoundRelation, BoundSort, Parameter } from '../../runtime-lite/query/bound.ts'
import type { Json } from './bound-random.ts'
import { callFunction, compareText, foldAscii } from './language/functions.ts'

/** Records by object name, and the time of the request. */
export interface BoundTables {
  readonly rows: ReadonlyMap<string, readonly Json[]>
  readonly now: number
}

/** Alias → record. */
export type BoundScope = ReadonlyMap<string, Json>

const valueIn = (parameter: Parameter, { now }: BoundTables): unknown => parameter.bind([], { now })

const plain = (value: unknown): unknown => (typeof value === 'boolean' ? Number(value) : (value ?? null))

/** What an expression is, as slow and plain as can be: booleans are 0 and 1, null is null. */
export function evaluate(expression: BoundExpression, scope: BoundScope, tables: BoundTables): unknown {
  switch (expression.kind) {
    case 'column':
      return plain(scope.get(expression.alias)![expression.name])
    case 'parameter':
      return valueIn(expression.parameter, tables)
    case 'call':
      return callFunction(
        expression.name,
        expression.args.map((arg) => evaluate(arg, scope, tables)),
        new Date(tables.now).toISOString(),
      )
    case 'json-path': {
      let at = evaluate(expression.of, scope, tables)
      for (const key of JSON.parse(String(valueIn(expression.path, tables))) as (string | number)[]) {
        const isThere = typeof at === 'object' && at !== null && Array.isArray(at) === (typeof key === 'number') && Object.hasOwn(at, key)
        at = isThere ? (at as { readonly [key: string]: unknown })[key] : null
      }
      if (expression.value === 'any') return at
      const type = expression.value === 'text' ? 'string' : expression.value
      return at !== null && typeof at === type ? plain(at) : null
    }
    case 'lookup': {
      const id = evaluate(expression.through, scope, tables)
      const found = tables.rows.get(expression.target.name)!.find((row) => row['id'] === id)
      return found ? evaluate(expression.of, new Map([...scope, [expression.alias, found]]), tables) : null
    }
    default:
      throw new Error(`${expression.kind} is not interpreted here`)
  }
}

export const orderOf = (left: unknown, right: unknown): number =>
  typeof left === 'string' && typeof right === 'string' ? compareText(left, right) : Number(left) - Number(right)

export function holds(condition: BoundCondition, scope: BoundScope, tables: BoundTables): boolean {
  const value = (expression: BoundExpression): unknown => evaluate(expression, scope, tables)
  switch (condition.kind) {
    case 'constant':
      return condition.holds
    case 'and':
      return condition.parts.every((part) => holds(part, scope, tables))
    case 'or':
      return condition.parts.some((part) => holds(part, scope, tables))
    case 'null':
      return (value(condition.of) === null) === condition.isNull
    case 'compare': {
      const [left, right] = [value(condition.left), value(condition.right)]
      if (condition.operator === 'eq') return left === right
      if (condition.operator === 'ne') return left !== right
      if (left === null || right === null) return condition.orNull
      const order = orderOf(left, right)
      return { gt: order > 0, ge: order >= 0, lt: order < 0, le: order <= 0 }[condition.operator]
    }
    case 'match':
      return matches(condition.operator, value(condition.left), value(condition.right)) !== condition.isNegated
    case 'in': {
      const wanted = condition.list
        ? (JSON.parse(String(valueIn(condition.list, tables))) as unknown[])
        : condition.values.map((one) => valueIn(one, tables))
      return wanted.includes(value(condition.left)) !== condition.isNegated
    }
    case 'member': {
      const wanted = valueIn(condition.value, tables)
      const list = (scope.get(condition.column.alias)![condition.column.name] ?? []) as readonly unknown[]
      return list.includes(condition.value.kind === 'boolean' ? wanted === 1 : wanted) !== condition.isNegated
    }
    case 'exists':
      return related(condition.relation, scope, tables).some((one) => holds(condition.where, one, tables)) !== condition.isNegated
    case 'search': {
      const { search } = condition
      const row = scope.get(search.alias)!
      const names = Object.entries(search.plan.fields).filter(([name, { column = name }]) => search.columns.includes(column))
      const words = wordsOf(names.map(([name]) => row[name] ?? '').join(' '))
      const wanted = wordsOf(String(valueIn(search.text, tables)))
      const isThere = (word: string): boolean => words.includes(word)
      const isFound = search.operator === 'and' ? wanted.length > 0 && wanted.every(isThere) : wanted.some(isThere)
      return isFound !== condition.isNegated
    }
    default:
      return condition satisfies never
  }
}

const wordsOf = (text: string): string[] =>
  foldAscii(text)
    .split(/[\t\n\v\f\r !-/:-@[-`{-~]+/)
    .filter((word) => word !== '')

function matches(operator: string, text: unknown, wanted: unknown): boolean {
  if (typeof text !== 'string' || typeof wanted !== 'string') return false
  switch (operator) {
    case 'contains':
      return text.includes(wanted)
    case 'startswith':
      return text.startsWith(wanted)
    case 'endswith':
      return text.endsWith(wanted)
    case 'icontains':
      return foldAscii(text).includes(foldAscii(wanted))
    case 'like':
      return isLike([...text], [...wanted])
    default:
      return isLike([...foldAscii(text)], [...foldAscii(wanted)])
  }
}

function isLike(text: readonly string[], [first, ...rest]: readonly string[]): boolean {
  if (first === undefined) return text.length === 0
  if (first === '%') return isLike(text, rest) || (text.length > 0 && isLike(text.slice(1), ['%', ...rest]))
  if (first === '_') return text.length > 0 && isLike(text.slice(1), rest)
  const isEscape = first === '\\' && rest.length > 0
  return text[0] === (isEscape ? rest[0] : first) && isLike(text.slice(1), isEscape ? rest.slice(1) : rest)
}

/** Scopes with a related record each, in the order of the list of ids. */
function related({ alias, outerAlias, from, to, kind, target }: BoundRelation, scope: BoundScope, { rows }: BoundTables): BoundScope[] {
  const key = scope.get(outerAlias)![from]
  const ids = kind === 'list' ? ((key ?? []) as readonly unknown[]) : key === null ? [] : [key]
  return ids.flatMap((id) =>
    rows
      .get(target.name)!
      .filter((row) => row[to] === id)
      .map((row) => new Map([...scope, [alias, row]])),
  )
}

export const compareScopes =
  (items: readonly BoundSort[], tables: BoundTables) =>
  (left: BoundScope, right: BoundScope): number => {
    for (const { by, isDescending, nullsFirst } of items) {
      const [a, b] = [evaluate(by, left, tables), evaluate(by, right, tables)]
      if (a === null || b === null) {
        if (a === b) continue
        return (a === null) === nullsFirst ? -1 : 1
      }
      const order = orderOf(a, b)
      if (order !== 0) return isDescending ? -order : order
    }
    return 0
  }

/** A record as JSON. */
export function shown(
  plan: ObjectPlan,
  members: readonly BoundMember[] | undefined,
  alias: string,
  scope: BoundScope,
  tables: BoundTables,
): Json {
  const row = scope.get(alias)!
  if (!members) return Object.fromEntries(Object.entries(row).filter(([name]) => !plan.fields[name]!.isWriteOnly))
  return Object.fromEntries(members.map((member) => [member.key, shownMember(member, row, scope, tables)]))
}

function shownMember(member: BoundMember, row: Json, scope: BoundScope, tables: BoundTables): unknown {
  if (member.kind === 'value') {
    if (member.of.kind === 'column') return row[member.of.name]
    const value = evaluate(member.of, scope, tables)
    return member.of.kind === 'json-path' && member.of.value === 'boolean' && value !== null ? value === 1 : value
  }
  const { relation, record } = member
  const found = related(relation, scope, tables)
  const show = (one: BoundScope): Json => shown(relation.target, record, relation.alias, one, tables)
  const byId = (id: unknown): unknown => {
    const one = found.find((candidate) => candidate.get(relation.alias)!['id'] === id)
    return one ? show(one) : id
  }
  const key = row[relation.from]
  if (member.kind === 'one') return byId(key)
  if (member.kind === 'listed') return (key as readonly unknown[] | null)?.map(byId) ?? null
  const start = member.offset ? Number(valueIn(member.offset, tables)) : 0
  return found
    .filter((one) => holds(member.where, one, tables))
    .sort(compareScopes(member.orderBy, tables))
    .slice(start, start + Number(valueIn(member.limit, tables)))
    .map(show)
}

/** JSON without the difference between 0 and -0. */
export const canonical = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

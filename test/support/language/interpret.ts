import type { ObjectIr } from '../../../compiler/ir/object.ts'
import type {
  Aggregate,
  Condition,
  Expand,
  Expression,
  Grouping,
  Operand,
  Query,
  SlotValue,
  SortItem,
} from '../../../runtime-lite/query/ast.ts'
import { FUNCTIONS, type FunctionSignature } from '../../../runtime-lite/query/functions.ts'
import { callFunction, compareText, foldAscii, truncateDate } from './functions.ts'
import type { Row, World } from './world.ts'

/** What an expression is about: a record and its object; for groups, the aliases. */
interface Scope {
  readonly world: World
  readonly values: readonly SlotValue[]
  readonly now: string
  readonly object: ObjectIr | undefined
  readonly row: Row
}

export interface Answer {
  readonly items: readonly Row[]
  readonly total?: number
}

export const DEFAULT_LIMIT = 50

/** The answer to any query of the language, computed as slowly and obviously as possible. */
export function interpret(
  world: World,
  objectName: string,
  query: Query,
  values: readonly SlotValue[],
  now = '2024-06-01T00:00:00.000Z',
): Answer {
  const object = world.objects.get(objectName)!
  const scopeOf = (row: Row): Scope => ({ world, values, now, object, row })
  const rows = query.deleted === 'with' ? world.rows.get(objectName)! : rowsOf(world, object, query.deleted === 'only')
  const found = rows.filter((row) => query.where === undefined || holds(query.where, scopeOf(row)))
  if (query.group) return grouped(found, query, query.group, scopeOf)
  const items = distinct(sorted(found, query.orderBy, scopeOf), query, scopeOf)
  const shownItems = page(items, query.offset, query.limit, values).map((row) => (query.isDistinct ? row : shown(scopeOf(row), query)))
  return query.total === 'none' ? { items: shownItems } : { items: shownItems, total: items.length }
}

/** The records of an object, or its trash. Nothing leads into the trash: relations see the others alone. */
const rowsOf = (world: World, { name, trash }: ObjectIr, areDeleted = false): readonly Row[] =>
  world.rows.get(name)!.filter((row) => ((trash ? (row[trash.field] ?? null) : null) !== null) === areDeleted)

/** Equal rows once: what is compared is what is shown. */
function distinct(rows: readonly Row[], query: Query, scopeOf: (row: Row) => Scope): readonly Row[] {
  if (!query.isDistinct) return rows
  const byText = new Map<string, Row>()
  for (const row of rows) {
    const item = shown(scopeOf(row), query)
    if (!byText.has(JSON.stringify(item))) byText.set(JSON.stringify(item), item)
  }
  return [...byText.values()]
}

function page(rows: readonly Row[], offset: Operand | undefined, limit: Operand | undefined, values: readonly SlotValue[]): readonly Row[] {
  const start = offset ? Number(operandValue(offset, values)) : 0
  return rows.slice(start, start + (limit ? Number(operandValue(limit, values)) : DEFAULT_LIMIT))
}

function sorted(rows: readonly Row[], orderBy: readonly SortItem[], scopeOf: (row: Row) => Scope): readonly Row[] {
  const isTotal = orderBy.some(({ by }) => by.kind === 'field' && by.path.join() === 'id')
  const tieBreaker: SortItem = { by: { kind: 'field', path: ['id'] }, isDescending: orderBy.at(-1)?.isDescending ?? false }
  const items = isTotal ? orderBy : [...orderBy, tieBreaker]
  return [...rows].sort((a, b) => compareBy(items, (item) => [evaluate(item.by, scopeOf(a)), evaluate(item.by, scopeOf(b))]))
}

function compareBy(items: readonly SortItem[], pair: (item: SortItem) => readonly [unknown, unknown]): number {
  for (const item of items) {
    const [left, right] = pair(item)
    const nullsFirst = item.nulls === undefined ? !item.isDescending : item.nulls === 'first'
    if (left === null || right === null) {
      if (left === right) continue
      return (left === null) === nullsFirst ? -1 : 1
    }
    const order = compareValues(left, right)
    if (order !== 0) return item.isDescending ? -order : order
  }
  return 0
}

export function compareValues(left: unknown, right: unknown): number {
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right)
  return Number(left) - Number(right)
}

/** Two-valued: every condition holds or does not. */
export function holds(condition: Condition, scope: Scope): boolean {
  switch (condition.kind) {
    case 'constant':
      return condition.holds
    case 'and':
      return condition.parts.every((part) => holds(part, scope))
    case 'or':
      return condition.parts.some((part) => holds(part, scope))
    case 'not':
      return !holds(condition.part, scope)
    case 'null':
      return (evaluate(condition.of, scope) === null) === condition.isNull
    case 'compare': {
      let left = evaluate(condition.left, scope)
      let right = evaluate(condition.right, scope)
      // What stands in free JSON may be of another type than what it is compared with: then it is no value.
      const [leftType, rightType] = [typeOf(condition.left, scope), typeOf(condition.right, scope)]
      if (leftType === undefined && rightType !== undefined && rightType !== NO_TYPE && typeof left !== rightType) left = null
      if (rightType === undefined && leftType !== undefined && leftType !== NO_TYPE && typeof right !== leftType) right = null
      if (left !== null && right !== null && typeof left !== typeof right) left = null
      if (condition.operator === 'ne') return !isEqual(left, right)
      if (condition.operator === 'eq') return isEqual(left, right)
      if (left === null || right === null) return false
      const order = compareValues(left, right)
      return { gt: order > 0, ge: order >= 0, lt: order < 0, le: order <= 0 }[condition.operator]
    }
    case 'match':
      return matches(condition.operator, evaluate(condition.left, scope), evaluate(condition.right, scope))
    case 'in': {
      const left = evaluate(condition.left, scope)
      const wanted = condition.values.flatMap((value) => operandValue(value, scope.values))
      return left !== null && wanted.some((value) => isEqual(left, value))
    }
    case 'related': {
      const related = relatedRows(condition.path, scope)
      const part = condition.part
      if (!part) return related.length > 0
      return condition.quantifier === 'any' ? related.some((one) => holds(part, one)) : related.every((one) => holds(part, one))
    }
    default:
      return condition satisfies never
  }
}

const isEqual = (left: unknown, right: unknown): boolean => left === right

function matches(operator: string, text: unknown, wanted: unknown): boolean {
  if (Array.isArray(text)) return text.includes(wanted)
  if (typeof text !== 'string' || wanted === null) return false
  const sought = String(wanted)
  switch (operator) {
    case 'contains':
      return text.includes(sought)
    case 'startswith':
      return text.startsWith(sought)
    case 'endswith':
      return text.endsWith(sought)
    case 'icontains':
      return foldAscii(text).includes(foldAscii(sought))
    case 'regex':
      return [...text].length <= 10_000 && new RegExp(sought, 'u').test(text)
    case 'like':
      return isLike([...text], [...sought])
    default:
      return isLike([...foldAscii(text)], [...foldAscii(sought)])
  }
}

/** `%` any text, `_` one character, `\` takes the next one as it is. */
function isLike(text: readonly string[], pattern: readonly string[]): boolean {
  const [first, ...rest] = pattern
  if (first === undefined) return text.length === 0
  if (first === '%') return isLike(text, rest) || (text.length > 0 && isLike(text.slice(1), pattern))
  if (text.length === 0) return false
  if (first === '_') return isLike(text.slice(1), rest)
  if (first === '\\' && rest.length > 0) return text[0] === rest[0] && isLike(text.slice(1), rest.slice(1))
  return text[0] === first && isLike(text.slice(1), rest)
}

/** Scopes of the records a path of relations leads to. */
function relatedRows(path: readonly string[], scope: Scope): readonly Scope[] {
  const [name, ...rest] = path
  if (name === undefined) return [scope]
  const { world, object, row } = scope
  const field = object!.fields.find((one) => one.name === name)
  const child = object!.children.find((one) => one.name === name)
  const target = field?.reference?.object ?? child!.object
  const rows = rowsOf(world, world.objects.get(target)!).filter((one) => {
    if (!field) return one[child!.field] === row['id']
    const ids = row[name]
    return Array.isArray(ids) ? ids.includes(one['id']) : one['id'] === ids
  })
  return rows.flatMap((one) => relatedRows(rest, { ...scope, object: world.objects.get(target)!, row: one }))
}

export function evaluate(expression: Expression, scope: Scope): unknown {
  switch (expression.kind) {
    case 'value':
      return operandValue(expression.value, scope.values)
    case 'call':
      return callFunction(
        expression.name,
        expression.args.map((arg) => evaluate(arg, scope)),
        scope.now,
      )
    case 'field':
      return fieldValue(expression.path, scope)
    case 'if':
      if (holds(expression.condition, scope)) return evaluate(expression.result, scope)
      return expression.otherwise ? evaluate(expression.otherwise, scope) : null
    case 'truth':
      return holds(expression.of, scope)
    default:
      return expression satisfies never
  }
}

function fieldValue(path: readonly string[], { object, row, ...rest }: Scope): unknown {
  const [name = '', ...inner] = path
  if (!object) return row[name] ?? null
  const value = row[name] ?? null
  if (inner.length === 0) return value
  const target = object.fields.find((field) => field.name === name)?.reference?.object
  if (target !== undefined) {
    const targetObject = rest.world.objects.get(target)!
    const found = rowsOf(rest.world, targetObject).find((one) => one['id'] === value)
    return found ? fieldValue(inner, { ...rest, object: targetObject, row: found }) : null
  }
  let at: unknown = value
  for (const key of inner) at = at !== null && typeof at === 'object' ? ((at as Row)[key] ?? null) : null
  return at
}

/** What an expression yields when it has a value; undefined for a path into free JSON, of which nothing is known. */
function typeOf(expression: Expression, { object, world, values }: Pick<Scope, 'object' | 'world' | 'values'>): string | undefined {
  if (expression.kind === 'value') return typeof operandValue(expression.value, values)
  if (expression.kind === 'call') {
    const { result } = FUNCTIONS[expression.name] as FunctionSignature
    if (result === 'any') return expression.args.map((arg) => typeOf(arg, { object, world, values })).find((type) => type !== undefined)
    return result === 'number' || result === 'boolean' ? result : 'string'
  }
  if (expression.kind !== 'field') return NO_TYPE
  const [name, ...inner] = expression.path
  const field = object?.fields.find((one) => one.name === name)
  if (!field) return NO_TYPE
  const target = inner.length > 0 ? world.objects.get(field.reference?.object ?? '') : undefined
  if (target) return typeOf({ kind: 'field', path: inner }, { object: target, world, values })
  if (inner.length > 0) return undefined
  if (field.value.kind === 'option') return field.value.base
  return field.value.kind === 'number' || field.value.kind === 'boolean' ? field.value.kind : 'string'
}

/** Aliases and conditions that choose: whatever they are, they are no paths into JSON. */
const NO_TYPE = 'any'

function operandValue(operand: Operand, values: readonly SlotValue[]): unknown {
  const value = operand.kind === 'slot' ? values[operand.index] : operand.value
  if (operand.kind === 'slot' && operand.type === 'bare' && /^-?[\d.]+(e[+-]?\d+)?$/i.test(String(value))) return Number(value)
  return operand.kind === 'slot' && operand.type === 'quoted' ? String(value).replaceAll("''", "'") : value
}

/** The record as the query shows it: chosen fields, relations in place of ids. */
function shown(scope: Scope, { select, expand }: Pick<Query, 'select' | 'expand'>): Row {
  const { row, object } = scope
  const names = select ?? object!.fields.map(({ name }) => name)
  const item: { [key: string]: unknown } = {}
  for (const name of names) item[name] = row[name] !== undefined ? row[name] : fieldValue(name.split('.'), scope)
  for (const one of expand) item[one.field] = expanded(one, scope)
  return item
}

function expanded(expand: Expand, scope: Scope): unknown {
  const value = scope.row[expand.field]
  const related = relatedRows([expand.field], scope)
  const record = (one: Scope): Row => shown(one, expand)
  if (scope.object!.children.some(({ name }) => name === expand.field)) {
    const found = related.filter((one) => expand.where === undefined || holds(expand.where, one))
    const scopeByRow = new Map(found.map((one) => [one.row, one]))
    const inOrder = sorted([...scopeByRow.keys()], expand.orderBy, (row) => scopeByRow.get(row)!)
    return page(inOrder, expand.offset, expand.limit, scope.values).map((row) => record(scopeByRow.get(row)!))
  }
  if (value === null || value === undefined) return null
  const target = (id: unknown): unknown => {
    const found = related.find((one) => one.row['id'] === id)
    return found ? record(found) : id
  }
  return Array.isArray(value) ? value.map(target) : target(value)
}

function grouped(rows: readonly Row[], query: Query, group: Grouping, scopeOf: (row: Row) => Scope): Answer {
  const groups = new Map<string, { readonly key: Row; readonly rows: Row[] }>()
  for (const row of rows) {
    const key = Object.fromEntries(
      group.by.map(({ alias, by, granularity }) => {
        const value = evaluate(by, scopeOf(row))
        return [alias, granularity && typeof value === 'string' ? truncateDate(value, granularity) : value]
      }),
    )
    const text = JSON.stringify(key)
    const known = groups.get(text) ?? { key, rows: [] }
    known.rows.push(row)
    groups.set(text, known)
  }
  if (group.by.length === 0 && groups.size === 0) groups.set('', { key: {}, rows: [] })
  const scopeOfGroup = (row: Row): Scope => ({ ...scopeOf(row), object: undefined, row })
  const all = [...groups.values()].map(({ key, rows: members }): Row => {
    const aggregates = group.aggregates.map((one) => [one.alias, aggregated(one, members.map(scopeOf))] as const)
    return { ...key, ...Object.fromEntries(aggregates) }
  })
  const kept = all.filter((row) => group.having === undefined || holds(group.having, scopeOfGroup(row)))
  const inOrder = [...kept].sort((a, b) =>
    compareBy(query.orderBy, (item) => [evaluate(item.by, scopeOfGroup(a)), evaluate(item.by, scopeOfGroup(b))]),
  )
  const items = page(inOrder, query.offset, query.limit, scopeOf({}).values)
  return query.total === 'none' ? { items } : { items, total: kept.length }
}

function aggregated({ function: name, of, filter }: Aggregate, scopes: readonly Scope[]): unknown {
  const counted = scopes.filter((scope) => filter === undefined || holds(filter, scope))
  if (!of) return counted.length
  const values = counted.map((scope) => evaluate(of, scope)).filter((value) => value !== null)
  const sum = (): number => values.reduce((total: number, value) => total + Number(value), 0)
  switch (name) {
    case 'count':
      return values.length
    case 'count_distinct':
      return new Set(values).size
    case 'sum':
      return values.length === 0 ? null : sum()
    case 'avg':
      return values.length === 0 ? null : sum() / values.length
    default:
      return values.reduce(
        (best: unknown, value) => (best === null || compareValues(value, best) * (name === 'min' ? 1 : -1) < 0 ? value : best),
        null,
      )
  }
}

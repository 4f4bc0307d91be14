import type { Condition, Expand, Expression, Operand, Query, SlotValue, SortItem } from '../../../runtime-lite/query/ast.ts'
import type { Random } from '../random.ts'
import { operandValue } from './normal-query.ts'
import { isWord } from './write-odata.ts'

const DOLLAR = { eq: '$eq', ne: '$ne', gt: '$gt', ge: '$gte', lt: '$lt', le: '$lte' } as const
const INFIX = {
  eq: ['=', '==', 'eq', 'equals'],
  ne: ['!=', '<>', 'ne', 'neq', 'not_equals'],
  gt: ['>', 'gt', 'greater_than', 'after'],
  ge: ['>=', 'gte', 'ge'],
  lt: ['<', 'lt', 'less_than', 'before'],
  le: ['<=', 'lte', 'le'],
} as const
const MATCHES = {
  contains: '$contains',
  startswith: '$startsWith',
  endswith: '$endsWith',
  icontains: '$icontains',
  like: '$like',
  ilike: '$ilike',
} as const

/** Writes parts of a query as JSON, in the object dialect and in the array dialect. */
export function jsonWriter(random: Random, values: readonly SlotValue[]) {
  const operand = (one: Operand): SlotValue => operandValue(one, values)
  const dotted = (path: readonly string[]): string => path.join('.')

  const expression = (one: Expression): unknown => {
    if (one.kind === 'field') return { $field: dotted(one.path) }
    if (one.kind === 'call') return { $call: [one.name, ...one.args.map(expression)] }
    if (one.kind === 'value') return operand(one.value)
    throw new Error(`"${one.kind}" stands in formulas only.`)
  }

  /** Operator and value of a condition with something on its left, in both dialects. */
  const criterion = (one: Condition) => {
    switch (one.kind) {
      case 'null':
        return random.chance(0.5)
          ? { of: one.of, dollar: '$null', infix: 'is_null', value: one.isNull }
          : { of: one.of, dollar: one.isNull ? '$eq' : '$ne', infix: one.isNull ? '=' : '!=', value: null }
      case 'compare':
        return { of: one.left, dollar: DOLLAR[one.operator], infix: random.pick(INFIX[one.operator]), value: expression(one.right) }
      case 'match':
        return { of: one.left, dollar: MATCHES[one.operator as keyof typeof MATCHES], infix: one.operator, value: expression(one.right) }
      case 'in':
        return { of: one.left, dollar: '$in', infix: 'in', value: one.values.flatMap((value): SlotValue[] => [operand(value)].flat()) }
      default:
        return undefined
    }
  }

  const object = (one: Condition): Record<string, unknown> => {
    if (one.kind === 'and' || one.kind === 'or') {
      const parts = one.parts.map(condition)
      if (one.kind === 'or') return { $or: parts }
      const objects = parts.filter((part) => !Array.isArray(part)) as Record<string, unknown>[]
      const keys = objects.flatMap(Object.keys)
      const isFlat = objects.length === parts.length && new Set(keys).size === keys.length && keys.length > 0
      // What restricts nothing is left out, which only a group keeps.
      return isFlat && objects.every((part) => Object.keys(part).length === 1) && random.chance(0.5)
        ? Object.assign({}, ...objects)
        : { $and: parts }
    }
    if (one.kind === 'not') {
      if (one.part.kind === 'related' && one.part.quantifier === 'any' && one.part.part && random.chance(0.5))
        return { [dotted(one.part.path)]: { $none: condition(one.part.part) } }
      return { $not: condition(one.part) }
    }
    if (one.kind === 'related') {
      const part = one.part ? condition(one.part) : {}
      const isField = one.quantifier === 'any' && isPlainFilter(part) && random.chance(0.4)
      return { [dotted(one.path)]: isField ? part : { [one.quantifier === 'any' ? '$some' : '$every']: part } }
    }
    const made = criterion(one)
    if (!made) throw new Error('Constants have no JSON form.')
    const { of, dollar, infix, value } = made
    if (of.kind !== 'field') return { $expr: [expression(of), infix, value] }
    const isShort = dollar === '$eq' && (typeof value !== 'object' || value === null)
    return { [dotted(of.path)]: isShort && random.chance(0.5) ? value : { [dollar]: value } }
  }

  const array = (one: Condition): unknown => {
    if (one.kind === 'and' || one.kind === 'or') {
      const parts = one.parts.map(condition)
      if (parts.length < 2 || random.chance(0.5)) return [one.kind, ...parts]
      const isSilent = one.kind === 'and' && random.chance(0.3) && parts.every((part) => typeof part === 'object')
      return isSilent ? parts : parts.flatMap((part, index) => (index === 0 ? [part] : [one.kind, part]))
    }
    const made = criterion(one)
    return made?.of.kind === 'field' ? [dotted(made.of.path), made.infix, made.value] : object(one)
  }

  const condition = (one: Condition): unknown => (random.chance(0.25) ? array(one) : object(one))

  const sort = (items: readonly SortItem[]): unknown =>
    items.map(({ by, isDescending, nulls }) => {
      const order = { order: isDescending ? 'desc' : 'asc', ...(nulls ? { nulls } : {}) }
      if (by.kind !== 'field') return { by: expression(by), ...order }
      const field = dotted(by.path)
      if (nulls || random.chance(0.5)) return { field, ...order }
      return random.pick<unknown>([
        [field, order.order],
        { [field]: order.order },
        !by.path.every(isWord) ? [field, order.order] : isDescending ? `-${field}` : field,
      ])
    })

  const expand = (items: readonly Expand[]): unknown =>
    Object.fromEntries(
      items.map((item) => {
        const options = {
          ...(item.select ? { [random.pick(['select', 'fields'])]: item.select } : {}),
          ...(item.where ? { [random.pick(['where', 'filter'])]: condition(item.where) } : {}),
          ...(item.orderBy.length > 0 ? { orderBy: sort(item.orderBy) } : {}),
          ...(item.limit ? { [random.pick(['limit', 'top'])]: operand(item.limit) } : {}),
          ...(item.offset ? { [random.pick(['offset', 'skip'])]: operand(item.offset) } : {}),
          ...(item.expand.length > 0 ? { expand: expand(item.expand) } : {}),
        }
        return [item.field, Object.keys(options).length === 0 ? true : options]
      }),
    )

  const groups = ({ group }: Query) => ({
    by: (group?.by ?? []).map(({ alias, by, granularity }) => ({
      ...(by.kind === 'field' ? { field: dotted(by.path) } : { by: expression(by) }),
      alias,
      ...(granularity ? { dateGranularity: granularity } : {}),
    })),
    aggregates: (group?.aggregates ?? []).map((item) => ({
      [random.pick(['function', 'func'])]: item.function,
      ...(item.of ? (item.of.kind === 'field' ? { field: dotted(item.of.path) } : { of: expression(item.of) }) : {}),
      alias: item.alias,
      ...(item.filter ? { filter: condition(item.filter) } : {}),
    })),
  })

  return { condition, sort, expand, groups, operand }
}

/** Could not be taken for operators on the field itself. */
const isPlainFilter = (part: unknown): boolean =>
  !Array.isArray(part) && Object.keys(part as object).length > 0 && Object.keys(part as object).every((key) => !key.startsWith('$'))

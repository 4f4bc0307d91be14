import type { Condition, Expand, Expression, Operand, Query, SlotValue, SortItem } from '../../../runtime-lite/query/ast.ts'
import type { Random } from '../random.ts'
import { operandValue } from './normal-query.ts'

const INFIX: ReadonlySet<string> = new Set(['add', 'sub', 'mul', 'div', 'divby', 'mod'])

/** Thrown for names that cannot stand in OData text, such as those with blanks. */
class NoWords extends Error {}

export const isWord = (name: string): boolean => /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name)

/** Text, or undefined for what OData has no words for. */
export function inWords(write: () => string | undefined): string | undefined {
  try {
    return write()
  } catch (error) {
    if (error instanceof NoWords) return undefined
    throw error
  }
}

/** Writes parts of a query as OData text. Undefined for what OData has no words for (empty groups, empty lists). */
export function odataWriter(random: Random, values: readonly SlotValue[]) {
  const word = (text: string): string => (random.chance(0.1) ? text.toUpperCase() : text)
  const gap = (): string => (random.chance(0.1) ? '  ' : ' ')
  const path = (steps: readonly string[], variable?: string): string => {
    if (!steps.every(isWord)) throw new NoWords()
    return pathText(steps, variable)
  }
  const pathText = (steps: readonly string[], variable?: string): string =>
    [...(variable === undefined ? [] : [variable]), ...steps].join(variable !== undefined || random.chance(0.7) ? '/' : '.')

  const literal = (value: SlotValue): string => {
    if (typeof value === 'object') return quoted(JSON.stringify(value))
    return typeof value === 'string' ? quoted(value) : String(value)
  }
  const operand = (one: Operand): string => literal(operandValue(one, values))

  const expression = (one: Expression, variable?: string): string => {
    if (one.kind === 'field') return path(one.path, variable)
    if (one.kind === 'value') return operand(one.value)
    if (one.kind !== 'call') throw new Error(`"${one.kind}" stands in formulas only.`)
    const args = one.args.map((arg) => expression(arg, variable))
    if (INFIX.has(one.name)) return `(${args[0]}${gap()}${word(one.name)}${gap()}${args[1]})`
    // A minus before a digit belongs to the number.
    if (one.name === 'neg') return `-(${args[0]})`
    return `${word(one.name)}(${args.join(random.pick([',', ', ']))})`
  }

  const condition = (one: Condition, variable?: string, depth = 0): string | undefined => {
    switch (one.kind) {
      case 'constant':
        return String(one.holds)
      case 'null':
        return `${expression(one.of, variable)} ${word(one.isNull ? 'eq' : 'ne')} null`
      case 'compare': {
        const isBare =
          one.operator === 'eq' && one.left.kind === 'field' && one.right.kind === 'value' && operandIsTrue(one.right.value, values)
        if (isBare && random.chance(0.5)) return expression(one.left, variable)
        return `${expression(one.left, variable)}${gap()}${word(one.operator)}${gap()}${expression(one.right, variable)}`
      }
      case 'match': {
        const sides = [expression(one.left, variable), expression(one.right, variable)]
        if (one.operator === 'contains' && random.chance(0.2)) return `substringof(${sides.reverse().join()})`
        const call = `${word(one.operator)}(${sides.join(', ')})`
        return random.chance(0.1) ? `${call} eq true` : call
      }
      case 'in': {
        const items = one.values.flatMap((value): SlotValue[] => [operandValue(value, values)].flat())
        return items.length === 0
          ? undefined
          : `${expression(one.left, variable)} in (${items.map(literal).join(random.pick([',', ', ']))})`
      }
      case 'related': {
        const name = `${path(one.path, variable)}/${word(one.quantifier)}`
        if (!one.part) return `${name}()`
        const inner = `v${depth}`
        const part = condition(one.part, inner, depth + 1)
        return part && `${name}(${inner}:${random.pick(['', ' '])}${part})`
      }
      case 'not': {
        const part = condition(one.part, variable, depth)
        return part && `${word('not')}${random.pick(['', ' '])}(${part})`
      }
      case 'and':
      case 'or': {
        const parts = one.parts.map((part) => condition(part, variable, depth))
        if (parts.length === 0 || parts.includes(undefined)) return undefined
        const isTight = (index: number): boolean => one.kind === 'or' && one.parts[index]!.kind === 'and' && random.chance(0.5)
        return parts
          .map((part, index) =>
            parts.length === 1 || isTight(index) || (isLeaf(one.parts[index]!) && random.chance(0.7)) ? part : `(${part})`,
          )
          .join(`${gap()}${word(one.kind)}${gap()}`)
      }
      default:
        return one satisfies never
    }
  }

  const sort = (items: readonly SortItem[]): string =>
    items
      .map(({ by, isDescending, nulls }) => {
        const text = expression(by)
        if (isDescending && !nulls && by.kind === 'field' && random.chance(0.3)) return `-${text}`
        // Without a direction, a minus in front is one.
        const needsOne = by.kind === 'call' && by.name === 'neg'
        const direction = isDescending ? ` ${word('desc')}` : needsOne || random.chance(0.3) ? ' asc' : ''
        return `${text}${direction}${nulls ? ` ${word('nulls')} ${nulls}` : ''}`
      })
      .join(random.pick([',', ', ']))

  const expand = (items: readonly Expand[]): string | undefined => {
    const texts = items.map((item) => {
      const where = item.where && condition(item.where)
      const inner = item.expand.length > 0 ? expand(item.expand) : undefined
      if ((item.where && where === undefined) || (item.expand.length > 0 && inner === undefined)) return undefined
      const dollar = random.pick(['$', ''])
      const options = [
        ...(item.select ? [`${dollar}select=${item.select.join()}`] : []),
        ...(where === undefined ? [] : [`${dollar}filter=${where}`]),
        ...(item.orderBy.length > 0 ? [`${dollar}orderby=${sort(item.orderBy)}`] : []),
        ...(item.limit ? [`${dollar}top=${operand(item.limit)}`] : []),
        ...(item.offset ? [`${dollar}skip=${operand(item.offset)}`] : []),
        ...(inner === undefined ? [] : [`${dollar}expand=${inner}`]),
      ]
      return options.length === 0 ? item.field : `${item.field}(${options.join(';')})`
    })
    return texts.includes(undefined) ? undefined : texts.join()
  }

  const groups = ({ group }: Query): { readonly by: string; readonly aggregates: string | undefined } => {
    const by = (group?.by ?? []).map((item) => {
      const text = expression(item.by)
      return `${item.granularity ? `${word(item.granularity)}(${text})` : isCalendarCall(item.by) ? `(${text})` : text} as ${item.alias}`
    })
    const aggregates = (group?.aggregates ?? []).map((item) => {
      const filter = item.filter && condition(item.filter)
      if (item.filter && filter === undefined) return undefined
      const of = item.of ? expression(item.of) : ''
      const call = item.function === 'count_distinct' && random.chance(0.5) ? `count(distinct ${of})` : `${item.function}(${of})`
      return `${call}${filter === undefined ? '' : ` filter (${filter})`} as ${item.alias}`
    })
    return { by: by.join(), aggregates: aggregates.includes(undefined) ? undefined : aggregates.join() }
  }

  return { condition: (one: Condition) => condition(one), sort, expand, groups }
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

const isLeaf = ({ kind }: Condition): boolean => kind !== 'and' && kind !== 'or'

const operandIsTrue = (operand: Operand, values: readonly SlotValue[]): boolean => operandValue(operand, values) === true

/** In a list of groups, `year(x)` cuts to the year. In parentheses it is the function. */
const isCalendarCall = (by: Expression): boolean => by.kind === 'call' && ['year', 'month', 'day'].includes(by.name)

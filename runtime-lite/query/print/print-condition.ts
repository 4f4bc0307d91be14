import { isoInstant } from '../../id.ts'
import type { BoundCondition, BoundExpression, BoundRelation, BoundSearch, BoundSort, Parameter } from '../bound.ts'
import type { Sql } from './dialect.ts'
import { andLive, tableOf } from './names-of.ts'
import type { ParameterList } from './parameter-list.ts'
import { columnKindOf, mayBeNull, valueKindOf } from './value-kind.ts'

/** A condition as SQL. Whatever is unknown in SQL does not hold. */
export function printCondition(condition: BoundCondition, list: ParameterList): Sql {
  const { dialect } = list
  switch (condition.kind) {
    case 'constant':
      return dialect.holds(condition.holds)
    case 'compare':
      return printComparison(condition, list)
    case 'match':
      return negatedIf(condition.isNegated, printMatch(condition, list), list)
    case 'in':
      return printIn(condition, list)
    case 'null':
      return `${printExpression(condition.of, list)} is ${condition.isNull ? '' : 'not '}null`
    case 'member': {
      const { column, value, isNegated } = condition
      return negatedIf(isNegated, dialect.hasMember(printExpression(column, list), list.print(value), value.kind), list)
    }
    case 'exists':
      return `${condition.isNegated ? 'not ' : ''}exists (select 1 from ${relatedRows(condition.relation, condition.where, list)})`
    case 'search':
      return negatedIf(condition.isNegated, printSearch(condition.search, list), list)
    case 'and':
    case 'or':
      if (condition.parts.length === 0) return dialect.holds(condition.kind === 'and')
      return joined(
        condition.parts.map((part) => printCondition(part, list)),
        condition.kind,
      )
    default:
      return condition satisfies never
  }
}

/** An expression as SQL over the aliases of its statement. */
export function printExpression(expression: BoundExpression, list: ParameterList): Sql {
  const { dialect } = list
  switch (expression.kind) {
    case 'column':
      // Where a statement has one table alone, its columns go by their names.
      return `${expression.alias}${expression.alias === '' ? '' : '.'}${dialect.quoteName(expression.column)}`
    case 'parameter':
      return list.print(expression.parameter)
    case 'alias':
      return list.aliasOf(expression.name)
    case 'call':
      if (expression.name === 'now') return list.print(NOW)
      return dialect.call(
        expression.name,
        expression.args.map((argument) => printExpression(argument, list)),
        expression.args.map(valueKindOf),
      )
    case 'json-path':
      return dialect.jsonPath(printExpression(expression.of, list), list.print(expression.path), expression.value, list.derive)
    case 'lookup': {
      const { target, alias, through, of } = expression
      const id = `${alias}.${dialect.quoteName('id')}`
      return `(select ${printExpression(of, list)} from ${tableOf(target, dialect)} as ${alias} where ${id} = ${printExpression(through, list)}${andLive(target, dialect, alias)})`
    }
    case 'if': {
      const { condition, result, otherwise, value } = expression
      return dialect.choose(
        printCondition(condition, list),
        printExpression(result, list),
        otherwise ? printExpression(otherwise, list) : 'null',
        value,
      )
    }
    case 'truth':
      return dialect.choose(printCondition(expression.of, list), dialect.bool(true), dialect.bool(false), 'boolean')
    default:
      return expression satisfies never
  }
}

const NOW: Parameter = { kind: 'datetime', bind: (_values, { now }) => isoInstant(now), key: 'now', recipe: { op: 'now' } }

/** Sort items, without the words `order by`. */
export const printSort = (items: readonly BoundSort[], list: ParameterList): Sql =>
  items
    .map(({ by, isDescending, nullsFirst, isNotNull }) => list.dialect.sort(printExpression(by, list), isDescending, nullsFirst, isNotNull))
    .join(', ')

export const printSearch = (search: BoundSearch, list: ParameterList): Sql =>
  list.dialect.search(search, list.print(search.text), list.derive)

/** `where …` of a select, or nothing where all rows are meant. */
export function whereText(conditions: readonly (BoundCondition | Sql | undefined)[], list: ParameterList): Sql {
  const printed = conditions.flatMap((condition) => {
    if (condition === undefined || (typeof condition === 'object' && condition.kind === 'constant' && condition.holds)) return []
    return [typeof condition === 'string' ? condition : printCondition(condition, list)]
  })
  return printed.join(' and ')
}

const negatedIf = (isNegated: boolean, condition: Sql, { dialect }: ParameterList): Sql => (isNegated ? dialect.not(condition) : condition)

/**
 * `(a and b and c)`. SQLite reads a long chain as a tree as deep as the chain and takes 1,000 levels: long ones become a
 * balanced tree.
 */
export function joined(parts: readonly Sql[], joiner: 'and' | 'or'): Sql {
  if (parts.length === 1) return parts[0] as Sql
  if (parts.length <= MAX_CHAIN) return `(${parts.join(` ${joiner} `)})`
  const half = parts.length >> 1
  return `(${joined(parts.slice(0, half), joiner)} ${joiner} ${joined(parts.slice(half), joiner)})`
}

const MAX_CHAIN = 8

/**
 * Dialects take care of a left side that is null. A right side that may be null, too, is rare: two nulls are equal, and what is the opposite
 * of a comparison holds wherever that one does not.
 */
function printComparison(condition: BoundCondition & { readonly kind: 'compare' }, list: ParameterList): Sql {
  const { operator, orNull } = condition
  const [left, right] = [printExpression(condition.left, list), printExpression(condition.right, list)]
  const sql = list.dialect.compare(operator, left, right, comparedKind(condition), orNull)
  if (!mayBeNull(condition.right)) return sql
  if (operator === 'ne') return mayBeNull(condition.left) ? `(${sql} and (${left} is not null or ${right} is not null))` : sql
  if (operator === 'eq' && !orNull) return mayBeNull(condition.left) ? `(${sql} or (${left} is null and ${right} is null))` : sql
  return orNull ? `(${sql} or ${right} is null)` : sql
}

const comparedKind = ({ left, right }: { readonly left: BoundExpression; readonly right: BoundExpression }) => {
  const kind = valueKindOf(left)
  return kind === 'any' ? valueKindOf(right) : kind
}

function printMatch({ operator, left, right }: BoundCondition & { readonly kind: 'match' }, list: ParameterList): Sql {
  const { dialect, derive } = list
  const [text, wanted] = [printExpression(left, list), printExpression(right, list)]
  switch (operator) {
    case 'contains':
      return dialect.contains(text, wanted)
    case 'icontains':
      return dialect.icontains(text, wanted)
    case 'startswith':
      return dialect.startsWith(text, wanted, derive)
    case 'endswith':
      return dialect.endsWith(text, wanted, derive)
    case 'like':
    case 'ilike':
      return dialect.like(text, wanted, operator === 'ilike', derive)
    case 'regex':
      return dialect.matches(text, wanted)
    default:
      return operator satisfies never
  }
}

function printIn({ left, values, list: whole, isNegated }: BoundCondition & { readonly kind: 'in' }, list: ParameterList): Sql {
  const { dialect } = list
  if (!whole && values.length === 0) return dialect.holds(isNegated)
  const text = printExpression(left, list)
  const sql = whole
    ? dialect.inList(text, list.print(whole), columnKindOf(left))
    : `${text} in (${values.map((value) => list.print(value)).join(', ')})`
  return negatedIf(isNegated, sql, list)
}

/** `<table> as <alias> where …`: the records of a relation that meet a condition. */
export function relatedRows(relation: BoundRelation, where: BoundCondition, list: ParameterList): Sql {
  const { from, where: condition } = relatedSelect(relation, where, list)
  return `${from} where ${condition}`
}

export function relatedSelect(
  relation: BoundRelation,
  where: BoundCondition,
  list: ParameterList,
): { readonly alias: string; readonly from: Sql; readonly where: Sql } {
  const { dialect } = list
  const { kind, alias, outerAlias, target } = relation
  const table = `${tableOf(target, dialect)} as ${alias}`
  const outer = `${outerAlias}.${dialect.quoteName(relation.from)}`
  const key = `${alias}.${dialect.quoteName(relation.to)}`
  const live = andLive(target, dialect, alias)
  if (kind === 'list') {
    // Columns of what yields the items (value, key, id …) would hide those of the tables without aliases.
    const item = `${alias}i`
    return { alias, from: `${dialect.eachItem(outer, item)}, ${table}`, where: whereText([`${key} = ${item}.value${live}`, where], list) }
  }
  return { alias, from: table, where: whereText([`${key} = ${outer}${live}`, where], list) }
}

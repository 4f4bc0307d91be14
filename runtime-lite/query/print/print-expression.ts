import { isoInstant } from '../../id.ts'
import type { BoundExpression, BoundSort, Parameter } from '../bound.ts'
import type { Sql } from './dialect.ts'
import { tableOf } from './names-of.ts'
import type { ParameterList } from './parameter-list.ts'
import { valueKindOf } from './value-kind.ts'

/** An expression as SQL over the aliases of its statement. */
export function printExpression(expression: BoundExpression, list: ParameterList): Sql {
  const { dialect } = list
  switch (expression.kind) {
    case 'column':
      return `${expression.alias}.${dialect.quoteName(expression.column)}`
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
      return `(select ${printExpression(of, list)} from ${tableOf(target, dialect)} as ${alias} where ${id} = ${printExpression(through, list)})`
    }
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

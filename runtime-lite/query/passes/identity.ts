import type { BoundCondition, BoundExpression, BoundRelation } from '../bound.ts'

/**
 * Texts that are equal exactly when two nodes mean the same in every request. Aliases of related tables are unique in a statement and
 * therefore not part of what a relation means; those of the tables outside are.
 */
export const expressionKey = (expression: BoundExpression): string => printExpression(expression, NO_ALIASES)

export const conditionKey = (condition: BoundCondition): string => printCondition(condition, NO_ALIASES)

/** What a relation leads to, whatever its alias. */
export const relationKey = ({ kind, outerAlias, target, from, to }: BoundRelation): string =>
  JSON.stringify([kind, outerAlias, target.name, from, to])

/** A list in one text. Keys of what is inside stand in it as they are: quoted again at every level, they would double with each. */
function listed(...parts: readonly (string | boolean | Nested | readonly string[])[]): string {
  let text = ''
  for (const part of parts) text += `${text && ','}${typeof part === 'object' && 'key' in part ? part.key : JSON.stringify(part)}`
  return `[${text}]`
}

interface Nested {
  readonly key: string
}

const nested = (key: string): Nested => ({ key })

/** Alias → what stands for it. */
type Aliases = ReadonlyMap<string, string>

const NO_ALIASES: Aliases = new Map()

function printExpression(expression: BoundExpression, aliases: Aliases): string {
  const shown = (alias: string): string => aliases.get(alias) ?? alias
  switch (expression.kind) {
    case 'column':
      return listed('column', shown(expression.alias), expression.column)
    case 'parameter':
      return listed('parameter', expression.parameter.kind, expression.parameter.key)
    case 'call':
      return listed('call', expression.name, ...expression.args.map((arg) => nested(printExpression(arg, aliases))))
    case 'json-path':
      return listed('path', nested(printExpression(expression.of, aliases)), expression.path.key, expression.value)
    case 'lookup': {
      const inner = new Map([...aliases, [expression.alias, `#${aliases.size}`]])
      return listed(
        'lookup',
        nested(printExpression(expression.through, aliases)),
        expression.target.name,
        nested(printExpression(expression.of, inner)),
      )
    }
    case 'alias':
      return listed('alias', expression.name)
    case 'if':
      return listed(
        'if',
        nested(printCondition(expression.condition, aliases)),
        nested(printExpression(expression.result, aliases)),
        expression.otherwise ? nested(printExpression(expression.otherwise, aliases)) : '',
      )
    case 'truth':
      return listed('truth', nested(printCondition(expression.of, aliases)))
    default:
      return expression satisfies never
  }
}

function printCondition(condition: BoundCondition, aliases: Aliases): string {
  const expression = (of: BoundExpression): Nested => nested(printExpression(of, aliases))
  switch (condition.kind) {
    case 'constant':
      return listed('constant', condition.holds)
    case 'compare':
      return listed('compare', condition.operator, expression(condition.left), expression(condition.right), condition.orNull)
    case 'match':
      return listed('match', condition.operator, expression(condition.left), expression(condition.right), condition.isNegated)
    case 'in':
      return listed(
        'in',
        expression(condition.left),
        [...new Set(condition.values.map(({ key }) => key))].sort(),
        condition.list?.key ?? '',
        condition.isNegated,
      )
    case 'null':
      return listed('null', expression(condition.of), condition.isNull)
    case 'member':
      return listed('member', expression(condition.column), condition.value.key, condition.isNegated)
    case 'exists': {
      const { relation } = condition
      const inner = new Map([...aliases, [relation.alias, `#${aliases.size}`]])
      const outer = aliases.get(relation.outerAlias) ?? relation.outerAlias
      return listed(
        'exists',
        nested(relationKey({ ...relation, outerAlias: outer })),
        nested(printCondition(condition.where, inner)),
        condition.isNegated,
      )
    }
    case 'search':
      return listed(
        'search',
        aliases.get(condition.search.alias) ?? condition.search.alias,
        condition.search.text.key,
        condition.search.columns,
        condition.search.operator,
        condition.isNegated,
      )
    case 'and':
    case 'or':
      // The order of the parts means nothing.
      return listed(
        condition.kind,
        ...condition.parts
          .map((part) => printCondition(part, aliases))
          .sort()
          .map(nested),
      )
    default:
      return condition satisfies never
  }
}

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

/** Alias → what stands for it. */
type Aliases = ReadonlyMap<string, string>

const NO_ALIASES: Aliases = new Map()

function printExpression(expression: BoundExpression, aliases: Aliases): string {
  const shown = (alias: string): string => aliases.get(alias) ?? alias
  switch (expression.kind) {
    case 'column':
      return JSON.stringify(['column', shown(expression.alias), expression.column])
    case 'parameter':
      return JSON.stringify(['parameter', expression.parameter.kind, expression.parameter.key])
    case 'call':
      return JSON.stringify(['call', expression.name, ...expression.args.map((arg) => printExpression(arg, aliases))])
    case 'json-path':
      return JSON.stringify(['path', printExpression(expression.of, aliases), expression.path.key, expression.value])
    case 'lookup': {
      const inner = new Map([...aliases, [expression.alias, `#${aliases.size}`]])
      return JSON.stringify([
        'lookup',
        printExpression(expression.through, aliases),
        expression.target.name,
        printExpression(expression.of, inner),
      ])
    }
    case 'alias':
      return JSON.stringify(['alias', expression.name])
    case 'if':
      return JSON.stringify([
        'if',
        printCondition(expression.condition, aliases),
        printExpression(expression.result, aliases),
        expression.otherwise ? printExpression(expression.otherwise, aliases) : '',
      ])
    case 'truth':
      return JSON.stringify(['truth', printCondition(expression.of, aliases)])
    default:
      return expression satisfies never
  }
}

function printCondition(condition: BoundCondition, aliases: Aliases): string {
  const expression = (of: BoundExpression): string => printExpression(of, aliases)
  switch (condition.kind) {
    case 'constant':
      return JSON.stringify(['constant', condition.holds])
    case 'compare':
      return JSON.stringify(['compare', condition.operator, expression(condition.left), expression(condition.right), condition.orNull])
    case 'match':
      return JSON.stringify(['match', condition.operator, expression(condition.left), expression(condition.right), condition.isNegated])
    case 'in':
      return JSON.stringify([
        'in',
        expression(condition.left),
        [...new Set(condition.values.map(({ key }) => key))].sort(),
        condition.list?.key ?? '',
        condition.isNegated,
      ])
    case 'null':
      return JSON.stringify(['null', expression(condition.of), condition.isNull])
    case 'member':
      return JSON.stringify(['member', expression(condition.column), condition.value.key, condition.isNegated])
    case 'exists': {
      const { relation } = condition
      const inner = new Map([...aliases, [relation.alias, `#${aliases.size}`]])
      const outer = aliases.get(relation.outerAlias) ?? relation.outerAlias
      return JSON.stringify([
        'exists',
        relationKey({ ...relation, outerAlias: outer }),
        printCondition(condition.where, inner),
        condition.isNegated,
      ])
    }
    case 'search':
      return JSON.stringify([
        'search',
        aliases.get(condition.search.alias) ?? condition.search.alias,
        condition.search.text.key,
        condition.search.columns,
        condition.search.operator,
        condition.isNegated,
      ])
    case 'and':
    case 'or':
      // The order of the parts means nothing.
      return JSON.stringify([condition.kind, ...condition.parts.map((part) => printCondition(part, aliases)).sort()])
    default:
      return condition satisfies never
  }
}

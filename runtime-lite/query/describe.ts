import type { BoundCondition, BoundExpression, BoundMember, BoundQuery, BoundRelation, BoundSort, Parameter } from './bound.ts'

/** How a value is called in a description. */
export type NameOf = (parameter: Parameter) => string

/**
 * A bound query as a person reads it, one clause per line, values as `:key` unless `nameOf` says otherwise. For `objectql explain query` and
 * for tests; never part of a statement.
 */
export const describeQuery = (query: BoundQuery, nameOf: NameOf = describeValue): string => describer(nameOf).describeQuery(query)

export const describeCondition = (condition: BoundCondition): string => describer(describeValue).describeCondition(condition)

function describer(shown: NameOf) {
  function describeQuery(query: BoundQuery): string {
    const lines = [`from ${query.plan.name}`]
    if (!(query.where.kind === 'constant' && query.where.holds)) lines.push(`where ${describeCondition(query.where)}`)
    for (const { left, operator, right } of query.guards) lines.push(`only if ${shown(left)} ${operator} ${shown(right)}`)
    if (query.search) lines.push(`search ${query.search.columns.join(', ')} for ${shown(query.search.text)}`)
    if (query.group) {
      const by = query.group.by.map(
        ({ alias, of, granularity }) => `${granularity ? `${granularity}(${describeExpression(of)})` : describeExpression(of)} as ${alias}`,
      )
      const aggregates = query.group.aggregates.map(
        ({ alias, function: name, of, filter }) =>
          `${name}(${of ? describeExpression(of) : ''})${filter ? ` where ${describeCondition(filter)}` : ''} as ${alias}`,
      )
      lines.push(`group by ${by.join(', ') || 'nothing'}: ${aggregates.join(', ')}`)
      if (query.group.having) lines.push(`having ${describeCondition(query.group.having)}`)
    }
    if (query.record) lines.push(`select ${query.isDistinct ? 'distinct ' : ''}${describeMembers(query.record)}`)
    if (query.orderBy.length > 0) lines.push(`order by ${query.orderBy.map(describeSort).join(', ')}`)
    if (query.cursor) lines.push(`after (${query.cursor.values.map(shown).join(', ')})`)
    lines.push(`limit ${shown(query.limit)}${query.offset ? ` offset ${shown(query.offset)}` : ''}`)
    if (query.total !== 'none') lines.push(`total ${query.total}`)
    return lines.join('\n')
  }

  function describeCondition(condition: BoundCondition): string {
    switch (condition.kind) {
      case 'constant':
        return condition.holds ? 'always' : 'never'
      case 'and':
      case 'or':
        return `(${condition.parts.map(describeCondition).join(` ${condition.kind} `)})`
      case 'compare':
        return `${describeExpression(condition.left)} ${condition.operator} ${describeExpression(condition.right)}${condition.orNull ? ' or null' : ''}`
      case 'match':
        return `${negated(condition.isNegated)}${condition.operator}(${describeExpression(condition.left)}, ${describeExpression(condition.right)})`
      case 'in': {
        const values = condition.list ? shown(condition.list) : condition.values.map(shown).join(', ')
        return `${negated(condition.isNegated)}${describeExpression(condition.left)} in (${values})`
      }
      case 'null':
        return `${describeExpression(condition.of)} is ${condition.isNull ? '' : 'not '}null`
      case 'member':
        return `${negated(condition.isNegated)}${describeExpression(condition.column)} has ${shown(condition.value)}`
      case 'exists':
        return `${negated(condition.isNegated)}exists ${describeRelation(condition.relation)} where ${describeCondition(condition.where)}`
      case 'search':
        return `${negated(condition.isNegated)}search(${condition.search.columns.join(', ')}, ${shown(condition.search.text)})`
      default:
        return condition satisfies never
    }
  }

  function describeExpression(expression: BoundExpression): string {
    switch (expression.kind) {
      case 'column':
        return expression.alias === 't0' ? expression.name : `${expression.alias}.${expression.name}`
      case 'parameter':
        return shown(expression.parameter)
      case 'call':
        return `${expression.name}(${expression.args.map(describeExpression).join(', ')})`
      case 'json-path':
        return `${describeExpression(expression.of)} at ${shown(expression.path)}`
      case 'lookup':
        return `${expression.target.name}[${describeExpression(expression.through)}].(${describeExpression(expression.of)})`
      case 'alias':
        return expression.name
      case 'if': {
        const { condition, result, otherwise } = expression
        return `if(${describeCondition(condition)}, ${describeExpression(result)}, ${otherwise ? describeExpression(otherwise) : 'null'})`
      }
      case 'truth':
        return `(${describeCondition(expression.of)})`
      default:
        return expression satisfies never
    }
  }

  const describeSort = ({ by, isDescending, nullsFirst, isNotNull }: BoundSort): string =>
    `${describeExpression(by)}${isDescending ? ' desc' : ''}${isNotNull || nullsFirst === !isDescending ? '' : ` nulls ${nullsFirst ? 'first' : 'last'}`}`

  const describeRelation = ({ kind, target, outerAlias, alias, from, to }: BoundRelation): string =>
    `${target.name} ${alias} (${kind === 'list' ? `${alias}.${to} in ${outerAlias}.${from}` : `${alias}.${to} = ${outerAlias}.${from}`})`

  function describeMembers(members: readonly BoundMember[]): string {
    return members
      .map((member) => {
        if (member.kind === 'value') return member.key
        const inner = member.record ? describeMembers(member.record) : '*'
        return `${member.key}: ${member.kind} ${describeRelation(member.relation)} { ${inner} }`
      })
      .join(', ')
  }

  return { describeQuery, describeCondition }
}

const negated = (isNegated: boolean): string => (isNegated ? 'not ' : '')

/** What a value is known by; constants as they are. */
export const describeValue: NameOf = (parameter) =>
  parameter.constant === undefined ? `:${parameter.key}` : JSON.stringify(parameter.constant, bigints)

const bigints = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value)

import type { Condition, Query, SlotValue } from '../../runtime-lite/query/ast.ts'
import { type DocumentScope, parseQueryDocument } from '../../runtime-lite/query/parse/query-document.ts'
import type { QueryLimits } from '../../runtime-lite/query/parse/query-limits.ts'
import { decodeLiteral, scanUrl } from '../../runtime-lite/query/parse/scan-url.ts'
import { type ParsedUrl, parseUrlQuery } from '../../runtime-lite/query/parse/url-query.ts'

export const QUERY_LIMITS: QueryLimits = { maxFilterDepth: 4, maxExpandDepth: 3, maxPageSize: 1000, defaultPageSize: 50 }

/** The query a URL's query string says, and its values. */
export function queryOfUrl(text: string, limits: QueryLimits = QUERY_LIMITS): ParsedUrl & { readonly values: readonly SlotValue[] } {
  const scanned = scanUrl(text, 0)
  const parsed = parseUrlQuery(scanned, limits)
  return { ...parsed, values: [...scanned.literals.map((one) => decodeLiteral(one, 'query')), ...parsed.extraValues] }
}

/** The query a JSON document says, and its values. */
export const queryOfDocument = (document: unknown, scope: Partial<DocumentScope> = {}) =>
  parseQueryDocument(document, { limits: QUERY_LIMITS, ...scope })

type Expression = NonNullable<Query['orderBy'][number]['by']>
type Operand = Extract<Expression, { readonly kind: 'value' }>['value']

/** A condition in one line, values in place of their slots with the way they were written. */
export function shownCondition(condition: Condition | undefined, values: readonly SlotValue[]): string {
  const operand = (one: Operand): string =>
    one.kind === 'slot'
      ? one.type === 'parameter'
        ? `$${one.index}`
        : `${one.type}:${JSON.stringify(values[one.index])}`
      : JSON.stringify(one.value)
  const print = (part: Condition): string => {
    switch (part.kind) {
      case 'and':
      case 'or':
        return `(${part.parts.map(print).join(` ${part.kind} `)})`
      case 'not':
        return `!${print(part.part)}`
      case 'constant':
        return String(part.holds)
      case 'null':
        return `${expression(part.of)} is ${part.isNull ? '' : 'not '}null`
      case 'in':
        return `${expression(part.left)} in [${part.values.map(operand).join(' ')}]`
      case 'related':
        return `${part.quantifier} ${part.path.join('/')}${part.part ? `{${print(part.part)}}` : ''}`
      default:
        return `${expression(part.left)} ${part.operator} ${expression(part.right)}`
    }
  }
  const expression = (one: Expression): string =>
    one.kind === 'field'
      ? one.path.join('/')
      : one.kind === 'value'
        ? operand(one.value)
        : one.kind === 'call'
          ? `${one.name}(${one.args.map(expression).join()})`
          : one.kind
  return condition ? print(condition) : 'all'
}

/** An expression in one line. */
export const shownExpression = (one: Expression, values: readonly SlotValue[]): string =>
  shownCondition({ kind: 'null', of: one, isNull: true }, values).replace(/ is null$/, '')

import { literal, propertyAccess } from '../code/literal.ts'
import { ExpressionProblem } from './problem.ts'
import { isCondition, type Typed } from './typed.ts'

/** What an expression is printed over. Values are as records have them; fields that are absent count as null. */
export interface PrintScope {
  /** Variables that hold a record: `record`, `context.previous`. */
  readonly record: string
  readonly previous?: string
  readonly currentUser?: string
  /** An expression of the instant of the request: ISO text with milliseconds and Z. */
  readonly now: string
  /** An expression that is true while the record is being created. */
  readonly isNew: string
  /** The name under which a function of `runtime-lite/expression/functions.ts` is known there. */
  readonly helper: (name: string) => string
}

/** A value as a TypeScript expression, straight through: no closures, no tables. Lookups are walked where the related record stands in place of its id. */
export function printTypeScript(typed: Typed, scope: PrintScope): string {
  const print = (one: Typed): string => printTypeScript(one, scope)
  const called = (name: string, args: readonly Typed[]): string => `${scope.helper(name)}(${args.map(print).join(', ')})`
  switch (typed.kind) {
    case 'constant':
      return literal(typed.value)
    case 'field':
      return fieldText(typed, scope)
    case 'now':
      return scope.now
    case 'is-new':
      return scope.isNew
    case 'call':
      return called(typed.name, typed.args)
    case 'if':
      return `(${condition(typed.condition, scope)} ? ${print(typed.result)} : ${typed.otherwise ? print(typed.otherwise) : 'null'})`
    case 'compare': {
      const { operator, left, right } = typed
      if (operator === 'eq' || operator === 'ne') return `${print(left)} ${operator === 'eq' ? '===' : '!=='} ${print(right)}`
      return called(operator, [left, right])
    }
    case 'match':
      return called(typed.operator, [typed.left, typed.right])
    case 'is-null':
      return isCondition(typed.of) ? 'false' : `${print(typed.of)} === null`
    case 'not':
      return `!(${condition(typed.of, scope)})`
    case 'and':
    case 'or':
      return `(${typed.parts.map((part) => `(${condition(part, scope)})`).join(typed.kind === 'and' ? ' && ' : ' || ')})`
    default:
      return typed satisfies never
  }
}

/** What holds or does not: a boolean that may be null holds where it is true. */
function condition(typed: Typed, scope: PrintScope): string {
  const text = printTypeScript(typed, scope)
  return isCondition(typed) || typed.kind === 'constant' ? text : `${text} === true`
}

function fieldText(field: Typed & { readonly kind: 'field' }, scope: PrintScope): string {
  const variable = { record: scope.record, previous: scope.previous, current_user: scope.currentUser }[field.root]
  if (variable === undefined) throw new ExpressionProblem('not-translatable', field, `what "${field.root}" holds`)
  const [first = '', ...rest] = field.path
  const start = `${variable}${propertyAccess(first)}`
  return `(${rest.reduce((before, name) => `${before}?.${propertyAccess(name).replace(/^\./, '')}`, start)} ?? null)`
}

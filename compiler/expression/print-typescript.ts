import { literal, propertyAccess } from '../code/literal.ts'
import { ExpressionProblem } from './problem.ts'
import { isCondition, type Typed } from './typed.ts'

/** What an expression is printed over. Values are as records have them; fields that are absent count as null. */
export interface PrintScope {
  /** Variables that hold a record: `record`, `context.previous`. */
  readonly record: string
  readonly previous?: string
  readonly currentUser?: string
  /** Variables that hold what the lookups of `record` and of `previous` lead to. Absent: it stands in place of their ids. */
  readonly related?: string
  readonly relatedBefore?: string
  /** The variables hold every field that is named: null where there is none. */
  readonly isComplete?: true
  /** Function that says whether a list is null or has no items; without it a list is missing where it is null. */
  readonly isEmptyList?: string
  /** An expression of the instant of the request: ISO text with milliseconds and Z. */
  readonly now: string
  /** An expression that is true while the record is being created. */
  readonly isNew: string
  /** The name under which a function of `runtime-lite/expression/functions.ts` is known there. */
  readonly helper: (name: string) => string
}

/** How tightly the parts of a printed expression hold together; what stands in a tighter place has brackets around it. */
const LOOSE = 0
const LOGICAL = 1
const COMPARED = 2
const TIGHT = 3

interface Printed {
  readonly text: string
  readonly level: number
  readonly kind?: 'and' | 'or'
}

/** A value as a TypeScript expression, straight through: no closures, no tables. Lookups are walked where the related record stands in place of its id. */
export const printTypeScript = (typed: Typed, scope: PrintScope): string => printed(typed, scope).text

/** A condition as an operand of `&&`. */
export function printOperand(typed: Typed, scope: PrintScope): string {
  const one = condition(typed, scope)
  return one.level === LOGICAL && one.kind === 'and' ? one.text : within(one, COMPARED)
}

const tight = (text: string): Printed => ({ text, level: TIGHT })

const within = ({ text, level }: Printed, least: number): string => (level >= least ? text : `(${text})`)

function printed(typed: Typed, scope: PrintScope): Printed {
  const print = (one: Typed): Printed => printed(one, scope)
  const called = (name: string, args: readonly Typed[]): Printed =>
    tight(`${scope.helper(name)}(${args.map((one) => print(one).text).join(', ')})`)
  switch (typed.kind) {
    case 'constant':
      return tight(literal(typed.value))
    case 'field':
      return fieldText(typed, scope)
    case 'now':
      return tight(scope.now)
    case 'is-new':
      return { text: scope.isNew, level: COMPARED }
    case 'call':
      return called(typed.name, typed.args)
    case 'if': {
      const otherwise = typed.otherwise ? within(print(typed.otherwise), LOGICAL) : 'null'
      return {
        text: `${within(condition(typed.condition, scope), LOGICAL)} ? ${within(print(typed.result), LOGICAL)} : ${otherwise}`,
        level: LOOSE,
      }
    }
    case 'compare': {
      const { operator, left, right } = typed
      if (operator !== 'eq' && operator !== 'ne') return called(operator, [left, right])
      return {
        text: `${compared(left, right, scope)} ${operator === 'eq' ? '===' : '!=='} ${compared(right, left, scope)}`,
        level: COMPARED,
      }
    }
    case 'match': {
      if (typed.operator !== 'regex' || typed.right.kind !== 'constant') return called(typed.operator, [typed.left, typed.right])
      return tight(`${scope.helper('isMatch')}(${print(typed.left).text}, ${String(new RegExp(String(typed.right.value), 'u'))})`)
    }
    case 'is-null':
      if (typed.of.type === 'list' && scope.isEmptyList !== undefined) return called(scope.isEmptyList, [typed.of])
      return isCondition(typed.of) ? tight('false') : { text: `${within(print(typed.of), TIGHT)} === null`, level: COMPARED }
    case 'not':
      return negated(typed.of, scope)
    case 'and':
    case 'or':
      return logical(typed, scope)
    default:
      return typed satisfies never
  }
}

/** One side of `===`. What is absent is no constant either. */
function compared(typed: Typed, other: Typed, scope: PrintScope): string {
  const isPlain = typed.kind === 'field' && other.kind === 'constant' && other.value !== null
  return isPlain ? pathText(typed, scope) : within(printed(typed, scope), TIGHT)
}

function logical({ kind, parts }: Typed & { readonly kind: 'and' | 'or' }, scope: PrintScope): Printed {
  const [only] = parts
  if (only && parts.length === 1) return condition(only, scope)
  const texts = parts.map((part) => {
    const one = condition(part, scope)
    return one.level === LOGICAL && one.kind === kind ? one.text : within(one, COMPARED)
  })
  return { text: texts.join(kind === 'and' ? ' && ' : ' || '), level: LOGICAL, kind }
}

function negated(of: Typed, scope: PrintScope): Printed {
  const isList = of.kind === 'is-null' && of.of.type === 'list' && scope.isEmptyList !== undefined
  if (of.kind === 'is-null' && !isList && !isCondition(of.of))
    return { text: `${within(printed(of.of, scope), TIGHT)} !== null`, level: COMPARED }
  if (of.kind === 'is-new' && scope.isNew.includes(' === ')) return { text: scope.isNew.replace(' === ', ' !== '), level: COMPARED }
  return tight(`!${within(condition(of, scope), TIGHT)}`)
}

/** What holds or does not: a boolean that may be null holds where it is true. */
function condition(typed: Typed, scope: PrintScope): Printed {
  if (typed.kind === 'field') return { text: `${pathText(typed, scope)} === true`, level: COMPARED }
  const one = printed(typed, scope)
  return isCondition(typed) || typed.kind === 'constant' ? one : { text: `${within(one, TIGHT)} === true`, level: COMPARED }
}

type Field = Typed & { readonly kind: 'field' }

function fieldText(field: Field, scope: PrintScope): Printed {
  const text = pathText(field, scope)
  return scope.isComplete && field.path.length === 1 ? tight(text) : { text: `${text} ?? null`, level: LOOSE }
}

function pathText(field: Field, scope: PrintScope): string {
  const beyond =
    field.path.length > 1 ? { record: scope.related, previous: scope.relatedBefore, current_user: undefined }[field.root] : undefined
  const variable = beyond ?? { record: scope.record, previous: scope.previous, current_user: scope.currentUser }[field.root]
  if (variable === undefined) throw new ExpressionProblem('not-translatable', field, `what "${field.root}" holds`)
  // What lookups lead to stands under the path to it.
  const [first = '', ...rest] = beyond === undefined ? field.path : [field.path.slice(0, -1).join('.'), ...field.path.slice(-1)]
  const start = `${variable}${propertyAccess(first)}`
  return rest.reduce((before, name) => `${before}?.${propertyAccess(name).replace(/^\./, '')}`, start)
}

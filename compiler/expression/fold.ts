import { ge, gt, le, lt } from '../../runtime-lite/expression/functions.ts'
import { isCondition, type Typed } from './typed.ts'

const HERE = { start: 0, end: 0 } as const

export const holdsAlways: Typed = { kind: 'constant', type: 'boolean', value: true, ...HERE }
export const holdsNever: Typed = { kind: 'constant', type: 'boolean', value: false, ...HERE }

/** What is known of a record before it is looked at. */
export interface Known {
  /** The record is being created: nothing was there before. Absent: it may be either. */
  readonly isNew?: boolean
  /** Fields that get a value with the record. */
  readonly neverNull?: ReadonlySet<string>
}

/** The same condition without what can be told beforehand. */
export function fold(typed: Typed, known: Known = {}): Typed {
  const inner = (one: Typed): Typed => fold(one, known)
  switch (typed.kind) {
    case 'is-new':
      return known.isNew === undefined ? typed : known.isNew ? holdsAlways : holdsNever
    case 'field':
      return known.isNew && typed.root === 'previous' ? { kind: 'constant', type: 'null', value: null, ...HERE } : typed
    case 'call':
      return foldedCall(typed, typed.args.map(inner))
    case 'if': {
      const condition = inner(typed.condition)
      const [result, otherwise] = [inner(typed.result), typed.otherwise && inner(typed.otherwise)]
      const decided = truthOf(condition)
      if (decided === true) return result
      if (decided === false) return otherwise ?? { kind: 'constant', type: 'null', value: null, ...HERE }
      return { ...typed, condition, result, ...(otherwise ? { otherwise } : {}) }
    }
    case 'compare':
      return foldedCompare({ ...typed, left: inner(typed.left), right: inner(typed.right) })
    case 'match': {
      const [left, right] = [inner(typed.left), inner(typed.right)]
      return isNullConstant(left) || isNullConstant(right) ? holdsNever : { ...typed, left, right }
    }
    case 'is-null': {
      const of = inner(typed.of)
      if (of.kind === 'constant') return of.value === null ? holdsAlways : holdsNever
      if (isCondition(of)) return holdsNever
      const isGiven =
        of.kind === 'now' || (of.kind === 'field' && of.root === 'record' && of.path.length === 1 && known.neverNull?.has(of.path[0] ?? ''))
      return isGiven === true ? holdsNever : { ...typed, of }
    }
    case 'not':
      return negated(inner(typed.of))
    case 'and':
    case 'or':
      return joined(typed.kind, typed.parts.map(inner))
    default:
      return typed
  }
}

const isNullConstant = (typed: Typed): boolean => typed.kind === 'constant' && typed.value === null

/** Whether a condition is decided. A boolean that may be null holds where it is true. */
export function truthOf(typed: Typed): boolean | undefined {
  return typed.kind === 'constant' ? typed.value === true : undefined
}

export function negated(of: Typed): Typed {
  const decided = truthOf(of)
  if (decided !== undefined) return decided ? holdsNever : holdsAlways
  if (of.kind === 'not' && isCondition(of.of)) return of.of
  if (of.kind === 'compare' && (of.operator === 'eq' || of.operator === 'ne'))
    return { ...of, operator: of.operator === 'eq' ? 'ne' : 'eq' }
  return { kind: 'not', type: 'boolean', of, ...HERE }
}

export function joined(kind: 'and' | 'or', parts: readonly Typed[]): Typed {
  const left: Typed[] = []
  for (const part of parts) {
    const decided = truthOf(part)
    if (decided === (kind === 'or')) return decided ? holdsAlways : holdsNever
    if (decided !== undefined) continue
    if (part.kind === kind) left.push(...part.parts)
    else left.push(part)
  }
  const [only] = left
  if (!only) return kind === 'and' ? holdsAlways : holdsNever
  return left.length === 1 && isCondition(only) ? only : { kind, type: 'boolean', parts: left, ...HERE }
}

/** Functions of null are null, but one. */
function foldedCall(typed: Typed & { readonly kind: 'call' }, args: readonly Typed[]): Typed {
  if (typed.name === 'coalesce') {
    const [first, second] = args
    if (first && second && isNullConstant(first)) return second
    return first?.kind === 'constant' ? first : { ...typed, args }
  }
  return args.some(isNullConstant) ? { kind: 'constant', type: 'null', value: null, ...HERE } : { ...typed, args }
}

function foldedCompare(typed: Typed & { readonly kind: 'compare' }): Typed {
  const { left, right, operator } = typed
  if (left.kind !== 'constant' || right.kind !== 'constant') {
    const isSame =
      left.kind === 'field' && right.kind === 'field' && left.root === right.root && left.path.join('.') === right.path.join('.')
    if (isSame && (operator === 'eq' || operator === 'ne')) return operator === 'eq' ? holdsAlways : holdsNever
    const one = isNullConstant(left) ? right : isNullConstant(right) ? left : undefined
    if (!one) return typed
    // Null has no order, and equals nothing but null.
    if (operator !== 'eq' && operator !== 'ne') return holdsNever
    const isNull: Typed = { kind: 'is-null', type: 'boolean', of: one, ...HERE }
    return operator === 'eq' ? isNull : negated(isNull)
  }
  const [a, b] = [left.value, right.value]
  if (operator === 'eq' || operator === 'ne') return (a === b) === (operator === 'eq') ? holdsAlways : holdsNever
  if (a === null || b === null) return holdsNever
  return ORDERS[operator](a, b) ? holdsAlways : holdsNever
}

/** How constants are ordered: as generated code orders values. */
export const ORDERS = { gt, ge, lt, le } as const

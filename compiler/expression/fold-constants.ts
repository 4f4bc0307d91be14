import { ge, gt, le, lt } from '../../runtime-lite/expression/functions.ts'
import type { Comparison, TextMatch } from '../../runtime-lite/query/ast.ts'
import { isCondition, type Typed } from './typed.ts'

/** The expression without comparisons of constants and the parts they decide; whatever else it says stays as it is. */
export function foldConstants(typed: Typed): Typed {
  switch (typed.kind) {
    case 'not': {
      const of = foldConstants(typed.of)
      return of.kind === 'constant' ? truthOf(of.value !== true, typed) : { ...typed, of }
    }
    case 'and':
    case 'or':
      return foldParts(typed)
    case 'if': {
      const condition = foldConstants(typed.condition)
      const [result, otherwise] = [foldConstants(typed.result), typed.otherwise && foldConstants(typed.otherwise)]
      if (condition.kind !== 'constant') return { ...typed, condition, result, ...(otherwise ? { otherwise } : {}) }
      return condition.value === true ? result : (otherwise ?? { kind: 'constant', type: 'null', value: null, ...placed(typed) })
    }
    case 'compare':
    case 'match': {
      const [left, right] = [foldConstants(typed.left), foldConstants(typed.right)]
      const known = left.kind === 'constant' && right.kind === 'constant' ? holds(typed.operator, left.value, right.value) : undefined
      return known === undefined ? { ...typed, left, right } : truthOf(known, typed)
    }
    case 'is-null': {
      const of = foldConstants(typed.of)
      if (of.kind === 'constant') return truthOf(of.value === null, typed)
      return isCondition(of) ? truthOf(false, typed) : { ...typed, of }
    }
    default:
      return typed
  }
}

function foldParts(typed: Typed & { readonly kind: 'and' | 'or' }): Typed {
  const decides = typed.kind === 'or'
  const parts = typed.parts.map(foldConstants)
  if (parts.some((part) => part.kind === 'constant' && (part.value === true) === decides)) return truthOf(decides, typed)
  const open = parts.filter(({ kind }) => kind !== 'constant')
  const [only] = open
  if (only === undefined) return truthOf(!decides, typed)
  return open.length === 1 && isCondition(only) ? only : { ...typed, parts: open }
}

type Value = string | number | boolean | null

/** Undefined for what is left to the database. */
function holds(operator: Comparison | TextMatch, left: Value, right: Value): boolean | undefined {
  switch (operator) {
    case 'eq':
      return left === right
    case 'ne':
      return left !== right
    case 'lt':
      return lt(left, right)
    case 'le':
      return le(left, right)
    case 'gt':
      return gt(left, right)
    case 'ge':
      return ge(left, right)
    default:
      return undefined
  }
}

const placed = ({ start, end }: Typed) => ({ start, end })

const truthOf = (value: boolean, at: Typed): Typed => ({ kind: 'constant', type: 'boolean', value, ...placed(at) })

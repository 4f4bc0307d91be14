import type { LinkedField } from '../3-link/model.ts'
import { ORDERS, truthOf } from '../expression/fold.ts'
import { meaningOf, type Typed } from '../expression/typed.ts'
import { type Possible, possibleLengths, possibleValues } from './possible-values.ts'

/** More records than this are not tried: the rule counts as open. */
const MOST_RECORDS = 2_000

/** A value that is compared with constants: a field, or the length of one. */
interface Compared {
  readonly typed: Typed
  readonly constants: Possible[]
}

/**
 * What a condition says of every record that the fields take; undefined where it depends on the record, or on what is not a comparison with a constant.
 * Tries one record for each way its comparisons can come out.
 */
export function outcomeOf(condition: Typed, fields: readonly LinkedField[]): boolean | undefined {
  const known = truthOf(condition)
  if (known !== undefined) return known
  const compared = new Map<string, Compared>()
  collect(condition, compared)
  const choices = [...compared].map(([key, one]) => ({ key, values: [...new Set(valuesOf(one, fields))] }))
  if (choices.reduce((product, { values }) => product * values.length, 1) > MOST_RECORDS) return undefined
  let outcome: boolean | undefined
  const record = new Map<string, Possible>()
  const isSame = (index: number): boolean => {
    const choice = choices[index]
    if (choice) {
      return choice.values.every((value) => {
        record.set(choice.key, value)
        return isSame(index + 1)
      })
    }
    const holds = evaluate(condition, record)
    if (holds === undefined || (outcome !== undefined && holds !== outcome)) return false
    outcome = holds
    return true
  }
  return isSame(0) ? outcome : undefined
}

function valuesOf({ typed, constants }: Compared, fields: readonly LinkedField[]): readonly Possible[] {
  const isLength = typed.kind === 'call'
  const of = isLength ? typed.args[0] : typed
  const isOwn = of?.kind === 'field' && of.root === 'record' && of.path.length === 1
  const field = isOwn ? fields.find(({ name }) => name === of.path[0]) : undefined
  return isLength ? possibleLengths(constants, field) : possibleValues(typed.type, constants, field)
}

const isVariable = (typed: Typed): boolean =>
  typed.kind === 'field' || (typed.kind === 'call' && typed.name === 'length' && typed.args[0]?.kind === 'field')

function collect(typed: Typed, found: Map<string, Compared>): void {
  const add = (variable: Typed, constants: readonly Possible[]): void => {
    if (!isVariable(variable)) return
    const key = meaningOf(variable)
    const one = found.get(key) ?? { typed: variable, constants: [] }
    one.constants.push(...constants)
    found.set(key, one)
  }
  switch (typed.kind) {
    case 'compare': {
      const { left, right } = typed
      if (right.kind === 'constant') add(left, [right.value])
      if (left.kind === 'constant') add(right, [left.value])
      return
    }
    case 'is-null':
      add(typed.of, [])
      return
    case 'not':
      collect(typed.of, found)
      return
    case 'and':
    case 'or':
      for (const part of typed.parts) collect(part, found)
      return
    default:
      add(typed, [])
  }
}

/** Undefined: not to be told. */
function evaluate(typed: Typed, record: ReadonlyMap<string, Possible>): boolean | undefined {
  switch (typed.kind) {
    case 'not': {
      const of = evaluate(typed.of, record)
      return of === undefined ? undefined : !of
    }
    case 'and':
    case 'or': {
      const decides = typed.kind === 'or'
      const parts = typed.parts.map((part) => evaluate(part, record))
      return parts.includes(decides) ? decides : parts.includes(undefined) ? undefined : !decides
    }
    case 'is-null': {
      const value = record.get(meaningOf(typed.of))
      return value === undefined ? undefined : value === null
    }
    case 'compare':
      return evaluateCompare(typed, record)
    default: {
      const value = readValue(typed, record)
      return value === undefined ? undefined : value === true
    }
  }
}

/** Values that are not null were chosen beside constants: they say nothing about each other. */
function evaluateCompare(typed: Typed & { readonly kind: 'compare' }, record: ReadonlyMap<string, Possible>): boolean | undefined {
  const { operator } = typed
  const [left, right] = [readValue(typed.left, record), readValue(typed.right, record)]
  const isOrder = operator !== 'eq' && operator !== 'ne'
  if (isOrder && (left === null || right === null)) return false
  if (left === undefined || right === undefined) return undefined
  if (!isOrder && (left === null || right === null)) return (left === right) === (operator === 'eq')
  const isBesideConstant = typed.left.kind === 'constant' || typed.right.kind === 'constant'
  if (!isBesideConstant || typed.left.type !== typed.right.type || typeof left !== typeof right) return undefined
  return isOrder ? ORDERS[operator](left, right) : (left === right) === (operator === 'eq')
}

const readValue = (typed: Typed, record: ReadonlyMap<string, Possible>): Possible | undefined =>
  typed.kind === 'constant' ? typed.value : record.get(meaningOf(typed))

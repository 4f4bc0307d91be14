import { queryError } from '../../problem/problem.ts'
import { nearestName } from '../../validate/nearest-name.ts'
import type { Operand, SlotType, SlotValue } from '../ast.ts'

/** Where parsers put the values they meet; what they get back stands in the query. */
export interface ValueSink {
  /** `parameter`: where the value stands, for messages. */
  readonly take: (value: string | number | readonly (string | number)[], type: SlotType, parameter: string) => Operand
  /** Of a named query: `$name` in place of a value. Undefined for anything else. */
  readonly named: (text: string, parameter: string, position?: number) => Operand | undefined
}

/** Values of a request: each one in the next slot. */
export function slotSink(values: SlotValue[], firstSlot: number): ValueSink {
  return {
    take: (value, type) => ({ kind: 'slot', index: firstSlot + values.push(value) - 1, type }),
    named: () => undefined,
  }
}

/** Values that are part of the structure. */
export const CONSTANT_SINK: ValueSink = {
  take: (value, type) => ({ kind: 'constant', value, type }),
  named: () => undefined,
}

const unescaped = (item: string | number): string | number => (typeof item === 'string' && item.startsWith('$$') ? item.slice(1) : item)

/** Of a parameter, or of something that the request says: `current_user.region`. */
const NAME = /^[A-Za-z_]\w{0,63}(?:\.\w{1,64}){0,4}$/

/**
 * Values of a named query: they are part of it, but for its parameters, which stand as `$name` and take the slot of their place in `names`.
 * A text that begins with `$` is written `$$`. `add` takes names that are not known yet and gives their slots, or nothing for what is no name.
 */
export function namedSink(names: readonly string[], add?: (name: string) => number | undefined): ValueSink {
  const named = (text: string, parameter: string, position?: number): Operand | undefined => {
    if (!text.startsWith('$') || text.startsWith('$$')) return undefined
    const name = text.slice(1)
    const index = names.indexOf(name)
    if (index >= 0) return { kind: 'slot', index, type: 'parameter' }
    const slot = add && NAME.test(name) ? add(name) : undefined
    if (slot !== undefined) return { kind: 'slot', index: slot, type: 'parameter' }
    const guess = nearestName(name, names)
    throw queryError(
      'INVALID_QUERY',
      parameter,
      `The query has no parameter "${name.slice(0, 64)}".${guess ? ` Did you mean "$${guess}"?` : ' Write "$$" for a text that begins with "$".'}`,
      position,
    )
  }
  return {
    take: (value, type, parameter) => {
      if (typeof value === 'object') return { kind: 'constant', value: value.map(unescaped), type }
      if (typeof value !== 'string' || type !== 'string' || !value.startsWith('$')) return { kind: 'constant', value, type }
      return named(value, parameter) ?? { kind: 'constant', value: value.slice(1), type }
    },
    named,
  }
}

import type { Expression, Operand } from '../ast.ts'
import type { Parameter } from '../bound.ts'
import type { BindShared } from './bind-scope.ts'
import { operandValue } from './bind-value.ts'
import { type Duration, parseDuration, shiftInstant } from './duration.ts'
import { filterError, type Place } from './place.ts'

type Call = Expression & { readonly kind: 'call' }

/** The time of the request, as instants are stored. */
export function nowParameter(shared: BindShared): Parameter {
  shared.values.count()
  return NOW
}

export const NOW: Parameter = Object.freeze<Parameter>({
  kind: 'datetime',
  key: 'now',
  recipe: { op: 'now' },
  bind: (_values, { now }) => new Date(now).toISOString(),
})

/**
 * `now() sub duration'P7D'`, also nested: an instant, computed when values are bound. Undefined: the call is arithmetic with numbers.
 * @throws ObjectQLError 400 (when bound) for a duration that is none.
 */
export function momentSum({ name, args: [left, right] }: Call, shared: BindShared, place: Place): Parameter | undefined {
  if (left?.kind !== 'call' || right?.kind !== 'value') return undefined
  const moment =
    left.name === 'now' ? nowParameter(shared) : left.name === 'add' || left.name === 'sub' ? momentSum(left, shared, place) : undefined
  if (!moment) return undefined
  shared.values.count()
  return shifted(moment, name === 'add' ? name : 'sub', right.value, place)
}

/** An instant so much later or earlier. */
export function shifted(moment: Parameter, name: 'add' | 'sub', duration: Operand, place: Place): Parameter {
  const sign = name === 'add' ? 1 : -1
  const { recipe: of } = moment
  return {
    kind: 'datetime',
    key: `${name}(${moment.key},${JSON.stringify(duration)})`,
    bind(values, context) {
      const instant = shiftInstant(Date.parse(String(moment.bind(values, context))), readDuration(duration, values, place), sign)
      if (Number.isNaN(instant)) throw filterError(place, 'The result of the date arithmetic lies outside the years 1 to 9999.')
      return new Date(instant).toISOString()
    },
    ...(of ? { recipe: { op: 'shift', name, of, duration, at: place.parameter } } : {}),
  }
}

function readDuration(operand: Operand, values: Parameters<Parameter['bind']>[0], place: Place): Duration {
  const text = String(operandValue(operand, values))
  const duration = parseDuration(text)
  if (duration) return duration
  throw filterError(place, `"${text.slice(0, 40)}" is not a duration such as P1DT12H.`)
}

import { asText, call, choice, constant, dateOf, instant, NOUNS, truth } from './build.ts'
import { ExpressionProblem } from './problem.ts'
import type { Typed, ValueType } from './typed.ts'

/** What `data_type` of a formula says its values are; undefined where it says nothing. */
export function declaredType(dataType: string | undefined): ValueType | undefined {
  switch (dataType) {
    case 'number':
    case 'currency':
    case 'percent':
      return 'number'
    case 'boolean':
    case 'checkbox':
    case 'date':
    case 'datetime':
    case 'time':
      return dataType === 'checkbox' ? 'boolean' : dataType
    case undefined:
      return undefined
    default:
      return 'text'
  }
}

/** The result as the type that the field declares. @throws ExpressionProblem where that is no conversion but a mistake. */
export function resultAs(typed: Typed, wanted: ValueType): Typed {
  if (typed.type === 'null') throw new ExpressionProblem('not-translatable', typed, 'a formula that is always null')
  if (wanted === 'boolean') return truth(typed)
  if (typed.type === wanted) return typed
  if (wanted === 'text') return asText(typed)
  if (wanted === 'number' && typed.type === 'boolean') return choice(truth(typed), constant(1, typed), constant(0, typed), typed)
  if (wanted === 'date' && typed.type === 'datetime') return dateOf(typed)
  if (wanted === 'datetime' && typed.type === 'date') return instant(typed)
  throw new ExpressionProblem('wrong-type', typed, `the field holds ${NOUNS[wanted]}, and the result is ${NOUNS[typed.type]}`)
}

/** A number to the decimals of its field. */
export function withScale(typed: Typed, scale: number | undefined): Typed {
  if (scale === undefined || typed.type !== 'number') return typed
  if (scale === 0) return call('round', 'number', [typed], typed)
  const factor = constant(10 ** scale, typed)
  return call('divby', 'number', [call('round', 'number', [call('mul', 'number', [typed, factor], typed)], typed), factor], typed)
}

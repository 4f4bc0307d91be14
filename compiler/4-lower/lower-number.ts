import type { Attributes } from '../2-parse/syntax.ts'
import { isFlagSet, memberAttribute, numberAttribute } from '../3-link/attributes.ts'
import type { ValueIr } from '../ir/object.ts'

type NumberIr = Extract<ValueIr, { readonly kind: 'number' }>

/** Range and digits of a numeric type. */
export function lowerNumber(type: 'number' | 'currency' | 'percent' | 'rating' | 'slider' | 'progress', attributes: Attributes): NumberIr {
  if (type === 'rating') return lowerRating(attributes)
  const { scale = type === 'currency' ? currencyDecimals(attributes) : undefined, precision } = lowerDigits(attributes)
  return numberIr({ scale, precision, min: numberAttribute(attributes, 'min'), max: numberAttribute(attributes, 'max') })
}

/** Largest `precision` that is taken for decimals when it stands alone: real files write `precision: 2` and mean two decimals. */
const MOST_DECIMALS_AS_PRECISION = 10

function lowerDigits(attributes: Attributes): { readonly scale?: number; readonly precision?: number } {
  const scale = numberAttribute(attributes, 'scale')
  const precision = numberAttribute(attributes, 'precision')
  if (precision === undefined) return scale === undefined ? {} : { scale }
  if (scale === undefined) return precision <= MOST_DECIMALS_AS_PRECISION ? { scale: precision } : { precision }
  return precision === 0 ? { scale } : { scale, precision }
}

function currencyDecimals(attributes: Attributes): number {
  const decimals = memberAttribute(attributes, 'currencyConfig', 'precision')
  return typeof decimals === 'number' && Number.isInteger(decimals) && decimals >= 0 && decimals <= MOST_DECIMALS_AS_PRECISION
    ? decimals
    : 2
}

const MOST_STARS = 5

function lowerRating(attributes: Attributes): NumberIr {
  const max = numberAttribute(attributes, 'maxRating') ?? numberAttribute(attributes, 'max') ?? MOST_STARS
  return numberIr({ scale: isFlagSet(attributes, 'allowHalf') ? 1 : 0, min: numberAttribute(attributes, 'min') ?? 0, max })
}

interface Digits {
  readonly scale?: number | undefined
  readonly precision?: number | undefined
  readonly min?: number | undefined
  readonly max?: number | undefined
}

const numberIr = ({ scale, precision, min, max }: Digits): NumberIr => ({
  kind: 'number',
  isInteger: scale === 0,
  ...(scale === undefined ? {} : { scale }),
  ...(precision === undefined ? {} : { precision }),
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
})

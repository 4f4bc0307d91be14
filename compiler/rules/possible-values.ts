import { isFlagSet, numberAttribute } from '../3-link/attributes.ts'
import { COMPUTED_TYPES } from '../3-link/field-kinds.ts'
import type { LinkedField } from '../3-link/model.ts'
import type { Typed } from '../expression/typed.ts'

/** One value of each kind that comparisons with constants can tell apart. `true` stands for what is not null and never compared. */
export type Possible = string | number | boolean | null

/**
 * A value for each place between and at the constants a field is compared with, as far as its own limits allow it. There may be more than the field
 * takes, never fewer: null unless it is required, empty text always.
 */
export function possibleValues(type: Typed['type'], constants: readonly Possible[], field: LinkedField | undefined): readonly Possible[] {
  const missing = field && isAlwaysGiven(field) ? [] : [null]
  switch (type) {
    case 'boolean':
      return [...missing, true, false]
    case 'number':
      return [...missing, ...numbers(constants.filter(isNumber), field)]
    case 'text':
    case 'date':
    case 'datetime':
    case 'time':
      return [...missing, ...texts(constants.filter(isText), field)]
    default:
      return [null, true]
  }
}

/** Numbers that `LEN` of a field can give. */
export function possibleLengths(constants: readonly Possible[], field: LinkedField | undefined): readonly Possible[] {
  const [least = 0, most = Number.MAX_SAFE_INTEGER] = lengthLimits(field)
  const within = placesAround([0, least, most, ...constants.filter(isNumber)]).filter((one) => one >= least && one <= most)
  return [null, 0, ...within]
}

const isNumber = (value: Possible): value is number => typeof value === 'number'
const isText = (value: Possible): value is string => typeof value === 'string'

/** What is worked out, or not read back, may be missing all the same. */
const isAlwaysGiven = ({ type, attributes }: LinkedField): boolean =>
  isFlagSet(attributes, 'required') && !attributes.has('visibleWhen') && !COMPUTED_TYPES.has(type) && !SECRET.has(type)

const SECRET: ReadonlySet<string> = new Set(['password', 'secret'])

const NUMBERS: ReadonlySet<string> = new Set(['number', 'currency', 'percent', 'rating', 'slider', 'progress'])

function numbers(constants: readonly number[], field: LinkedField | undefined): readonly number[] {
  const isLimited = field !== undefined && NUMBERS.has(field.type)
  const least = isLimited ? (numberAttribute(field.attributes, 'min') ?? -Number.MAX_VALUE) : -Number.MAX_VALUE
  const most = isLimited ? (numberAttribute(field.attributes, 'max') ?? Number.MAX_VALUE) : Number.MAX_VALUE
  const options = isLimited ? undefined : optionsOf(field)?.filter(isNumber)
  if (options && options.length > 0) return options
  return placesAround([least, most, ...constants]).filter((one) => one >= least && one <= most)
}

/** The numbers in order, and one between each two of them. */
function placesAround(points: readonly number[]): readonly number[] {
  const ordered = [...new Set(points)].sort((a, b) => a - b)
  return ordered.flatMap((point, index) => {
    const next = ordered[index + 1]
    return next === undefined ? [point] : [point, point / 2 + next / 2]
  })
}

/** Nothing comes between a text and the same text with one more NUL. */
function texts(constants: readonly string[], field: LinkedField | undefined): readonly string[] {
  const options = optionsOf(field)?.filter(isText)
  if (options && options.length > 0) return ['', ...options]
  const [least = 0, most = Number.POSITIVE_INFINITY] = lengthLimits(field)
  const fitting = constants.filter((text) => text.length >= least && [...text].length <= most)
  return ['', ...fitting, ...['', ...constants].map((text) => `${text}\0`)]
}

/** Values of a field that takes nothing else. */
function optionsOf(field: LinkedField | undefined): readonly Possible[] | undefined {
  if (!field || (field.type !== 'select' && field.type !== 'radio')) return undefined
  return field.options?.map(({ value }) => value.value)
}

const TEXTS: ReadonlySet<string> = new Set(['text', 'textarea'])

const lengthLimits = (field: LinkedField | undefined): readonly [number | undefined, number | undefined] =>
  field && TEXTS.has(field.type)
    ? [numberAttribute(field.attributes, 'minLength'), numberAttribute(field.attributes, 'maxLength')]
    : [undefined, undefined]

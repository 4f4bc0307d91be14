import { numberAttribute, textAttribute } from '../3-link/attributes.ts'
import { isListField } from '../3-link/field-kinds.ts'
import type { LinkedField } from '../3-link/model.ts'
import { JSON_TYPES } from '../3-link/uniqueness.ts'
import { freezeDeep } from '../ir/freeze-deep.ts'
import type { AutonumberIr, NumberPartIr } from '../ir/kept.ts'

const DEFAULT_FORMAT = '{0000}'

const DATES = ['YYYY', 'YY', 'MM', 'DD', 'YYYYMMDD'] as const

/**
 * `INV-{YYYY}-{0000}`: text, parts of the date, other fields, and one counter with as many digits as there are zeros. Without a counter there is
 * one at the end; what stands in braces and means nothing stays as it is.
 */
export function lowerAutonumber({ attributes }: LinkedField, beside: readonly LinkedField[]): AutonumberIr {
  const format = textAttribute(attributes, 'autonumberFormat') ?? textAttribute(attributes, 'format') ?? DEFAULT_FORMAT
  const start = numberAttribute(attributes, 'startNumber') ?? numberAttribute(attributes, 'startingNumber')
  const before: NumberPartIr[] = []
  const after: NumberPartIr[] = []
  let width: number | undefined
  for (const piece of format.split(/(\{[^{}]*\})/)) {
    if (piece === '') continue
    const zeros = width === undefined ? /^\{(0+)\}$/.exec(piece)?.[1] : undefined
    if (zeros !== undefined) width = zeros.length
    else add(width === undefined ? before : after, partOf(piece, beside))
  }
  return freezeDeep({
    before,
    after,
    width: width ?? 1,
    ...(start === undefined || !Number.isInteger(start) || start < 0 ? {} : { start }),
  })
}

function partOf(piece: string, beside: readonly LinkedField[]): NumberPartIr {
  const name = /^\{(.*)\}$/s.exec(piece)?.[1]?.trim()
  const pattern = DATES.find((known) => known === name)
  if (pattern) return { kind: 'date', pattern }
  const field = beside.find((candidate) => candidate.name === name)
  return field && isWritable(field) ? { kind: 'field', name: field.name } : { kind: 'text', text: piece }
}

/** Known when the record is made, and one plain value. */
const isWritable = ({ type, attributes }: LinkedField): boolean =>
  !['formula', 'summary', 'autonumber', 'boolean', 'password', 'secret'].includes(type) &&
  !JSON_TYPES.has(type) &&
  !isListField(type, attributes)

/** Texts side by side are one. */
function add(parts: NumberPartIr[], part: NumberPartIr): void {
  const last = parts.at(-1)
  if (part.kind === 'text' && last?.kind === 'text') parts[parts.length - 1] = { kind: 'text', text: last.text + part.text }
  else parts.push(part)
}

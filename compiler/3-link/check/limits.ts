import { diagnose } from '../../diagnostics/diagnose.ts'
import { numberAttribute, spanOfAttribute } from '../attributes.ts'
import { NUMBER_TYPES, TEXT_TYPES } from '../field-kinds.ts'
import type { LinkedField } from '../model.ts'
import type { Report } from '../report.ts'

/** Lengths and decimals are whole numbers of a sensible size, and the lower limit is not above the upper one. */
export function checkLimits(field: LinkedField, report: Report): void {
  if (field.attributes.size === 0) return
  if (TEXT_TYPES.has(field.type)) {
    checkWhole(field, 'minLength', 0, LONGEST_TEXT, report)
    checkWhole(field, 'maxLength', 1, LONGEST_TEXT, report)
    checkOrder(field, 'minLength', 'maxLength', report)
  }
  if (NUMBER_TYPES.has(field.type) || field.type === 'formula') {
    checkWhole(field, 'precision', 0, MOST_DIGITS, report)
    checkWhole(field, 'scale', 0, MOST_DECIMALS, report)
    checkOrder(field, 'min', 'max', report)
    if (numberAttribute(field.attributes, 'precision') !== 0) checkOrder(field, 'scale', 'precision', report)
  }
  if (field.type === 'vector') checkWhole(field, 'dimensions', 1, MOST_DIMENSIONS, report)
}

const LONGEST_TEXT = 1_073_741_824
/** What every supported database can store: MySQL has the lowest limits. */
const MOST_DIGITS = 65
const MOST_DECIMALS = 30
const MOST_DIMENSIONS = 10_000

function checkWhole(field: LinkedField, key: string, least: number, most: number, report: Report): void {
  const value = numberAttribute(field.attributes, key)
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return
  const expected = `a whole number from ${least} to ${most}`
  report(diagnose('link/bad-limit', spanOfAttribute(field.attributes, key, field.span), { attribute: key, field: field.name, expected }))
}

function checkOrder(field: LinkedField, lower: string, upper: string, report: Report): void {
  const least = numberAttribute(field.attributes, lower)
  const most = numberAttribute(field.attributes, upper)
  if (least === undefined || most === undefined || least <= most) return
  const span = spanOfAttribute(field.attributes, upper, field.span)
  const notes = [{ message: `"${lower}" is ${least} here.`, span: spanOfAttribute(field.attributes, lower, field.span) }]
  report(diagnose('link/empty-range', span, { field: field.name, lower, least, upper, most }, { notes }))
}

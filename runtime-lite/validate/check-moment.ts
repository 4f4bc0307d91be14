import { addIssue } from './add-issue.ts'
import { isDate, isTime } from './calendar.ts'
import { type FieldRules, fieldCheck } from './field-check.ts'
import { toUtcDatetime } from './to-utc-datetime.ts'

/** `YYYY-MM-DD`. A JavaScript Date from the same process becomes its UTC day. */
export const checkDate = /* @__PURE__ */ fieldCheck<FieldRules>((found, value, pointer, label) => {
  const text = value instanceof Date ? isoText(value)?.slice(0, 10) : value
  if (isDate(text)) return text
  const isText = typeof value === 'string' || value instanceof Date
  addIssue(found, pointer, isText ? 'format' : 'type', `${label} must be a date, like 2025-01-31.`)
  return value
})

export const checkTime = /* @__PURE__ */ fieldCheck<FieldRules>((found, value, pointer, label) => {
  if (!isTime(value))
    addIssue(found, pointer, typeof value === 'string' ? 'format' : 'type', `${label} must be a time of day, like 09:30 or 09:30:15.`)
  return value
})

/** Any ISO 8601 instant; stored in UTC with milliseconds. */
export const checkDatetime = /* @__PURE__ */ fieldCheck<FieldRules>((found, value, pointer, label) => {
  const text = value instanceof Date ? isoText(value) : value
  const canonical = typeof text === 'string' ? toUtcDatetime(text) : undefined
  if (canonical !== undefined) return canonical
  const isText = typeof value === 'string' || value instanceof Date
  addIssue(found, pointer, isText ? 'format' : 'type', `${label} must be a date and time, like 2025-01-31T09:30:00Z.`)
  return value
})

/** `toISOString` throws for an invalid date. */
const isoText = (date: Date): string | undefined => (Number.isNaN(date.getTime()) ? undefined : date.toISOString())

import type { SqlValue } from '../object-plan.ts'

/** A value as part of a number: nothing for null, and no more than 64 characters. */
export const numberText = (value: SqlValue | undefined): string => (value === null || value === undefined ? '' : String(value).slice(0, 64))

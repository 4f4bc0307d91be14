import { isSameValue } from '../behaviour/is-same-value.ts'

/** One of the fields has another value than before. */
export const isChanged = (record: object, previous: object, ...fields: readonly string[]): boolean =>
  fields.some((field) => !isSameValue((record as Row)[field], (previous as Row)[field]))

/** Null, or without items. */
export const isEmptyList = (list: readonly unknown[] | null): boolean => list === null || list.length === 0

type Row = { readonly [field: string]: unknown }

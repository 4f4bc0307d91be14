import type { ChangedFields } from '../query/print/print-write.ts'

/** The statement writes the field. */
export const isChangedBy = ({ set, increment = [], multiply = [] }: ChangedFields, field: string): boolean =>
  set.includes(field) || increment.includes(field) || multiply.includes(field)

/** What some fields will hold is known once the statement ran. */
export const countsUp = ({ increment = [], multiply = [] }: ChangedFields): boolean => increment.length + multiply.length > 0

import type { FieldIr } from '../ir/object.ts'

/** `readonly: true`: clients only read it. What the server works out is refused anyway. */
export const isGuarded = ({ isReadonly, isComputed, column, name }: FieldIr): boolean =>
  isReadonly && !isComputed && column !== undefined && name !== 'id'

/** There is no record without it, and nothing else fills it in: clients give it once, with the new record. */
export const isGivenOnce = (field: FieldIr): boolean => isGuarded(field) && field.isRequired && field.default === undefined

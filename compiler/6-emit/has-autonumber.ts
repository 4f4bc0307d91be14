import type { FieldIr, ObjectIr } from '../ir/object.ts'

/** True for an object whose new records get numbers. */
export const hasAutonumber = ({ fields }: Pick<ObjectIr, 'fields'>): boolean =>
  fields.some(({ autonumber, column }: FieldIr) => autonumber !== undefined && column !== undefined)

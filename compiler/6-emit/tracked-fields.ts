import type { FieldIr, ObjectIr } from '../ir/object.ts'
import type { Json } from '../source/json.ts'

/** Fields whose former values are kept: those marked, or all that people write where the object is. Secrets are never kept. */
export function trackedFields({ fields, annotations }: Pick<ObjectIr, 'fields' | 'annotations'>): readonly string[] {
  const isWhole = flag(annotations['enable'], 'trackHistory') === true
  const isTracked = (field: FieldIr): boolean => {
    const own = field.annotations['trackHistory']
    return own === true || (isWhole && own !== false)
  }
  return fields
    .filter((field) => field.column !== undefined && !field.isComputed && !field.isWriteOnly && field.name !== 'id' && isTracked(field))
    .map(({ name }) => name)
}

/** `enable.clone`. */
export const isClonable = ({ annotations }: Pick<ObjectIr, 'annotations'>): boolean => flag(annotations['enable'], 'clone') !== false

const flag = (value: Json | undefined, name: string): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as { readonly [key: string]: Json })[name] : undefined

import type { FieldIr } from '../../ir/object.ts'
import { storageOf } from '../sql/storage.ts'

/** How queries see a stored field: the generated side of FieldPlan in runtime-lite/object/object-plan.ts. */
export function fieldPlan(field: FieldIr, objectNames: Pick<ReadonlySet<string>, 'has'>) {
  const target = field.reference?.object
  return {
    kind: columnKind(field),
    column: field.column === field.name ? undefined : field.column,
    target: target !== undefined && objectNames.has(target) ? target : undefined,
    options:
      field.value.kind === 'option' && !field.isList && field.value.options.length > 0
        ? field.value.options.map((option) => option.value)
        : undefined,
    isWriteOnly: field.isWriteOnly ? true : undefined,
    scale: scaleOf(field),
    shape: !field.isList && (field.value.kind === 'location' || field.value.kind === 'vector') ? field.value.kind : undefined,
    dimensions: !field.isList && field.value.kind === 'vector' ? field.value.dimensions : undefined,
    formula: field.formula?.expression,
    isNotNull: field.name === 'id' || (field.isComputed && isStamp(field.name)) ? true : undefined,
  }
}

/** Decimals of a column that is an exact number where the database has them. */
function scaleOf(field: FieldIr): number | undefined {
  if (field.formula !== undefined) return field.value.kind === 'number' && !field.value.isInteger ? field.value.scale : undefined
  const storage = storageOf(field)
  return storage.kind === 'decimal' ? storage.scale : undefined
}

const isStamp = (name: string): boolean => name === 'created_at' || name === 'updated_at'

export function columnKind(field: FieldIr): string {
  if (field.isList) return 'list'
  const { value } = field
  switch (value.kind) {
    case 'string':
      return 'text'
    case 'number':
      return value.isInteger ? 'integer' : 'real'
    case 'option':
    case 'boolean':
    case 'date':
    case 'datetime':
    case 'time':
    case 'id':
      return value.kind
    case 'attachment':
    case 'location':
    case 'address':
    case 'json':
    case 'records':
    case 'record':
    case 'vector':
      return 'json'
    default:
      return value satisfies never
  }
}

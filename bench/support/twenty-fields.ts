import type { FieldIr, ObjectIr } from '../../compiler/ir/object.ts'
import { pluralOf } from '../../compiler/ir/plural.ts'
import { Span } from '../../compiler/source/span.ts'
import { type FieldSketch, objectIr } from '../../test/support/ir.ts'
import { objectName } from './generate-app.ts'

/** IR of the objects that `generateApp` writes as YAML: twenty-one fields of the types people use most. */
export function twentyFieldObjects(count: number): readonly ObjectIr[] {
  const childrenByIndex = new Map<number, number[]>()
  for (let child = 0; child < count; child++) {
    const target = relatedOf(child, count)
    childrenByIndex.set(target, [...(childrenByIndex.get(target) ?? []), child])
  }
  return Array.from({ length: count }, (_, index) => twentyFieldObject(index, count, childrenByIndex.get(index) ?? []))
}

/** Which object the field `related` points at. */
const relatedOf = (index: number, count: number): number => (index * 7 + 3) % count

function twentyFieldObject(index: number, count: number, children: readonly number[]): ObjectIr {
  const name = objectName(index)
  const pascal = name
    .split('_')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')
  const lookup = (object: string): FieldSketch => ({ type: 'lookup', reference: { object, authored: [object] } })
  return objectIr({
    name,
    names: {
      pascal,
      pascalPlural: `${pascal}s`,
      camel: pascal.slice(0, 1).toLowerCase() + pascal.slice(1),
      file: name.replaceAll('_', '-'),
    },
    label: `Object ${index}`,
    description: `Generated object number ${index} with twenty fields.`,
    span: Span.file(`schemas/${name}.object.yml`),
    children: [
      { name: pluralOf(name), object: name, field: 'parent' },
      ...children
        .filter((child) => child !== index)
        .map((child) => ({ name: pluralOf(objectName(child)), object: objectName(child), field: 'related' })),
    ],
    fields: {
      name: { type: 'text', isRequired: true, value: { kind: 'string', maxLength: 120 } },
      code: { type: 'text', isUnique: true, value: { kind: 'string', pattern: '^[A-Z]{2,4}-[0-9]+$' } },
      email: 'email',
      website: 'url',
      phone: 'phone',
      status: { ...options('draft', 'open', 'in_work', 'done'), isRequired: true },
      priority: options('low', 'normal', 'high'),
      tags: 'tags',
      amount: { type: 'currency', value: { kind: 'number', isInteger: false, scale: 2, min: 0 } },
      quantity: { type: 'number', value: { kind: 'number', isInteger: true, min: 0, max: 1_000_000 } },
      discount: { type: 'percent', value: { kind: 'number', isInteger: false, min: 0, max: 100 } },
      is_active: { type: 'boolean', default: { kind: 'literal', value: true } },
      due_date: 'date',
      opened_at: 'datetime',
      starts_at: 'time',
      parent: lookup(name),
      related: lookup(objectName(relatedOf(index, count))),
      location: 'location',
      details: 'json',
      notes: { type: 'textarea', value: { kind: 'string', maxLength: 4000 } },
    },
  })
}

function options(...values: readonly string[]): Partial<FieldIr> & { readonly type: 'select'; readonly reference?: never } {
  return {
    type: 'select',
    value: { kind: 'option', base: 'string', options: values.map((value) => ({ value, label: value, annotations: {} })), isOpen: false },
    default: { kind: 'literal', value: values[0] ?? '' },
  }
}

import type { FieldIr } from '../ir/object.ts'
import type { Span } from '../source/span.ts'

/**
 * `id`, `created_at` and `updated_at`: of every object, with the label and place of the author's declaration if there is one.
 * Anything else about them is fixed.
 */
export function implicitField(name: ImplicitName, authored: FieldIr | undefined, objectSpan: Span): FieldIr {
  const { type, value, label } = IMPLICIT[name]
  return Object.freeze({
    kind: 'field',
    name,
    type,
    label: authored?.label ?? label,
    ...(authored?.description === undefined ? {} : { description: authored.description }),
    value,
    isList: false,
    column: name,
    isRequired: false,
    // An id may be chosen by the client on create; the stamps never.
    isComputed: name !== 'id',
    isReadonly: true,
    isWriteOnly: false,
    // The primary key is unique by itself and gets no key of its own.
    isUnique: false,
    isImplicit: authored === undefined,
    annotations: authored?.annotations ?? NO_ANNOTATIONS,
    span: authored?.span ?? objectSpan,
  })
}

export type ImplicitName = keyof typeof IMPLICIT

export const isImplicitName = (name: string): name is ImplicitName => Object.hasOwn(IMPLICIT, name)

const NO_ANNOTATIONS = Object.freeze({})

const IMPLICIT = {
  id: { type: 'text', value: Object.freeze({ kind: 'id' }), label: 'ID' },
  created_at: { type: 'datetime', value: Object.freeze({ kind: 'datetime' }), label: 'Created At' },
  updated_at: { type: 'datetime', value: Object.freeze({ kind: 'datetime' }), label: 'Updated At' },
} as const

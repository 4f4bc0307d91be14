import type { FieldType } from '../../compiler/ir/field-type.ts'
import type { ActionIr, AppIr, ChildrenIr, FieldIr, IndexIr, ObjectIr, ReferenceIr, ValueIr } from '../../compiler/ir/object.ts'
import { Span } from '../../compiler/source/span.ts'

/** What a test says about a field; everything else follows from the type as the compiler would lower it. */
export type FieldSketch =
  | FieldType
  | ({ readonly type: FieldType } & Partial<Omit<FieldIr, 'kind' | 'type' | 'reference'>> & { readonly reference?: Partial<ReferenceIr> })

export interface ObjectSketch extends Partial<Omit<ObjectIr, 'kind' | 'fields' | 'indexes' | 'children' | 'searchable' | 'queries'>> {
  readonly children?: readonly ChildrenIr[]
  readonly searchable?: readonly string[]
  readonly name: string
  readonly fields?: Readonly<Record<string, FieldSketch>>
  readonly indexes?: readonly (Partial<IndexIr> & { readonly fields: readonly string[] })[]
}

const LIST_TYPES: ReadonlySet<FieldType> = new Set(['multiselect', 'checkboxes', 'tags'])
const COMPUTED_TYPES: ReadonlySet<FieldType> = new Set(['formula', 'summary', 'autonumber'])

/**
 * IR for tests, written by hand and not derived from any schema file.
 *
 * @example objectIr({ name: 'invoice', fields: { total: 'currency', customer: { type: 'lookup', reference: { object: 'account' } } } })
 */
export function objectIr({ name, fields = {}, indexes = [], children = [], searchable = [], ...rest }: ObjectSketch): ObjectIr {
  const authored = Object.entries(fields).map(([key, sketch]) => fieldIr(key, sketch))
  const declared = new Set(authored.map((field) => field.name))
  const implicit = (key: string, type: FieldType, value: ValueIr): FieldIr[] =>
    declared.has(key) ? [] : [fieldIr(key, { type, value, isImplicit: true, isComputed: key !== 'id' })]
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
  const pascal = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('') || 'Unnamed'
  return {
    kind: 'object',
    name,
    names: {
      pascal,
      pascalPlural: `${pascal}List`,
      camel: pascal.slice(0, 1).toLowerCase() + pascal.slice(1),
      file: words.join('-').toLowerCase() || 'unnamed',
    },
    label: name,
    pluralLabel: name,
    table: name,
    datasource: 'default',
    tags: [],
    fields: [
      ...implicit('id', 'text', { kind: 'id' }),
      ...authored,
      ...implicit('created_at', 'datetime', { kind: 'datetime' }),
      ...implicit('updated_at', 'datetime', { kind: 'datetime' }),
    ],
    children,
    queries: [],
    searchable,
    indexes: indexes.map((index) => ({ name: `${index.fields.join('_')}_index`, isUnique: false, span: Span.file('test.yml'), ...index })),
    methods: ['get', 'list', 'create', 'update', 'delete'],
    actions: [],
    rules: [],
    hooks: [],
    annotations: {},
    span: Span.file('test.yml'),
    ...rest,
  }
}

/** A field as lowering would make it from its type and what the sketch overrides. */
export function fieldIr(name: string, sketch: FieldSketch): FieldIr {
  const { type, reference, ...rest } = typeof sketch === 'string' ? { type: sketch } : sketch
  return {
    kind: 'field',
    name,
    type,
    label: name,
    value: valueIr(type),
    isList: LIST_TYPES.has(type),
    ...(type === 'formula' ? {} : { column: name }),
    isRequired: false,
    isComputed: COMPUTED_TYPES.has(type),
    isReadonly: false,
    isWriteOnly: type === 'password' || type === 'secret',
    isUnique: false,
    isImplicit: false,
    annotations: {},
    span: Span.file('test.yml'),
    ...rest,
    ...(reference
      ? {
          reference: {
            authored: reference.object === undefined ? [] : [reference.object],
            candidates: [],
            onDelete: 'set-null',
            ...reference,
          },
        }
      : {}),
  }
}

/** An action with code in `schemas/<action>.action.ts`. */
export const actionIr = (
  name: string,
  { params = {}, ...rest }: Omit<Partial<ActionIr>, 'params'> & { readonly params?: { readonly [name: string]: FieldSketch } } = {},
): ActionIr => ({
  name,
  label: name,
  scope: 'global',
  params: Object.entries(params).map(([param, sketch]) => fieldIr(param, sketch)),
  module: `schemas/${name}.action.ts`,
  exportPath: `${name}.handler`,
  annotations: {},
  span: Span.file('test.yml'),
  ...rest,
})

export const appIr = (objects: readonly ObjectIr[], rest: Partial<AppIr> = {}): AppIr => ({
  name: 'test',
  objects,
  seeds: [],
  metadata: [],
  plugins: [],
  configSchemas: [],
  ...rest,
})

/** The value of a type when its author said nothing else. */
export function valueIr(type: FieldType): ValueIr {
  switch (type) {
    case 'email':
    case 'url':
    case 'phone':
      return { kind: 'string', format: type }
    case 'number':
    case 'percent':
    case 'slider':
    case 'progress':
    case 'summary':
      return { kind: 'number', isInteger: false }
    case 'rating':
      return { kind: 'number', isInteger: true, min: 0, max: 5 }
    case 'currency':
      return { kind: 'number', isInteger: false, scale: 2 }
    case 'boolean':
    case 'date':
    case 'datetime':
    case 'time':
    case 'location':
    case 'address':
    case 'json':
    case 'vector':
      return { kind: type }
    case 'select':
    case 'radio':
    case 'multiselect':
    case 'checkboxes':
      return {
        kind: 'option',
        base: 'string',
        options: ['open', 'won', 'lost'].map((value) => ({ value, label: value, annotations: {} })),
        isOpen: false,
      }
    case 'tags':
      return { kind: 'option', base: 'string', options: [], isOpen: true }
    case 'lookup':
    case 'master_detail':
    case 'tree':
    case 'user':
      return { kind: 'id' }
    case 'image':
    case 'file':
    case 'avatar':
    case 'video':
    case 'audio':
      return { kind: 'attachment', isImage: type === 'image' || type === 'avatar' }
    case 'array':
      return { kind: 'records' }
    case 'composite':
      return { kind: 'record' }
    default:
      return { kind: 'string' }
  }
}
